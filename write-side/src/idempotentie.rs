//! Repeating a handeling safely: a key of the caller leads to the first answer, for a day.

use axum::http::HeaderName;
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use crate::fout::{Doing, Fout, Foutcode, HandelingError};

/// The header that carries the key.
pub(crate) const HEADER: &str = "Idempotency-Key";
/// The same, as HTTP has it.
pub(crate) const HEADER_NAME: HeaderName = HeaderName::from_static("idempotency-key");
/// Longest key, in characters.
pub(crate) const SLEUTEL_MAX: usize = 255;
/// How long a key leads to its answer, in hours.
pub(crate) const BEWAARTERMIJN_HOURS: i64 = 24;
/// Most expired keys that one handeling removes: more than the one that it adds, so that the table
/// shrinks to what is kept, and few enough not to be felt.
const REMOVE_MAX_ROWS: i64 = 20;

/// A key of a caller, and the request that it was given with.
#[derive(Debug, Clone)]
pub(crate) struct Herhaalsleutel {
    sleutel: String,
    verzoek: [u8; 32],
}

/// Whose key it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Afnemer<'a> {
    /// The application.
    pub(crate) toepassing: &'a str,
    /// The subject of the token.
    pub(crate) door: &'a str,
}

/// The answer to a handeling, as it is kept to be repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Antwoord {
    /// HTTP status.
    pub(crate) status: u16,
    /// The body, in JSON.
    pub(crate) body: String,
    /// Version of the main object.
    pub(crate) etag: Option<String>,
    /// Place of what was registered.
    pub(crate) location: Option<String>,
}

impl Herhaalsleutel {
    /// The key with which this request may be repeated; `parts` are what makes it this request.
    ///
    /// # Errors
    /// When the text is no key.
    pub(crate) fn new(sleutel: &[u8], parts: &[&[u8]]) -> Result<Self, Fout> {
        let visible = sleutel.iter().all(u8::is_ascii_graphic);
        let text = std::str::from_utf8(sleutel).ok().filter(|_| visible);
        let Some(text) = text.filter(|text| (1..=SLEUTEL_MAX).contains(&text.len())) else {
            let melding = format!("1 tot {SLEUTEL_MAX} zichtbare ASCII-tekens, zoals een UUID");
            return Err(Fout::new(HEADER, Foutcode::Invalid, melding));
        };
        let mut hash = Sha256::new();
        for part in parts {
            // With its length, so that no two requests run together to the same bytes.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Ok(Self { sleutel: text.to_owned(), verzoek: hash.finalize().into() })
    }

    /// Takes the key for the handeling that begins, or gives the answer of the one that had it. A
    /// request with the same key that is under way is waited for.
    pub(crate) async fn claim(
        &self,
        conn: &mut PgConnection,
        afnemer: Afnemer<'_>,
        now: DateTime<Utc>,
    ) -> Result<Option<Antwoord>, HandelingError> {
        // An expired key is as good as unused: it is taken over where it stands.
        let claimed = sqlx::query_scalar!(
            "INSERT INTO write_side.idempotentie AS i (toepassing, door, sleutel, verzoek, tijdstip)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (toepassing, door, sleutel) DO UPDATE
                 SET verzoek = excluded.verzoek, tijdstip = excluded.tijdstip,
                     status = NULL, antwoord = NULL, etag = NULL, location = NULL
                 WHERE i.tijdstip <= $6
             RETURNING sleutel",
            afnemer.toepassing,
            afnemer.door,
            self.sleutel,
            &self.verzoek,
            now,
            verlopen(now),
        )
        .fetch_optional(&mut *conn)
        .await
        .doing("taking an idempotency key")?;
        match claimed {
            Some(_) => Ok(None),
            None => self.first_answer(conn, afnemer).await.map(Some),
        }
    }

    /// The answer of the handeling that had the key. Its row is locked by the attempt to take it.
    async fn first_answer(
        &self,
        conn: &mut PgConnection,
        afnemer: Afnemer<'_>,
    ) -> Result<Antwoord, HandelingError> {
        let row = sqlx::query!(
            r#"SELECT verzoek, status AS "status!", antwoord::text AS "antwoord!", etag, location
               FROM write_side.idempotentie
               WHERE toepassing = $1 AND door = $2 AND sleutel = $3"#,
            afnemer.toepassing,
            afnemer.door,
            self.sleutel,
        )
        .fetch_one(conn)
        .await
        .doing("reading the first answer")?;
        if row.verzoek != self.verzoek {
            let melding = "deze sleutel is al gebruikt voor een ander verzoek; neem een nieuwe";
            return Err(Fout::new(HEADER, Foutcode::IdempotencyKeyConflict, melding).into());
        }
        let status = u16::try_from(row.status).unwrap_or_default();
        Ok(Antwoord { status, body: row.antwoord, etag: row.etag, location: row.location })
    }

    /// Keeps the answer with the key, and removes some of the keys that have expired.
    pub(crate) async fn keep(
        &self,
        conn: &mut PgConnection,
        afnemer: Afnemer<'_>,
        antwoord: &Antwoord,
        now: DateTime<Utc>,
    ) -> Result<(), HandelingError> {
        sqlx::query!(
            "UPDATE write_side.idempotentie
             SET status = $4, antwoord = $5::text::json, etag = $6, location = $7
             WHERE toepassing = $1 AND door = $2 AND sleutel = $3",
            afnemer.toepassing,
            afnemer.door,
            self.sleutel,
            i16::try_from(antwoord.status).unwrap_or_default(),
            antwoord.body,
            antwoord.etag,
            antwoord.location,
        )
        .execute(&mut *conn)
        .await
        .doing("keeping the answer")?;
        sqlx::query!(
            "DELETE FROM write_side.idempotentie
             WHERE (toepassing, door, sleutel) IN (
                 SELECT toepassing, door, sleutel FROM write_side.idempotentie
                 WHERE tijdstip <= $1 ORDER BY tijdstip LIMIT $2 FOR UPDATE SKIP LOCKED)",
            verlopen(now),
            REMOVE_MAX_ROWS,
        )
        .execute(conn)
        .await
        .doing("removing expired keys")?;
        Ok(())
    }
}

/// What was kept at this moment or before has expired.
fn verlopen(now: DateTime<Utc>) -> DateTime<Utc> {
    now - TimeDelta::hours(BEWAARTERMIJN_HOURS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_visible_ascii_of_a_length() {
        let key = |bytes: &[u8]| Herhaalsleutel::new(bytes, &[]).is_ok();
        assert!(key(b"x") && key(&[b'~'; SLEUTEL_MAX]));
        assert!(!key(b"") && !key(&[b'x'; SLEUTEL_MAX + 1]));
        assert!(!key(b"een sleutel") && !key("sleuteltje\u{eb}".as_bytes()) && !key(b"a\tb"));
    }

    #[test]
    fn requests_differ_by_every_part_and_by_where_a_part_ends() {
        let hash = |parts: &[&[u8]]| Herhaalsleutel::new(b"x", parts).expect("a key").verzoek;
        assert_eq!(hash(&[b"POST", b"/a"]), hash(&[b"POST", b"/a"]));
        assert_ne!(hash(&[b"POST", b"/a"]), hash(&[b"POST", b"/b"]));
        assert_ne!(hash(&[b"POST", b"/a"]), hash(&[b"POST/", b"a"]));
    }
}
