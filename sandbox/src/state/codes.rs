//! The codes of an authorisation: the pre_auth_code of a link, and the authorization_code for the
//! platform. Sources: the official pages of getPreAuthCode, of getAuthorizerRefreshToken and of the
//! authorisation events.

use std::collections::HashMap;
use std::time::Duration;

use super::secrets::GeneratedSecret;
use crate::clock::Moment;
use crate::refusal::Refusal;

/// How long a link with a pre_auth_code works.
pub(crate) const PRE_AUTH_CODE_LIFETIME: Duration = Duration::from_secs(1800);

/// How long the authorization_code of a redirect works.
pub(crate) const REDIRECTED_CODE_LIFETIME: Duration = Duration::from_secs(600);

/// How long the authorization_code of a push works. Source: the times in real pushes.
pub(crate) const PUSHED_CODE_LIFETIME: Duration = Duration::from_secs(60 * 60);

/// How long an expired code is known as such. After that it is invalid.
const KEPT_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// The number of codes before the first sweep for old ones.
const CODES_BEFORE_SWEEP: usize = 10_000;

#[derive(Clone)]
struct Code {
    component_appid: String,
    /// The merchant. A pre_auth_code has none.
    appid: Option<String>,
    expires_at: Moment,
    is_used: bool,
}

/// Why a pre_auth_code opens no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LinkProblem {
    Unknown,
    Expired,
    Used,
}

/// All codes. It has no `Debug`, because that would show them.
#[derive(Clone, Default)]
pub(crate) struct Codes {
    issued: HashMap<String, Code>,
    /// The number of codes at the next sweep; 0 before the first sweep.
    sweep_at: usize,
}

impl Codes {
    /// Issues the code for one link.
    pub(crate) fn issue_pre_auth_code(&mut self, component_appid: &str, now: Moment) -> String {
        let code = GeneratedSecret::PreAuthCode.generate();
        self.add(code, component_appid, None, now, PRE_AUTH_CODE_LIFETIME)
    }

    /// Issues a code that the platform exchanges for the merchant's tokens.
    pub(crate) fn issue_authorization_code(
        &mut self,
        component_appid: &str,
        appid: &str,
        now: Moment,
        lifetime: Duration,
    ) -> String {
        let code = GeneratedSecret::AuthorizationCode.generate();
        self.add(code, component_appid, Some(appid), now, lifetime)
    }

    fn add(
        &mut self,
        text: String,
        component_appid: &str,
        appid: Option<&str>,
        now: Moment,
        lifetime: Duration,
    ) -> String {
        self.sweep(now);
        let code = Code {
            component_appid: component_appid.to_owned(),
            appid: appid.map(str::to_owned),
            expires_at: now.saturating_add(lifetime),
            is_used: false,
        };
        self.issued.insert(text.clone(), code);
        text
    }

    /// Removes old codes if there are many. A sweep looks at all codes, so the next one comes when
    /// their number has doubled.
    fn sweep(&mut self, now: Moment) {
        if self.issued.len() < self.sweep_at.max(CODES_BEFORE_SWEEP) {
            return;
        }
        self.issued
            .retain(|_, code| now < code.expires_at.saturating_add(KEPT_FOR));
        self.sweep_at = self.issued.len().saturating_mul(2);
    }

    /// Checks whether a link with this pre_auth_code works.
    pub(crate) fn check_link(
        &self,
        pre_auth_code: &str,
        component_appid: &str,
        now: Moment,
    ) -> Result<(), LinkProblem> {
        let code = self.issued.get(pre_auth_code);
        let code = code
            .filter(|code| code.appid.is_none() && code.component_appid == component_appid)
            .ok_or(LinkProblem::Unknown)?;
        if code.is_used {
            return Err(LinkProblem::Used);
        }
        if code.expires_at <= now {
            return Err(LinkProblem::Expired);
        }
        Ok(())
    }

    /// Ends the life of a code: it works once.
    pub(crate) fn mark_used(&mut self, code: &str) {
        if let Some(code) = self.issued.get_mut(code) {
            code.is_used = true;
        }
    }

    /// Returns the merchant of an authorization_code, whether it still works or not.
    pub(crate) fn merchant_of(&self, authorization_code: &str) -> Option<&str> {
        self.issued.get(authorization_code)?.appid.as_deref()
    }

    /// Returns the merchant of an authorization_code that still works. A code that is unknown, used
    /// or another platform's gets 61009, an expired one 61010.
    pub(crate) fn check_authorization_code(
        &self,
        authorization_code: &str,
        component_appid: &str,
        now: Moment,
    ) -> Result<String, Refusal> {
        let code = self.issued.get(authorization_code).ok_or(61009)?;
        if code.is_used || code.component_appid != component_appid {
            return Err(61009.into());
        }
        let appid = code.appid.as_ref().ok_or(61009)?;
        if code.expires_at <= now {
            return Err(61010.into());
        }
        Ok(appid.clone())
    }

    /// Removes the codes of a platform, or of one of its merchants.
    pub(crate) fn remove(&mut self, component_appid: &str, appid: Option<&str>) {
        self.issued.retain(|_, code| {
            code.component_appid != component_appid
                || appid.is_some_and(|appid| code.appid.as_deref() != Some(appid))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Duration::from_secs(1_794_672_000);

    #[test]
    fn a_sweep_removes_only_codes_that_are_long_dead() {
        let mut codes = Codes::default();
        let first = codes.issue_authorization_code("wx1", "wx2", NOW, PUSHED_CODE_LIFETIME);
        let late = NOW + PUSHED_CODE_LIFETIME + KEPT_FOR;
        let kept = codes.issue_pre_auth_code("wx1", late);
        for _ in 0..CODES_BEFORE_SWEEP {
            codes.issue_pre_auth_code("wx1", late);
        }
        assert_eq!(codes.merchant_of(&first), None, "it was swept");
        assert_eq!(codes.check_link(&kept, "wx1", late), Ok(()));
    }

    #[test]
    fn the_codes_of_one_merchant_are_removed() {
        let mut codes = Codes::default();
        let mut issue = |platform, appid| {
            codes.issue_authorization_code(platform, appid, NOW, PUSHED_CODE_LIFETIME)
        };
        let (removed, other, elsewhere) = (
            issue("wx1", "wx2"),
            issue("wx1", "wx3"),
            issue("wx9", "wx2"),
        );
        let link = codes.issue_pre_auth_code("wx1", NOW);
        codes.remove("wx1", Some("wx2"));
        let merchants = [&removed, &other, &elsewhere].map(|code| codes.merchant_of(code));
        assert_eq!(merchants, [None, Some("wx3"), Some("wx2")]);
        assert_eq!(codes.check_link(&link, "wx1", NOW), Ok(()));
        codes.remove("wx1", None);
        assert_eq!(
            codes.check_link(&link, "wx1", NOW),
            Err(LinkProblem::Unknown)
        );
        assert_eq!(codes.merchant_of(&other), None);
    }
}
