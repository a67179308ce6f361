//! The texts of findings, one row for each code. A second language gets its rows beside these.
//!
//! The words in braces are filled in: `{url}` is the right place, `{file}` the file name,
//! `{prefix}` the prefix and `{bare}` the prefix without its fragment, `{wrong}` the wrong place at
//! which the file is, and `{nginx}` a sentence with a line for nginx's configuration.

use super::PreflightCode;
use crate::wechat_fetch::{EXACT, NO_REDIRECT, ONE_PLACE, STATUS_200, WITHIN_SECONDS};

/// The texts of a finding.
pub(super) struct Text {
    /// What is wrong.
    pub(super) message: &'static str,
    /// Why WeChat refuses it.
    pub(super) why: &'static str,
    /// What to do.
    pub(super) remedy: &'static str,
}

const ANY_ADDRESS: &str = "WeChat may connect to any address of the host.";
const VALID_TLS: &str = "WeChat needs TLS 1.2 or later with a valid chain of certificates.";

const UPLOAD_AGAIN: &str = "Upload the downloaded file again as it is, in binary mode, so that \
    {url} answers exactly its content.{nginx}";
const ANSWER_ITSELF: &str =
    "Let the web server answer {url} itself, without the application.{nginx}";
const PUBLIC_AUTHORITY: &str = "Use a certificate of a public authority, with its whole chain.";
const WITHOUT_FRAGMENT: &str = "Leave the fragment out of the prefix: {bare}";
const ANSWER_HERE: &str = "Let {url} itself answer status 200 with exactly the content.{nginx}";
const MOVE_HERE: &str = "Move the file from {wrong} to {url}.{nginx}";

impl PreflightCode {
    /// Returns what is wrong, in a few words.
    #[must_use]
    pub const fn message(self) -> &'static str {
        text(self).message
    }
}

