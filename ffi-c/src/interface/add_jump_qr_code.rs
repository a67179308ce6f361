use std::mem::MaybeUninit;

use jumpqr::Edit;

use super::confirm;
use crate::argument::{out_of_range, present};
use crate::client::jumpqr_client;
use crate::error::jumpqr_error;
use crate::guard::attempt;
use crate::rule::jumpqr_rule;
use crate::status::jumpqr_status;
use crate::text::jumpqr_text;
use crate::value::JUMPQR_EDIT_AS_RULE_SAYS;

/// `addJumpQRCode`: adds a rule where `is_edit` is `JUMPQR_EDIT_ADD`, modifies one where it is `JUMPQR_EDIT_MODIFY`, and does
/// what the rule's JSON says where it is `JUMPQR_EDIT_AS_RULE_SAYS`, which adds if the JSON does not say. Place the verification file before.
///
/// A rule with violations is `JUMPQR_STATUS_INVALID_REQUEST`, and nothing is sent; one with warnings is sent.
///
/// `confirmation`, which may be NULL, gets `answered`, or `read_back` where the answer got lost and the rule was found to stand
/// as asked; the text lives for ever.
///
/// NULL is allowed for `error` and `confirmation`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_OUT_OF_RANGE`, `JUMPQR_STATUS_INVALID_REQUEST`, and that of each kind of error.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_add_jump_qr_code(
    client: Option<&jumpqr_client>,
    rule: Option<&jumpqr_rule>,
    is_edit: i32,
    confirmation: Option<&mut MaybeUninit<jumpqr_text>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let client = &present(client, "client")?.client;
        let rule = present(rule, "rule")?;
        let is_edit = match is_edit {
            JUMPQR_EDIT_AS_RULE_SAYS => rule.is_edit.unwrap_or(Edit::Add),
            number => Edit::from_number(number.into()).ok_or_else(|| {
                out_of_range(
                    "is_edit",
                    "is none of -1 (as the JSON says), 0 (add) and 1 (modify)",
                )
            })?,
        };
        confirm(confirmation, client.add_jump_qr_code(&rule.rule, is_edit)?);
        Ok(())
    })
}
