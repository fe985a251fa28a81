// SPDX-License-Identifier: EUPL-1.2
//
// The GraphiQL page of a running demo in Chromium: who opens it chooses a persona and runs an
// example, with the mouse or without. Ends with exit code 1 when a check fails, 2 when it could
// not start.
//
//   KLANTBEELD_URL          address of the demo, e.g. http://127.0.0.1:8080 (required)
//   CHROMIUM                the browser (default /usr/bin/chromium)
//   KLANTBEELD_SCHERMAFDRUK file for a screenshot of the page with a persona (optional)

import assert from 'node:assert/strict';
import process from 'node:process';
import axe from 'axe-core';
import { openPage, run, tabButtons, tokenField } from './graphiql-page.mjs';
import { WAIT_MS, runChecks } from './support.mjs';

const screenshot = process.env.KLANTBEELD_SCHERMAFDRUK;

const personaField = (page) => page.getByLabel('Wie vraagt');

/** What the token in the field says. */
async function claims(page) {
  const token = await tokenField(page).inputValue();
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString() || '{}');
}

/** Waits until the token in the field is of this role. */
async function tokenIsOf(page, role) {
  const deadline = Date.now() + WAIT_MS;
  while ((await claims(page)).rollen?.[0] !== role) {
    assert.ok(Date.now() < deadline, `no token of ${role}`);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
}

/** Runs the tab with this name; gives the answer, which has this status. */
async function runTab(page, name, status = 200) {
  await tabButtons(page).getByText(name, { exact: true }).click();
  await page.waitForFunction(
    (operation) => document.querySelector('.graphiql-query-editor .CodeMirror')
      .CodeMirror.getValue().includes(`query ${operation}`),
    name,
    { timeout: WAIT_MS },
  );
  // The pane of a tab may still show what it answered before.
  const { response } = await run(page);
  const answer = await response.json();
  assert.equal(response.status(), status, JSON.stringify(answer));
  return answer;
}

async function bannerSaysThatNobodyExists(page) {
  await page.getByRole('note').getByText('bestaan niet').waitFor({ timeout: WAIT_MS });
}

async function personasAreOffered(page) {
  const options = personaField(page).getByRole('option');
  await options.nth(1).waitFor({ state: 'attached', timeout: WAIT_MS });
  const texts = await options.allTextContents();
  for (const code of ['kcc', 'behandelaar', 'teamleider', 'burger', 'analist', 'beheerder']) {
    assert.ok(texts.some((text) => text.startsWith(`${code}: `)), `no ${code} in ${texts}`);
  }
  assert.equal(await tokenField(page).inputValue(), '');
}

async function kccSeesTheKlant(page) {
  await personaField(page).selectOption('kcc');
  await tokenIsOf(page, 'kcc');
  const answer = await runTab(page, 'Klantbeeld');
  assert.equal(answer.errors, undefined, JSON.stringify(answer));
  assert.equal(answer.data.klantbeeld.klant.weergavenaam, 'Jan de Vries');
}

async function burgerSeesItself(page) {
  await personaField(page).selectOption('burger');
  await tokenIsOf(page, 'burger');
  const answer = await runTab(page, 'MijnContactgegevens');
  assert.equal(answer.errors, undefined, JSON.stringify(answer));
  assert.ok(answer.data.mijnContactgegevens.naam, JSON.stringify(answer));
  // What is not for a burger does not exist for one.
  const refused = await runTab(page, 'Klantbeeld', 400);
  assert.ok(refused.errors?.length > 0, JSON.stringify(refused));
}

async function personaOutlivesReload(page) {
  await page.reload();
  await page.locator('.graphiql-query-editor .CodeMirror').waitFor({ timeout: WAIT_MS });
  await page.waitForFunction(
    () => document.querySelector('#persona').value === 'burger',
    undefined,
    { timeout: WAIT_MS },
  );
  await tokenIsOf(page, 'burger');
}

async function ownTokenIsNobodyOfThese(page) {
  await tokenField(page).fill('eigen');
  assert.equal(await personaField(page).inputValue(), '');
  assert.equal(await tokenField(page).inputValue(), 'eigen');
}

async function keyboardSuffices(page) {
  await personaField(page).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await tokenIsOf(page, 'kcc');
  await page.keyboard.press('Tab');
  assert.ok(await tokenField(page).evaluate((field) => field === document.activeElement));
}

async function axeFindsNothing(page) {
  await page.evaluate(axe.source);
  const judged = await page.evaluate(
    () => window.axe.run({ include: [['.kb-balk'], ['.kb-omgeving']] }),
  );
  const found = judged.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
  assert.deepEqual(found, []);
  assert.ok(judged.passes.length > 0, 'axe looked at nothing');
}

/** Every check with its name, in the order in which they are done on one page. */
const CHECKS = [
  ['the page opens with its security headers', openPage],
  ['a banner says that nobody here exists', bannerSaysThatNobodyExists],
  ['the personas are offered', personasAreOffered],
  ['as kcc the example of a klantbeeld answers', kccSeesTheKlant],
  ['as burger one sees oneself and nobody else', burgerSeesItself],
  ['the persona outlives a reload, with a fresh token', personaOutlivesReload],
  ['a token of one\'s own is nobody of these', ownTokenIsNobodyOfThese],
  ['the keyboard suffices to choose', keyboardSuffices],
  ['axe finds nothing in our part of the page', axeFindsNothing],
];

await runChecks(CHECKS, async (page, check) => {
  if (screenshot && check === kccSeesTheKlant) {
    await page.screenshot({ path: screenshot });
  }
});
