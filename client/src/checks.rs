//! Checks of settings and of credentials that are passed to a method. No finding repeats a value:
//! it may be a credential.

use std::time::Duration;

use jumpqr_core::check::{Finding, FindingCode, has_white_space};
use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::interface::is_credential_too_long;
use jumpqr_core::{PlatformCredential, recognize_other_credential};

/// The longest duration of a setting. It is short enough to be added to any time.
const LONGEST_DURATION: Duration = Duration::from_secs(24 * 60 * 60);

/// What a duration must be.
pub(crate) const DURATION_RANGE: &str = "give more than 0, and at most a day";

/// The longest appid of a platform or a merchant, in bytes; WeChat's have 18.
pub(crate) const LONGEST_APPID: usize = 64;

/// The credentials that a push or a callback brings.
const PLATFORM_CREDENTIALS: [&str; 2] = [
    PlatformCredential::VerifyTicket.name(),
    PlatformCredential::RefreshToken.name(),
];

/// Collects findings, so that all are reported together.
#[derive(Default)]
pub(crate) struct Findings(Vec<Finding>);

impl Findings {
    pub(crate) fn add(&mut self, field: &str, code: FindingCode, message: &str) {
        self.0.push(Finding::new(field, code, message));
    }

    /// Returns the value, or keeps the finding.
    pub(crate) fn keep<T>(&mut self, checked: Result<T, Finding>) -> Option<T> {
        checked.map_err(|finding| self.0.push(finding)).ok()
    }

    /// Returns the value, or keeps the findings of the error. Any other error is returned.
    pub(crate) fn keep_invalid<T>(&mut self, result: Result<T>) -> Result<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.code() == OwnCode::InvalidConfig => {
                self.0.extend_from_slice(error.violations());
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Returns the value, or keeps the findings of the error about fields without a finding. Any
    /// other error is returned.
    pub(crate) fn keep_further<T>(&mut self, result: Result<T>) -> Result<Option<T>> {
        let known = self.0.len();
        let kept = self.keep_invalid(result);
        let further = self.0.split_off(known);
        let is_new = |finding: &Finding| self.0.iter().all(|known| known.field != finding.field);
        let further: Vec<_> = further.into_iter().filter(is_new).collect();
        self.0.extend(further);
        kept
    }

    pub(crate) fn into_result(self) -> Result<()> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Error::invalid_config(self.0))
        }
    }
}

/// Makes the error of one wrong setting or argument.
pub(crate) fn refuse(finding: Finding) -> Error {
    Error::invalid_config(vec![finding])
}

/// Makes the error of a setting that names something which cannot be used.
pub(crate) fn unusable(setting: &str, message: impl Into<String>) -> Error {
    refuse(Finding::new(setting, FindingCode::Unusable, message))
}

/// Refuses a duration in which nothing can be done, or which is too long to be added to a time.
pub(crate) fn check_duration(name: &str, duration: Duration) -> Result<(), Finding> {
    if duration.is_zero() || duration > LONGEST_DURATION {
        return Err(Finding::new(name, FindingCode::OutOfRange, DURATION_RANGE));
    }
    Ok(())
}

/// Refuses an empty credential, and one with white space in it. WeChat would refuse it too, but its
/// errmsg would not name the reason.
pub(crate) fn check_credential(name: &str, credential: &str) -> Result<(), Finding> {
    let refuse = |code, message| Err(Finding::new(name, code, message));
    if credential.is_empty() {
        return refuse(FindingCode::Empty, "is empty; give one".to_owned());
    }
    if is_credential_too_long(credential) {
        let message = format!(
            "has {} bytes; WeChat's have up to 512 characters",
            credential.len()
        );
        return refuse(FindingCode::TooLarge, message);
    }
    if has_white_space(credential) {
        let message = "has white space or a control character in it; remove it, for example the \
                       end of the line it was read from";
        return refuse(FindingCode::NotOneWord, message.to_owned());
    }
    match recognize_other_credential(name, credential) {
        // For those, check_platform_credential has a better message: where to find the right one.
        Some(other) if !PLATFORM_CREDENTIALS.contains(&name) => refuse(
            FindingCode::WrongCredential,
            format!("is the {other}, by its first letters; give the right one"),
        ),
        _ => Ok(()),
    }
}

/// Refuses anything but the right credential of a push or a callback, in plain text.
pub(crate) fn check_platform_credential(
    kind: PlatformCredential,
    credential: &str,
) -> Result<(), Finding> {
    let name = kind.name();
    check_credential(name, credential)?;
    match kind.find_mistake(credential) {
        Some(mistake) => Err(Finding::new(name, FindingCode::WrongCredential, mistake)),
        None => Ok(()),
    }
}

/// Refuses an appid that is not made of letters and digits. It becomes a file name or a Redis key:
/// a refresh token given by mistake would be readable there.
pub(crate) fn check_appid(name: &str, appid: &str) -> Result<(), Finding> {
    check_credential(name, appid)?;
    if !appid.bytes().all(|byte| byte.is_ascii_alphanumeric()) || appid.len() > LONGEST_APPID {
        let message = "is not an appid, which has letters and digits only; give one";
        return Err(Finding::new(name, FindingCode::WrongCredential, message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jumpqr_core::PlatformCredential;

    use super::{check_appid, check_credential, check_duration, check_platform_credential};

    #[test]
    fn a_duration_is_more_than_nothing_and_at_most_a_day() {
        let day = Duration::from_secs(24 * 60 * 60);
        check_duration("timeout", Duration::from_nanos(1)).unwrap();
        check_duration("timeout", day).unwrap();
        for duration in [Duration::ZERO, day + Duration::from_nanos(1), Duration::MAX] {
            let error = check_duration("timeout", duration).unwrap_err();
            assert_eq!(error.field, "timeout");
        }
    }

    #[test]
    fn a_refused_credential_is_named_and_not_repeated() {
        check_credential("secret", "P4SS").unwrap();
        let long = "P4SS".repeat(1025);
        for credential in [
            "",
            "P4SS\n",
            "P4 SS",
            "P4\u{7f}SS",
            "refreshtoken@@@P4SS",
            &long,
        ] {
            let error = check_credential("secret", credential).unwrap_err();
            assert_eq!(error.field, "secret");
            assert!(!error.message.contains("P4"), "{error}");
        }
    }

    #[test]
    fn a_credential_in_the_place_of_another_is_refused() {
        let ticket = PlatformCredential::VerifyTicket;
        check_platform_credential(ticket, "ticket@@@T1").unwrap();
        let error = check_platform_credential(ticket, "refreshtoken@@@R1").unwrap_err();
        assert!(error.message.contains("ticket@@@"), "{error}");
        assert!(!error.message.contains("R1"), "{error}");
    }

    #[test]
    fn an_appid_is_made_of_letters_and_digits() {
        check_appid("appid", "wx1234567890abcdef").unwrap();
        let long = "x".repeat(65);
        for appid in ["", "wx 1", "wx/1", "gh_1", "refreshtoken@@@R1", &long] {
            let error = check_appid("appid", appid).unwrap_err();
            assert_eq!(error.field, "appid");
        }
    }
}
