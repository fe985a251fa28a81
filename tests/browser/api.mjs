// SPDX-License-Identifier: EUPL-1.2
//
// Opens the reference of the bijhouding API of a running service in Chromium and checks that it can
// be read and used without any other host. Ends with exit code 1 when a check fails, 2 when it could
// not start.
//
//   KLANTBEELD_URL          address of the service, e.g. http://127.0.0.1:8080 (required)
//   KLANTBEELD_TOKEN        a token that may read handelingen (required)
//   CHROMIUM                the browser (default /usr/bin/chromium)
//   KLANTBEELD_SCHERMAFDRUK file for a screenshot of the page (optional)

import assert from 'node:assert/strict';
import process from 'node:process';
import { WAIT_MS, base, isConfined, runChecks, setting } from './support.mjs';

const BASE = '/bijhouding/v1';
/** How far the page is scrolled at a time, less than it has in view. */
const SCROLL_PX = 600;
const token = setting('KLANTBEELD_TOKEN').trim();
const screenshot = process.env.KLANTBEELD_SCHERMAFDRUK;

const operations = (page) => page.locator('.opblock');

/** Opens the page; fails when the build has the page without its script. */
async function openPage(page) {
  const response = await page.goto(new URL(`${BASE}/`, base).href);
  assert.equal(response.status(), 200);
  isConfined(response.headers());
  assert.equal(await page.locator('html').getAttribute('lang'), 'nl');
  await page.locator('.swagger-ui .info .title').waitFor({ timeout: WAIT_MS });
}

/** The page holds only the operations that are near what is in view: it is read from top to bottom. */
async function everyOperationIsThere(page) {
  const document = await (await fetch(new URL(`${BASE}/openapi.json`, base))).json();
  const expected = Object.values(document.paths)
    .flatMap((item) => Object.values(item))
    .map((operation) => `operations-${operation.tags[0]}-${operation.operationId}`);
  assert.ok(expected.length > 30, `${expected.length} operations`);
  const seen = new Set();
  const deadline = Date.now() + WAIT_MS * 2;
  while (seen.size < expected.length) {
    const missing = expected.filter((id) => !seen.has(id));
    assert.ok(Date.now() < deadline, `not on the page: ${missing.slice(0, 5)}`);
    const ids = await operations(page).evaluateAll((blocks) => blocks.map((block) => block.id));
    ids.forEach((id) => seen.add(id));
    await page.mouse.wheel(0, SCROLL_PX);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  assert.deepEqual([...seen].sort(), expected.sort());
  assert.match(await page.locator('.info .title').textContent(), new RegExp(document.info.title));
}

/** Leaves only the operations of one noun, as a reader does who looks for them. */
async function theReaderFindsANoun(page) {
  await page.evaluate(() => scrollTo(0, 0));
  await page.locator('.operation-filter-input').fill('klantcontacten');
  await page.locator('[id$="-registreerKlantcontact"]').waitFor({ timeout: WAIT_MS });
  const ids = await operations(page).evaluateAll((blocks) => blocks.map((block) => block.id));
  assert.ok(ids.every((id) => id.includes('klantcontacten')), `${ids}`);
}

async function anOperationOpensWithItsFields(page) {
  const block = page.locator('[id$="-registreerKlantcontact"]');
  await block.locator('.opblock-summary').click();
  await block.getByText('Idempotency-Key').first().waitFor({ timeout: WAIT_MS });
  await block.getByRole('tab', { name: 'Schema' }).or(block.getByRole('button', { name: 'Schema' }))
    .first().click();
  await block.getByText('plaatsgevondenOp').first().waitFor({ timeout: WAIT_MS });
}

async function aRequestGoesWithTheToken(page) {
  await page.locator('.auth-wrapper .authorize').click();
  await page.locator('.auth-container input').fill(token);
  await page.locator('.auth-btn-wrapper .authorize').click();
  await page.locator('.auth-btn-wrapper .btn-done').click();
  const block = page.locator('[id$="-geschiedenisRegistreerKlantcontact"]');
  await block.locator('.opblock-summary').click();
  await block.locator('.try-out__btn').click();
  const sent = page.waitForResponse((response) => response.url().includes(`${BASE}/klantcontacten`));
  await block.locator('.execute').click();
  const response = await sent;
  assert.equal(response.request().headers().authorization, `Bearer ${token}`);
  assert.equal(response.status(), 200);
  await block.locator('.live-responses-table').getByText('resultaten').first()
    .waitFor({ timeout: WAIT_MS });
}

await runChecks(
  [
    ['the page opens with its security headers', openPage],
    ['every operation is there', everyOperationIsThere],
    ['a reader finds the operations of a noun', theReaderFindsANoun],
    ['an operation opens with its fields', anOperationOpensWithItsFields],
    ['a request goes with the token', aRequestGoesWithTheToken],
  ],
  async (page, check) => {
    if (screenshot && check === anOperationOpensWithItsFields) {
      await page.screenshot({ path: screenshot });
    }
  },
);
