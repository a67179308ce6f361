//! Judges before any write whether the rules of a platform's merchant can work.
//!
//! WeChat tells a platform about a merchant in the response of `api_get_authorizer_info`. From that,
//! [`judge`] finds what would refuse the merchant's rules, and says which error code they would get.
//! What the response does not tell is [unknown](Severity::Unknown): it neither blocks nor clears the
//! rules.
//!
//! Sources: the official pages of `getAuthorizerInfo` and of the permission sets, and posts of
//! WeChat's staff in the developer community. No field of `authorizer_info` says that an account
//! is personal. The name `个人` and the register types of personal Mini Programs do.

mod code;
mod verdict;

pub use code::ReadinessCode;
pub use verdict::{Readiness, ReadinessFinding, Verdict};

pub use crate::severity::Severity;

use alloc::{format, vec};

use crate::check::{Finding, FindingCode};
use crate::error::{Error, Result};
use crate::interface::{AccountStatus, AuthorizerInfo, FuncInfo};
use crate::named;

named! {
    /// The mode of the rules that a merchant is to have.
    pub enum Mode {
        /// Ordinary links, with the token of a Mini Program.
        OrdinaryLink = "ordinary_link",
        /// The links of a service account, with its token.
        ServiceAccount = "service_account",
    }
}

impl Mode {
    /// Returns the mode with this name. For any other name, the error has a finding about `mode`.
    pub fn from_name(name: &str) -> Result<Self> {
        let mut modes = Self::ALL.iter().copied();
        modes.find(|mode| mode.name() == name).ok_or_else(|| {
            let message = "is not a mode; give ordinary_link or service_account";
            Error::invalid(vec![Finding::new(
                "mode",
                FindingCode::UnknownValue,
                message,
            )])
        })
    }
}

/// What is known about a merchant.
#[derive(Debug, Clone, Copy)]
pub struct Observation<'a> {
    /// The mode of the rules. The account whose token is used is judged: in service-account mode
    /// not the Mini Program that the rules open.
    pub mode: Mode,
    /// The account, as `api_get_authorizer_info` describes it.
    pub authorizer_info: &'a AuthorizerInfo,
    /// What the merchant has granted, from the same response. `None` if that has no list.
    pub func_info: Option<&'a [FuncInfo]>,
    /// `principal_type` in the response of `getaccountbasicinfo`, which is exact. `None` if that
    /// interface was not called, or answered with an error: 41033 only means that the Mini Program
    /// was not made by API.
    pub principal_type: Option<i64>,
}

/// The permission set for service-account rules: 账号服务.
const ACCOUNT_SET: u32 = 3;

/// The permission set for ordinary-link rules: 小程序开发与数据分析.
const DEVELOPMENT_SET: u32 = 18;

/// The permission set for links between service accounts and Mini Programs: 小程序关联管理.
const LINK_SET: u32 = 33;

/// The `principal_name` of an individual. Source: the sample on the official page.
const INDIVIDUAL: &str = "个人";

/// The `register_type` of personal Mini Programs that were made by API.
const PERSONAL_REGISTER_TYPES: [i64; 2] = [16, 17];

/// The `principal_type` of an individual.
const INDIVIDUAL_TYPE: i64 = 0;

/// The `service_type_info` of a service account.
const SERVICE_ACCOUNT_TYPE: i64 = 2;

/// The `verify_type_info` of an account that WeChat has verified.
const VERIFIED_BY_WECHAT: i64 = 0;

/// Whether an account is of the kind that a mode needs.
enum Kind {
    Right,
    Wrong,
    Unknown,
}

