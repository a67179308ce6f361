//! Names for the numbers of WeChat's fields.

/// `open_version`: a test link opens the development build. For developers only.
pub const JUMPQR_OPEN_VERSION_DEVELOPMENT: i32 = 1;
/// `open_version`: a test link opens the trial build. For administrators and experiencers.
pub const JUMPQR_OPEN_VERSION_TRIAL: i32 = 2;
/// `open_version`: a test link opens the released build. For developers, administrators and
/// experiencers.
pub const JUMPQR_OPEN_VERSION_RELEASED: i32 = 3;

/// `permit_sub_rule`: other accounts may add rules below this rule.
pub const JUMPQR_PERMIT_SUB_RULE_NOT_OCCUPIED: i32 = 1;
/// `permit_sub_rule`: if another account adds a rule below this rule, it gets 85072.
pub const JUMPQR_PERMIT_SUB_RULE_OCCUPIED: i32 = 2;

/// `is_edit`: as the rule's JSON says. If the JSON does not say, adds the rule.
pub const JUMPQR_EDIT_AS_RULE_SAYS: i32 = -1;
/// `is_edit`: adds a rule that the account does not have.
pub const JUMPQR_EDIT_ADD: i32 = 0;
/// `is_edit`: modifies a rule that the account has.
pub const JUMPQR_EDIT_MODIFY: i32 = 1;

/// `state`: only test links open the Mini Program, and only for its developers and testers.
pub const JUMPQR_RULE_STATE_UNPUBLISHED: i32 = 1;
/// `state`: the rule is effective for everybody.
pub const JUMPQR_RULE_STATE_PUBLISHED: i32 = 2;

#[cfg(test)]
mod tests {
    use jumpqr::rule::RuleState;
    use jumpqr::{Edit, OpenVersion, PermitSubRule};

    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_core() {
        for (named, number) in [
            (
                JUMPQR_OPEN_VERSION_DEVELOPMENT,
                OpenVersion::Development.number(),
            ),
            (JUMPQR_OPEN_VERSION_TRIAL, OpenVersion::Trial.number()),
            (JUMPQR_OPEN_VERSION_RELEASED, OpenVersion::Released.number()),
            (
                JUMPQR_PERMIT_SUB_RULE_NOT_OCCUPIED,
                PermitSubRule::NotOccupied.number(),
            ),
            (
                JUMPQR_PERMIT_SUB_RULE_OCCUPIED,
                PermitSubRule::Occupied.number(),
            ),
            (JUMPQR_EDIT_ADD, Edit::Add.number()),
            (JUMPQR_EDIT_MODIFY, Edit::Modify.number()),
            (
                JUMPQR_RULE_STATE_UNPUBLISHED,
                RuleState::Unpublished.number(),
            ),
            (JUMPQR_RULE_STATE_PUBLISHED, RuleState::Published.number()),
        ] {
            assert_eq!(named, i32::from(number));
        }
    }
}
