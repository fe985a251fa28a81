// The checks of GraphQL Cop (github.com/dolevf/graphql-cop, version 1.15), which no registry has:
// what it asks and what it calls a finding, written anew. Against a service as a municipality runs
// it, since introspection and an IDE are findings. Ends with exit code 1 when one is found.
//
//   KLANTBEELD_URL    address of the service (required)
//   KLANTBEELD_TOKEN  a token that it accepts (required)

const base = process.env.KLANTBEELD_URL;
const url = `${base}/graphql`;
const authorization = `Bearer ${process.env.KLANTBEELD_TOKEN}`;

/** Asks, and gives the answer as JSON, or its text where it is none. */
async function ask(address, init) {
  const response = await fetch(address, { ...init, headers: { ...init.headers, authorization } });
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const postJson = (body) =>
  ask(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const query = (text) => postJson({ query: text });
const repeated = (times, one) => Array.from({ length: times }, (_, index) => one(index)).join(' ');
const inUrl = (text) => `${url}?query=${encodeURIComponent(text)}`;
const message = (answer) => answer?.errors?.map((error) => error.message).join(' ') ?? '';

/** What is a finding, by the name that GraphQL Cop gives it. */
const CHECKS = {
  'Alias Overloading': async () =>
    (await query(`query { ${repeated(101, (n) => `alias${n}: __typename`)} }`)).data?.alias100,
  'Array-based Query Batching': async () => {
    const answer = await postJson(Array(10).fill({ query: 'query { __typename }' }));
    return Array.isArray(answer) && answer.length >= 10;
  },
  'Directive Overloading': async () =>
    (await query(`query { __typename ${'@aa'.repeat(10)} }`)).errors?.length === 10,
  'Introspection-based Circular Query': async () =>
    (await query('query { __schema { types { fields { type { fields { type { fields { type { ' +
      'fields { type { name } } } } } } } } } } }')).data?.__schema?.types?.length > 25,
  'Circular Fragment': async () =>
    !(await query('query { __schema { ...A } } fragment A on __Schema { __typename ...B } ' +
      'fragment B on __Schema { ...A }')).errors,
  'Field Duplication': async () =>
    (await query(`query { ${repeated(500, () => '__typename')} }`)).data?.__typename,
  'Field Suggestions': async () => {
    const said = message(await query('query { __schema { directive } klantbeel { naam } }'));
    return /did you mean|bedoelt u/i.test(said);
  },
  'Mutation is allowed over GET (possible CSRF)': async () =>
    (await ask(inUrl('mutation { __typename }'), { method: 'GET' })).data?.__typename,
  'GET Method Query Support': async () =>
    (await ask(inUrl('query { __typename }'), { method: 'GET' })).data?.__typename,
  'POST based url-encoded query (possible CSRF)': async () =>
    (await ask(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ query: 'query { __typename }' }).toString(),
    })).data?.__typename,
  'GraphQL IDE': async () => {
    for (const path of ['/', '/graphiql', '/playground', '/console', '/graphql']) {
      const page = JSON.stringify(await ask(`${base}${path}`, { method: 'GET' }));
      if (/graphiql|graphql.playground/i.test(page)) {
        return true;
      }
    }
    return false;
  },
  Introspection: async () =>
    (await query('query { __schema { types { name fields { name } } } }')).data?.__schema,
  'Trace Mode': async () => {
    const answer = await query('query { __typename }');
    return answer.extensions?.tracing || /stacktrace/i.test(JSON.stringify(answer));
  },
  'Unhandled Errors Detection': async () =>
    /exception|stack ?trace|panicked/i.test(JSON.stringify(await query('qwerty cop { abc }'))),
};

// Everything could be refused for another reason: first that a plain question is answered.
const plain = await query('query { __typename }');
if (plain.data?.__typename !== 'Query') {
  console.error('a plain question is not answered:', plain);
  process.exit(2);
}
let found = 0;
for (const [name, check] of Object.entries(CHECKS)) {
  if (await check()) {
    found += 1;
    console.log('found:', name);
  }
}
console.log(`result: ${Object.keys(CHECKS).length} checks, ${found} found`);
process.exit(found === 0 ? 0 : 1);
