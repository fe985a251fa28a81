// SPDX-License-Identifier: EUPL-1.2
//
// Everything the page remembers is in sessionStorage: queries and variables may
// name a citizen, so nothing may stay behind once the browser tab is closed.

const TOKEN_KEY = 'klantbeeld:toegangstoken';
const PERSONA_KEY = 'klantbeeld:persona';
const GRAPHIQL_PREFIX = 'graphiql:';

/** sessionStorage, or a memory with the same calls where the browser forbids it. */
function openStorage() {
  try {
    const storage = window.sessionStorage;
    storage.getItem(TOKEN_KEY);
    return storage;
  } catch {
    const values = new Map();
    return {
      get length() {
        return values.size;
      },
      key: (index) => [...values.keys()][index] ?? null,
      getItem: (key) => values.get(key) ?? null,
      setItem: (key, value) => void values.set(key, String(value)),
      removeItem: (key) => void values.delete(key),
    };
  }
}

const storage = openStorage();

/** Removes what GraphiQL remembered, and leaves the access token alone. */
function clearGraphiql() {
  const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index));
  for (const key of keys.filter((name) => name?.startsWith(GRAPHIQL_PREFIX))) {
    storage.removeItem(key);
  }
}

/** The storage as GraphiQL wants it. */
export const graphiqlStorage = {
  get length() {
    return storage.length;
  },
  getItem: (key) => storage.getItem(key),
  setItem: (key, value) => storage.setItem(key, value),
  removeItem: (key) => storage.removeItem(key),
  clear: clearGraphiql,
};

/**
 * On a first visit GraphiQL opens the first tab with its query but without its
 * variables; those it takes from storage only. So they are put there.
 */
export function rememberFirstVariables(tabs) {
  const isFirstVisit = storage.getItem(`${GRAPHIQL_PREFIX}tabState`) === null;
  const variables = tabs?.[0]?.variables;
  if (isFirstVisit && variables) {
    storage.setItem(`${GRAPHIQL_PREFIX}variables`, variables);
  }
}

/** The persona that was chosen; '' when none was. */
export function readPersona() {
  return storage.getItem(PERSONA_KEY) ?? '';
}

export function writePersona(code) {
  if (code === '') {
    storage.removeItem(PERSONA_KEY);
  } else {
    storage.setItem(PERSONA_KEY, code);
  }
}

export function readToken() {
  return storage.getItem(TOKEN_KEY) ?? '';
}

export function writeToken(token) {
  if (token === '') {
    storage.removeItem(TOKEN_KEY);
  } else {
    storage.setItem(TOKEN_KEY, token);
  }
}
