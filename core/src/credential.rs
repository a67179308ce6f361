//! The forms of WeChat's credentials. If one is given in place of another, it is refused before it
//! is sent.
//!
//! Source: `component_verify_ticket` begins with `ticket@@@` since about 2016, and the others with
//! the prefixes below. The rest of a credential has letters, digits, `-` and `_`. Older credentials
//! have no prefix.

use alloc::format;
use alloc::string::String;

use crate::named;

named! {
    /// A credential that a platform gets from WeChat's pushes and callbacks, and keeps. Its name is
    /// WeChat's.
    #[non_exhaustive]
    pub enum PlatformCredential {
        /// The component_verify_ticket, from a push.
        VerifyTicket = "component_verify_ticket" =>
            "give the text of the element ComponentVerifyTicket of the decrypted push, which \
             begins with `ticket@@@`",
        /// The authorizer_refresh_token, from the response of `api_query_auth`.
        RefreshToken = "authorizer_refresh_token" =>
            "give the authorizer_refresh_token of api_query_auth's response, which begins with \
             `refreshtoken@@@`",
    }

    /// Returns what to give: where the credential is found, and its prefix.
    advice -> &'static str
}

/// The prefix of each credential, and its name.
const PREFIXES: &[(&str, &str)] = &[
    ("ticket@@@", "component_verify_ticket"),
    ("refreshtoken@@@", "authorizer_refresh_token"),
    ("queryauthcode@@@", "authorization_code"),
    ("preauthcode@@@", "pre_auth_code"),
];

/// Returns the name of the credential that `text` is, if `field` takes another one. Only tickets,
/// refresh tokens and codes are recognized, by their prefix.
#[must_use]
pub fn recognize_other_credential(field: &str, text: &str) -> Option<&'static str> {
    let known = PREFIXES
        .iter()
        .find(|(prefix, _)| text.starts_with(prefix))
        .map(|(_, name)| *name);
    known.filter(|name| *name != field)
}

impl PlatformCredential {
    /// Returns why the text cannot be this credential, and what to give; `None` if it can be. No
    /// part of the text is repeated.
    ///
    /// ```
    /// use jumpqr_core::PlatformCredential;
    ///
    /// let ticket = PlatformCredential::VerifyTicket;
    /// assert_eq!(ticket.find_mistake("ticket@@@2dG1_-x"), None);
    /// assert!(ticket.find_mistake("rUf+3/Yw==").unwrap().contains("ticket@@@"));
    /// ```
    #[must_use]
    pub fn find_mistake(self, text: &str) -> Option<String> {
        let mistake = if let Some(other) = recognize_other_credential(self.name(), text) {
            let exchange = if other == "authorization_code" {
                "; api_query_auth exchanges it for a refresh token"
            } else {
                ""
            };
            &format!("is the {other}{exchange}")
        } else if text.contains('<') || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            "contains characters or tags that no such credential has"
        } else if text.contains(['+', '/', '=']) {
            "contains `+`, `/` or `=`, like the ciphertext in <Encrypt>"
        } else if text.contains(['"', '{', '}', '%', '&', '?']) {
            "contains JSON, a part of a query, or percent-encoding"
        } else if looks_like_appid(text) {
            "is an appid"
        } else {
            return None;
        };
        Some(format!("it {mistake}; {}", self.advice()))
    }
}

/// Returns whether the text is `wx` and 16 hexadecimal digits.
fn looks_like_appid(text: &str) -> bool {
    text.strip_prefix("wx")
        .is_some_and(|rest| rest.len() == 16 && rest.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::{PlatformCredential, recognize_other_credential};

    const BOTH: [PlatformCredential; 2] = [
        PlatformCredential::VerifyTicket,
        PlatformCredential::RefreshToken,
    ];

    #[test]
    fn credentials_from_wechat_are_accepted() {
        let ticket = "ticket@@@KTPMh7FcJFZ_JuV-yNQTAb3d6_4ZxcAEzCAmNmLzyLUOxlDYmeCrfPDAqT4HfQ1e";
        assert_eq!(PlatformCredential::VerifyTicket.find_mistake(ticket), None);
        let token = "refreshtoken@@@Ek2yLzbtX-bMzyWlgO7rL4bZRqmRbNoXQnGbSxQUn_w";
        assert_eq!(PlatformCredential::RefreshToken.find_mistake(token), None);
        // Older credentials have no prefix.
        for credential in BOTH {
            let older = "dTo-YCXPL4llX-u1W1pPpnp8Hgm4wpJtlR6iV0doKdY";
            assert_eq!(credential.find_mistake(older), None);
        }
    }

    #[test]
    fn ciphertext_is_refused_with_its_reason() {
        for text in [
            "hJqcu3uJ9Tn2gXPmxx2w9kkCkCE2EPYo+2ep/w==",
            "a+b",
            "a/b",
            "ab=",
            "ticket@@@a+b",
        ] {
            for credential in BOTH {
                let mistake = credential.find_mistake(text).unwrap();
                let is_ticket_as_token =
                    text.starts_with("ticket") && credential == PlatformCredential::RefreshToken;
                assert!(
                    is_ticket_as_token || mistake.contains("<Encrypt>"),
                    "{mistake}"
                );
                assert!(mistake.contains("@@@`"), "{mistake}");
                assert!(!mistake.contains(text), "{mistake}");
            }
        }
    }

    #[test]
    fn another_credential_is_refused() {
        let known = [
            "ticket@@@x",
            "refreshtoken@@@x",
            "queryauthcode@@@x",
            "preauthcode@@@x",
        ];
        for credential in BOTH {
            let refused = known
                .iter()
                .filter(|text| credential.find_mistake(text).is_some());
            assert_eq!(refused.count(), 3);
            assert!(
                credential
                    .find_mistake("wx1234567890abcdef")
                    .unwrap()
                    .contains("appid")
            );
            for text in ["<xml>", "{\"a\":1}", "ticket%40%40%40x", "a=b&c=d", "票"] {
                assert!(credential.find_mistake(text).is_some(), "{text}");
            }
        }
        for field in ["secret", "component_appsecret", "access_token", "appid"] {
            assert!(
                known
                    .iter()
                    .all(|text| recognize_other_credential(field, text).is_some())
            );
            assert_eq!(
                recognize_other_credential(field, "0123456789abcdef0123456789abcdef"),
                None
            );
        }
    }
}
