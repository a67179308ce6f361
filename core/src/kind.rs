//! What the reader of an error must do, and whether a change was applied.

use crate::named;

named! {
    /// What the reader of an error must do.
    #[non_exhaustive]
    pub enum ErrorKind {
        /// Change the request or the configuration. The same call will always be refused.
        Invalid = "invalid",
        /// Fix the credentials: appid, secret, token or authorisation.
        Credentials = "credentials",
        /// Have somebody grant a permission, or add an IP address to a whitelist.
        Permission = "permission",
        /// Fix something outside the request: the rule's state, the domain, the verification file.
        State = "state",
        /// Wait until a daily or monthly quota is renewed.
        Quota = "quota",
        /// Slow down; wait, then call again.
        RateLimited = "rate_limited",
        /// WeChat is busy; call again later.
        Busy = "busy",
        /// Check the network between this machine and WeChat, then call again.
        Network = "network",
        /// The deadline passed, or the caller cancelled the call. Call again, or allow more time.
        Timeout = "timeout",
        /// The response does not come from WeChat. Check proxies and `base_url`.
        Protocol = "protocol",
        /// The token store failed; fix it.
        Store = "store",
        /// A defect in jumpqr. Report it.
        Internal = "internal",
    }
}

named! {
    /// Whether a change that ended in an error was applied.
    #[non_exhaustive]
    pub enum Outcome {
        /// The change was not applied: nothing was sent, WeChat refused it, or the rule that was
        /// read back does not have it. If the response was lost, this holds for the time of reading
        /// back: a request that is still on its way can be applied later.
        NotApplied = "not_applied",
        /// Whether the change was applied is not known. Read the rule back before you send again.
        Unknown = "unknown",
    }
}
