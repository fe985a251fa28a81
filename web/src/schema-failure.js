// SPDX-License-Identifier: EUPL-1.2
//
// When GraphiQL cannot read the schema (no token yet, for instance) it says so in the result pane,
// and leaves it there once the schema has been read after all. This takes it away.

let shown = null;

/** Remembers what GraphiQL shows in the result pane. */
export function rememberSchemaFailure(text) {
  shown = text;
}

/** Empties the result pane when it still shows that failure and nothing newer. */
export function clearSchemaFailure() {
  const editor = document.querySelector('.result-window .CodeMirror')?.CodeMirror;
  if (shown !== null && editor?.getValue() === shown) {
    editor.setValue('');
  }
  shown = null;
}
