// SPDX-License-Identifier: EUPL-1.2

import { useState } from 'react';

/** A pasted token without white space and without the word Bearer in front. */
export function cleanToken(text) {
  return text.trim().replace(/^bearer\s+/i, '').replace(/\s+/g, '');
}

/** The field for the access token, above the editors. */
export function TokenField({ token, onChange }) {
  const [isShown, setShown] = useState(false);
  return (
    <div className="kb-token">
      <label htmlFor="toegangstoken">Toegangstoken</label>
      <input
        id="toegangstoken"
        type={isShown ? 'text' : 'password'}
        value={token}
        onChange={(event) => onChange(cleanToken(event.target.value))}
        aria-describedby="toegangstoken-uitleg"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
      />
      <button
        type="button"
        aria-controls="toegangstoken"
        aria-label={isShown ? 'Verberg toegangstoken' : 'Toon toegangstoken'}
        onClick={() => setShown(!isShown)}
      >
        {isShown ? 'Verberg' : 'Toon'}
      </button>
      <p id="toegangstoken-uitleg" className="kb-uitleg" aria-live="polite">
        {token === '' ? (
          <>
            Plak hier een token: <code>klantbeeld token kcc</code>
          </>
        ) : (
          'Gaat met elke vraag mee en wordt vergeten zodra dit tabblad sluit.'
        )}
      </p>
    </div>
  );
}
