// SPDX-License-Identifier: EUPL-1.2

/** The worked examples that the server wrote into the page; [] when unreadable. */
function readExamples() {
  const text = document.getElementById('voorbeelden')?.textContent ?? '[]';
  try {
    const parsed = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}

/** The query of an example, with its name as a comment on top. */
function titledQuery({ naam, query }) {
  const text = `${query ?? ''}`.trim();
  return text.startsWith('#') || !naam ? `${text}\n` : `# ${naam}\n${text}\n`;
}

/** Tabs for GraphiQL, one per example; undefined when there are none. */
export function exampleTabs() {
  const tabs = readExamples().map((example) => ({
    query: titledQuery(example),
    variables: `${example.variables ?? ''}`.trim() || null,
  }));
  return tabs.length > 0 ? tabs : undefined;
}
