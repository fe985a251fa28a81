//! Tokens for receivers that want OAuth 2.0 client credentials; kept until they expire.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Client;
use serde::Deserialize;

use super::abonnement::Oauth2;
use super::netwerk::Netwerkbeleid;

/// A token is renewed so long before it expires.
const MARGIN: TimeDelta = TimeDelta::seconds(30);
/// How long a token is kept whose issuer does not say.
const DEFAULT_SECONDS: i64 = 60;
/// Longest time that a token is kept, in seconds.
const MAX_SECONDS: i64 = 24 * 3600;

#[derive(Debug, Clone)]
struct Token {
    text: String,
    until: DateTime<Utc>,
}

/// The tokens that are good now, by issuer and client.
#[derive(Debug, Clone, Default)]
pub(super) struct Tokens(Arc<Mutex<HashMap<(String, String), Token>>>);

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    expires_in: Option<i64>,
}

impl Tokens {
    /// A token for this client.
    pub(super) async fn get(
        &self,
        client: &Client,
        beleid: &Netwerkbeleid,
        oauth: &Oauth2,
        now: DateTime<Utc>,
    ) -> Result<String, String> {
        let known = self.lock().get(&key(oauth)).filter(|token| token.until > now).cloned();
        if let Some(token) = known {
            return Ok(token.text);
        }
        let answer = fetch(client, beleid, oauth).await?;
        let seconds = answer.expires_in.unwrap_or(DEFAULT_SECONDS).clamp(0, MAX_SECONDS);
        let until = now + TimeDelta::seconds(seconds) - MARGIN;
        let token = Token { text: answer.access_token.clone(), until };
        self.lock().insert(key(oauth), token);
        Ok(answer.access_token)
    }

    /// Forgets a token that was refused.
    pub(super) fn forget(&self, oauth: &Oauth2) {
        self.lock().remove(&key(oauth));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(String, String), Token>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(oauth: &Oauth2) -> (String, String) {
    (oauth.token_url.clone(), oauth.client_id.clone())
}

async fn fetch(client: &Client, beleid: &Netwerkbeleid, oauth: &Oauth2) -> Result<Answer, String> {
    let failed = || "de uitgever van tokens gaf geen token".to_owned();
    let url = beleid.check_url(&oauth.token_url).map_err(|error| error.to_string())?;
    let mut form = vec![("grant_type", "client_credentials")];
    if let Some(scope) = &oauth.scope {
        form.push(("scope", scope));
    }
    let response = client
        .post(url)
        .basic_auth(&oauth.client_id, Some(&oauth.client_secret))
        .form(&form)
        .send()
        .await
        .map_err(|_| failed())?;
    if !response.status().is_success() {
        return Err(format!("{}: status {}", failed(), response.status()));
    }
    response.json().await.map_err(|_| failed())
}
