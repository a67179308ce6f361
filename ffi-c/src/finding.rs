use jumpqr::check::Finding;

use crate::guard::guard;
use crate::text::{Text, jumpqr_text};

/// A violation or a warning: which field, what, and what to do.
///
/// It belongs to the error or the report that it was asked of, and lives as long. Any number of threads may read it.
pub struct jumpqr_finding {
    field: Text,
    code: Text,
    message: Text,
}

impl From<&Finding> for jumpqr_finding {
    fn from(finding: &Finding) -> Self {
        Self {
            field: Text::from(&finding.field),
            code: Text::from(finding.code.name()),
            message: Text::from(&finding.message),
        }
    }
}

/// The field, e.g. `debug_url[2]`; empty where it is the whole input. No text if `finding` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_finding_field(finding: Option<&jumpqr_finding>) -> jumpqr_text {
    guard(|| Some(finding?.field.view()))
}

/// The stable code, e.g. `outside_rule`. No text if `finding` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_finding_code(finding: Option<&jumpqr_finding>) -> jumpqr_text {
    guard(|| Some(finding?.code.view()))
}

/// What is wrong, and what to do. No text if `finding` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_finding_message(finding: Option<&jumpqr_finding>) -> jumpqr_text {
    guard(|| Some(finding?.message.view()))
}