/// Finds what stands in the way of a merchant's rules.
///
/// ```
/// use jumpqr_core::interface::AuthorizerInfo;
/// use jumpqr_core::readiness::{Mode, Observation, Verdict, judge};
///
/// let readiness = judge(&Observation {
///     mode: Mode::OrdinaryLink,
///     authorizer_info: &AuthorizerInfo::default(),
///     func_info: None,
///     principal_type: None,
/// });
/// assert_eq!(readiness.verdict(), Verdict::Unknown);
/// ```
#[must_use]
pub fn judge(observation: &Observation<'_>) -> Readiness {
    let mut readiness = Readiness::default();
    // The permission sets and the principal say nothing about a mode for another kind of account.
    if !matches!(judge_kind(observation, &mut readiness), Kind::Wrong) {
        judge_principal(observation, &mut readiness);
        judge_verification(observation, &mut readiness);
        judge_permission_sets(observation, &mut readiness);
    }
    judge_status(observation.authorizer_info.account_status, &mut readiness);
    readiness.sort();
    readiness
}

fn judge_kind(observation: &Observation<'_>, readiness: &mut Readiness) -> Kind {
    let info = observation.authorizer_info;
    match (observation.mode, info.service_type_info) {
        (Mode::OrdinaryLink, _) if info.is_mini_program() => Kind::Right,
        (Mode::ServiceAccount, _) if info.is_mini_program() => {
            readiness.add(
                "MiniProgramInfo",
                ReadinessCode::WrongAccount,
                // Source: a post of WeChat's staff.
                Some(85069),
                "the account is a Mini Program; service-account rules need the token of a service \
                 account",
            );
            Kind::Wrong
        }
        (_, None) => {
            readiness.add(
                "service_type_info",
                ReadinessCode::UnknownKind,
                None,
                "the response tells neither the type of the account nor that it is a Mini Program; \
                 look at it on the console",
            );
            Kind::Unknown
        }
        (Mode::OrdinaryLink, Some(_)) => {
            readiness.add(
                "MiniProgramInfo",
                ReadinessCode::WrongAccount,
                Some(85066),
                "the account is not a Mini Program; ordinary-link rules need the token of a Mini \
                 Program",
            );
            Kind::Wrong
        }
        (Mode::ServiceAccount, Some(SERVICE_ACCOUNT_TYPE)) => Kind::Right,
        (Mode::ServiceAccount, Some(_)) => {
            readiness.add(
                "service_type_info",
                ReadinessCode::WrongAccount,
                Some(48001),
                "the account is a subscription account; only service accounts have QR codes with \
                 parameters",
            );
            Kind::Wrong
        }
    }
}

/// Only a Mini Program can belong to an individual: there are no personal service accounts.
fn judge_principal(observation: &Observation<'_>, readiness: &mut Readiness) {
    const ERRCODE: Option<i64> = Some(85075);
    const MESSAGE: &str = "the Mini Program belongs to an individual, and WeChat refuses its rules; \
        use a Mini Program of an organisation";
    if observation.mode != Mode::OrdinaryLink {
        return;
    }
    let info = observation.authorizer_info;
    let is_personal_type = |number| PERSONAL_REGISTER_TYPES.contains(&number);
    let name = info.principal_name.as_deref();
    let personal_by = match (observation.principal_type, name) {
        (Some(INDIVIDUAL_TYPE), _) => "principal_type",
        (None, Some(INDIVIDUAL)) => "principal_name",
        (None, _) if info.register_type.is_some_and(is_personal_type) => "register_type",
        (Some(_), _) | (None, Some(_)) => return,
        (None, None) => {
            return readiness.add(
                "principal_name",
                ReadinessCode::UnknownPrincipal,
                ERRCODE,
                "the response does not tell whether the Mini Program belongs to an individual; \
                 getaccountbasicinfo may tell it, with permission set 30",
            );
        }
    };
    readiness.add(
        personal_by,
        ReadinessCode::PersonalAccount,
        ERRCODE,
        MESSAGE,
    );
}

fn judge_verification(observation: &Observation<'_>, readiness: &mut Readiness) {
    const FIELD: &str = "verify_type_info";
    match (observation.mode, observation.authorizer_info.verify_type_info) {
        (_, Some(VERIFIED_BY_WECHAT)) => {}
        (Mode::ServiceAccount, Some(_)) => readiness.add(
            FIELD,
            ReadinessCode::NotVerified,
            Some(48001),
            "WeChat has not verified the service account (微信认证), and so it has no QR codes with \
             parameters; let the merchant have it verified",
        ),
        (Mode::OrdinaryLink, Some(_)) => readiness.add(
            FIELD,
            ReadinessCode::UnverifiedMiniProgram,
            None,
            "the Mini Program is not verified (微信认证), as personal ones cannot be; no page says \
             that rules need it",
        ),
        (_, None) => readiness.add(
            FIELD,
            ReadinessCode::UnknownVerification,
            None,
            "the response does not tell whether the account is verified; look at it on the console",
        ),
    }
}

