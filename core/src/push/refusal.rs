//! Why a push is refused. No text repeats a part of the push, of a token or of a key.

use alloc::format;

use crate::error::{Error, OwnCode};

/// Returns the error of a request that does not have the form of a push.
pub(super) fn malformed(message: &str) -> Error {
    Error::new(OwnCode::PushMalformed, message)
}

/// Returns the error of a query without exactly one such field.
pub(super) fn not_one_field(name: &str) -> Error {
    malformed(&format!("the query does not have exactly one {name}"))
}

/// Returns the error of a wrong signature.
pub(super) fn not_signed(field: &str) -> Error {
    let message = format!("the {field} does not match the request and the message token");
    Error::new(OwnCode::PushNotSigned, message)
}

/// Returns the error of a wrong key, ciphertext, padding, length or appid. It is the same for all
/// of them.
pub(super) fn not_decrypted() -> Error {
    let message = "the push cannot be decrypted with the EncodingAESKey for this component_appid";
    Error::new(OwnCode::PushNotDecrypted, message)
}

/// Returns the error of an event from WeChat that lacks a documented field.
pub(super) fn unexpected(info_type: &str, field: &str) -> Error {
    let message = format!("the event {info_type} does not have exactly one usable {field}");
    Error::new(OwnCode::UnexpectedPush, message)
}
