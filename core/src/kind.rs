//! What the reader of an error must do, and whether a change was applied.

use crate::named;

named! {
    /// What the reader of an error must do.
    #[non_exhaustive]
    pub enum ErrorKind {
        /// Change the request or the configuration: it will be refused every time.
        Invalid = "invalid",
        /// Fix the credentials: appid, secret, token or authorisation.
        Credentials = "credentials",
        /// Have somebody grant a permission, or add an IP address to a whitelist.
        Permission = "permission",
        /// Fix what stands outside the request: the rule's state, the domain, the verification file.
        State = "state",
        /// Wait until a daily or monthly quota is renewed.
        Quota = "quota",
        /// Slow down; wait, then call again.
        RateLimited = "rate_limited",
        /// WeChat is busy; call again later.
        Busy = "busy",
        /// Look at the network between here and WeChat, then call again.
        Network = "network",
        /// The deadline passed, or the caller cancelled the call. Call again, or allow more time.
        Timeout = "timeout",
        /// The answer is not one of WeChat's: look at proxies and at `base_url`.
        Protocol = "protocol",
        /// The token store failed; fix it.
        Store = "store",
        /// A defect of jumpqr's; report it.
        Internal = "internal",
    }
}

named! {
    /// Whether a change that ended in an error was applied.
    #[non_exhaustive]
    pub enum Outcome {
        /// It was not: nothing was sent, or WeChat refused it, or the rule was read back and does not stand as asked. Where an
        /// answer got lost, that is so at the time of reading back: what is still on its way can be applied later.
        NotApplied = "not_applied",
        /// It cannot be told: read the rule back before sending again.
        Unknown = "unknown",
    }
}
