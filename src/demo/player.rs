//! Plays requests against the bijhouding API, a few at a time, and remembers by name what the
//! service registered.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Client;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::DemoError;
use super::municipality::{MARK, Opdracht};
use super::progress::Progress;

/// Requests at a time.
const AT_A_TIME: usize = 6;
/// The longest time that one request may take.
const REQUEST_LIMIT: Duration = Duration::from_secs(30);

/// What the service registered, by the names that the municipality gave: the main object by its
/// name, the parts as `name.soort.number`.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    /// The key behind a name.
    pub(super) fn id(&self, name: &str) -> Result<Uuid, DemoError> {
        let id = self.text(name)?;
        Uuid::try_parse(id).map_err(|_| DemoError::UnknownName { name: name.to_owned() })
    }

    fn text(&self, name: &str) -> Result<&str, DemoError> {
        let found = self.0.get(name).map(String::as_str);
        found.ok_or_else(|| DemoError::UnknownName { name: name.to_owned() })
    }

    /// Puts keys in the place of names, in a body.
    fn fill(&self, value: &mut Value) -> Result<(), DemoError> {
        match value {
            Value::String(text) => {
                if let Some(name) = text.strip_prefix(MARK) {
                    *text = self.text(name)?.to_owned();
                }
            }
            Value::Array(items) => items.iter_mut().try_for_each(|item| self.fill(item))?,
            Value::Object(map) => map.values_mut().try_for_each(|item| self.fill(item))?,
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
        Ok(())
    }

    /// Puts keys in the place of names, in a path.
    fn path(&self, path: &str) -> Result<String, DemoError> {
        let parts = path.split('/').map(|part| match part.strip_prefix(MARK) {
            Some(name) => self.text(name),
            None => Ok(part),
        });
        Ok(parts.collect::<Result<Vec<_>, _>>()?.join("/"))
    }

    /// Remembers what an answer says was registered.
    fn learn(&mut self, naam: &str, answer: &Value) {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let objects = answer["objecten"].as_array().map(Vec::as_slice).unwrap_or_default();
        for (index, object) in objects.iter().enumerate() {
            let (Some(soort), Some(id)) = (object["soort"].as_str(), object["id"].as_str()) else {
                continue;
            };
            let number = counts.entry(soort).or_default();
            if index == 0 {
                self.0.insert(naam.to_owned(), id.to_owned());
            }
            self.0.insert(format!("{naam}.{soort}.{number}"), id.to_owned());
            *number += 1;
        }
    }
}

/// Plays against one service.
#[derive(Debug, Clone)]
pub(super) struct Player {
    client: Client,
    base: String,
    token: String,
}

impl Player {
    /// A player for the service at `base`, such as `http://127.0.0.1:8080`.
    pub(super) fn new(base: &str, token: String) -> Result<Self, DemoError> {
        let client = Client::builder()
            .timeout(REQUEST_LIMIT)
            // What the environment says of proxies does not go for our own service.
            .no_proxy()
            .build()
            .map_err(DemoError::Client)?;
        Ok(Self { client, base: format!("{base}/bijhouding/v1"), token })
    }

    /// Plays requests that do not depend on each other, and learns their names.
    pub(super) async fn play(
        &self,
        opdrachten: Vec<Opdracht>,
        names: &mut Names,
        progress: &Arc<Progress>,
    ) -> Result<(), DemoError> {
        let places = Arc::new(Semaphore::new(AT_A_TIME));
        let mut tasks = JoinSet::new();
        for mut opdracht in opdrachten {
            names.fill(&mut opdracht.invoer)?;
            let path = names.path(&opdracht.pad)?;
            let (player, places) = (self.clone(), Arc::clone(&places));
            let progress = Arc::clone(progress);
            tasks.spawn(async move {
                // It is never closed, so a place always comes.
                let _place = places.acquire().await;
                let answer = player.post(&path, &opdracht.invoer).await?;
                progress.advance();
                Ok::<_, DemoError>((opdracht.naam, answer))
            });
        }
        // The first fault drops the set, and with it what was still to be done.
        while let Some(done) = tasks.join_next().await {
            let (naam, answer) = done.map_err(DemoError::Broken)??;
            if let Some(naam) = naam {
                names.learn(&naam, &answer);
            }
        }
        Ok(())
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value, DemoError> {
        let failed = |source| DemoError::NoAnswer { path: path.to_owned(), source };
        let url = format!("{}{path}", self.base);
        let request = self.client.post(url).bearer_auth(&self.token).json(body);
        let response = request.send().await.map_err(failed)?;
        let status = response.status();
        if status.is_success() {
            return response.json().await.map_err(failed);
        }
        let problem = response.text().await.map_err(failed)?;
        Err(DemoError::Refused { path: path.to_owned(), status: status.as_u16(), problem })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_stand_for_what_was_registered() {
        let mut names = Names::default();
        let answer = json!({ "objecten": [
            { "soort": "klantcontact", "id": "k" },
            { "soort": "betrokkene", "id": "b0" },
            { "soort": "betrokkene", "id": "b1" },
        ]});
        names.learn("c1", &answer);
        let mut body = json!({ "lijst": ["@c1", "los"], "diep": { "wie": "@c1.betrokkene.1" } });
        names.fill(&mut body).unwrap();
        assert_eq!(body, json!({ "lijst": ["k", "los"], "diep": { "wie": "b1" } }));
        assert_eq!(
            names.path("/klantcontacten/@c1/bijlagen").unwrap(),
            "/klantcontacten/k/bijlagen"
        );
        assert!(names.fill(&mut json!("@c2")).is_err());
    }
}
