use std::error::Error as _;
use std::ptr::from_ref;

use jumpqr::Error;
use jumpqr::check::{Finding, FindingCode};

use crate::finding::jumpqr_finding;
use crate::guard::guard;
use crate::status::jumpqr_status;
use crate::text::{Text, jumpqr_text};

/// Why a call failed. It is written as the last thing, and its status is the one that the call returned.
pub(crate) struct Failure {
    status: jumpqr_status,
    error: Error,
}

impl Failure {
    /// The call itself is wrong.
    pub(crate) fn misuse(
        status: jumpqr_status,
        parameter: &str,
        code: FindingCode,
        message: &str,
    ) -> Self {
        let finding = Finding {
            field: parameter.to_owned(),
            code,
            message: message.to_owned(),
        };
        Self {
            status,
            error: Error::invalid(vec![finding]),
        }
    }

    pub(crate) fn status(&self) -> jumpqr_status {
        self.status
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            status: jumpqr_status::of(&error),
            error,
        }
    }
}

/// What went wrong, to which field, and what to do next. It never holds an access token or a secret.
///
/// A function that fails writes one where its last parameter points, unless that is NULL; one that succeeds writes none.
/// Free it with `jumpqr_error_free`, exactly once. It lives on when the client is freed. Any number of threads may read it at
/// the same time.
pub struct jumpqr_error {
    status: jumpqr_status,
    kind: Text,
    code: Text,
    message: Text,
    advice: Text,
    cause: Option<Text>,
    interface: Option<Text>,
    errcode: Option<i64>,
    errmsg: Option<Text>,
    rid: Option<Text>,
    retryable: bool,
    outcome: Text,
    violations: Vec<jumpqr_finding>,
}

impl jumpqr_error {
    pub(crate) fn boxed(failure: Failure) -> Box<Self> {
        let Failure { status, error } = failure;
        let misuse = status.of_the_call_itself();
        Box::new(Self {
            status,
            kind: error.kind().name().into(),
            code: misuse.unwrap_or(error.code().name()).into(),
            message: match misuse {
                Some(name) => format!("{} [{name}]", error.message()).into(),
                None => error.to_string().into(),
            },
            advice: error.advice().into(),
            cause: error.source().map(|source| source.to_string().into()),
            interface: error.interface().map(Text::from),
            errcode: error.errcode(),
            errmsg: error.errmsg().map(Text::from),
            rid: error.rid().map(Text::from),
            retryable: error.is_retryable(),
            outcome: error.outcome().name().into(),
            violations: error.violations().iter().map(Into::into).collect(),
        })
    }
}

/// Frees an error and every text and finding that was asked of it. NULL is passed over.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_free(error: Option<Box<jumpqr_error>>) {
    guard(|| {
        drop(error);
        Some(())
    });
}

/// The status that the call returned; `JUMPQR_STATUS_OK` of NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_status(error: Option<&jumpqr_error>) -> jumpqr_status {
    guard(|| Some(error?.status))
}

/// What the reader must do, in a word, e.g. `permission`. No text if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_kind(error: Option<&jumpqr_error>) -> jumpqr_text {
    guard(|| Some(error?.kind.view()))
}

/// The stable code: the name of WeChat's error code, e.g. `illegal_prefix`, or one of jumpqr's own, e.g.
/// `connect_failed`. No text if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_code(error: Option<&jumpqr_error>) -> jumpqr_text {
    guard(|| Some(error?.code.view()))
}

/// What happened, in one line: the interface, the fields, the code, the rid. Without the advice. No text if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_message(error: Option<&jumpqr_error>) -> jumpqr_text {
    guard(|| Some(error?.message.view()))
}

/// What to do next. No text if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_advice(error: Option<&jumpqr_error>) -> jumpqr_text {
    guard(|| Some(error?.advice.view()))
}

/// What lies behind: what the caller's token function or the token store said when it failed; where it cannot be told whether a
/// change stands, why not; where time was up, what the last attempt failed with. No text where there is no such thing, and if
/// `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_cause(error: Option<&jumpqr_error>) -> jumpqr_text {
    guard(|| Some(error?.cause.as_ref()?.view()))
}

/// The interface that was called, e.g. `addJumpQRCode`; no text where none was. No text if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_interface(error: Option<&jumpqr_error>) -> jumpqr_text {
    guard(|| Some(error?.interface.as_ref()?.view()))
}

/// Whether WeChat answered with an error code: only then `jumpqr_error_errcode` means anything. `false` if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_has_errcode(error: Option<&jumpqr_error>) -> bool {
    guard(|| Some(error?.errcode.is_some()))
}

/// WeChat's `errcode`; 0 where there is none, and if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_errcode(error: Option<&jumpqr_error>) -> i64 {
    guard(|| Some(error.and_then(|error| error.errcode).unwrap_or(0)))
}

/// WeChat's `errmsg` as it came, rid included, with secrets struck out; no text where there is none. No text if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_errmsg(error: Option<&jumpqr_error>) -> jumpqr_text {
    guard(|| Some(error?.errmsg.as_ref()?.view()))
}

/// The request id, which WeChat's support asks for; no text where there is none. No text if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_rid(error: Option<&jumpqr_error>) -> jumpqr_text {
    guard(|| Some(error?.rid.as_ref()?.view()))
}

/// Whether the same call may succeed later, with nothing changed. A change may be repeated as it is only if the outcome
/// is `not_applied`. `false` if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_retryable(error: Option<&jumpqr_error>) -> bool {
    guard(|| Some(error?.retryable))
}

/// Whether the change was applied: `not_applied`, or `unknown` where it cannot be told: read the rule back before
/// sending again. No text if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_outcome(error: Option<&jumpqr_error>) -> jumpqr_text {
    guard(|| Some(error?.outcome.view()))
}

/// The number of reasons for which the request was refused before it was sent; 0 for other errors. 0 if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_violation_count(error: Option<&jumpqr_error>) -> usize {
    guard(|| Some(error?.violations.len()))
}

/// The reason number `index`, from 0; NULL where there is none. It lives as long as the error. NULL if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_violation(
    error: Option<&jumpqr_error>,
    index: usize,
) -> *const jumpqr_finding {
    guard(|| error?.violations.get(index).map(from_ref))
}
