//! The keys of an issuer that is asked for them: fetched when they are needed, kept within bounds, and
//! fetched again when a token names a key that was not there.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use chrono::{DateTime, TimeDelta, Utc};
use clock::SharedClock;
use tokio::sync::{Mutex, MutexGuard};

use super::KeySet;
use super::fetch::Fetcher;
use crate::algorithm::SignatureAlgorithm;
use crate::settings::{TokenSettings, TokenSettingsError, Transport};
use crate::token::TokenError;

/// How long keys are used when the issuer gives no new ones.
const KEPT_MAX: TimeDelta = TimeDelta::hours(24);
/// After how long new ones are asked for.
const REFRESH_AFTER: TimeDelta = TimeDelta::hours(12);
/// Least time between two questions because of a key that is not known: anybody can name one.
const UNKNOWN_KEY_PAUSE: TimeDelta = TimeDelta::minutes(1);
/// Least time between a failure and the next question.
const FAILURE_PAUSE: TimeDelta = TimeDelta::seconds(10);

/// The keys of one issuer.
#[derive(Debug)]
pub(crate) struct Discovery {
    fetcher: Fetcher,
    algorithms: BTreeSet<SignatureAlgorithm>,
    clock: SharedClock,
    state: RwLock<State>,
    /// Held while the issuer is asked: once at a time.
    asking: Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    fetched: Option<Fetched>,
    /// When the issuer was last asked because of a key that was not known.
    asked_for_key: Option<DateTime<Utc>>,
    /// When it last gave nothing.
    failed: Option<DateTime<Utc>>,
}

#[derive(Debug)]
struct Fetched {
    keys: Arc<KeySet>,
    at: DateTime<Utc>,
}

/// Why the issuer is to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    /// There are no keys, or they are too old.
    Keys,
    /// There are keys, but not this one.
    UnknownKey,
    /// The keys will do, but are half as old as they may become.
    Refresh,
}

impl Discovery {
    /// Nothing is asked yet.
    pub(crate) fn new(
        settings: &TokenSettings,
        transport: Transport,
        clock: SharedClock,
    ) -> Result<Self, TokenSettingsError> {
        let issuer = settings.issuer.clone();
        let client = super::fetch::client(transport).map_err(TokenSettingsError::Client)?;
        let fetcher = Fetcher::new(&issuer, transport, client)
            .map_err(|source| TokenSettingsError::Address { issuer: issuer.clone(), source })?;
        let algorithms = settings.algorithms.clone();
        let (state, asking) = (RwLock::default(), Mutex::default());
        Ok(Self { fetcher, algorithms, clock, state, asking })
    }

    /// The keys; the issuer was asked when the one of this name was not among them, if it may be.
    ///
    /// # Errors
    /// When the issuer gave no keys for too long.
    pub(crate) async fn keys(self: &Arc<Self>, kid: &str) -> Result<Arc<KeySet>, TokenError> {
        let (mut keys, need) = self.look(kid);
        if let Some(need) = need {
            let (this, name) = (Arc::clone(self), kid.to_owned());
            // On its own: a bearer who hangs up does not break off what the others wait for.
            let asked = tokio::spawn(async move { this.ask(&name, need).await });
            // With keys that will do, nobody waits for newer ones.
            if need != Need::Refresh {
                if let Err(error) = asked.await {
                    tracing::error!(issuer = self.fetcher.issuer(), %error, "asking an issuer broke down");
                }
                (keys, _) = self.look(kid);
            }
        }
        keys.ok_or(TokenError::Unavailable)
    }

    /// Asks the issuer, if it may be asked for this key now.
    async fn ask(&self, kid: &str, need: Need) {
        let Some(_asking) = self.turn(need).await else {
            return;
        };
        // Whoever was first may have brought what is needed.
        let (_, Some(need)) = self.look(kid) else {
            return;
        };
        if !self.may_ask(need) {
            return;
        }
        let answer = self.fetcher.keys(&self.algorithms).await;
        let at = self.clock.now();
        let mut state = self.write();
        match answer {
            Ok(keys) => {
                state.fetched = Some(Fetched { keys: Arc::new(keys), at });
                state.failed = None;
            }
            Err(error) => {
                state.failed = Some(at);
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                tracing::warn!(issuer = self.fetcher.issuer(), %error, cause, "an issuer gave no keys");
            }
        }
    }

    /// Waits until nobody else asks; for a refresh one who asks is enough.
    async fn turn(&self, need: Need) -> Option<MutexGuard<'_, ()>> {
        match need {
            Need::Refresh => self.asking.try_lock().ok(),
            Need::Keys | Need::UnknownKey => Some(self.asking.lock().await),
        }
    }

    /// The keys, when they are not too old, and why the issuer is to be asked, if it is.
    fn look(&self, kid: &str) -> (Option<Arc<KeySet>>, Option<Need>) {
        let (now, state) = (self.clock.now(), self.read());
        let fresh = |fetched: &&Fetched| !has_passed(Some(fetched.at), KEPT_MAX, now);
        let Some(Fetched { keys, at }) = state.fetched.as_ref().filter(fresh) else {
            return (None, Some(Need::Keys));
        };
        // No key has no name: who names none wants those that there are.
        let need = if !kid.is_empty() && !keys.has(kid) {
            Some(Need::UnknownKey)
        } else {
            let due = has_passed(Some(*at), REFRESH_AFTER, now)
                && has_passed(state.failed, FAILURE_PAUSE, now);
            due.then_some(Need::Refresh)
        };
        (Some(Arc::clone(keys)), need)
    }

    /// Whether the issuer may be asked now; if so, that is remembered.
    fn may_ask(&self, need: Need) -> bool {
        let now = self.clock.now();
        let mut state = self.write();
        match need {
            Need::Keys | Need::Refresh => has_passed(state.failed, FAILURE_PAUSE, now),
            Need::UnknownKey => {
                let may = has_passed(state.asked_for_key, UNKNOWN_KEY_PAUSE, now);
                if may {
                    state.asked_for_key = Some(now);
                }
                may
            }
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether so much time has passed since then; since never, it has.
fn has_passed(since: Option<DateTime<Utc>>, time: TimeDelta, now: DateTime<Utc>) -> bool {
    since.is_none_or(|since| now - since >= time)
}
