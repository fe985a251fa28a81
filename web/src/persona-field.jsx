// SPDX-License-Identifier: EUPL-1.2

import { useEffect, useState } from 'react';
import { fetchPersonas } from './omgeving.js';
import { readPersona, writePersona } from './storage.js';

/** A token is good for an hour; well before that there is another. */
const REFRESH_MS = 30 * 60 * 1000;

/**
 * The choice of who asks, in the demo. `onToken` gets a fresh token of whoever is chosen. A token
 * that was pasted after the choice (`isOwn`) is nobody of these.
 */
export function PersonaField({ isOwn, onToken }) {
  const [personas, setPersonas] = useState([]);
  const [chosen, setChosen] = useState(readPersona);

  const become = async (code) => {
    const fresh = await fetchPersonas();
    setPersonas(fresh);
    onToken(fresh.find((persona) => persona.code === code)?.token ?? '');
  };
  const choose = (code) => {
    writePersona(code);
    setChosen(code);
    become(code);
  };

  useEffect(() => {
    if (isOwn) {
      fetchPersonas().then(setPersonas);
    } else {
      // The token of before a reload may have had its time.
      become(chosen);
    }
  }, []);
  useEffect(() => {
    if (chosen === '' || isOwn) {
      return undefined;
    }
    const timer = window.setInterval(() => become(chosen), REFRESH_MS);
    return () => window.clearInterval(timer);
  }, [chosen, isOwn]);

  return (
    <div className="kb-persona">
      <label htmlFor="persona">Wie vraagt</label>
      <select
        id="persona"
        value={isOwn ? '' : chosen}
        onChange={(event) => choose(event.target.value)}
      >
        <option value="">Kies een persona, of plak een token</option>
        {personas.map((persona) => (
          <option key={persona.code} value={persona.code}>
            {persona.code}: {persona.naam}
          </option>
        ))}
      </select>
    </div>
  );
}
