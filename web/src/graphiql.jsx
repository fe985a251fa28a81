// SPDX-License-Identifier: EUPL-1.2

import { useEffect, useMemo, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { GraphiQL } from 'graphiql';
import 'graphiql/style.css';
import './graphiql.css';
import { exampleTabs } from './examples.js';
import { createFetcher } from './fetcher.js';
import { letTabLeaveEditors } from './keys.js';
import { banner, hasPersonas } from './omgeving.js';
import { PersonaField } from './persona-field.jsx';
import { clearSchemaFailure, rememberSchemaFailure } from './schema-failure.js';
import {
  graphiqlStorage,
  readPersona,
  readToken,
  rememberFirstVariables,
  writePersona,
  writeToken,
} from './storage.js';
import { TokenField } from './token-field.jsx';

const NEW_TAB_QUERY = '# Nieuwe vraag: Ctrl-spatie geeft suggesties, Ctrl-Enter voert uit.\n\n';

/** Time without typing after which a new token is used to read the schema. */
const TOKEN_PAUSE_MS = 400;

/** The value as it was once it stopped changing for a moment. */
function useSettled(value, pause) {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(value), pause);
    return () => window.clearTimeout(timer);
  }, [value, pause]);
  return settled;
}

function Page({ tabs }) {
  const [token, setToken] = useState(readToken);
  const [isOwn, setOwn] = useState(() => readPersona() === '');
  const current = useRef(token);
  const settled = useSettled(token, TOKEN_PAUSE_MS);
  // GraphiQL reads the schema again when it is given another fetcher.
  const fetcher = useMemo(
    () => createFetcher(() => current.current, rememberSchemaFailure),
    [settled],
  );
  const changeToken = (next) => {
    current.current = next;
    writeToken(next);
    setToken(next);
  };
  const pasteToken = (next) => {
    writePersona('');
    setOwn(true);
    changeToken(next);
  };
  const becomePersona = (next) => {
    setOwn(next === '');
    changeToken(next);
  };
  return (
    <>
      {banner && (
        <p className="kb-omgeving" role="note">
          {banner}
        </p>
      )}
      <header className="kb-balk">
        <h1>
          Klantbeeld <span>GraphQL verkennen</span>
        </h1>
        {hasPersonas && <PersonaField isOwn={isOwn} onToken={becomePersona} />}
        <TokenField token={token} onChange={pasteToken} />
      </header>
      <main className="kb-verkenner" lang="en">
        <GraphiQL
          fetcher={fetcher}
          onSchemaChange={clearSchemaFailure}
          storage={graphiqlStorage}
          defaultTabs={tabs}
          defaultQuery={NEW_TAB_QUERY}
          isHeadersEditorEnabled={false}
          shouldPersistHeaders={false}
          defaultEditorToolsVisibility="variables"
        >
          <GraphiQL.Logo>
            Graph<em>i</em>QL
          </GraphiQL.Logo>
        </GraphiQL>
      </main>
    </>
  );
}

const tabs = exampleTabs();
rememberFirstVariables(tabs);
letTabLeaveEditors();
createRoot(document.getElementById('klantbeeld')).render(<Page tabs={tabs} />);
