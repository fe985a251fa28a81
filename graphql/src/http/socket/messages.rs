//! The messages of `graphql-transport-ws`, and the codes with which a socket is closed.

use axum::extract::ws::{CloseFrame, Message};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Longest name of an operation, in bytes.
const ID_MAX: usize = 128;

/// What the other side says.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Said {
    ConnectionInit {
        payload: Option<Map<String, Value>>,
    },
    Subscribe {
        id: String,
        payload: Value,
    },
    Complete {
        id: String,
    },
    Ping {
        /// Comes back.
        payload: Option<Value>,
    },
    Pong {},
}

/// What this side says.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Say<'a> {
    ConnectionAck,
    Next {
        id: &'a str,
        payload: &'a serde_json::value::RawValue,
    },
    Error {
        id: &'a str,
        payload: &'a Value,
    },
    Complete {
        id: &'a str,
    },
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<Value>,
    },
}

impl Say<'_> {
    /// As it is sent.
    pub(super) fn message(&self) -> Message {
        Message::Text(serde_json::to_string(self).unwrap_or_default().into())
    }
}

/// Why a socket is closed: a code of the protocol, or of WebSockets, and a reason of at most 123 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Close(pub(super) u16, pub(super) String);

impl Close {
    /// This service stops.
    pub(super) fn going_away() -> Self {
        Self(1001, "De service stopt".to_owned())
    }

    /// Too many sockets.
    pub(super) fn try_later() -> Self {
        Self(1013, "Te veel verbindingen".to_owned())
    }

    /// Something that is no message of the protocol.
    pub(super) fn bad_request(why: &str) -> Self {
        Self(4400, why.to_owned())
    }

    /// An operation before it was said who asks.
    pub(super) fn unauthorized() -> Self {
        Self(4401, "Unauthorized".to_owned())
    }

    /// A token that is not accepted, or not any more.
    pub(super) fn forbidden(why: &str) -> Self {
        Self(4403, why.to_owned())
    }

    /// A subprotocol that is not spoken here.
    pub(super) fn subprotocol() -> Self {
        Self(4406, "Subprotocol not acceptable".to_owned())
    }

    /// It took too long to say who asks.
    pub(super) fn init_timeout() -> Self {
        Self(4408, "Connection initialisation timeout".to_owned())
    }

    /// A name of an operation that is in use.
    pub(super) fn exists(id: &str) -> Self {
        // The longest name would not fit.
        let id: String = id.chars().take(40).collect();
        Self(4409, format!("Subscriber for {id} already exists"))
    }

    /// It was said before who asks.
    pub(super) fn too_many_inits() -> Self {
        Self(4429, "Too many initialisation requests".to_owned())
    }

    /// As it is sent.
    pub(super) fn message(self) -> Message {
        Message::Close(Some(CloseFrame { code: self.0, reason: self.1.into() }))
    }
}

/// Reads a message of the other side.
pub(super) fn read(text: &str) -> Result<Said, Close> {
    let said = serde_json::from_str(text).map_err(|_| Close::bad_request("Invalid message"))?;
    match &said {
        Said::Subscribe { id, .. } | Said::Complete { id }
            if id.is_empty() || id.len() > ID_MAX =>
        {
            Err(Close::bad_request("Invalid id"))
        }
        Said::ConnectionInit { .. }
        | Said::Subscribe { .. }
        | Said::Complete { .. }
        | Said::Ping { .. }
        | Said::Pong {} => Ok(said),
    }
}

/// The header `Authorization` as the payload of `connection_init` has it, under either spelling.
pub(super) fn authorization(payload: Option<&Map<String, Value>>) -> Option<&str> {
    let payload = payload?;
    ["Authorization", "authorization"].iter().find_map(|name| payload.get(*name)?.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_message_is_told_so() {
        let init = read(r#"{"type":"connection_init","payload":{"authorization":"Bearer x"}}"#);
        let Ok(Said::ConnectionInit { payload }) = init else { panic!("{init:?}") };
        assert_eq!(authorization(payload.as_ref()), Some("Bearer x"));
        assert!(read(r#"{"type":"connection_init"}"#).is_ok());
        assert!(read(r#"{"type":"pong","payload":{}}"#).is_ok());
        let long = "x".repeat(ID_MAX + 1);
        for wrong in [
            "",
            "{}",
            r#"{"type":"start","id":"1","payload":{}}"#,
            r#"{"type":"subscribe","payload":{}}"#,
            r#"{"type":"complete","id":""}"#,
            &format!(r#"{{"type":"complete","id":"{long}"}}"#),
        ] {
            assert_eq!(read(wrong).map_err(|close| close.0), Err(4400), "{wrong}");
        }
    }

    #[test]
    fn a_reason_fits_in_a_close_frame() {
        assert!(Close::exists(&"é".repeat(ID_MAX)).1.len() <= 123);
    }
}
