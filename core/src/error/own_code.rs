//! The errors that do not come from WeChat.

use super::ErrorKind::{
    self, Credentials, Internal, Invalid, Network, Protocol, RateLimited, State, Store, Timeout,
};
use crate::errcode::ON_MISSING_TICKET;
use crate::named;

/// The same call may succeed later, with nothing changed.
const RETRYABLE: bool = true;

/// The same call fails again until something is changed.
const FINAL: bool = false;

/// What is known about a code besides its name.
#[derive(Clone, Copy)]
pub(super) struct Row {
    pub(super) kind: ErrorKind,
    pub(super) retryable: bool,
    pub(super) advice: &'static str,
}

pub(super) const fn row(kind: ErrorKind, retryable: bool, advice: &'static str) -> Row {
    Row {
        kind,
        retryable,
        advice,
    }
}

named! {
    /// The errors that do not come from WeChat: the stable code, its kind, and what to do.
    #[non_exhaustive]
    pub enum OwnCode {
        /// The request breaks a documented rule; nothing was sent.
        InvalidRequest = "invalid_request" => row(Invalid, FINAL,
            "Fix each field that the message names, and call again."),
        /// There is no rule with this prefix. The rule was looked up first, and the change was not
        /// sent.
        NoSuchRule = "no_such_rule" => row(State, FINAL,
            "Give the prefix exactly as getJumpQRCode lists it, with the scheme and a final `/`."),
        /// A setting of the client is wrong; nothing was sent.
        InvalidConfig = "invalid_config" => row(Invalid, FINAL,
            "Fix each setting that the message names."),
        /// There are no credentials to get an access token with.
        NoCredentials = "no_credentials" => row(Credentials, FINAL,
            "Give an access token, or an appid and a secret."),
        /// There is no component_verify_ticket, or the last one has expired.
        NoVerifyTicket = "no_verify_ticket" => row(Credentials, FINAL,
            ON_MISSING_TICKET),
        /// There is no authorizer_refresh_token of the merchant.
        NoRefreshToken = "no_refresh_token" => row(Credentials, FINAL,
            "Make a link with authorization_url, and let the merchant authorise the platform again."),
        /// The merchant has ended the authorisation of the platform. WeChat was not asked.
        MerchantUnauthorized = "merchant_unauthorized" => row(Credentials, FINAL,
            "Let the merchant authorise the platform again. Only the merchant can."),
        /// The caller's own token function failed.
        TokenSourceFailed = "token_source_failed" => row(Credentials, FINAL,
            "Check the function that provides the access token."),
        /// The host's name could not be resolved.
        DnsFailed = "dns_failed" => row(Network, RETRYABLE,
            "Check the host in the base URL, and the machine's name servers."),
        /// No connection to the host.
        ConnectFailed = "connect_failed" => row(Network, RETRYABLE,
            "Check the base URL, the firewall, and whether a proxy is needed."),
        /// The proxy refused, or could not be used.
        ProxyFailed = "proxy_failed" => row(Network, RETRYABLE,
            "Check the proxy's address and credentials."),
        /// The TLS handshake failed, or the certificate is not valid for this host.
        TlsFailed = "tls_failed" => row(Network, FINAL,
            "Check the certificate of the base URL's host, the machine's clock, \
             and any proxy that intercepts TLS."),
        /// The connection broke before the response was complete.
        ConnectionLost = "connection_lost" => row(Network, RETRYABLE,
            "Call again; if it recurs, check the proxies and firewalls on the way."),
        /// The call's deadline passed.
        Timeout = "timeout" => row(Timeout, RETRYABLE,
            "Call again, or allow more time."),
        /// The caller cancelled the call.
        Cancelled = "cancelled" => row(Timeout, FINAL,
            "Call again if you still want the result."),
        /// The response has an HTTP status other than 200.
        HttpStatus = "http_status" => row(Protocol, RETRYABLE,
            "WeChat answers 200 even for errors: check the proxies on the way, and the base URL."),
        /// The response is not a JSON object.
        NotJson = "not_json" => row(Protocol, RETRYABLE,
            "Check the proxies on the way, and the base URL."),
        /// The response lacks a field that this interface always returns.
        UnexpectedResponse = "unexpected_response" => row(Protocol, RETRYABLE,
            "Check the proxies on the way, and the base URL; \
             if it recurs, WeChat has changed the interface."),
        /// The response is larger than the limit.
        BodyTooLarge = "body_too_large" => row(Protocol, FINAL,
            "Raise the body limit, or ask for fewer entries at a time."),
        /// WeChat answered with a number that is not in the table.
        UnknownErrcode = "unknown_errcode" => row(Protocol, FINAL,
            "Look the number up in WeChat's documentation; errmsg has its text."),
        /// The call would wait longer than its queue timeout for a slot or for other calls to end.
        PacedOut = "paced_out" => row(RateLimited, RETRYABLE,
            "Make fewer calls at once, or set a longer queue timeout: \
             WeChat allows 5 calls a second per interface and account."),
        /// The token store cannot be reached, read or written.
        StoreFailed = "store_failed" => row(Store, RETRYABLE,
            "Check that the token store exists, can be written to, and is not full."),
        /// Other users could read the tokens in the store.
        StoreNotPrivate = "store_not_private" => row(Store, FINAL,
            "Run the command in the message: nobody else may read the tokens."),
        /// The token store holds something that is not a token record. It is left unchanged.
        StoreDamaged = "store_damaged" => row(Store, FINAL,
            "Move the damaged record away, or restore it from a copy, and call again."),
        /// The request is not a push that WeChat sends: its size, query or XML is wrong.
        PushMalformed = "push_malformed" => row(Invalid, FINAL,
            "Pass the query string and the body as they arrived. Set the console to the safe mode \
             (安全模式)."),
        /// The signature of the push is wrong. Nothing was decrypted.
        PushNotSigned = "push_not_signed" => row(Invalid, FINAL,
            "Compare the message token with the console's 消息校验Token. After a change, keep the \
             former one for a while. Anybody can send such a request."),
        /// The push cannot be decrypted.
        PushNotDecrypted = "push_not_decrypted" => row(Invalid, FINAL,
            "Compare the EncodingAESKey with the console's 消息加解密Key, and component_appid with \
             the platform's appid. After a change, keep the former key for a while."),
        /// The push is from WeChat, but lacks a field that its event has.
        UnexpectedPush = "unexpected_push" => row(Invalid, FINAL,
            "WeChat has changed this event. Update jumpqr, or report it with this text."),
        /// A defect in jumpqr.
        Internal = "internal" => row(Internal, FINAL,
            "Report it, with this text."),
    }

    pub(super) row -> Row
}

impl OwnCode {
    /// Returns what the reader must do, in a word.
    #[must_use]
    pub const fn kind(self) -> ErrorKind {
        self.row().kind
    }

    /// Whether the same call may succeed later, with nothing changed.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        self.row().retryable
    }

    /// Returns what to do, for a person.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        self.row().advice
    }
}
