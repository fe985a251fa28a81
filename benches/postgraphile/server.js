// PostGraphile as it is run in production: a cluster with a worker for each of two cores, no query log,
// no mutations, no GraphiQL. Settings come from the environment; see src/bench/read/postgraphile.rs.
const cluster = require("cluster");
const http = require("http");
const { Pool } = require("pg");
const { postgraphile } = require("postgraphile");
const { makeJSONPgSmartTagsPlugin } = require("graphile-utils");

const WORKERS = 2;
// Together somewhat more than the service has for questions.
const CONNECTIONS = 10;
const { DATABASE_URL, SCHEMA, PORT, TAGS } = process.env;

function serve() {
  const pool = new Pool({ connectionString: DATABASE_URL, max: CONNECTIONS });
  const answer = postgraphile(pool, SCHEMA, {
    appendPlugins: [makeJSONPgSmartTagsPlugin(require(TAGS))],
    disableDefaultMutations: true,
    disableQueryLog: true,
    dynamicJson: true,
    graphiql: false,
    legacyRelations: "omit",
    retryOnInitFail: false,
    setofFunctionsContainNulls: false,
  });
  const server = http.createServer((request, response) => {
    if (request.url === "/") {
      response.end("ready");
    } else {
      answer(request, response);
    }
  });
  server.keepAliveTimeout = 600000;
  // Only once the schema is there is a worker ready.
  answer.getGraphQLSchema().then(
    () => server.listen(Number(PORT), "127.0.0.1"),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
}

if (cluster.isPrimary) {
  for (let worker = 0; worker < WORKERS; worker += 1) {
    cluster.fork();
  }
  cluster.on("exit", (_worker, code) => process.exit(code || 1));
} else {
  serve();
}
