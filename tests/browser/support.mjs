// SPDX-License-Identifier: EUPL-1.2
//
// What the browser tests share: their settings, a browser, and what a page asks and complains of.

import assert from 'node:assert/strict';
import process from 'node:process';
import { chromium } from 'playwright-core';

/** Longest wait for anything on a page. */
export const WAIT_MS = 15_000;

/** A setting from the environment; ends the test when a required one is missing. */
export function setting(name, fallback) {
  const value = process.env[name] || fallback;
  if (value === undefined) {
    console.error(`${name} is not set`);
    process.exit(2);
  }
  return value;
}

/** The address of the service. */
export const base = new URL(setting('KLANTBEELD_URL'));

/** Keeps what the page asks for and complains about. */
function listen(context, page) {
  const seen = { requests: [], complaints: [] };
  context.on('request', (request) => seen.requests.push(request));
  page.on('pageerror', (error) => seen.complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (/content.security.policy/i.test(message.text())) {
      seen.complaints.push(`policy: ${message.text()}`);
    }
  });
  return seen;
}

/** The policy of a page lets in nothing but this service. */
export function isConfined(headers) {
  assert.match(headers['content-security-policy'], /default-src 'none'/);
  assert.doesNotMatch(headers['content-security-policy'], /unsafe|https?:|\*/);
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['x-frame-options'], 'DENY');
  assert.equal(headers['referrer-policy'], 'no-referrer');
}

function nothingElseHappened(seen) {
  const foreign = seen.requests
    .map((request) => request.url())
    .filter((url) => !/^(data|blob):/.test(url) && new URL(url).origin !== base.origin);
  assert.deepEqual(foreign, [], 'requests to another host');
  assert.deepEqual(seen.complaints, []);
}

/** Does every check, `[name, check]`, in their order on one page; `after` is told of each. */
export async function runChecks(checks, after = () => {}) {
  const browser = await chromium.launch({
    executablePath: setting('CHROMIUM', '/usr/bin/chromium'),
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  try {
    const context = await browser.newContext({ viewport: { width: 1400, height: 850 } });
    const page = await context.newPage();
    const seen = listen(context, page);
    for (const [name, check] of checks) {
      await check(page);
      console.log(`ok - ${name}`);
      await after(page, check);
    }
    nothingElseHappened(seen);
    console.log(`ok - ${seen.requests.length} requests, all to ${base.origin}`);
  } catch (error) {
    console.error(`not ok - ${error.stack}`);
    process.exitCode = 1;
  } finally {
    await browser.close();
  }
}
