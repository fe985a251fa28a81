// SPDX-License-Identifier: EUPL-1.2
//
// Opens the GraphiQL page of a running service in Chromium and checks that it works without any
// other host. Ends with exit code 1 when a check fails, 2 when it could not start.
//
//   KLANTBEELD_URL          address of the service, e.g. http://127.0.0.1:8080 (required)
//   KLANTBEELD_TOKEN        a token that may run the first example (required)
//   CHROMIUM                the browser (default /usr/bin/chromium)
//   KLANTBEELD_SCHERMAFDRUK file for a screenshot of the page with a result (optional)

import assert from 'node:assert/strict';
import process from 'node:process';
import { openPage, resultText, run, tabButtons, tokenField, variablesText } from './graphiql-page.mjs';
import { WAIT_MS, runChecks, setting } from './support.mjs';

const TOKEN_KEY = 'klantbeeld:toegangstoken';

const token = setting('KLANTBEELD_TOKEN').trim();
const screenshot = process.env.KLANTBEELD_SCHERMAFDRUK;

async function examplesAreTabs(page) {
  const examples = JSON.parse(await page.locator('#voorbeelden').textContent());
  const tabs = tabButtons(page);
  assert.ok(examples.length > 0, 'the page has no examples');
  assert.equal(await tabs.count(), Math.max(examples.length, 1));
  const editor = page.locator('.graphiql-query-editor .CodeMirror');
  for (const [index, example] of examples.entries()) {
    await tabs.nth(index).click();
    const query = await editor.evaluate((element) => element.CodeMirror.getValue());
    assert.ok(query.includes(example.query.trim()), `tab ${index + 1} shows another query`);
    assert.equal((await variablesText(page)).trim(), (example.variables ?? '').trim());
  }
  await tabs.first().click();
}

async function firstVariablesAreThere(page) {
  const [first] = JSON.parse(await page.locator('#voorbeelden').textContent());
  assert.equal((await variablesText(page)).trim(), (first.variables ?? '').trim());
}

async function withoutTokenIsReadable(page) {
  await page.getByText('Plak hier een token').waitFor({ timeout: WAIT_MS });
  const { request, response, result } = await run(page);
  assert.equal(request.headers().authorization, undefined);
  if (response.status() >= 400) {
    const shown = JSON.parse(result);
    assert.ok(shown.melding?.startsWith(`${response.status()}`) || shown.errors, result);
  }
}

async function tokenIsSent(page) {
  const field = tokenField(page);
  assert.equal(await field.getAttribute('type'), 'password');
  await field.fill(`  Bearer ${token}\n`);
  assert.equal(await field.inputValue(), token);
  const { request, response, result } = await run(page);
  assert.equal(request.headers().authorization, `Bearer ${token}`);
  assert.match(request.headers().accept, /application\/graphql-response\+json/);
  assert.equal(response.status(), 200, result);
  const answer = JSON.parse(result);
  assert.ok(answer.data, result);
  assert.equal(answer.errors, undefined, result);
}

async function followingShowsEvents(page) {
  const examples = JSON.parse(await page.locator('#voorbeelden').textContent());
  const index = examples.findIndex((example) => /^subscription /m.test(example.query));
  assert.ok(index >= 0, 'no example follows anything');
  await tabButtons(page).nth(index).click();
  const { request, response } = await run(page);
  assert.match(request.headers().accept, /text\/event-stream/);
  assert.match(response.headers()['content-type'], /text\/event-stream/);
  await page.waitForFunction(
    () => document.querySelector('.result-window .CodeMirror').CodeMirror.getValue()
      .includes('opgemerktOp'),
    undefined,
    { timeout: WAIT_MS },
  );
  assert.equal(JSON.parse(await resultText(page)).errors, undefined);
  await page.getByRole('button', { name: /stop query/i }).click();
  await page.getByRole('button', { name: /execute query/i }).waitFor({ timeout: WAIT_MS });
  await tabButtons(page).first().click();
}

