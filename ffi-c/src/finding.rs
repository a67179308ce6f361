use jumpqr::check::Finding;

use crate::{Text, guard, jumpqr_text};

/// A violation or a warning: the field, what is wrong with it, and what to do.
///
/// It belongs to the error or the report that it was read from, and lives as long. Any number of
/// threads may read it at the same time.
pub struct jumpqr_finding {
    field: Text,
    code: Text,
    message: Text,
}

impl jumpqr_finding {
    pub(crate) fn new(field: &str, code: &str, message: &str) -> Self {
        Self {
            field: field.into(),
            code: code.into(),
            message: message.into(),
        }
    }

    pub(crate) fn list(findings: &[Finding]) -> Vec<Self> {
        let findings = findings.iter();
        findings
            .map(|finding| Self::new(&finding.field, finding.code.name(), &finding.message))
            .collect()
    }
}

/// Returns the field, e.g. `debug_url[2]`. It is empty if the finding is about the whole input. No
/// text if `finding` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_finding_field(finding: Option<&jumpqr_finding>) -> jumpqr_text {
    guard(|| Some(finding?.field.view()))
}

/// Returns the stable code, e.g. `outside_rule`. No text if `finding` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_finding_code(finding: Option<&jumpqr_finding>) -> jumpqr_text {
    guard(|| Some(finding?.code.view()))
}

/// Returns what is wrong and what to do. No text if `finding` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_finding_message(finding: Option<&jumpqr_finding>) -> jumpqr_text {
    guard(|| Some(finding?.message.view()))
}
