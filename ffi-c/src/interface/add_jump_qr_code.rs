use std::mem::MaybeUninit;

use jumpqr::Edit;

use super::confirm;
use crate::argument::out_of_range;
use crate::{
    JUMPQR_EDIT_AS_RULE_SAYS, jumpqr_client, jumpqr_error, jumpqr_rule, jumpqr_status, jumpqr_text,
    present,
};

/// `addJumpQRCode`: adds or modifies a rule. Put the verification file on the domain first.
///
/// With `JUMPQR_EDIT_ADD`, `is_edit` adds a rule. With `JUMPQR_EDIT_MODIFY`, it modifies one. With
/// `JUMPQR_EDIT_AS_RULE_SAYS`, the rule's JSON decides; if it does not say, the rule is added.
///
/// If the rule has violations, the call fails with `JUMPQR_STATUS_INVALID_REQUEST`, and nothing is
/// sent. If it has warnings only, it is sent.
///
/// `confirmation` receives `answered`. If the response was lost and the rule was read back as
/// requested, it receives `read_back`. The text lives forever.
///
/// NULL is allowed for `error` and `confirmation`. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_OUT_OF_RANGE`, `JUMPQR_STATUS_INVALID_REQUEST`,
/// and the statuses of all kinds of errors.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_add_jump_qr_code(
    client: Option<&jumpqr_client>,
    rule: Option<&jumpqr_rule>,
    is_edit: i32,
    confirmation: Option<&mut MaybeUninit<jumpqr_text>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    confirm(confirmation, error, || {
        let client = &present(client, "client")?.0;
        let mapping = &present(rule, "rule")?.0;
        let is_edit = match is_edit {
            JUMPQR_EDIT_AS_RULE_SAYS => mapping.is_edit.unwrap_or(Edit::Add),
            number => Edit::from_number(number.into()).ok_or_else(|| {
                let problem = "is not -1 (as the JSON says), 0 (add) or 1 (modify)";
                out_of_range("is_edit", problem)
            })?,
        };
        Ok(client.add_jump_qr_code(&mapping.rule, is_edit)?)
    })
}
