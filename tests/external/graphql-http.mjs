// The audit of GraphQL over HTTP by npm's graphql-http: no error and no warning.
import { auditServer } from 'graphql-http';

const url = `${process.env.KLANTBEELD_URL}/graphql`;
const authorization = `Bearer ${process.env.KLANTBEELD_TOKEN}`;
const fetchFn = (input, init = {}) =>
  fetch(input, { ...init, headers: { ...init.headers, authorization } });

const counts = { ok: 0, notice: 0, warn: 0, error: 0 };
for (const result of await auditServer({ url, fetchFn })) {
  counts[result.status] += 1;
  if (result.status !== 'ok') {
    console.log(result.status, result.id, result.name, result.reason ?? '');
  }
}
console.log('GraphQL over HTTP:', counts);
process.exit(counts.error + counts.warn === 0 ? 0 : 1);
