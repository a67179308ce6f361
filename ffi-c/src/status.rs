use jumpqr::ErrorKind;
use jumpqr::error::OwnCode;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as Unknown, StrDeserializer};

use crate::object::forever;
use crate::{Nothing, guard, jumpqr_text};

/// The result of a call. 0 is success. Each kind of error has a block of a hundred numbers, and the
/// block says what to do.
///
/// An error that has no number of its own has the first number of its block. Most error codes of
/// WeChat have none: `jumpqr_error_code` and `jumpqr_error_errcode` tell them apart.
///
/// A number never changes its meaning. Later versions add numbers: treat an unknown number as the
/// first of its block (`status / 100 * 100`).
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum jumpqr_status {
    /// The call succeeded, and its outputs are written.
    Ok = 0,

    /// From 1 to 99, the call itself is wrong, and nothing was sent.
    ///
    /// A pointer is NULL, but must not be.
    NullArgument = 1,
    /// A text is not UTF-8.
    NotUtf8 = 2,
    /// This version does not know the `size` of a struct. Call the struct's `_init` first.
    StructSize = 3,
    /// The parameter does not take this number.
    OutOfRange = 4,

    /// Change the request or the settings: the same call is refused every time.
    Invalid = 100,
    /// The request breaks a documented rule; nothing was sent. The error has violations.
    InvalidRequest = 101,
    /// A setting of the client is wrong; nothing was sent.
    InvalidConfig = 102,
    /// The request is not a push that WeChat sends: its size, query or XML is wrong.
    PushMalformed = 103,
    /// The signature of the push is wrong. Nothing was decrypted.
    PushNotSigned = 104,
    /// The push cannot be decrypted.
    PushNotDecrypted = 105,
    /// The push is from WeChat, but lacks a field that its event has.
    UnexpectedPush = 106,

    /// Fix the credentials: appid, secret, token or authorisation.
    Credentials = 200,
    /// The client has no source of access tokens.
    NoCredentials = 201,
    /// Your token function failed.
    TokenSourceFailed = 202,
    /// There is no component_verify_ticket, or the last one has expired.
    NoVerifyTicket = 203,
    /// The merchant has no authorizer_refresh_token.
    NoRefreshToken = 204,
    /// The merchant has ended the authorisation of the platform. WeChat was not asked.
    MerchantUnauthorized = 205,

    /// A permission or a whitelisted IP address is missing. Somebody must grant or add it.
    Permission = 300,

    /// Fix what is outside the request: the rule's state, the domain, the verification file.
    State = 400,
    /// The account has no such rule. Only the request for the list was sent.
    NoSuchRule = 401,

    /// Wait until a daily or monthly quota is renewed.
    Quota = 500,

    /// The calls are too fast. Wait, then call again.
    RateLimited = 600,
    /// The call would wait for its slot for longer than its queue timeout.
    PacedOut = 601,

    /// WeChat is busy. Call again later.
    Busy = 700,

    /// Check the network between this machine and WeChat, then call again.
    Network = 800,
    /// The host's name was not resolved.
    DnsFailed = 801,
    /// The connection to the host failed.
    ConnectFailed = 802,
    /// The proxy refused the connection, or is not usable.
    ProxyFailed = 803,
    /// The TLS handshake failed, or the certificate is not valid for this host.
    TlsFailed = 804,
    /// The connection broke before the response was complete.
    ConnectionLost = 805,

    /// The deadline passed. Call again, or allow more time.
    Timeout = 900,
    /// The caller cancelled the call. No function of this library cancels calls.
    Cancelled = 901,

    /// The response is not from WeChat. Check proxies and the base URL.
    Protocol = 1000,
    /// The response has an HTTP status other than 200.
    HttpStatus = 1001,
    /// The response is not a JSON object.
    NotJson = 1002,
    /// The response lacks a field of its interface.
    UnexpectedResponse = 1003,
    /// The response is larger than the limit.
    BodyTooLarge = 1004,
    /// WeChat answered with an error code that is not in the table.
    UnknownErrcode = 1005,

    /// The token store failed. Fix it.
    Store = 1100,
    /// The token store cannot be reached, read or written.
    StoreFailed = 1101,
    /// Others could read the tokens in the store.
    StoreNotPrivate = 1102,
    /// The token store holds something that is not a token record. It is left unchanged.
    StoreDamaged = 1103,

    /// jumpqr has a defect. Report it.
    Internal = 1200,
}

