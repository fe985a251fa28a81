//! The GraphiQL page: a way to explore `/graphql` in the browser, also on a closed network.

use axum::Router;
use axum::body::Bytes;
use pages::{Asset, GRAPHIQL, serve};
use serde_json::{Value, json};

/// Whether this build has GraphiQL; if not, the page says what is missing.
pub const IS_AVAILABLE: bool = GRAPHIQL.is_available();

/// A worked example, shown as a tab when the page opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExampleDocument {
    /// Its name in Dutch, shown above the query.
    pub name: &'static str,
    /// The GraphQL document. The tab gets the name of its operation.
    pub query: &'static str,
    /// The variables as JSON text; empty when there are none.
    pub variables: &'static str,
}

/// Where the page asks for personas, when it offers them. Who serves it decides who they are.
pub const PERSONAS_PATH: &str = "/graphiql/personas";

/// What the page says of where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Explorer {
    /// Nothing: a municipality works here.
    Production,
    /// That this is for development.
    Development,
    /// That nobody in it exists, and it offers personas to be ([`PERSONAS_PATH`]).
    Demo,
}

impl Explorer {
    /// Its name for the page.
    const fn word(self) -> &'static str {
        match self {
            Self::Production => "productie",
            Self::Development => "ontwikkeling",
            Self::Demo => "demo",
        }
    }
}

/// Serves `GET /graphiql` and its files, with one tab for every example.
pub fn router(examples: &[ExampleDocument], explorer: Explorer) -> Router {
    let page = fill_page(&GRAPHIQL.filled(), examples, explorer);
    Router::new()
        .route("/graphiql", serve(Asset::new("text/html; charset=utf-8", Bytes::from(page))))
        .route(
            "/graphiql/graphiql.js",
            serve(Asset::new(
                "text/javascript; charset=utf-8",
                Bytes::from_static(GRAPHIQL.script),
            )),
        )
        .route(
            "/graphiql/graphiql.css",
            serve(Asset::new("text/css; charset=utf-8", Bytes::from_static(GRAPHIQL.style))),
        )
        .route(
            "/graphiql/licenties.txt",
            serve(Asset::new("text/plain; charset=utf-8", Bytes::from_static(pages::LICENCES))),
        )
}

/// The page with the examples, which come last: what is in them is not looked at again.
fn fill_page(page: &str, examples: &[ExampleDocument], explorer: Explorer) -> String {
    let page = page.replace("{{OMGEVING}}", explorer.word());
    page.replace("{{VOORBEELDEN}}", &embedded_json(examples))
}

/// The examples as JSON that cannot end the script element it stands in.
fn embedded_json(examples: &[ExampleDocument]) -> String {
    let list: Vec<Value> = examples
        .iter()
        .map(|example| {
            json!({"naam": example.name, "query": example.query, "variables": example.variables})
        })
        .collect();
    Value::from(list).to_string().replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: ExampleDocument = ExampleDocument {
        name: "Naam </script><!--",
        query: "query Test { a } # {{VERSIE}}",
        variables: "{\"a\": 1}",
    };

    #[test]
    fn examples_cannot_end_their_script_element() {
        let text = embedded_json(&[EXAMPLE]);
        assert!(!text.contains('<'), "{text}");
        let parsed: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(parsed[0]["naam"], EXAMPLE.name);
        assert_eq!(parsed[0]["query"], EXAMPLE.query);
        assert_eq!(parsed[0]["variables"], EXAMPLE.variables);
    }

    #[test]
    fn page_is_filled_and_examples_are_left_as_they_are() {
        let page = fill_page("{{OMGEVING}} v=abc {{VOORBEELDEN}}", &[EXAMPLE], Explorer::Demo);
        assert!(page.starts_with("demo v=abc ["), "{page}");
        assert!(page.contains("# {{VERSIE}}"), "{page}");
    }

    #[test]
    fn page_in_the_binary_has_a_place_for_the_version() {
        let page = fill_page(&GRAPHIQL.filled(), &[], Explorer::Production);
        assert!(page.contains("lang=\"nl\"") && page.contains("?v="), "{page}");
        assert!(!page.contains("{{"), "{page}");
        assert_eq!(IS_AVAILABLE, page.contains("graphiql.js"));
        assert_eq!(IS_AVAILABLE, page.contains("data-omgeving=\"productie\""));
    }
}