async function tokenIsKeptForThisTabOnly(page) {
  const stored = await page.evaluate(
    (key) => ({ session: sessionStorage.getItem(key), local: localStorage.length }),
    TOKEN_KEY,
  );
  assert.deepEqual(stored, { session: token, local: 0 });
  await page.getByRole('button', { name: 'Toon toegangstoken' }).click();
  assert.equal(await tokenField(page).getAttribute('type'), 'text');
  await page.getByRole('button', { name: 'Verberg toegangstoken' }).click();
  assert.equal(await tokenField(page).getAttribute('type'), 'password');
}

async function schemaIsShown(page) {
  await page.getByRole('button', { name: /show documentation explorer/i }).click();
  await page.locator('.graphiql-doc-explorer').getByText(/root types/i)
    .waitFor({ timeout: WAIT_MS });
}

async function staleFailureIsGone(page) {
  const field = tokenField(page);
  const schemaAnswer = () =>
    page.waitForResponse(
      (response) => response.request().postDataJSON()?.operationName === 'IntrospectionQuery',
      { timeout: WAIT_MS },
    );
  const first = schemaAnswer();
  await page.reload();
  await first;
  const refused = schemaAnswer();
  await field.fill('ongeldig');
  const isRefused = (await refused).status() >= 400;
  if (isRefused) {
    await page.waitForFunction(
      () => document.querySelector('.result-window .CodeMirror').CodeMirror.getValue() !== '',
    );
  }
  const accepted = schemaAnswer();
  await field.fill(token);
  await accepted;
  await page.waitForFunction(
    () => document.querySelector('.result-window .CodeMirror').CodeMirror.getValue() === '',
    undefined,
    { timeout: WAIT_MS },
  );
}

async function keyboardGetsInAndOut(page) {
  const editor = page.locator('.graphiql-query-editor .CodeMirror');
  const hasFocus = () => editor.evaluate((element) => element.contains(document.activeElement));
  const text = () => editor.evaluate((element) => element.CodeMirror.getValue());
  await editor.evaluate((element) => element.CodeMirror.focus());
  const before = await text();
  assert.ok(await hasFocus());
  await page.keyboard.press('Tab');
  assert.ok(!(await hasFocus()), 'Tab does not leave the query editor');
  await page.keyboard.press('Shift+Tab');
  assert.ok(await hasFocus(), 'Shift+Tab does not return to the query editor');
  assert.equal(await text(), before);
  const sent = page.waitForRequest((request) => request.url().endsWith('/graphql'), {
    timeout: WAIT_MS,
  });
  await page.keyboard.press('Control+Enter');
  await sent;
}

async function dialogsOpen(page) {
  for (const name of [/open short keys dialog/i, /open settings dialog/i]) {
    await page.getByRole('button', { name }).click();
    await page.getByRole('dialog').waitFor({ timeout: WAIT_MS });
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden', timeout: WAIT_MS });
  }
}

async function tokenOutlivesReload(page) {
  await page.reload();
  await page.locator('.graphiql-query-editor .CodeMirror').waitFor({ timeout: WAIT_MS });
  assert.equal(await tokenField(page).inputValue(), token);
}

/** Every check with its name, in the order in which they are done on one page. */
const CHECKS = [
  ['the page opens with its security headers', openPage],
  ['the first tab has its variables', firstVariablesAreThere],
  ['the examples are tabs', examplesAreTabs],
  ['without a token the answer is readable', withoutTokenIsReadable],
  ['a token is sent and a result is shown', tokenIsSent],
  ['what is followed is shown as it comes', followingShowsEvents],
  ['the token stays in this browser tab', tokenIsKeptForThisTabOnly],
  ['the schema is shown', schemaIsShown],
  ['a failure to read the schema goes away', staleFailureIsGone],
  ['the keyboard gets in and out of the editor', keyboardGetsInAndOut],
  ['the dialogs open and close', dialogsOpen],
  ['the token outlives a reload', tokenOutlivesReload],
];

await runChecks(CHECKS, async (page, check) => {
  if (screenshot && check === schemaIsShown) {
    await page.screenshot({ path: screenshot });
  }
});
