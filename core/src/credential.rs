//! What WeChat's credentials look like, so that one in the place of another is seen before it is
//! sent.
//!
//! Source: `component_verify_ticket` begins with `ticket@@@` since about 2016, and the others with
//! their own words. The rest of each, and all of an older one, is of letters, digits, `-` and `_`.

use alloc::format;
use alloc::string::String;

/// What a platform is handed by WeChat's pushes and callbacks, and keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HandedOver {
    /// The component_verify_ticket, from a push.
    VerifyTicket,
    /// The authorizer_refresh_token, from the answer of `api_query_auth`.
    RefreshToken,
}

/// What each begins with, and its name.
const PREFIXES: &[(&str, &str)] = &[
    ("ticket@@@", "component_verify_ticket"),
    ("refreshtoken@@@", "authorizer_refresh_token"),
    ("queryauthcode@@@", "authorization_code"),
    ("preauthcode@@@", "pre_auth_code"),
];

/// Returns the name of the credential that the text is by its first letters, if it is not one
/// that `field` takes. Only tickets, refresh tokens and codes are known by them.
#[must_use]
pub fn mistaken_for(field: &str, text: &str) -> Option<&'static str> {
    let known = PREFIXES
        .iter()
        .find(|(prefix, _)| text.starts_with(prefix))
        .map(|(_, name)| *name);
    known.filter(|name| *name != field)
}

impl HandedOver {
    /// WeChat's name of it, e.g. `component_verify_ticket`.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::VerifyTicket => "component_verify_ticket",
            Self::RefreshToken => "authorizer_refresh_token",
        }
    }

    /// What it looks like, and where it is found.
    const fn form(self) -> &'static str {
        match self {
            Self::VerifyTicket => {
                "give the text of the element ComponentVerifyTicket of the decrypted push, which begins with `ticket@@@`"
            }
            Self::RefreshToken => {
                "give the authorizer_refresh_token of api_query_auth's answer, which begins with `refreshtoken@@@`"
            }
        }
    }

    /// Returns why the text cannot be this credential, and what to give; `None` if it can. Nothing
    /// of the text is repeated.
    ///
    /// ```
    /// use jumpqr_core::HandedOver;
    ///
    /// let ticket = HandedOver::VerifyTicket;
    /// assert_eq!(ticket.mistake("ticket@@@2dG1_-x"), None);
    /// assert!(ticket.mistake("rUf+3/Yw==").unwrap().contains("ticket@@@"));
    /// ```
    #[must_use]
    pub fn mistake(self, text: &str) -> Option<String> {
        let form = self.form();
        if let Some(other) = mistaken_for(self.field(), text) {
            let exchange = if other == "authorization_code" {
                "; api_query_auth exchanges it for a refresh token"
            } else {
                ""
            };
            return Some(format!("it is the {other}{exchange}; {form}"));
        }
        if text.contains('<') || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Some(format!("it has letters or tags that none has; {form}"));
        }
        if text.contains(['+', '/', '=']) {
            return Some(format!(
                "it has a `+`, `/` or `=` in it, as the ciphertext in <Encrypt> has; {form}"
            ));
        }
        if text.contains(['"', '{', '}', '%', '&', '?']) {
            return Some(format!(
                "it has JSON, a part of a query or percent-encoding in it; {form}"
            ));
        }
        if looks_like_appid(text) {
            return Some(format!("it is an appid; {form}"));
        }
        None
    }
}

/// Whether it is `wx` and 16 hexadecimal digits.
fn looks_like_appid(text: &str) -> bool {
    text.strip_prefix("wx")
        .is_some_and(|rest| rest.len() == 16 && rest.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::{HandedOver, mistaken_for};

    const BOTH: [HandedOver; 2] = [HandedOver::VerifyTicket, HandedOver::RefreshToken];

    #[test]
    fn what_wechat_gives_is_taken() {
        let ticket = "ticket@@@KTPMh7FcJFZ_JuV-yNQTAb3d6_4ZxcAEzCAmNmLzyLUOxlDYmeCrfPDAqT4HfQ1e";
        assert_eq!(HandedOver::VerifyTicket.mistake(ticket), None);
        let token = "refreshtoken@@@Ek2yLzbtX-bMzyWlgO7rL4bZRqmRbNoXQnGbSxQUn_w";
        assert_eq!(HandedOver::RefreshToken.mistake(token), None);
        // The older ones have no prefix.
        for handed_over in BOTH {
            let older = "dTo-YCXPL4llX-u1W1pPpnp8Hgm4wpJtlR6iV0doKdY";
            assert_eq!(handed_over.mistake(older), None);
        }
    }

    #[test]
    fn ciphertext_is_told_from_what_is_in_it() {
        for text in [
            "hJqcu3uJ9Tn2gXPmxx2w9kkCkCE2EPYo+2ep/w==",
            "a+b",
            "a/b",
            "ab=",
            "ticket@@@a+b",
        ] {
            for handed_over in BOTH {
                let mistake = handed_over.mistake(text).unwrap();
                let of_the_other =
                    text.starts_with("ticket") && handed_over == HandedOver::RefreshToken;
                assert!(of_the_other || mistake.contains("<Encrypt>"), "{mistake}");
                assert!(mistake.contains("@@@`"), "{mistake}");
                assert!(!mistake.contains(text), "{mistake}");
            }
        }
    }

    #[test]
    fn one_credential_is_not_taken_for_another() {
        let known = [
            "ticket@@@x",
            "refreshtoken@@@x",
            "queryauthcode@@@x",
            "preauthcode@@@x",
        ];
        for handed_over in BOTH {
            let refused = known
                .iter()
                .filter(|text| handed_over.mistake(text).is_some());
            assert_eq!(refused.count(), 3);
            assert!(
                handed_over
                    .mistake("wx1234567890abcdef")
                    .unwrap()
                    .contains("appid")
            );
            for text in ["<xml>", "{\"a\":1}", "ticket%40%40%40x", "a=b&c=d", "票"] {
                assert!(handed_over.mistake(text).is_some(), "{text}");
            }
        }
        for field in ["secret", "component_appsecret", "access_token", "appid"] {
            assert!(known.iter().all(|text| mistaken_for(field, text).is_some()));
            assert_eq!(
                mistaken_for(field, "0123456789abcdef0123456789abcdef"),
                None
            );
        }
    }
}
