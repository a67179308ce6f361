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

/// `auth_type`: the page offers service accounts and subscription accounts.
pub const JUMPQR_AUTH_TYPE_OFFICIAL_ACCOUNT: i32 = 1;
/// `auth_type`: the page offers Mini Programs.
pub const JUMPQR_AUTH_TYPE_MINI_PROGRAM: i32 = 2;
/// `auth_type`: the page offers all kinds of accounts that can have rules.
pub const JUMPQR_AUTH_TYPE_BOTH: i32 = 3;
/// `auth_type`: the page offers accounts of 推客.
pub const JUMPQR_AUTH_TYPE_PROMOTER: i32 = 4;
/// `auth_type`: the page offers accounts of Channels (视频号).
pub const JUMPQR_AUTH_TYPE_CHANNELS: i32 = 5;
/// `auth_type`: the page offers all kinds of accounts.
pub const JUMPQR_AUTH_TYPE_ALL: i32 = 6;
/// `auth_type`: the page offers accounts of 带货助手.
pub const JUMPQR_AUTH_TYPE_SALES_ASSISTANT: i32 = 8;

#[cfg(test)]
mod tests {
    use jumpqr::rule::RuleState;
    use jumpqr::{AuthType, Edit, OpenVersion, PermitSubRule};

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
            (
                JUMPQR_AUTH_TYPE_OFFICIAL_ACCOUNT,
                AuthType::OfficialAccount.number(),
            ),
            (
                JUMPQR_AUTH_TYPE_MINI_PROGRAM,
                AuthType::MiniProgram.number(),
            ),
            (JUMPQR_AUTH_TYPE_BOTH, AuthType::Both.number()),
            (JUMPQR_AUTH_TYPE_PROMOTER, AuthType::Promoter.number()),
            (JUMPQR_AUTH_TYPE_CHANNELS, AuthType::Channels.number()),
            (JUMPQR_AUTH_TYPE_ALL, AuthType::All.number()),
            (
                JUMPQR_AUTH_TYPE_SALES_ASSISTANT,
                AuthType::SalesAssistant.number(),
            ),
        ] {
            assert_eq!(named, i32::from(number));
        }
    }
}
