use jumpqr_core::error::{Error, ErrorKind};
use serde_json::Value;

use super::{NameStyle, name_settings};

/// Returns the name of the exception class of an error, in languages that have classes.
///
/// What jumpqr refuses before anything is sent has no errcode, and a class of its own.
fn class_of(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::Invalid if error.errcode().is_none() => "ValidationError",
        ErrorKind::Invalid => "InvalidError",
        ErrorKind::Credentials => "CredentialsError",
        ErrorKind::Permission => "PermissionDeniedError",
        ErrorKind::State => "StateError",
        ErrorKind::Quota => "QuotaError",
        ErrorKind::RateLimited => "RateLimitedError",
        ErrorKind::Busy => "BusyError",
        ErrorKind::Network => "NetworkError",
        ErrorKind::Timeout => "CallTimeoutError",
        ErrorKind::Protocol => "ProtocolError",
        ErrorKind::Store => "StoreError",
        ErrorKind::Internal => "InternalError",
        _ => "JumpqrError",
    }
}

/// Returns the parts of an error, with its settings named as the language writes them, and its
/// `class`.
#[must_use]
pub fn error_parts(error: &Error, style: NameStyle) -> Value {
    let error = name_settings(error.clone(), style);
    // Texts, numbers and lists of them always are JSON.
    let mut parts = serde_json::to_value(&error).unwrap_or_default();
    if let Some(parts) = parts.as_object_mut() {
        parts.insert("class".to_owned(), class_of(&error).into());
    }
    parts
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use jumpqr_core::error::{Error, ErrorKind, OwnCode};

    use super::class_of;

    #[test]
    fn every_kind_has_a_class_of_its_own() {
        let mut classes = HashSet::new();
        for code in OwnCode::ALL {
            classes.insert(class_of(&Error::new(*code, "")));
        }
        for code in jumpqr_core::ErrCode::all() {
            classes.insert(class_of(&Error::from_answer(code.number, "")));
        }
        assert!(!classes.contains("JumpqrError"));
        assert_eq!(classes.len(), ErrorKind::ALL.len() + 1, "{classes:?}");
    }
}
