//! The target `request_head`: what is sent for any base URL, credentials and body.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use jumpqr::settings::ProxySetting;
use jumpqr::transport::{Advance, HttpRequest, HttpTransport, Transport};
use jumpqr::{Cancel, Client, Settings};
use jumpqr_core::Secret;
use jumpqr_core::call::{FailureCause, SendRequest};
use jumpqr_core::interface::{
    ApiAuthorizerToken, ComponentTokenField, DownloadQRCodeText, Interface, Token,
};
use jumpqr_core::request::Request;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use ureq_proto::http::Uri;

use super::script::Event;
use super::server::Server;
use super::{connect, unwrap_io};

/// The buffer for requests. A head must fit into it. Only a request that fits into it is sent
/// without waiting.
const OUTPUT: usize = 4 * 1024;

/// The longest body, in bytes. More would wait for the server.
const LONGEST_BODY: usize = 40_000;

/// The bytes that stand encoded in a query: all but those that RFC 3986 names unreserved.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

const RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

thread_local! {
    static TRANSPORT: Arc<HttpTransport> = Arc::new(new_transport());
}

fn new_transport() -> HttpTransport {
    let mut settings = Settings::default();
    settings.proxy = Some(ProxySetting::Direct);
    HttpTransport::new(&settings).unwrap_or_else(|error| panic!("{error}"))
}

/// The input is a byte for the request, a byte for how often the credential is repeated, and two
/// for the length of the body. Then follow the base URL, the credential, and an appid, each with
/// the byte 255 between them.
pub fn request_head(input: &[u8]) {
    let [kind, repetitions, high, low, texts @ ..] = input else {
        return;
    };
    let texts = texts.split(|byte| *byte == 255);
    let mut texts = texts.map(|text| String::from_utf8_lossy(text).into_owned());
    let mut next_text = || texts.next().unwrap_or_default();
    let base_url = next_text();
    let credential = next_text().repeat(1 + usize::from(repetitions % 16));
    let appid = next_text();
    let body_length = usize::from(u16::from_be_bytes([*high, *low])).min(LONGEST_BODY);
    TRANSPORT.with(|transport| {
        let builder = || {
            let transport = Arc::clone(transport);
            let builder = Client::builder().transport(transport).allow_http(true);
            builder.base_url(base_url.as_str())
        };
        if builder().access_token("T").build().is_err() {
            return;
        }
        let is_allowed = match kind % 3 {
            2 => builder().app(&*appid, &*credential).build().is_ok(),
            _ => builder().access_token(&*credential).build().is_ok(),
        };
        let base_url = base_url.trim_end_matches('/');
        let asked = Asked::new(*kind, base_url, credential, appid, body_length);
        assert!(
            !is_allowed || asked.head_length() <= OUTPUT,
            "a client is made whose requests are too long"
        );
        match base_url.parse() {
            Ok(uri) => {
                asked.check_host(&uri);
                asked.check_send(transport);
                asked.check_begin(transport);
            }
            Err(_) => asked.check_refused(transport),
        }
    });
}

/// A request.
struct Asked<'a> {
    base_url: &'a str,
    request: Request,
    access_token: Option<Secret>,
    method: &'static str,
    path: String,
    query: Vec<(&'static str, String)>,
    body: Option<Vec<u8>>,
}

