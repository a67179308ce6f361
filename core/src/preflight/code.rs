//! The codes of what keeps WeChat from finding the verification file.

use crate::named;
use crate::severity::Severity::{self, Blocks, Unknown, Warns};

named! {
    /// The codes of findings of a preflight.
    #[non_exhaustive]
    pub enum PreflightCode {
        /// A service account's rule needs no file.
        ServiceAccountRule = "service_account_rule" => Warns,
        /// The prefix is not an http(s) URL.
        NotALink = "not_a_link" => Blocks,
        /// The prefix has a user name or a password.
        UserInfo = "user_info" => Blocks,
        /// The host of the prefix cannot be looked up.
        BadHost = "bad_host" => Blocks,
        /// The prefix names a port.
        Port = "port" => Warns,
        /// The prefix has a fragment with a `/`, which WeChat takes for a directory.
        FragmentInDirectory = "fragment_in_directory" => Blocks,
        /// The prefix has a fragment.
        Fragment = "fragment" => Warns,
        /// The name of the host has no address.
        DnsFailed = "dns_failed" => Blocks,
        /// DNS has not answered.
        DnsUnanswered = "dns_unanswered" => Unknown,
        /// The host has an address that is not on the public internet.
        PrivateAddress = "private_address" => Blocks,
        /// Nobody listens on the port.
        ConnectRefused = "connect_refused" => Blocks,
        /// No way leads to the address.
        Unreachable = "unreachable" => Blocks,
        /// The connection is not accepted in time.
        ConnectTimeout = "connect_timeout" => Blocks,
        /// The certificate has expired.
        TlsExpired = "tls_expired" => Blocks,
        /// The certificate is not valid yet.
        TlsNotYetValid = "tls_not_yet_valid" => Blocks,
        /// The certificate is for other hosts.
        TlsWrongName = "tls_wrong_name" => Blocks,
        /// The server sends no intermediate certificate.
        TlsMissingIntermediate = "tls_missing_intermediate" => Blocks,
        /// The certificate is from an authority that is not trusted.
        TlsUnknownIssuer = "tls_unknown_issuer" => Blocks,
        /// The certificate is signed by itself.
        TlsSelfSigned = "tls_self_signed" => Blocks,
        /// The server speaks no TLS of version 1.2 or later.
        TlsOldVersion = "tls_old_version" => Blocks,
        /// The TLS handshake fails in another way.
        TlsFailed = "tls_failed" => Blocks,
        /// The TLS handshake does not end in time.
        TlsTimeout = "tls_timeout" => Blocks,
        /// The response comes later than WeChat waits.
        TooSlow = "too_slow" => Blocks,
        /// The connection is closed without a response.
        ClosedEarly = "closed_early" => Blocks,
        /// What comes is not HTTP.
        NotHttp = "not_http" => Blocks,
        /// The content comes, but the response does not end.
        NeverEnds = "never_ends" => Blocks,
        /// The connection is closed within the content.
        CutShort = "cut_short" => Blocks,
        /// Http is redirected to https.
        RedirectToHttps = "redirect_to_https" => Blocks,
        /// The host is redirected to the same with `www.`, or without.
        RedirectToWww = "redirect_to_www" => Blocks,
        /// The response redirects to a login.
        RedirectToLogin = "redirect_to_login" => Blocks,
        /// The response redirects to another page.
        Redirect = "redirect" => Blocks,
        /// Status 304, although the request had no condition.
        NotModified = "not_modified" => Blocks,
        /// The file is only in the root of the host.
        FileAtRoot = "file_at_root" => Blocks,
        /// The file is one directory too deep.
        FileOneDeeper = "file_one_deeper" => Blocks,
        /// The file is one directory too high.
        FileOneHigher = "file_one_higher" => Blocks,
        /// The name of the file or its directory has other capital letters.
        FileInOtherCase = "file_in_other_case" => Blocks,
        /// The name of the file was typed with another letter.
        FileNameLookAlike = "file_name_look_alike" => Blocks,
        /// Status 404 or 410.
        NotFound = "not_found" => Blocks,
        /// The server or a firewall refuses the request.
        Forbidden = "forbidden" => Blocks,
        /// Status 5xx.
        ServerError = "server_error" => Blocks,
        /// Another status than 200.
        OtherStatus = "other_status" => Blocks,
        /// The content is right, but the status is not 200.
        ContentWithoutOk = "content_without_ok" => Blocks,
        /// The body is empty.
        Empty = "empty" => Blocks,
        /// The body begins with a byte order mark.
        ByteOrderMark = "byte_order_mark" => Blocks,
        /// The body is UTF-16.
        Utf16 = "utf16" => Blocks,
        /// The content has line ends or spaces around it.
        WhiteSpaceAround = "white_space_around" => Blocks,
        /// The content has characters that no editor shows.
        HiddenCharacters = "hidden_characters" => Blocks,
        /// The content is in quotation marks.
        Quoted = "quoted" => Blocks,
        /// The content is within a page of HTML.
        HtmlAround = "html_around" => Blocks,
        /// The content is within another text, such as JSON.
        TextAround = "text_around" => Blocks,
        /// The content has other capital letters.
        ContentInOtherCase = "content_in_other_case" => Blocks,
        /// It is the file of another account, or an older one.
        OtherFile = "other_file" => Blocks,
        /// The body is compressed, although the request did not permit it.
        Compressed = "compressed" => Blocks,
        /// A page of the application comes instead of the file.
        ApplicationPage = "application_page" => Blocks,
        /// The body is larger than 64 KiB.
        TooLarge = "too_large" => Blocks,
        /// The body is something else.
        OtherContent = "other_content" => Blocks,
        /// The response takes longer than a second.
        Slow = "slow" => Warns,
        /// The response has no Content-Type.
        NoContentType = "no_content_type" => Warns,
        /// The page of the prefix itself cannot be fetched.
        PageUnreachable = "page_unreachable" => Warns,
        /// The expected content is not 32 hexadecimal characters.
        UnusualFile = "unusual_file" => Warns,
        /// It was not looked at, or not everywhere.
        NotLooked = "not_looked" => Unknown,
    }
    /// Returns what a finding with this code means for the rule.
    pub severity -> Severity
}
