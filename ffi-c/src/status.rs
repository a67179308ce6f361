use std::ffi::CStr;

use crate::{Nothing, guard, jumpqr_text};

/// The result of a call. 0 is success. Each kind of error has a block of a hundred numbers, and the
/// block says what to do.
///
/// The first number of a block is every error of that kind without a number of its own, for example
/// an error code of WeChat: `jumpqr_error_code` and `jumpqr_error_errcode` tell these apart. A
/// number never changes its meaning. Later versions add numbers: treat an unknown number as the
/// first of its block (`status / 100 * 100`).
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum jumpqr_status {
    /// The call succeeded, and its outputs are written.
    Ok = 0,

    /// A pointer is NULL, but must not be. 1 to 99: the call itself is wrong; nothing was sent.
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

/// Gives each status its name: the core's name of the kind or of the code. The compiler refuses a
/// status that is not listed.
macro_rules! names {
    ($($status:ident = $name:literal,)+) => {
        impl jumpqr_status {
            const ALL: &[Self] = &[$(Self::$status),+];

            const fn name(self) -> &'static CStr {
                match self { $(Self::$status => $name,)+ }
            }
        }
    };
}

names! {
    Ok = c"ok",
    NullArgument = c"null_argument",
    NotUtf8 = c"not_utf8",
    StructSize = c"struct_size",
    OutOfRange = c"out_of_range",
    Invalid = c"invalid",
    InvalidRequest = c"invalid_request",
    InvalidConfig = c"invalid_config",
    Credentials = c"credentials",
    NoCredentials = c"no_credentials",
    TokenSourceFailed = c"token_source_failed",
    NoVerifyTicket = c"no_verify_ticket",
    NoRefreshToken = c"no_refresh_token",
    Permission = c"permission",
    State = c"state",
    NoSuchRule = c"no_such_rule",
    Quota = c"quota",
    RateLimited = c"rate_limited",
    PacedOut = c"paced_out",
    Busy = c"busy",
    Network = c"network",
    DnsFailed = c"dns_failed",
    ConnectFailed = c"connect_failed",
    ProxyFailed = c"proxy_failed",
    TlsFailed = c"tls_failed",
    ConnectionLost = c"connection_lost",
    Timeout = c"timeout",
    Cancelled = c"cancelled",
    Protocol = c"protocol",
    HttpStatus = c"http_status",
    NotJson = c"not_json",
    UnexpectedResponse = c"unexpected_response",
    BodyTooLarge = c"body_too_large",
    UnknownErrcode = c"unknown_errcode",
    Store = c"store",
    StoreFailed = c"store_failed",
    StoreNotPrivate = c"store_not_private",
    StoreDamaged = c"store_damaged",
    Internal = c"internal",
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
        is_misuse.then(|| self.name().to_str().ok())?
    }
}

fn named(name: &str) -> Option<jumpqr_status> {
    let mut all = jumpqr_status::ALL.iter().copied();
    all.find(|status| status.name().to_bytes() == name.as_bytes())
}

/// Returns the stable name of a status, e.g. `connect_failed`. It lives forever. No text if the
/// number is not a status.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_status_name(status: i32) -> jumpqr_text {
    guard(|| {
        let mut all = jumpqr_status::ALL.iter();
        let known = all.find(|known| **known as i32 == status)?;
        Some(known.name().into())
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jumpqr::error::OwnCode;
    use jumpqr::{ErrCode, Error, ErrorKind};

    use super::{jumpqr_status, named};

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
    fn names_are_unique() {
        let all = jumpqr_status::ALL;
        let names: BTreeSet<_> = all.iter().map(|status| status.name()).collect();
        assert_eq!(names.len(), all.len());
    }
}