impl<'a> Asked<'a> {
    fn new(
        kind: u8,
        base_url: &'a str,
        credential: String,
        appid: String,
        body_length: usize,
    ) -> Self {
        // Among the bytes are all that mean something in HTTP.
        let body: Vec<u8> = (0..=u8::MAX).cycle().take(body_length).collect();
        let secret = Secret::new(credential.clone());
        let (request, field) = match kind % 3 {
            0 => (DownloadQRCodeText.request(), "access_token"),
            1 => {
                let call = ApiAuthorizerToken {
                    component_appid: appid,
                    authorizer_appid: String::new(),
                    authorizer_refresh_token: Secret::new("R"),
                    component_token_field: ComponentTokenField::ComponentAccessToken,
                };
                (call.request(), "component_access_token")
            }
            _ => {
                let call = Token {
                    appid: appid.clone(),
                    secret,
                };
                let request = call.request();
                return Self {
                    base_url,
                    request: request.unwrap_or_else(|error| panic!("{error}")),
                    access_token: None,
                    method: "GET",
                    path: "/cgi-bin/token".to_owned(),
                    query: vec![
                        ("grant_type", "client_credential".to_owned()),
                        ("appid", appid),
                        ("secret", credential),
                    ],
                    body: None,
                };
            }
        };
        let mut request = request.unwrap_or_else(|error| panic!("{error}"));
        request.body = Some(body.clone());
        Self {
            base_url,
            path: request.path().to_owned(),
            request,
            access_token: Some(secret),
            method: "POST",
            query: vec![(field, credential)],
            body: Some(body),
        }
    }

    fn http_request<'b>(&'b self, cancel: &'b Cancel) -> HttpRequest<'b> {
        let send = SendRequest {
            request: &self.request,
            access_token: self.access_token.as_ref(),
            host: 0,
            timeout: Duration::from_secs(3600),
        };
        HttpRequest::for_test(send, self.base_url, cancel)
    }

    /// Returns scheme, host with port, and path of the base URL.
    fn base(&self) -> (&str, &str, &str) {
        let (scheme, rest) = self.base_url.split_once("://").unwrap_or_default();
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        (scheme, authority, path)
    }

    /// Returns the headers that must be sent.
    fn headers(&self) -> Vec<(&'static str, String)> {
        let (scheme, authority, _) = self.base();
        let is_https = scheme.eq_ignore_ascii_case("https");
        let default_port = if is_https { ":443" } else { ":80" };
        let host = authority.strip_suffix(default_port).unwrap_or(authority);
        let mut headers = vec![
            ("host", host.to_owned()),
            (
                "user-agent",
                concat!("jumpqr/", env!("CARGO_PKG_VERSION")).to_owned(),
            ),
        ];
        if let Some(body) = &self.body {
            headers.push(("content-length", body.len().to_string()));
            headers.push(("content-type", "application/json; charset=utf-8".to_owned()));
        }
        headers
    }

    /// Returns the length of the head that must be sent.
    fn head_length(&self) -> usize {
        let (_, _, base_path) = self.base();
        let query = self.query.iter().map(|(name, value)| {
            let value: String = utf8_percent_encode(value, ENCODED).collect();
            name.len() + value.len() + "?=".len()
        });
        let target = base_path.len() + self.path.len() + query.sum::<usize>();
        let headers = self.headers().into_iter();
        let headers = headers.map(|(name, value)| name.len() + value.len() + ": \r\n".len());
        let line = self.method.len() + target + "  HTTP/1.1\r\n".len();
        line + headers.sum::<usize>() + "\r\n".len()
    }

    /// Checks that the connection is opened to the host that the request names.
    fn check_host(&self, uri: &Uri) {
        let (scheme, authority, path) = self.base();
        let found = uri.authority().map_or("", |authority| authority.as_str());
        assert_eq!(found, authority, "{}", self.base_url);
        let found = uri.scheme_str().unwrap_or_default();
        assert!(found.eq_ignore_ascii_case(scheme), "{}", self.base_url);
        assert_eq!(uri.path().trim_end_matches('/'), path, "{}", self.base_url);
    }

    /// Puts a connection into the pool. Its server responds to one request.
    fn connect(&self, transport: &HttpTransport) -> Server {
        let events = VecDeque::from([Event::Part(RESPONSE.to_vec()), Event::Close]);
        connect(transport, self.base_url, events)
    }

