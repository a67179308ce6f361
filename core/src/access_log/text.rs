//! What the findings say, by their code. Rows of a second language belong beside these.
//!
//! The words in braces are filled in: `{url}` is the right place, `{file}` the name of the file, and
//! `{size}` its length in bytes.

use super::AccessLogCode as Code;
use crate::wechat_fetch::{EXACT, NO_REDIRECT, STATUS_200, WITHIN_SECONDS};

/// The texts of a finding.
pub(super) struct Text {
    /// What happened.
    pub(super) message: &'static str,
    /// Why WeChat refuses it, or what it means.
    pub(super) why: &'static str,
    /// What to do.
    pub(super) remedy: &'static str,
}

const OTHER_PREFIX: &str = "Compare the prefix that was sent with {url}.";
const COMPARE_BODY: &str = "Compare the body of {url} with the downloaded file: a preflight does.";
const SERVE_AS_FILE: &str =
    "Serve the file as a plain file from the disk of the web server, not through the application.";

/// Returns the texts of findings with this code.
#[expect(clippy::too_many_lines, reason = "it is a table")]
pub(super) const fn text(code: Code) -> Text {
    let (message, why, remedy) = match code {
        Code::NotAnAccessLog => (
            "no line of the log could be read",
            "The formats `combined` of nginx and Apache and the JSON of Caddy can be read.",
            "Give the access log, not the error log, and unpack it if it is compressed.",
        ),
        Code::EmptyLog => (
            "the log is empty",
            "The server has written no request to it. The log may just have been rotated.",
            "Give the log of the time at which the rule was added, also if it was rotated.",
        ),
        Code::UnknownVisitor => (
            "the log does not tell whether WeChat has asked for the file",
            "It has no user agents or only addresses that are not public, so a preflight or \
             somebody in your network may have asked.",
            "Log the user agent, as the format `combined` does. Behind a proxy, log the address \
             that it names, too: in nginx $http_x_forwarded_for. Then add the rule again.",
        ),
        Code::NeverCame => (
            "WeChat never came: nobody else has asked for the file",
            "WeChat's request goes to another server or to another log, or it is stopped on the \
             way. With 85076, WeChat refuses a rule before it asks for the file.",
            "Check that this is the log of the server that the public DNS names, and that it covers \
             the time at which the rule was added. Then look at what is before the server: a CDN, a \
             load balancer, a firewall, geo-blocking.",
        ),
        Code::OtherDirectory => (
            "the file was asked for in another directory",
            "WeChat looks in the directory of the prefix, which is the prefix up to its last `/`. If \
             this request is for the rule, the rule was sent with another prefix.",
            OTHER_PREFIX,
        ),
        Code::OtherCase => (
            "the file was asked for with other capital letters",
            "WeChat asks for exactly the prefix that was sent and the name that it gave.",
            OTHER_PREFIX,
        ),
        Code::OtherHost => (
            "the file was asked for on another host",
            "WeChat asks the host of the prefix that was sent.",
            OTHER_PREFIX,
        ),
        Code::GaveUp => (
            "the client closed the connection before the response came",
            WITHIN_SECONDS,
            SERVE_AS_FILE,
        ),
        Code::Redirect => (
            "the response was a redirect",
            NO_REDIRECT,
            "Let {url} itself answer status 200 with exactly the content.",
        ),
        Code::NotModified => (
            "the response was 304",
            STATUS_200,
            "Send the file without ETag and Last-Modified, and purge it in the CDN.",
        ),
        Code::NotFound => (
            "the file was not found",
            STATUS_200,
            "Put {file} where {url} answers it. If a preflight finds it there, it was put there \
             later than the request.",
        ),
        Code::Forbidden => (
            "the server or a firewall refused the request",
            "WeChat publishes no list of the addresses from which it asks.",
            "Permit everybody to read {url}: no login, no limit on addresses, user agents or rates.",
        ),
        Code::ServerError => (
            "the server failed",
            STATUS_200,
            "Look for this time in the error log. The web server should serve the file itself.",
        ),
        Code::OtherStatus => (
            "the status was not 200",
            STATUS_200,
            "Let {url} answer status 200 with exactly the content.",
        ),
        Code::TooSlow => ("the response came too late", WITHIN_SECONDS, SERVE_AS_FILE),
        Code::Slow => ("the response was slow", WITHIN_SECONDS, SERVE_AS_FILE),
        Code::OtherSize => (
            "the response did not have the length of the file",
            EXACT,
            "Answer exactly the {size} bytes of the downloaded file: no page of the application, no \
             line end, no byte order mark, no compression.",
        ),
        Code::UnknownSize => (
            "the log does not tell the length of the content",
            "Apache's `combined` may count the head of the response too (`%O`).",
            COMPARE_BODY,
        ),
        Code::NoSize => (
            "the log has no length of the response",
            "Apache writes `-` for an empty response, and other servers for a length that they do \
             not know.",
            COMPARE_BODY,
        ),
    };
    Text {
        message,
        why,
        remedy,
    }
}
