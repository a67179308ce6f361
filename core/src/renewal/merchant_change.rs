//! What the beginning and the end of a merchant's authorisation do to its stored record.

use core::time::Duration;

use super::record::{PushedCode, TokenRecord, millis};
use crate::interface::TokenResponse;
use crate::secret::Secret;

/// A change of a merchant's record, which does not come from a renewal.
///
/// Pushes come twice, late, and out of order. So a record keeps when its merchant authorised the
/// platform, and when the merchant ended that.
#[derive(Debug, Clone)]
pub enum MerchantChange {
    /// WeChat has pushed an authorization_code: it is kept until a code is exchanged, or the
    /// merchant ends the authorisation later. An older push never replaces a newer code.
    CodePushed {
        /// The code.
        code: Secret,
        /// `create_time` of the push.
        create_time: u64,
    },
    /// WeChat has exchanged an authorization_code.
    Authorised(Exchanged),
    /// The merchant has ended the authorisation: the tokens are removed. An authorisation of the
    /// same second or later stands.
    Unauthorised {
        /// `create_time` of the push.
        create_time: u64,
        /// When the push was received.
        time_of_day: Duration,
    },
}

/// What the exchange of an authorization_code has brought.
#[derive(Debug, Clone)]
pub struct Exchanged {
    /// The access token. WeChat gives none if the account may call nothing.
    pub token: Option<TokenResponse>,
    /// The refresh token.
    pub refresh_token: Option<Secret>,
    /// When the exchange began.
    pub asked_at: Duration,
    /// `create_time` of the push with the code; `None` if the code came with a redirect.
    pub create_time: Option<u64>,
}

impl MerchantChange {
    /// Returns the record after the change; `None` if the stored one stands.
    pub(super) fn apply(&self, stored: &TokenRecord) -> Option<TokenRecord> {
        match self {
            Self::CodePushed { code, create_time } => keep_code(code, *create_time, stored),
            Self::Authorised(exchanged) => exchanged.apply(stored),
            Self::Unauthorised {
                create_time,
                time_of_day,
            } => {
                let last = stored.authorised_at.max(stored.unauthorised_at);
                let last = last.max(stored.code_pushed_at());
                let is_newer = last.is_none_or(|last| last < *create_time);
                is_newer.then(|| {
                    let mut record = TokenRecord::default();
                    record.unauthorised_at = Some(*create_time);
                    record.unauthorised_noted_at_ms = Some(millis(*time_of_day));
                    record
                })
            }
        }
    }
}

/// Returns the record with the code of a push; `None` if the stored one knows of the same or a later
/// authorisation, or of a later end.
fn keep_code(code: &Secret, create_time: u64, stored: &TokenRecord) -> Option<TokenRecord> {
    let last = stored.authorised_at.max(stored.code_pushed_at());
    let is_known = last.is_some_and(|last| last >= create_time);
    let has_ended_since = stored
        .unauthorised_at
        .is_some_and(|ended_at| ended_at > create_time);
    if is_known || has_ended_since {
        return None;
    }
    let mut record = stored.clone();
    record.pushed_code = Some(PushedCode::new(code, create_time));
    // The merchant has come back. What was refused without this code may be granted with it.
    record.unauthorised_at = None;
    record.unauthorised_noted_at_ms = None;
    record.refusal = None;
    Some(record)
}

impl Exchanged {
    pub(super) fn apply(&self, stored: &TokenRecord) -> Option<TokenRecord> {
        let asked_at = self.asked_at.as_secs();
        let ended_at = stored.unauthorised_at;
        let has_ended_since = ended_at.is_some_and(|ended_at| match self.create_time {
            Some(create_time) => ended_at > create_time,
            // WeChat exchanged the code after the end was known, so the merchant has come back.
            // Its clock and this machine's are not compared unless the end came meanwhile.
            None => {
                stored.unauthorised_noted_at_ms > Some(millis(self.asked_at)) && ended_at > asked_at
            }
        });
        if has_ended_since {
            return None;
        }
        let former = stored.refresh_token();
        let refresh_token = self.refresh_token.clone().or(former);
        let mut record = match &self.token {
            Some(token) => TokenRecord::default().renewed(token, refresh_token, self.asked_at),
            None => TokenRecord::with_refresh_token(refresh_token),
        };
        let authorised_at = Some(self.create_time.unwrap_or(asked_at));
        record.authorised_at = authorised_at.max(stored.authorised_at).max(ended_at);
        // A code of a later push is of a later authorisation. A redirect is as late as can be.
        record.pushed_code = stored
            .pushed_code
            .clone()
            .filter(|code| self.create_time.is_some_and(|time| time < code.create_time));
        Some(record)
    }
}

#[cfg(test)]
mod tests {
    use alloc::borrow::ToOwned;
    use alloc::format;
    use alloc::string::String;
    use core::time::Duration;

    use super::{Exchanged, MerchantChange};
    use crate::renewal::TokenRecord;
    use crate::secret::Secret;

    fn authorised(create_time: Option<u64>, asked_at: u64) -> MerchantChange {
        MerchantChange::Authorised(Exchanged {
            token: None,
            refresh_token: Some(Secret::new("R")),
            asked_at: Duration::from_secs(asked_at),
            create_time,
        })
    }

