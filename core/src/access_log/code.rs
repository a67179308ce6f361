//! The codes of what an access log tells about WeChat's requests.

use crate::named;
use crate::severity::Severity::{self, Blocks, Unknown, Warns};

named! {
    /// The codes of findings in an access log. Where a preflight finds the same, its code has the
    /// same name.
    #[non_exhaustive]
    pub enum AccessLogCode {
        /// No line could be read.
        NotAnAccessLog = "not_an_access_log" => Unknown,
        /// The log is empty.
        EmptyLog = "empty_log" => Unknown,
        /// The log does not tell who has asked for the file.
        UnknownVisitor = "unknown_visitor" => Unknown,
        /// Nobody has asked for the file, apart from preflights and the own network.
        NeverCame = "never_came" => Unknown,
        /// The file was asked for, but not in the directory of the prefix.
        OtherDirectory = "other_directory" => Unknown,
        /// The file was asked for with other capital letters.
        OtherCase = "other_case" => Unknown,
        /// The file was asked for on another host.
        OtherHost = "other_host" => Unknown,
        /// The client closed the connection before the response came.
        GaveUp = "gave_up" => Blocks,
        /// The response was a redirect.
        Redirect = "redirect" => Blocks,
        /// Status 304.
        NotModified = "not_modified" => Blocks,
        /// Status 404 or 410.
        NotFound = "not_found" => Blocks,
        /// The server or a firewall has refused the request.
        Forbidden = "forbidden" => Blocks,
        /// Status 5xx.
        ServerError = "server_error" => Blocks,
        /// Another status than 200.
        OtherStatus = "other_status" => Blocks,
        /// The response came later than WeChat waits.
        TooSlow = "too_slow" => Blocks,
        /// The response was not as long as the file.
        OtherSize = "other_size" => Blocks,
        /// The response took longer than a second.
        Slow = "slow" => Warns,
        /// The log does not tell whether the response was as long as the file.
        UnknownSize = "unknown_size" => Unknown,
        /// The log has no length of the response.
        NoSize = "no_size" => Unknown,
    }
    /// Returns what a finding with this code means for the rule.
    pub severity -> Severity
}

impl AccessLogCode {
    /// Whether the file was asked for in another place.
    pub(super) const fn is_elsewhere(self) -> bool {
        matches!(
            self,
            Self::OtherDirectory | Self::OtherCase | Self::OtherHost
        )
    }
}