/// Returns the texts of findings with this code.
#[expect(clippy::too_many_lines, reason = "it is a table")]
pub(super) const fn text(code: PreflightCode) -> Text {
    use PreflightCode as Code;
    let (message, why, remedy) = match code {
        Code::ServiceAccountRule => (
            "a service account's rule needs no file",
            "If WeChat answers such a rule with 85069, the access token is of the wrong account.",
            "Call with the token of the service account, not of the Mini Program.",
        ),
        Code::NotALink => (
            "the prefix is not an http(s) URL",
            "WeChat takes the place of the file from the prefix.",
            "Begin the prefix with http:// or https:// and a host.",
        ),
        Code::UserInfo => (
            "the prefix has a user name or a password",
            "The file must be public, and this part of a URL is not printed in QR codes.",
            "Remove the part before the `@` from the prefix.",
        ),
        Code::BadHost => (
            "the host of the prefix cannot be looked up",
            "WeChat takes the server from the prefix.",
            "Write the host in ASCII letters, digits, `-` and dots: a Chinese domain in its form \
             with `xn--`. If there is a port, it is a number from 1 to 65535.",
        ),
        Code::Port => (
            "the prefix names a port",
            "Developers report that rules with a port fail.",
            "Serve the links on the port of their scheme, 80 or 443, and leave the port out of the \
             prefix.",
        ),
        Code::FragmentInDirectory => (
            "the prefix has a fragment with a `/`",
            "WeChat takes the fragment for a part of the path, so it looks for a place that no \
             server can answer.",
            WITHOUT_FRAGMENT,
        ),
        Code::Fragment => (
            "the prefix has a fragment",
            "WeChat takes the fragment for a part of the path.",
            WITHOUT_FRAGMENT,
        ),
        Code::DnsFailed => (
            "the name of the host has no address",
            "WeChat cannot find the server.",
            "Check the spelling of the host, and its A and AAAA records in the public DNS.",
        ),
        Code::DnsUnanswered => (
            "the host could not be looked up from here",
            "WeChat asks the public DNS, which may know the host.",
            "Check the network and the resolver of this machine, and look again.",
        ),
        Code::PrivateAddress => (
            "the host has an address that is not public",
            "WeChat can reach only public addresses. It may get another address from the public \
             DNS than this machine gets here (split DNS).",
            "Let the public DNS give a public address. If it does, look from outside, or name that \
             address to connect to.",
        ),
        Code::ConnectRefused => (
            "nobody listens on the port",
            ANY_ADDRESS,
            "Start the web server on this address, open the port, or remove the address from DNS.",
        ),
        Code::Unreachable => (
            "the address cannot be reached",
            ANY_ADDRESS,
            "Check the route and the firewall of this address, or remove it from DNS.",
        ),
        Code::ConnectTimeout => (
            "the connection is not accepted in time",
            WITHIN_SECONDS,
            "Check the firewall of this address, which may drop the packets, or remove the address \
             from DNS.",
        ),
        Code::TlsExpired => (
            "the certificate has expired",
            VALID_TLS,
            "Renew the certificate, and reload the web server.",
        ),
        Code::TlsNotYetValid => (
            "the certificate is not valid yet",
            VALID_TLS,
            "Check the clock of this machine; if it is right, use a certificate that is valid now.",
        ),
        Code::TlsWrongName => (
            "the certificate is for other hosts",
            VALID_TLS,
            "Get a certificate for {host}, or let the server send the right one for this host \
             (SNI).",
        ),
        Code::TlsMissingIntermediate => (
            "the server does not send the intermediate certificate",
            "WeChat's servers do not fetch a missing certificate as browsers do.",
            "Let the server send its whole chain: in nginx, ssl_certificate names the file with \
             the server's certificate first and the intermediate after it (fullchain.pem).",
        ),
        Code::TlsUnknownIssuer => (
            "the certificate is from an authority that is not trusted",
            VALID_TLS,
            PUBLIC_AUTHORITY,
        ),
        Code::TlsSelfSigned => (
            "the certificate is signed by itself",
            VALID_TLS,
            PUBLIC_AUTHORITY,
        ),
        Code::TlsOldVersion => (
            "the server speaks neither TLS 1.2 nor TLS 1.3, or has no common cipher",
            VALID_TLS,
            "Turn on TLS 1.2 and 1.3: in nginx, ssl_protocols TLSv1.2 TLSv1.3;",
        ),
        Code::TlsFailed => (
            "the TLS handshake fails",
            VALID_TLS,
            "Check that the port speaks TLS, and its certificate.",
        ),
        Code::TlsTimeout => (
            "the TLS handshake does not end in time",
            WITHIN_SECONDS,
            "Check what listens on the port, and its load.",
        ),
        Code::TooSlow => ("the answer comes too late", WITHIN_SECONDS, ANSWER_ITSELF),
        Code::ClosedEarly => (
            "the connection is closed without an answer",
            "WeChat gets nothing.",
            "Check the log of the web server, and what is in front of it: a firewall, or a load \
             balancer.",
        ),
        Code::NotHttp => (
            "the answer is not HTTP",
            "WeChat fetches the file by HTTP.",
            "Check which service listens on the port. One that speaks TLS or HTTP/2 only needs a \
             prefix with https.",
        ),
        Code::NeverEnds => (
            "the content comes, but the answer does not end",
            "WeChat waits for the end until its time is over.",
            "Send a Content-Length, or the last chunk, and end the answer.{nginx}",
        ),
        Code::CutShort => (
            "only a part of the answer comes",
            EXACT,
            "Check the Content-Length and the upload, so that {url} answers the whole \
             content.{nginx}",
        ),
        Code::RedirectToHttps => (
            "http is redirected to https",
            NO_REDIRECT,
            "Answer {url} before the redirect.{nginx} Or make the rule with https, if the printed \
             links have it.",
        ),
        Code::RedirectToWww => (
            "the host is redirected to another with or without `www.`",
            NO_REDIRECT,
            "Answer {url} before the redirect.{nginx} Or make the rule with the other host, if the \
             printed links have it.",
        ),
        Code::RedirectToLogin => (
            "the answer redirects to a login",
            "WeChat cannot log in, and does not get the file.",
            "Answer {url} without a login.{nginx}",
        ),
        Code::Redirect => ("the answer is a redirect", NO_REDIRECT, ANSWER_HERE),
        Code::NotModified => (
            "the answer is 304, although the request has no condition",
            STATUS_200,
            "Turn off the cache of {url} in the CDN and the web server, and purge it.{nginx}",
        ),
        Code::FileAtRoot => (
            "the file is only in the root of the host",
            ONE_PLACE,
            MOVE_HERE,
        ),
        Code::FileOneDeeper => ("the file is one directory too deep", ONE_PLACE, MOVE_HERE),
        Code::FileOneHigher => ("the file is one directory too high", ONE_PLACE, MOVE_HERE),
        Code::FileInOtherCase => (
            "the file or its directory is there in other capital letters",
            "The case of the letters counts in the path and the file name.",
            MOVE_HERE,
        ),
        Code::FileNameLookAlike => (
            "the file is there under a name with another letter",
            "The file name must be exactly {file}.",
            "Rename the file from {wrong} to {url}; copy the name, do not type it.{nginx}",
        ),
        Code::NotFound => (
            "the file is not there",
            STATUS_200,
            "Put the file {file} there, so that {url} answers exactly its content; if a CDN is in \
             front, purge this URL.{nginx}",
        ),
        Code::Forbidden => (
            "the server refuses the request",
            "The file must be public.",
            "Let everybody read {url}, without a login, a check of the browser, or a \
             firewall.{nginx}",
        ),
        Code::ServerError => (
            "the server fails",
            STATUS_200,
            "Check the log of the web server. It can answer {url} without the application.{nginx}",
        ),
        Code::OtherStatus => ("the status is not 200", STATUS_200, ANSWER_HERE),
        Code::ContentWithoutOk => (
            "the content comes, but the status is not 200",
            STATUS_200,
            ANSWER_HERE,
        ),
        Code::Empty => ("the answer is empty", EXACT, UPLOAD_AGAIN),
        Code::ByteOrderMark => (
            "the content begins with a byte order mark",
            EXACT,
            "An editor has added it. Do not open the file in an editor. {again}",
        ),
        Code::Utf16 => (
            "the content is UTF-16",
            EXACT,
            "An editor or a redirect of PowerShell has converted it. {again}",
        ),
        Code::WhiteSpaceAround => (
            "the content has a line end or a space around it",
            EXACT,
            "An editor or `echo` has added it. {again}",
        ),
        Code::HiddenCharacters => (
            "the content has characters that cannot be seen",
            EXACT,
            "They come from copying the content out of a page or a chat. {again}",
        ),
        Code::Quoted => (
            "the content is in quotation marks",
            EXACT,
            "The application may send it as JSON: send it as plain text. {again}",
        ),
        Code::HtmlAround => (
            "the content is within a page of HTML",
            EXACT,
            "A template or a filter of the server has added it. {again}",
        ),
        Code::TextAround => (
            "the content is within another text",
            EXACT,
            "Send the content alone, not as JSON and without other lines. {again}",
        ),
        Code::ContentInOtherCase => ("the content has other capital letters", EXACT, UPLOAD_AGAIN),
        Code::OtherFile => (
            "this is the content of another file",
            "Each account has a file of its own. This one is of another account, or older.",
            "Download the file of this account again, and put it in place; if a CDN is in front, \
             purge {url}.{nginx}",
        ),
        Code::Compressed => (
            "the answer is compressed",
            "The request does not accept it, and WeChat compares the bytes.",
            "Turn off compression for {url}: gzip only if the request has Accept-Encoding.{nginx}",
        ),
        Code::ApplicationPage => (
            "a page of the application comes instead of the file",
            EXACT,
            "Put the file in place, and let the server answer {url} before the route of the \
             application.{nginx}",
        ),
        Code::TooLarge => ("the answer is larger than 64 KiB", EXACT, ANSWER_HERE),
        Code::OtherContent => ("the content is another one", EXACT, UPLOAD_AGAIN),
        Code::Slow => (
            "the answer takes longer than a second",
            WITHIN_SECONDS,
            ANSWER_ITSELF,
        ),
        Code::NoContentType => (
            "the answer has no Content-Type",
            "WeChat's staff advise to send one; an answer without it may be blocked.",
            "Send Content-Type: text/plain.{nginx}",
        ),
        Code::PageUnreachable => (
            "the page of the prefix cannot be fetched",
            "WeChat's staff once said that the prefix itself must be reachable, too.",
            "Let {prefix} answer with any page.",
        ),
        Code::UnusualFile => (
            "the file at hand is not a verification file",
            "WeChat's files have exactly 32 hexadecimal characters. HTML in it means that the \
             login had lapsed at the download.",
            "Download the file again.",
        ),
        Code::NotLooked => (
            "not everything was looked at",
            "WeChat may see what was not seen here.",
            "Look again from another machine, or with a longer deadline.",
        ),
    };
    Text {
        message,
        why,
        remedy,
    }
}

/// What `{again}` stands for, with its own words in braces.
pub(super) const AGAIN: &str = UPLOAD_AGAIN;