    fn unauthorised(create_time: u64, received_at: u64) -> MerchantChange {
        MerchantChange::Unauthorised {
            create_time,
            time_of_day: Duration::from_secs(received_at),
        }
    }

    /// Applies the changes in turn. Returns whether the merchant has a refresh token then.
    fn is_authorised_after(changes: &[MerchantChange]) -> bool {
        let mut record = TokenRecord::default();
        for change in changes {
            record = change.apply(&record).unwrap_or(record);
        }
        assert_eq!(
            record.refresh_token().is_none(),
            record.unauthorised_at().is_some()
        );
        record.refresh_token().is_some()
    }

    #[test]
    fn pushes_in_any_order_leave_what_the_last_event_says() {
        let (begin, end) = (authorised(Some(100), 101), unauthorised(200, 201));
        let again = authorised(Some(300), 301);
        for order in [
            [&begin, &end, &again],
            [&end, &again, &begin],
            [&again, &end, &begin],
            [&again, &begin, &end],
            [&begin, &again, &end],
            [&end, &begin, &again],
        ] {
            let changes = order.map(Clone::clone);
            assert!(is_authorised_after(&changes), "{changes:?}");
        }
        for order in [[&begin, &end], [&end, &begin]] {
            assert!(!is_authorised_after(&order.map(Clone::clone)));
        }
    }

    #[test]
    fn an_end_is_newer_only_if_it_is_of_a_later_second() {
        let begin = authorised(Some(100), 101);
        assert!(is_authorised_after(&[
            begin.clone(),
            unauthorised(100, 102)
        ]));
        assert!(!is_authorised_after(&[begin, unauthorised(101, 102)]));
    }

    #[test]
    fn a_code_of_a_redirect_that_is_exchanged_after_the_end_brings_the_merchant_back() {
        // This machine's clock is behind WeChat's.
        let end = unauthorised(200, 150);
        let redirect = authorised(None, 160);
        assert!(is_authorised_after(&[end.clone(), redirect.clone()]));
        // The same end again.
        assert!(is_authorised_after(&[
            end,
            redirect,
            unauthorised(200, 170)
        ]));
    }

    #[test]
    fn an_end_during_the_exchange_of_a_redirect_stands() {
        let end = unauthorised(200, 201);
        assert!(!is_authorised_after(&[end, authorised(None, 199)]));
    }

    fn pushed(code: &str, create_time: u64) -> MerchantChange {
        MerchantChange::CodePushed {
            code: Secret::new(code),
            create_time,
        }
    }

    /// Applies the changes in turn. Returns the code that is kept then.
    fn code_after(changes: &[MerchantChange]) -> Option<String> {
        let mut record = TokenRecord::default();
        for change in changes {
            record = change.apply(&record).unwrap_or(record);
        }
        record.pushed_code().map(|code| code.expose().to_owned())
    }

    #[test]
    fn a_code_is_kept_until_a_code_is_exchanged_or_the_merchant_ends_it_later() {
        let code = pushed("C", 200);
        let is_kept = |change: MerchantChange| {
            let kept = code_after(&[code.clone(), change.clone()]);
            // The code may come after the change, too.
            assert_eq!(code_after(&[change, code.clone()]), kept);
            kept.is_some()
        };
        assert!(is_kept(authorised(Some(199), 201)));
        assert!(!is_kept(authorised(Some(200), 201)));
        assert!(!is_kept(authorised(None, 201)));
        assert!(is_kept(unauthorised(199, 201)));
        assert!(is_kept(unauthorised(200, 201)));
        assert!(!is_kept(unauthorised(201, 202)));
        let changes = [code, authorised(None, 100)];
        assert_eq!(code_after(&changes), None, "this machine's clock is behind");
    }

    #[test]
    fn an_older_push_never_replaces_a_newer_code() {
        let (old, new) = (pushed("OLD", 100), pushed("NEW", 200));
        for order in [[&old, &new], [&new, &old]] {
            let kept = code_after(&order.map(Clone::clone));
            assert_eq!(kept.as_deref(), Some("NEW"));
        }
        assert!(
            new.apply(&new.apply(&TokenRecord::default()).unwrap())
                .is_none()
        );
    }

    #[test]
    fn a_code_after_the_end_brings_the_merchant_back_and_a_late_end_leaves_it() {
        let (end, code) = (unauthorised(150, 151), pushed("C", 200));
        for order in [[&end, &code], [&code, &end]] {
            let mut record = TokenRecord::default();
            for change in order {
                record = change.apply(&record).unwrap_or(record);
            }
            assert_eq!(record.unauthorised_at(), None);
            assert_eq!(record.pushed_code(), Some(Secret::new("C")));
        }
        assert!(!format!("{code:?}").contains("\"C\""));
    }

    #[test]
    fn an_end_removes_tokens_whose_authorisation_is_not_dated() {
        let record = TokenRecord::with_refresh_token(Some(Secret::new("R")));
        let after = unauthorised(1, 2).apply(&record).unwrap();
        assert_eq!(after.refresh_token(), None);
    }
}