    fn check_send(&self, transport: &HttpTransport) {
        let server = self.connect(transport);
        let cancel = Cancel::default();
        let sent = transport.send(&self.http_request(&cancel));
        let is_sent = self.head_length() <= OUTPUT;
        self.check_sent(&server, is_sent);
        match sent {
            Ok(response) => assert!(is_sent && response.body == b"{}"),
            Err(failure) => {
                let is_refused = failure.cause == FailureCause::Refused && !failure.sent;
                assert!(!is_sent && is_refused, "{failure:?}");
            }
        }
        self.end(&server, transport);
    }

    fn check_begin(&self, transport: &HttpTransport) {
        let server = self.connect(transport);
        let cancel = Cancel::default();
        let begun = transport.begin(&self.http_request(&cancel));
        let length = self.head_length() + self.body.as_ref().map_or(0, Vec::len);
        let is_sent = length <= OUTPUT;
        match begun {
            None => assert!(!is_sent, "a request of {length} bytes would wait"),
            Some(Ok(mut in_flight)) => match in_flight.advance() {
                Advance::Done(Ok(response)) => assert!(is_sent && response.body == b"{}"),
                other => panic!("{other:?}"),
            },
            Some(Err(failure)) => panic!("{failure:?}"),
        }
        self.check_sent(&server, is_sent);
        // The connection can be used again in both cases.
        assert!(!server.is_closed_by_client());
        self.end(&server, transport);
    }

    /// Checks that nothing is sent, to no host.
    fn check_refused(&self, transport: &HttpTransport) {
        let cancel = Cancel::default();
        match transport.send(&self.http_request(&cancel)) {
            Err(failure) if failure.cause == FailureCause::Refused && !failure.sent => {}
            other => panic!("{}: {other:?}", self.base_url),
        }
    }

    /// Removes the connection from the pool.
    fn end(&self, server: &Server, transport: &HttpTransport) {
        unwrap_io(server.close());
        let cancel = Cancel::default();
        assert!(transport.begin(&self.http_request(&cancel)).is_none());
    }

    /// Checks that the server has received what was asked for, or nothing.
    fn check_sent(&self, server: &Server, is_sent: bool) {
        let received = unwrap_io(server.take_request());
        assert_eq!(server.mistake(), None);
        if !is_sent {
            assert!(received.is_empty(), "{}", received.escape_ascii());
            return;
        }
        let mut headers = [httparse::EMPTY_HEADER; 8];
        let mut head = httparse::Request::new(&mut headers);
        let length = match head.parse(&received) {
            Ok(httparse::Status::Complete(length)) => length,
            other => panic!("{other:?}: {}", received.escape_ascii()),
        };
        let (text, body) = received.split_at(length);
        assert_eq!(length, self.head_length(), "{}", text.escape_ascii());
        assert_eq!(head.method, Some(self.method));
        assert_eq!(head.version, Some(1));
        self.check_target(head.path.unwrap_or_default());
        let mut found: Vec<_> = head
            .headers
            .iter()
            .map(|header| {
                (
                    header.name,
                    String::from_utf8_lossy(header.value).into_owned(),
                )
            })
            .collect();
        found.sort_unstable();
        let mut expected = self.headers();
        expected.sort_unstable();
        assert_eq!(found, expected);
        // httparse also takes other ends of lines.
        let ends = text.split(|byte| *byte == b'\n');
        assert_eq!(ends.count(), 3 + expected.len(), "{}", text.escape_ascii());
        assert_eq!(body, self.body.as_deref().unwrap_or_default());
    }

    fn check_target(&self, target: &str) {
        let (_, _, base_path) = self.base();
        let is_raw = |letter: char| letter.is_control() || letter.is_whitespace();
        assert!(!target.contains(is_raw), "{target:?}");
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        assert_eq!(
            path.strip_prefix(base_path),
            Some(&*self.path),
            "{target:?}"
        );
        let decode = |text| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let pairs = query.split('&').map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        let expected = self.query.iter();
        let expected = expected.map(|(name, value)| ((*name).to_owned(), value.clone()));
        assert!(pairs.eq(expected), "{target:?} instead of {:?}", self.query);
        assert!(query.is_ascii(), "{target:?}");
    }
}