impl Nothing for jumpqr_status {
    const NOTHING: Self = Self::Ok;
}

/// The names of the statuses that the core has no code for.
const CALL_NAMES: [&str; 5] = [
    "ok",
    "null_argument",
    "not_utf8",
    "struct_size",
    "out_of_range",
];

/// Returns the names of all statuses: the core's names of kinds and codes, and those of C.
fn names() -> impl Iterator<Item = &'static str> {
    let kinds = ErrorKind::ALL.iter().map(|kind| kind.name());
    let codes = OwnCode::ALL.iter().map(|code| code.name());
    CALL_NAMES.into_iter().chain(kinds).chain(codes)
}

fn named(name: &str) -> Option<jumpqr_status> {
    let name: StrDeserializer<'_, Unknown> = name.into_deserializer();
    jumpqr_status::deserialize(name).ok()
}

/// Returns the name of the status with this number.
fn name_of(status: i32) -> Option<&'static str> {
    names().find(|name| named(name).is_some_and(|known| known as i32 == status))
}

impl jumpqr_status {
    /// Returns the status of an error: the one of its code, or else the one of its kind.
    pub(crate) fn of(error: &jumpqr::Error) -> Self {
        named(error.code().name())
            .or_else(|| named(error.kind().name()))
            .unwrap_or(Self::Internal)
    }

    /// Returns the name of the status if the call itself is wrong. The core has no code for that.
    pub(crate) fn misuse(self) -> Option<&'static str> {
        let is_misuse = (1..100).contains(&(self as i32));
        is_misuse.then(|| name_of(self as i32))?
    }
}

/// Returns the stable name of a status, e.g. `connect_failed`. It lives forever. No text if the
/// number is not a status.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_status_name(status: i32) -> jumpqr_text {
    guard(|| name_of(status).map(forever))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jumpqr::error::OwnCode;
    use jumpqr::{ErrCode, Error, ErrorKind};

    use serde::Deserialize;
    use serde::de::value::{Error as Unknown, StrDeserializer};

    use super::{jumpqr_status, name_of, named, names};

    #[test]
    fn every_kind_begins_a_block_and_every_own_code_is_in_its_kinds() {
        for kind in ErrorKind::ALL {
            let status = named(kind.name()).unwrap() as i32;
            assert!(status >= 100 && status % 100 == 0, "{kind}");
        }
        for code in OwnCode::ALL {
            let block = named(code.kind().name()).unwrap() as i32;
            let status = jumpqr_status::of(&Error::new(*code, "")) as i32;
            assert_eq!(Some(status), named(code.name()).map(|found| found as i32));
            assert_eq!(status / 100, block / 100, "{}", code.name());
        }
    }

    #[test]
    fn every_error_code_of_wechats_has_the_status_of_its_kind() {
        for code in ErrCode::all() {
            let status = jumpqr_status::of(&Error::from_answer(code.number, ""));
            assert_eq!(Some(status), named(code.kind.name()), "{}", code.name);
        }
    }

    #[test]
    fn every_status_has_a_name() {
        let unknown = StrDeserializer::<Unknown>::new("?");
        let error = jumpqr_status::deserialize(unknown).unwrap_err();
        // It lists all variants after the unknown one.
        let error = error.to_string();
        let variants: BTreeSet<_> = error.split('`').skip(3).step_by(2).collect();
        assert!(variants.len() > 30, "{error}");
        assert_eq!(variants, names().collect());
        for name in names() {
            let status = named(name).unwrap();
            assert_eq!(name_of(status as i32), Some(name));
        }
    }
}
