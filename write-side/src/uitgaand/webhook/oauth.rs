//! Tokens for receivers that want OAuth 2.0 client credentials; kept until they expire.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{Client, Response};
use serde::Deserialize;

use super::abonnement::Oauth2;
use super::netwerk::Netwerkbeleid;
use super::verzending::why;

/// A token is renewed so long before it expires.
const MARGIN: TimeDelta = TimeDelta::seconds(30);
/// How long a token is kept whose issuer does not say.
const DEFAULT_SECONDS: i64 = 60;
/// Longest time that a token is kept, in seconds.
const MAX_SECONDS: i64 = 24 * 3600;
/// Longest answer of an issuer.
const ANSWER_MAX_BYTES: usize = 64 * 1024;

#[derive(Debug, Clone)]
struct Token {
    text: String,
    until: DateTime<Utc>,
}

/// The tokens that are good now, by all that they were asked with: whoever does not know the secret
/// does not get the token of who does.
#[derive(Debug, Clone, Default)]
pub(super) struct Tokens(Arc<Mutex<HashMap<Oauth2, Token>>>);

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
        let known = self.lock().get(oauth).filter(|token| token.until > now).cloned();
        if let Some(token) = known {
            return Ok(token.text);
        }
        let answer = fetch(client, beleid, oauth)
            .await
            .map_err(|reason| format!("de uitgever van tokens gaf geen token: {reason}"))?;
        let seconds = answer.expires_in.unwrap_or(DEFAULT_SECONDS).clamp(0, MAX_SECONDS);
        let until = now + TimeDelta::seconds(seconds) - MARGIN;
        let token = Token { text: answer.access_token.clone(), until };
        let mut tokens = self.lock();
        tokens.retain(|_, token| token.until > now);
        tokens.insert(oauth.clone(), token);
        Ok(answer.access_token)
    }

    /// Forgets a token that was refused.
    pub(super) fn forget(&self, oauth: &Oauth2) {
        self.lock().remove(oauth);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Oauth2, Token>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn fetch(client: &Client, beleid: &Netwerkbeleid, oauth: &Oauth2) -> Result<Answer, String> {
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
        .map_err(|error| why(&error))?;
    let status = response.status();
    if status.is_redirection() {
        return Err(format!("status {status}: een doorverwijzing wordt niet gevolgd"));
    }
    if !status.is_success() {
        return Err(format!("status {status}"));
    }
    let body = body(response).await?;
    // What is wrong with it is not told: that would quote it.
    serde_json::from_slice(&body).map_err(|_| "het antwoord is geen token".to_owned())
}

/// The body of an answer, within a bound.
async fn body(mut response: Response) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| why(&error))? {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER_MAX_BYTES {
            return Err(format!("het antwoord is langer dan {ANSWER_MAX_BYTES} bytes"));
        }
    }
    Ok(body)
}
