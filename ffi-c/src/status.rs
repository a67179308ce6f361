use crate::guard::guard;
use crate::text::{fixed, jumpqr_text};

/// How a call ended: 0, or a number of a block of a hundred for each kind of error, which says what to do.
///
/// The first number of a block stands for all errors of the kind that have no number of their own, such as those of WeChat's
/// error codes: `jumpqr_error_code` and `jumpqr_error_errcode` tell these apart. Numbers are never used again for something
/// else, and new ones are added: treat one that you do not know as the first of its block.
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum jumpqr_status {
    /// Done; the outputs have been written.
    Ok = 0,

    /// A pointer that must not be NULL is NULL. 1 to 99: the call itself is wrong, nothing was sent.
    NullArgument = 1,
    /// A text is not UTF-8.
    NotUtf8 = 2,
    /// The `size` of a struct is not one that this version knows: was its `_init` called?
    StructSize = 3,
    /// A number that the parameter does not take.
    OutOfRange = 4,

    /// Change the request or the configuration: it will be refused every time.
    Invalid = 100,
    /// The request breaks a documented rule; nothing was sent. The error has violations.
    InvalidRequest = 101,
    /// A setting of the client is wrong; nothing was sent.
    InvalidConfig = 102,

    /// Fix the credentials: appid, secret, token or authorisation.
    Credentials = 200,
    /// There is nothing to get an access token with.
    NoCredentials = 201,
    /// The caller's own token function failed.
    TokenSourceFailed = 202,
    /// There is no component_verify_ticket, or the last one has expired.
    NoVerifyTicket = 203,
    /// There is no authorizer_refresh_token of the merchant.
    NoRefreshToken = 204,

    /// Have somebody grant a permission, or add an IP address to a whitelist.
    Permission = 300,

    /// Fix what stands outside the request: the rule's state, the domain, the verification file.
    State = 400,
    /// The account has no such rule; nothing was sent but the request for the list.
    NoSuchRule = 401,

    /// Wait until a daily or monthly quota is renewed.
    Quota = 500,

    /// Slow down; wait, then call again.
    RateLimited = 600,
    /// The call would wait longer than its queue timeout for a slot.
    PacedOut = 601,

    /// WeChat is busy; call again later.
    Busy = 700,

    /// Look at the network between here and WeChat, then call again.
    Network = 800,
    /// The host's name could not be resolved.
    DnsFailed = 801,
    /// No connection to the host.
    ConnectFailed = 802,
    /// The proxy refused, or could not be used.
    ProxyFailed = 803,
    /// TLS could not be agreed on, or the certificate is not one for this host.
    TlsFailed = 804,
    /// The connection broke before the answer was complete.
    ConnectionLost = 805,

    /// The deadline passed; call again, or allow more time.
    Timeout = 900,
    /// The caller cancelled the call. Nothing in C does that.
    Cancelled = 901,

    /// The answer is not one of WeChat's: look at proxies and at the base URL.
    Protocol = 1000,
    /// The answer has an HTTP status other than 200.
    HttpStatus = 1001,
    /// The answer is not a JSON object.
    NotJson = 1002,
    /// The answer lacks what this interface answers with.
    UnexpectedResponse = 1003,
    /// The answer is larger than the limit.
    BodyTooLarge = 1004,
    /// WeChat answered with a number that is not in the table.
    UnknownErrcode = 1005,

    /// The token store failed; fix it.
    Store = 1100,
    /// The token store cannot be reached, read or written.
    StoreFailed = 1101,
    /// Others could read the tokens in the store.
    StoreNotPrivate = 1102,
    /// What the token store holds is not a token's record; it is left as it is.
    StoreDamaged = 1103,

    /// A defect of jumpqr's; report it.
    Internal = 1200,
}

