// SPDX-License-Identifier: EUPL-1.2

import { getOperationAST, parse } from 'graphql';
import { EVENTS, answersOf } from './stream.js';

/** Media types of an answer that comes at once. */
const AT_ONCE = 'application/graphql-response+json, application/json';

/** Name that GraphiQL gives to the query with which it reads the schema. */
const INTROSPECTION = 'IntrospectionQuery';

/** What a user can do about an answer that never reached GraphQL, per status. */
const ADVICE = {
  401: 'Er is geen geldig toegangstoken meegestuurd. Plak bovenaan een token: klantbeeld token kcc',
  403: 'Dit toegangstoken geeft geen recht op deze vraag.',
  415: 'De server neemt deze inhoudssoort niet aan; verwacht wordt application/json.',
};

/** The text as JSON, or undefined where it is something else. */
function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether a parsed answer is one that GraphQL itself gave. */
function isGraphqlAnswer(answer) {
  return typeof answer === 'object' && answer !== null && ('data' in answer || 'errors' in answer);
}

/** An answer of the server outside GraphQL (problem+json or else) in readable form. */
function readableProblem(response, problem, text) {
  const title = problem?.title ?? response.statusText;
  const result = { melding: `${response.status} ${title}`.trim() };
  const advice = ADVICE[response.status];
  if (advice) {
    result.uitleg = advice;
  }
  if (problem !== undefined) {
    result.probleem = problem;
  } else if (text.trim() !== '') {
    result.antwoord = text;
  }
  return result;
}

/** Reads the answer of `/graphql`, whatever its status and content type. */
async function readAnswer(response) {
  const text = await response.text();
  const parsed = parseJson(text);
  return isGraphqlAnswer(parsed) ? parsed : readableProblem(response, parsed, text);
}

/**
 * The request as it is sent. For a moment after a change of tabs GraphiQL names the operation of
 * the tab before; a name that is not in the text is left out.
 */
function corrected(request) {
  const { operationName, query } = request;
  const isThere = new RegExp(`\\b(query|mutation|subscription)\\s+${operationName}\\b`).test(query);
  return isThere ? request : { ...request, operationName: undefined };
}

/** Posts one GraphQL request and gives the answer or a readable problem; of a stream, the answers. */
async function post(request, token, { accept, extraHeaders }) {
  const headers = {
    ...extraHeaders,
    'Content-Type': 'application/json',
    Accept: accept,
  };
  if (token !== '') {
    headers.Authorization = `Bearer ${token}`;
  }
  try {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers,
      body: JSON.stringify(request),
      cache: 'no-store',
      credentials: 'omit',
    });
    const isStream = response.headers.get('Content-Type')?.startsWith(EVENTS);
    return isStream ? answersOf(response) : await readAnswer(response);
  } catch (error) {
    return { melding: 'De server is niet bereikbaar.', uitleg: String(error) };
  }
}

/** Whether a request follows something; what GraphiQL read of its text may be of another tab. */
function follows({ query, operationName }) {
  try {
    return getOperationAST(parse(query), operationName)?.operation === 'subscription';
  } catch {
    // The service says what is wrong with the text.
    return false;
  }
}

/**
 * The answer to GraphiQL's question for the schema. Where there is no `data`, GraphiQL asks a
 * second time; a hidden one keeps it from doing so.
 */
function withData(answer) {
  return 'data' in answer ? answer : Object.defineProperty(answer, 'data', { value: null });
}

/**
 * The fetcher for GraphiQL. `readToken` is called for every request, so that a token which was
 * pasted a moment ago is used at once. `onSchemaFailure` gets the text that GraphiQL shows when
 * the schema cannot be read.
 */
export function createFetcher(readToken, onSchemaFailure) {
  return async (request, options) => {
    const asked = corrected(request);
    const accept = follows(asked) ? EVENTS : AT_ONCE;
    const answer = await post(asked, readToken(), { accept, extraHeaders: options?.headers });
    if (request.operationName !== INTROSPECTION) {
      return answer;
    }
    if (!answer.data) {
      onSchemaFailure(JSON.stringify(answer, null, 2));
    }
    return withData(answer);
  };
}
