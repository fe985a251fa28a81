// Whoever follows a klant with the clients of others: npm's graphql-ws and graphql-sse, as they come. Each must
// hear at once that it follows, hear of a contact that is registered, get an answer to a question, and be told
// what is refused.
import assert from 'node:assert/strict';
import { createClient as sseClient } from 'graphql-sse';
import { createClient as wsClient } from 'graphql-ws';
import WebSocket from 'ws';

const base = process.env.KLANTBEELD_URL;
const token = process.env.KLANTBEELD_TOKEN;
const url = `${base}/graphql`;
const authorization = `Bearer ${token}`;
/** Longest time that anything may take. */
const LIMIT_MS = 20_000;

const KLANT = `query Klant { klantbeeld(voor: { bsn: "999990019" }) {
  klant { klantId } samenvatting { aantalContacten } } }`;
const VOLG = 'subscription Volg { klantbeeld(voor: { bsn: "999990019" }) { opgemerktOp positie } }';
const VERBODEN = 'subscription { mijnGesprekken { positie } }';

const within = (what, promise) => {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took too long`)), LIMIT_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

/** The client of either, with what ends its connections. */
const clients = {
  'graphql-ws': (bearer = authorization, more = {}) =>
    wsClient({
      url: url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0,
      connectionParams: { authorization: bearer }, ...more,
    }),
  'graphql-sse': (bearer = authorization, more = {}) =>
    sseClient({ url, headers: { authorization: bearer }, retryAttempts: 0, ...more }),
};

/** The codes in what a client was refused with, whatever form it gave that. */
const refused = async (client, query) => {
  const told = await within('a refusal', client.iterate({ query }).next()).catch((error) => error);
  const errors = Array.isArray(told) ? told : told.value?.errors;
  if (errors) {
    return errors.map((one) => one.extensions.code);
  }
  return [String(told.response?.status ?? told.code ?? told)];
};

const asked = async (client, query) => {
  const got = [];
  for await (const answer of client.iterate({ query })) {
    assert.equal(answer.errors, undefined, JSON.stringify(answer));
    got.push(answer.data);
  }
  assert.equal(got.length, 1);
  return got[0].klantbeeld;
};

const bijhouding = async (path, body) => {
  const response = await fetch(`${base}/bijhouding/v1${path}`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  assert.ok(response.ok, `${path}: ${response.status} ${await response.clone().text()}`);
  return response.json();
};

/** Whose token it is. */
const [actor] = JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).actoren;
const register = (klant) =>
  bijhouding('/klantcontacten', {
    kanaal: 'telefoon', onderwerp: 'Vraag', actoren: [actor],
    betrokkenen: [{ rol: 'klant', initiator: true, wasPartij: klant }],
  });

/** Every check, of a client by its name. */
const checks = {
  'a question is answered once': async (name) => {
    const client = clients[name]();
    assert.ok((await within('an answer', asked(client, KLANT))).klant.klantId);
    client.dispose();
  },
  'a change is told, each time': async (name) => {
    const client = clients[name]();
    const events = client.iterate({ query: VOLG });
    const next = async () => {
      const { value, done } = await within('an event', events.next());
      assert.ok(!done && !value.errors, JSON.stringify(value));
      return value.data.klantbeeld;
    };
    assert.match((await next()).positie, /^\d+$/);
    const before = await within('an answer', asked(client, KLANT));
    for (const more of [1, 2]) {
      await register(before.klant.klantId);
      assert.ok(Date.parse((await next()).opgemerktOp));
      const after = await within('an answer', asked(client, KLANT));
      assert.equal(after.samenvatting.aantalContacten, before.samenvatting.aantalContacten + more);
    }
    await events.return();
    client.dispose();
  },
  'what is not for a role does not exist': async (name) => {
    const client = clients[name]();
    assert.deepEqual(await refused(client, VERBODEN), ['ONBEKEND_VELD']);
    client.dispose();
  },
  'who has no token is not let in': async (name) => {
    const codes = await refused(clients[name]('Bearer geen'), VOLG);
    assert.deepEqual(codes, [name === 'graphql-ws' ? '4403' : '401']);
  },
};

let count = 0;
for (const name of Object.keys(clients)) {
  for (const [check, run] of Object.entries(checks)) {
    await run(name);
    count += 1;
    console.log(`ok - ${name}: ${check}`);
  }
}

// What a client of graphql-ws does by itself: it says that it lives, and is answered.
const pong = new Promise((resolve, reject) => {
  const client = clients['graphql-ws'](authorization, {
    lazy: false, keepAlive: 200, onNonLazyError: reject,
    on: { pong: (received) => received && resolve(client) },
  });
});
(await within('a pong', pong)).dispose();
count += 1;
console.log('ok - graphql-ws: a ping is answered');
console.log(`subscriptions: ${count} checks, 0 found`);
process.exit(0);
