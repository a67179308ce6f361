use jumpqr::readiness::ReadinessFinding;

use crate::object::{Object, forever};
use crate::{guard, jumpqr_text};

/// One finding about a merchant: which field of WeChat's response tells it, what it means for the
/// merchant's rules, and what to do.
///
/// It belongs to the readiness that it was read from, and lives as long. Any number of threads may
/// read it at the same time.
pub struct jumpqr_readiness_finding(Object<ReadinessFinding>);

impl From<ReadinessFinding> for jumpqr_readiness_finding {
    fn from(finding: ReadinessFinding) -> Self {
        Self(finding.into())
    }
}

/// Returns the field of WeChat's response, e.g. `func_info`. No text if `finding` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_readiness_finding_field(
    finding: Option<&jumpqr_readiness_finding>,
) -> jumpqr_text {
    guard(|| Some(forever(finding?.0.field)))
}

/// Returns the stable code, e.g. `missing_permission_set`. No text if `finding` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_readiness_finding_code(
    finding: Option<&jumpqr_readiness_finding>,
) -> jumpqr_text {
    guard(|| Some(forever(finding?.0.code.name())))
}

/// Returns what the finding means for the rules. It is `blocks` if WeChat refuses them, `warns` if
/// WeChat may refuse them or something that belongs to them, and `unknown` if WeChat does not tell.
/// No text if `finding` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_readiness_finding_severity(
    finding: Option<&jumpqr_readiness_finding>,
) -> jumpqr_text {
    guard(|| Some(forever(finding?.0.code.severity().name())))
}

/// Returns the `errcode` that a call would get. 0 if it is not known, or if `finding` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_readiness_finding_errcode(
    finding: Option<&jumpqr_readiness_finding>,
) -> i64 {
    guard(|| {
        let errcode = finding.and_then(|finding| finding.0.errcode);
        Some(errcode.unwrap_or(0))
    })
}

/// Returns what was found, and what to do. No text if `finding` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_readiness_finding_message(
    finding: Option<&jumpqr_readiness_finding>,
) -> jumpqr_text {
    guard(|| finding?.0.text(|finding| &finding.message))
}
