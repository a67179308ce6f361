//! Writes the head of a request: the request line and the headers.

use super::endpoint::Endpoint;
use crate::transport::HttpRequest;

const BEFORE_HOST: &str = concat!(
    "\r\nuser-agent: jumpqr/",
    env!("CARGO_PKG_VERSION"),
    "\r\nhost: "
);

const AFTER_HOST: &str = "\r\n\r\n";

const AFTER_HOST_WITH_BODY: &str = "\r\ncontent-type: application/json; charset=utf-8\r\n\r\n";

/// Writes the head of the request to the beginning of `output`, and returns its length. `None` if
/// it does not fit.
pub(super) fn write(
    output: &mut [u8],
    request: &HttpRequest<'_>,
    endpoint: &Endpoint<'_>,
) -> Option<usize> {
    let mut head = Head {
        output,
        length: Some(0),
    };
    let content = request.content;
    head.push(content.method.as_str());
    head.push(" ");
    head.push(endpoint.base_path);
    content.write_target(request.access_token, |piece| head.push(piece));
    head.push(" HTTP/1.1");
    let body = content.body.as_ref();
    if let Some(body) = body {
        head.push("\r\ncontent-length: ");
        head.push_number(body.len());
    }
    head.push(BEFORE_HOST);
    head.push(endpoint.host_header());
    head.push(match body {
        Some(_) => AFTER_HOST_WITH_BODY,
        None => AFTER_HOST,
    });
    head.length
}

struct Head<'a> {
    output: &'a mut [u8],
    /// `None` after a piece that did not fit.
    length: Option<usize>,
}

impl Head<'_> {
    fn push(&mut self, piece: &str) {
        self.length = self.length.and_then(|length| {
            let end = length + piece.len();
            let place = self.output.get_mut(length..end)?;
            place.copy_from_slice(piece.as_bytes());
            Some(end)
        });
    }

    fn push_number(&mut self, number: usize) {
        if number >= 10 {
            self.push_number(number / 10);
        }
        let digits = "0123456789";
        let digit = number % 10;
        self.push(digits.get(digit..=digit).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use jumpqr_core::Secret;
    use jumpqr_core::interface::{
        ApiGetAuthorizerList, ComponentTokenField, DownloadQRCodeText, Interface,
        LONGEST_CREDENTIAL, Token,
    };
    use jumpqr_core::request::Request;

    use super::super::OUTPUT;
    use super::super::exchange::tests::http_request;
    use super::{Endpoint, write};
    use crate::base_url::LONGEST_BASE_URL;
    use crate::checks::LONGEST_APPID;

    fn token_request(secret: &str) -> Request {
        let token = Token {
            appid: "wx1234567890abcdef".to_owned(),
            secret: secret.into(),
        };
        token.request().unwrap()
    }

    fn head_of(content: &Request, base_url: &str, access_token: Option<&Secret>) -> Option<String> {
        let mut output = [0; OUTPUT];
        let request = http_request(content, base_url, access_token);
        let length = write(&mut output, &request, &Endpoint::new(base_url))?;
        Some(String::from_utf8(output[..length].to_vec()).unwrap())
    }

    #[test]
    fn a_head_has_the_request_line_and_the_headers() {
        let version = env!("CARGO_PKG_VERSION");
        let content = DownloadQRCodeText.request().unwrap();
        let token = Secret::new("T&/é");
        let head = head_of(&content, "https://h:8443/base", Some(&token));
        assert_eq!(
            head.unwrap(),
            format!(
                "POST /base/cgi-bin/wxopen/qrcodejumpdownload?access_token=T%26%2F%C3%A9 HTTP/1.1\r\n\
                 content-length: 2\r\n\
                 user-agent: jumpqr/{version}\r\n\
                 host: h:8443\r\n\
                 content-type: application/json; charset=utf-8\r\n\r\n"
            )
        );
        let head = head_of(&token_request("S"), "https://[::1]:443", None);
        assert_eq!(
            head.unwrap(),
            format!(
                "GET /cgi-bin/token?grant_type=client_credential&appid=wx1234567890abcdef&secret=S \
                 HTTP/1.1\r\n\
                 user-agent: jumpqr/{version}\r\n\
                 host: [::1]\r\n\r\n"
            )
        );
    }

    #[test]
    fn the_length_of_the_body_is_written_in_digits() {
        for length in [0, 7, 10, 4096, 1_234_567_890] {
            let mut output = [0; 20];
            let mut head = super::Head {
                output: &mut output,
                length: Some(0),
            };
            head.push_number(length);
            let end = head.length.unwrap();
            assert_eq!(output[..end], *length.to_string().as_bytes());
        }
    }

    #[test]
    fn the_longest_credentials_and_base_url_fit() {
        let long = "s".repeat(LONGEST_CREDENTIAL);
        let host = "https://h:12345";
        let base_url = format!("{host}/{}", "p".repeat(LONGEST_BASE_URL - host.len() - 1));
        let token = Token {
            appid: "a".repeat(LONGEST_APPID),
            secret: long.as_str().into(),
        };
        head_of(&token.request().unwrap(), &base_url, None).unwrap();
        // The interface with the longest path and the longest name of the token.
        let list = ApiGetAuthorizerList::first_page(
            "wx1234567890abcdef",
            ComponentTokenField::ComponentAccessToken,
        );
        let list = list.request().unwrap();
        head_of(&list, &base_url, Some(&long.into())).unwrap();
    }

    #[test]
    fn a_head_that_does_not_fit_is_not_written() {
        let fitting = head_of(&token_request("S"), "https://h", None).unwrap();
        let room = OUTPUT - fitting.len();
        let secret = "S".repeat(1 + room);
        let head = head_of(&token_request(&secret), "https://h", None);
        assert_eq!(head.unwrap().len(), OUTPUT);
        for secret in [
            "S".repeat(2 + room),
            "é".repeat(room),
            "S".repeat(2 * OUTPUT),
        ] {
            assert_eq!(head_of(&token_request(&secret), "https://h", None), None);
        }
    }
}
