//! Every stable name and number as data, for languages that cannot see the Rust types.

use serde_json::{Value, json};

use crate::authorization_link::{AuthType, Device};
use crate::check::FindingCode;
use crate::errcode::ErrCode;
use crate::error::{ErrorKind, Outcome, OwnCode};
use crate::interface::{AnyCall, Confirmation, LinkStatus};
use crate::matching::{Mismatch, Obstacle};
use crate::preflight::{Extent, Place, PreflightCode, PreflightVerdict};
use crate::readiness::{Mode, ReadinessCode, Severity, Verdict};
use crate::rule::{Edit, OpenVersion, PermitSubRule, RuleState};

/// Returns every stable name and number. Each list has the order of the Rust type.
///
/// | key | content |
/// |---|---|
/// | `errcodes` | WeChat's error codes, as [`ErrCode`] serialises |
/// | `own_codes` | errors that do not come from WeChat: `name`, `kind`, `retryable`, `advice` |
/// | `findings` | the codes of violations and warnings: `name`, `warning` |
/// | `link_statuses` | the states of a link between accounts: `number`, `name` |
/// | `mismatches` | why a rule does not cover a link: `code`, `message` |
/// | `obstacles` | why a link does not open the Mini Program for everybody: `code`, `message` |
/// | `readiness_codes` | the codes of findings about a merchant: `name`, `severity` |
/// | `preflight_codes` | the codes of findings of a preflight: `name`, `severity`, `message` |
/// | `open_version`, `permit_sub_rule`, `is_edit`, `state`, `auth_type` | the values of the field: `number`, `word` |
/// | `kinds`, `outcomes`, `confirmations`, `interfaces`, `devices`, `modes`, `verdicts`, `severities`, `preflight_verdicts`, `preflight_places`, `preflight_extents` | names |
///
/// ```
/// let names = jumpqr_core::names::names();
/// assert_eq!(names["kinds"][0], "invalid");
/// ```
#[must_use]
pub fn names() -> Value {
    json!({
        "errcodes": ErrCode::all(),
        "own_codes": list(OwnCode::ALL, |code| json!({
            "name": code.name(),
            "kind": code.kind().name(),
            "retryable": code.is_retryable(),
            "advice": code.advice(),
        })),
        "findings": list(FindingCode::ALL, |code| {
            json!({"name": code.name(), "warning": code.is_warning()})
        }),
        "link_statuses": list(LinkStatus::ALL, |status| {
            json!({"number": status.number(), "name": status.name()})
        }),
        "mismatches": list(Mismatch::ALL, |reason| {
            json!({"code": reason.name(), "message": reason.message()})
        }),
        "obstacles": list(Obstacle::ALL, |obstacle| {
            json!({"code": obstacle.name(), "message": obstacle.message()})
        }),
        "open_version": list(OpenVersion::ALL, |value| numbered(value.number(), value.name())),
        "permit_sub_rule": list(PermitSubRule::ALL, |value| numbered(value.number(), value.name())),
        "is_edit": list(Edit::ALL, |value| numbered(value.number(), value.name())),
        "state": list(RuleState::ALL, |value| numbered(value.number(), value.name())),
        "auth_type": list(AuthType::ALL, |value| numbered(value.number(), value.name())),
        "readiness_codes": list(ReadinessCode::ALL, |code| {
            json!({"name": code.name(), "severity": code.severity().name()})
        }),
        "preflight_codes": list(PreflightCode::ALL, |code| json!({
            "name": code.name(),
            "severity": code.severity().name(),
            "message": code.message(),
        })),
        "preflight_verdicts": list(PreflightVerdict::ALL, |verdict| verdict.name().into()),
        "preflight_places": list(Place::ALL, |place| place.name().into()),
        "preflight_extents": list(Extent::ALL, |extent| extent.name().into()),
        "devices": list(Device::ALL, |device| device.name().into()),
        "modes": list(Mode::ALL, |mode| mode.name().into()),
        "verdicts": list(Verdict::ALL, |verdict| verdict.name().into()),
        "severities": list(Severity::ALL, |severity| severity.name().into()),
        "kinds": list(ErrorKind::ALL, |kind| kind.name().into()),
        "outcomes": list(Outcome::ALL, |outcome| outcome.name().into()),
        "confirmations": list(Confirmation::ALL, |confirmation| confirmation.name().into()),
        "interfaces": AnyCall::NAMES,
    })
}

fn list<T: Copy>(all: &[T], view: impl Fn(T) -> Value) -> Value {
    all.iter().copied().map(view).collect()
}

fn numbered(number: u8, word: &str) -> Value {
    json!({"number": number, "word": word})
}
