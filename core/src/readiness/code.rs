//! The codes of what stands in the way of a merchant's rules.

use crate::named;
use crate::severity::Severity;

named! {
    /// The codes of findings about a merchant.
    #[non_exhaustive]
    pub enum ReadinessCode {
        /// The account is of another kind than the mode needs.
        WrongAccount = "wrong_account" => Severity::Blocks,
        /// The Mini Program belongs to an individual.
        PersonalAccount = "personal_account" => Severity::Blocks,
        /// The merchant has not granted the permission set of the rules.
        MissingPermissionSet = "missing_permission_set" => Severity::Blocks,
        /// The service account is not verified by WeChat.
        NotVerified = "not_verified" => Severity::Blocks,
        /// The account was cancelled.
        AccountCancelled = "account_cancelled" => Severity::Blocks,
        /// WeChat has banned the account.
        AccountBanned = "account_banned" => Severity::Blocks,
        /// WeChat has frozen the account.
        AccountFrozen = "account_frozen" => Severity::Blocks,
        /// The merchant has not granted the permission set for links to Mini Programs.
        MissingLinkSet = "missing_link_set" => Severity::Warns,
        /// A permission set is granted, but not confirmed.
        UnconfirmedPermissionSet = "unconfirmed_permission_set" => Severity::Warns,
        /// The Mini Program is not verified. No page says that its rules need it.
        UnverifiedMiniProgram = "unverified_mini_program" => Severity::Warns,
        /// WeChat has warned the account.
        AccountWarned = "account_warned" => Severity::Warns,
        /// Another platform may have the permission set, which only one can have.
        ExclusivePermissionSet = "exclusive_permission_set" => Severity::Unknown,
        /// The response does not tell of which kind the account is.
        UnknownKind = "unknown_kind" => Severity::Unknown,
        /// The response does not tell whether the Mini Program belongs to an individual.
        UnknownPrincipal = "unknown_principal" => Severity::Unknown,
        /// The response does not list the permission sets.
        UnknownPermissionSets = "unknown_permission_sets" => Severity::Unknown,
        /// The response does not tell whether the account is verified.
        UnknownVerification = "unknown_verification" => Severity::Unknown,
        /// The response does not tell whether the account works.
        UnknownStatus = "unknown_status" => Severity::Unknown,
    }
    /// Returns what a finding with this code means for the rules.
    pub severity -> Severity
}
