use jumpqr_core::check::Finding;
use jumpqr_core::preflight::PreflightFinding;
use serde::Serialize;

/// Why the sandbox refused a call: what WeChat knows, but does not say.
///
/// It serialises as the finding. Every finding has a `code` and a `message`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Reason {
    /// Why WeChat does not find the verification file (85069). A preflight finds the same.
    VerificationFile(PreflightFinding),
    /// What is wrong with the prefix (85066). A check of the rule finds the same.
    Prefix(Finding),
}

impl Reason {
    /// Returns the stable code of the finding, e.g. `file_at_root`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::VerificationFile(finding) => finding.code.name(),
            Self::Prefix(finding) => finding.code.name(),
        }
    }

    /// Returns the approximate size in memory.
    pub(crate) fn size(&self) -> usize {
        let texts = match self {
            Self::VerificationFile(finding) => {
                let texts = [
                    &finding.message,
                    &finding.seen,
                    &finding.why,
                    &finding.remedy,
                ];
                let texts = texts.into_iter().chain(&finding.url).chain(&finding.share);
                texts.map(String::len).sum()
            }
            Self::Prefix(finding) => finding.field.len() + finding.message.len(),
        };
        size_of::<Self>() + texts
    }
}
