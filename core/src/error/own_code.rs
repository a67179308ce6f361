use super::ErrorKind;
use crate::errcode::ON_MISSING_TICKET;

macro_rules! own_codes {
    ($($(#[$doc:meta])+ $variant:ident = $name:literal, $kind:ident, retryable: $retryable:literal, $advice:expr;)+) => {
        /// The errors that do not come from WeChat: the stable code, its kind, and what to do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum OwnCode {
            $($(#[$doc])+ $variant,)+
        }

        impl OwnCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable name, e.g. `connect_failed`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What the reader must do, in a word.
            #[must_use]
            pub const fn kind(self) -> ErrorKind {
                match self { $(Self::$variant => ErrorKind::$kind,)+ }
            }

            /// Whether the same call may succeed later, with nothing changed.
            #[must_use]
            pub const fn is_retryable(self) -> bool {
                match self { $(Self::$variant => $retryable,)+ }
            }

            /// What to do, for a person.
            #[must_use]
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$variant => $advice,)+ }
            }
        }
    };
}

own_codes! {
    /// The request breaks a documented rule; nothing was sent.
    InvalidRequest = "invalid_request", Invalid, retryable: false,
        "Fix each field that is named, and call again.";
    /// There is no rule with this prefix: it was looked up before, and the change was not sent.
    NoSuchRule = "no_such_rule", State, retryable: false,
        "Give the prefix exactly as getJumpQRCode lists it; a `/` at the end and the scheme count.";
    /// A setting of the client is wrong; nothing was sent.
    InvalidConfig = "invalid_config", Invalid, retryable: false,
        "Fix the setting that is named.";
    /// There is nothing to get an access token with.
    NoCredentials = "no_credentials", Credentials, retryable: false,
        "Give an access token, or an appid and a secret.";
    /// There is no component_verify_ticket, or the last one has expired.
    NoVerifyTicket = "no_verify_ticket", Credentials, retryable: false,
        ON_MISSING_TICKET;
    /// There is no authorizer_refresh_token of the merchant.
    NoRefreshToken = "no_refresh_token", Credentials, retryable: false,
        "Hand the authorizer_refresh_token that the merchant's authorisation brought to set_authorizer_refresh_token.";
    /// The caller's own token function failed.
    TokenSourceFailed = "token_source_failed", Credentials, retryable: false,
        "Look at the function that provides the access token.";
    /// The host's name could not be resolved.
    DnsFailed = "dns_failed", Network, retryable: true,
        "Check the host in base_url, and the machine's name servers.";
    /// No connection to the host.
    ConnectFailed = "connect_failed", Network, retryable: true,
        "Check base_url, the firewall, and whether a proxy is needed.";
    /// The proxy refused, or could not be used.
    ProxyFailed = "proxy_failed", Network, retryable: true,
        "Check the proxy's address and credentials.";
    /// TLS could not be agreed on, or the certificate is not one for this host.
    TlsFailed = "tls_failed", Network, retryable: false,
        "Check the certificate of base_url, the machine's clock, and any proxy that opens TLS.";
    /// The connection broke before the answer was complete.
    ConnectionLost = "connection_lost", Network, retryable: true,
        "Call again; if it recurs, look at proxies and firewalls on the way.";
    /// The call's deadline passed.
    Timeout = "timeout", Timeout, retryable: true,
        "Call again, or allow more time.";
    /// The caller cancelled the call.
    Cancelled = "cancelled", Timeout, retryable: false,
        "Call again where the answer is still wanted.";
    /// The answer has an HTTP status other than 200.
    HttpStatus = "http_status", Protocol, retryable: true,
        "WeChat answers 200 even for errors: look at proxies on the way, and at base_url.";
    /// The answer is not a JSON object.
    NotJson = "not_json", Protocol, retryable: true,
        "Look at proxies on the way, and at base_url.";
    /// The answer lacks what this interface answers with.
    UnexpectedResponse = "unexpected_response", Protocol, retryable: true,
        "Look at proxies on the way, and at base_url; if it recurs, WeChat has changed the interface.";
    /// The answer is larger than the limit.
    BodyTooLarge = "body_too_large", Protocol, retryable: false,
        "Raise the body limit, or ask for less at a time.";
    /// WeChat answered with a number that is not in the table.
    UnknownErrcode = "unknown_errcode", Protocol, retryable: false,
        "Look the number up in WeChat's documentation; errmsg has its text.";
    /// The call would wait longer than its queue timeout for a slot or for a free thread.
    PacedOut = "paced_out", RateLimited, retryable: true,
        "Make fewer calls at once, or set a longer queue timeout: WeChat takes 5 calls a second per interface and account.";
    /// The token store cannot be reached, read or written.
    StoreFailed = "store_failed", Store, retryable: true,
        "Look at the token store: whether it is there, whether it is writable, whether it is full.";
    /// Others could read the tokens in the store.
    StoreNotPrivate = "store_not_private", Store, retryable: false,
        "Run the command that is named: nobody else may read the tokens.";
    /// What the token store holds is not a token's record; it is left as it is.
    StoreDamaged = "store_damaged", Store, retryable: false,
        "Move what is named away, or restore it from a copy, and call again.";
    /// A defect of jumpqr's.
    Internal = "internal", Internal, retryable: false,
        "Report it, with this text.";
}
