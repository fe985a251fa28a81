// SPDX-License-Identifier: EUPL-1.2

/** Media type of answers that come as a stream of events. */
export const EVENTS = 'text/event-stream';

/** The answer in one event of the stream; undefined in a sign of life and at the end. */
function answerIn(event) {
  const fields = event.split('\n');
  const value = (name) =>
    fields.find((field) => field.startsWith(`${name}:`))?.slice(name.length + 1).trim();
  return value('event') === 'next' ? JSON.parse(value('data')) : undefined;
}

/** The answers of a response that is a stream of events, until it ends or nobody reads on. */
export async function* answersOf(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let read = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      const events = (read + value).split('\n\n');
      read = events.pop();
      yield* events.map(answerIn).filter((answer) => answer !== undefined);
    }
  } finally {
    await reader.cancel();
  }
}
