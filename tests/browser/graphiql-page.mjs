// SPDX-License-Identifier: EUPL-1.2
//
// The GraphiQL page, as the browser tests work with it.

import assert from 'node:assert/strict';
import { WAIT_MS, base, isConfined } from './support.mjs';

/** The field for the token. */
export const tokenField = (page) => page.getByLabel('Toegangstoken', { exact: true });
/** What the result pane shows. */
export const resultText = (page) =>
  page.locator('.result-window .CodeMirror').evaluate((element) => element.CodeMirror.getValue());
/** What the pane of variables shows. */
export const variablesText = (page) =>
  page.locator('.graphiql-editor-tool .CodeMirror').first()
    .evaluate((element) => element.CodeMirror.getValue());
/** The tabs. */
export const tabButtons = (page) => page.locator('.graphiql-tabs').getByRole('tab');

/** Opens the page; fails when the build has the page without GraphiQL. */
export async function openPage(page) {
  const response = await page.goto(new URL('/graphiql', base).href);
  assert.equal(response.status(), 200);
  isConfined(response.headers());
  assert.equal(await page.locator('html').getAttribute('lang'), 'nl');
  assert.ok((await page.locator('#voorbeelden').count()) > 0, 'this build has no GraphiQL');
  await page.locator('.graphiql-query-editor .CodeMirror').waitFor({ timeout: WAIT_MS });
}

/** Runs the query in the open tab; gives the request and what the result pane shows. */
export async function run(page) {
  const sent = page.waitForRequest(
    (request) =>
      new URL(request.url()).pathname === '/graphql' &&
      request.postDataJSON()?.operationName !== 'IntrospectionQuery',
    { timeout: WAIT_MS },
  );
  await page.getByRole('button', { name: /execute query/i }).click();
  const request = await sent;
  const response = await request.response();
  await page.waitForFunction(
    () => document.querySelector('.result-window .CodeMirror').CodeMirror.getValue() !== '',
    undefined,
    { timeout: WAIT_MS },
  );
  return { request, response, result: await resultText(page) };
}
