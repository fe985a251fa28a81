// SPDX-License-Identifier: EUPL-1.2
//
// Where this page is, as the server wrote into it: 'productie', 'ontwikkeling' or 'demo'.

const omgeving = document.documentElement.dataset.omgeving;

/** What everybody must know who works here; undefined where a municipality does. */
export const banner = {
  demo: 'Demonstratie: deze gemeente en haar inwoners bestaan niet.',
  ontwikkeling: 'Ontwikkelomgeving: gebruik hier geen gegevens van echte mensen.',
}[omgeving];

/** Whether there are personas to choose. */
export const hasPersonas = omgeving === 'demo';

/** The personas with a fresh token each; [] when they are not to be had now. */
export async function fetchPersonas() {
  try {
    const response = await fetch('/graphiql/personas', { cache: 'no-store', credentials: 'omit' });
    return response.ok ? (await response.json()).personas : [];
  } catch {
    return [];
  }
}