fn judge_permission_sets(observation: &Observation<'_>, readiness: &mut Readiness) {
    const FIELD: &str = "func_info";
    const ERRCODE: Option<i64> = Some(61007);
    let Some(granted) = observation.func_info else {
        return readiness.add(
            FIELD,
            ReadinessCode::UnknownPermissionSets,
            ERRCODE,
            "the response does not list the permission sets; ask again, or look at them on the \
             platform's console",
        );
    };
    let find = |id| granted.iter().find(|set| set.id == id);
    let (id, account) = match observation.mode {
        Mode::OrdinaryLink => (DEVELOPMENT_SET, "Mini Program"),
        Mode::ServiceAccount => (ACCOUNT_SET, "service account"),
    };
    if let Some(set) = find(id) {
        judge_confirmation(set, readiness);
    } else {
        readiness.add(
            FIELD,
            ReadinessCode::MissingPermissionSet,
            ERRCODE,
            format!(
                "the merchant has not granted permission set {id}; let the {account} authorise the \
                 platform again, with the set"
            ),
        );
    }
    match observation.mode {
        Mode::OrdinaryLink if find(DEVELOPMENT_SET).is_none() => readiness.add(
            FIELD,
            ReadinessCode::ExclusivePermissionSet,
            ERRCODE,
            "only one platform can have permission set 18, and WeChat does not tell which one has \
             it; if it is another one, the merchant cancels that authorisation on the Mini \
             Program's console first",
        ),
        Mode::OrdinaryLink => {}
        Mode::ServiceAccount => match find(LINK_SET) {
            Some(set) => judge_confirmation(set, readiness),
            None => readiness.add(
                FIELD,
                ReadinessCode::MissingLinkSet,
                ERRCODE,
                "the merchant has not granted permission set 33, which linkMiniprogram and \
                 wxamplinkget need; without it, the merchant links the Mini Program on the console",
            ),
        },
    }
}

/// A set that must be confirmed, and is not, may be refused. Source: `confirm_info` in real
/// responses, and the documented texts of 61016 and 61017.
fn judge_confirmation(set: &FuncInfo, readiness: &mut Readiness) {
    let is_open = set
        .confirm_info
        .is_some_and(|info| info.need_confirm == Some(true) && info.already_confirm == Some(false));
    if is_open {
        readiness.add(
            "confirm_info",
            ReadinessCode::UnconfirmedPermissionSet,
            Some(61016),
            format!(
                "permission set {} is granted, but not confirmed; confirm it on the platform's \
                 console",
                set.id
            ),
        );
    }
}

fn judge_status(status: Option<AccountStatus>, readiness: &mut Readiness) {
    let (code, message) = match status {
        Some(AccountStatus::Normal) => return,
        Some(AccountStatus::Cancelled) => (
            ReadinessCode::AccountCancelled,
            "the account was cancelled; its rules cannot work any more",
        ),
        Some(AccountStatus::Banned) => (
            ReadinessCode::AccountBanned,
            "WeChat has banned the account; the merchant finds the reason, and how to appeal, on \
             the console",
        ),
        Some(AccountStatus::Frozen) => (
            ReadinessCode::AccountFrozen,
            "WeChat has frozen the account; let the merchant unfreeze it on the console",
        ),
        Some(AccountStatus::Warned) => (
            ReadinessCode::AccountWarned,
            "WeChat has warned the account; let the merchant read the messages on the console",
        ),
        None => (
            ReadinessCode::UnknownStatus,
            "the response has no status that is documented; look at the account on the console",
        ),
    };
    readiness.add("account_status", code, None, message);
}