/// Each status and its name: the core's name of the kind or of the code that it stands for.
const NAMES: &[(jumpqr_status, &str)] = &[
    (jumpqr_status::Ok, "ok"),
    (jumpqr_status::NullArgument, "null_argument"),
    (jumpqr_status::NotUtf8, "not_utf8"),
    (jumpqr_status::StructSize, "struct_size"),
    (jumpqr_status::OutOfRange, "out_of_range"),
    (jumpqr_status::Invalid, "invalid"),
    (jumpqr_status::InvalidRequest, "invalid_request"),
    (jumpqr_status::InvalidConfig, "invalid_config"),
    (jumpqr_status::Credentials, "credentials"),
    (jumpqr_status::NoCredentials, "no_credentials"),
    (jumpqr_status::TokenSourceFailed, "token_source_failed"),
    (jumpqr_status::NoVerifyTicket, "no_verify_ticket"),
    (jumpqr_status::NoRefreshToken, "no_refresh_token"),
    (jumpqr_status::Permission, "permission"),
    (jumpqr_status::State, "state"),
    (jumpqr_status::NoSuchRule, "no_such_rule"),
    (jumpqr_status::Quota, "quota"),
    (jumpqr_status::RateLimited, "rate_limited"),
    (jumpqr_status::PacedOut, "paced_out"),
    (jumpqr_status::Busy, "busy"),
    (jumpqr_status::Network, "network"),
    (jumpqr_status::DnsFailed, "dns_failed"),
    (jumpqr_status::ConnectFailed, "connect_failed"),
    (jumpqr_status::ProxyFailed, "proxy_failed"),
    (jumpqr_status::TlsFailed, "tls_failed"),
    (jumpqr_status::ConnectionLost, "connection_lost"),
    (jumpqr_status::Timeout, "timeout"),
    (jumpqr_status::Cancelled, "cancelled"),
    (jumpqr_status::Protocol, "protocol"),
    (jumpqr_status::HttpStatus, "http_status"),
    (jumpqr_status::NotJson, "not_json"),
    (jumpqr_status::UnexpectedResponse, "unexpected_response"),
    (jumpqr_status::BodyTooLarge, "body_too_large"),
    (jumpqr_status::UnknownErrcode, "unknown_errcode"),
    (jumpqr_status::Store, "store"),
    (jumpqr_status::StoreFailed, "store_failed"),
    (jumpqr_status::StoreNotPrivate, "store_not_private"),
    (jumpqr_status::StoreDamaged, "store_damaged"),
    (jumpqr_status::Internal, "internal"),
];

impl jumpqr_status {
    /// The status of an error: that of its code, or else that of its kind.
    pub(crate) fn of(error: &jumpqr::Error) -> Self {
        named(error.code().name())
            .or_else(|| named(error.kind().name()))
            .unwrap_or(Self::Internal)
    }
}

impl jumpqr_status {
    /// Its name, if the call itself is wrong: of that, the core knows nothing.
    pub(crate) fn of_the_call_itself(self) -> Option<&'static str> {
        let of_the_call = (1..100).contains(&(self as i32));
        let known = NAMES.iter().find(|(known, _)| *known == self);
        known.map(|(_, name)| *name).filter(|_| of_the_call)
    }
}

fn named(wanted: &str) -> Option<jumpqr_status> {
    let known = NAMES.iter().find(|(_, name)| *name == wanted);
    known.map(|(status, _)| *status)
}

/// The stable name of a status, e.g. `connect_failed`; for ever valid. No text for a number that is none.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_status_name(status: i32) -> jumpqr_text {
    guard(|| {
        let known = NAMES.iter().find(|(known, _)| *known as i32 == status);
        known.map(|(_, name)| fixed(name))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jumpqr::error::OwnCode;
    use jumpqr::{ErrCode, Error, ErrorKind};

    use super::{NAMES, jumpqr_status, named};

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
    fn names_and_numbers_are_unique() {
        let names: BTreeSet<_> = NAMES.iter().map(|(_, name)| name).collect();
        let numbers: BTreeSet<_> = NAMES.iter().map(|(status, _)| *status as i32).collect();
        assert_eq!((names.len(), numbers.len()), (NAMES.len(), NAMES.len()));
    }
}
