use std::error::Error as _;
use std::mem::MaybeUninit;
use std::ptr::{from_ref, null_mut};

use jumpqr::Error;
use jumpqr::binding::{NameStyle, name_settings};
use jumpqr::error::OwnCode;

use crate::guard::catch;
use crate::{Text, guard, jumpqr_finding, jumpqr_status, jumpqr_text};

/// An error: what went wrong, in which field, and what to do next. It never contains an access
/// token or a secret.
///
/// If a function fails and its last parameter is not NULL, it writes an error there. If it
/// succeeds, it writes none. Free the error with `jumpqr_error_free`, exactly once. It stays valid
/// after the client is freed. Any number of threads may read it at the same time.
pub struct jumpqr_error {
    status: jumpqr_status,
    error: Error,
    kind: Text,
    code: Text,
    message: Text,
    advice: Text,
    cause: Option<Text>,
    interface: Option<Text>,
    errmsg: Option<Text>,
    rid: Option<Text>,
    outcome: Text,
    violations: Vec<jumpqr_finding>,
}

/// Why a call failed.
pub(crate) type Failure = Box<jumpqr_error>;

impl jumpqr_error {
    fn new(
        status: jumpqr_status,
        code: &str,
        error: Error,
        violations: Vec<jumpqr_finding>,
    ) -> Box<Self> {
        Box::new(Self {
            status,
            kind: error.kind().name().into(),
            code: code.into(),
            message: match status.misuse() {
                Some(name) => format!("{} [{name}]", error.message()).into(),
                None => error.to_string().into(),
            },
            advice: error.advice().into(),
            cause: error.source().map(|source| source.to_string().into()),
            interface: error.interface().map(Text::from),
            errmsg: error.errmsg().map(Text::from),
            rid: error.rid().map(Text::from),
            outcome: error.outcome().name().into(),
            violations,
            error,
        })
    }

    /// Returns the error of a wrong call. Its code, and the code of its only violation, are the
    /// name of the status.
    pub(crate) fn misuse(status: jumpqr_status, parameter: &str, problem: &str) -> Failure {
        let code = status.misuse().unwrap_or_default();
        let error = Error::new(OwnCode::InvalidRequest, format!("{parameter}: {problem}"));
        let violation = jumpqr_finding::new(parameter, code, problem);
        Self::new(status, code, error, vec![violation])
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let error = name_settings(error, NameStyle::SnakeMs);
        let (status, code) = (jumpqr_status::of(&error), error.code().name());
        let violations = jumpqr_finding::list(error.violations());
        jumpqr_error::new(status, code, error, violations)
    }
}

/// Runs the body of an export that can fail. A panic fails with the kind `internal`. If C wants the
/// error, it is written to `error`.
pub(crate) fn attempt(
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
    body: impl FnOnce() -> Result<(), Failure>,
) -> jumpqr_status {
    let Err(failure) = catch(body) else {
        return jumpqr_status::Ok;
    };
    let status = failure.status;
    if let Some(error) = error {
        error.write(Box::into_raw(failure));
    }
    status
}

/// Runs the body of an export that can fail and returns an object to C. If the body succeeds, the
/// object, or NULL for `None`, is written to `output`. If `output` is NULL, the body does not run.
pub(crate) fn produce<T, O: Into<Option<T>>>(
    output: Option<&mut MaybeUninit<*mut T>>,
    name: &str,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
    body: impl FnOnce() -> Result<O, Failure>,
) -> jumpqr_status {
    attempt(error, || {
        let output = present(output, name)?;
        let object = body()?.into();
        output.write(object.map_or(null_mut(), |object| Box::into_raw(Box::new(object))));
        Ok(())
    })
}

/// Checks that a pointer is not NULL.
pub(crate) fn present<T>(pointer: Option<T>, name: &str) -> Result<T, Failure> {
    let problem = "is NULL; pass a pointer to what the function's documentation says";
    pointer.ok_or_else(|| jumpqr_error::misuse(jumpqr_status::NullArgument, name, problem))
}

/// Frees an error and all texts and findings read from it. NULL is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_free(error: Option<Box<jumpqr_error>>) {
    guard(|| error.map(drop));
}

/// Returns the status that the call returned; `JUMPQR_STATUS_OK` if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_status(error: Option<&jumpqr_error>) -> jumpqr_status {
    guard(|| Some(error?.status))
}

/// Returns the kind, which says who must act: for example `permission`. No text if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_kind(error: Option<&jumpqr_error>) -> jumpqr_text {
    guard(|| Some(error?.kind.view()))
}

/// Returns the stable code: the name of WeChat's error code, e.g. `illegal_prefix`, or a code of
/// jumpqr's own, e.g. `connect_failed`. If the call itself was wrong, it is the name of the status,
/// e.g. `null_argument`. No text if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_code(error: Option<&jumpqr_error>) -> jumpqr_text {
    guard(|| Some(error?.code.view()))
}

/// Returns what happened, in one line: the interface, the fields, the code and the rid, but not the
/// advice. No text if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_message(error: Option<&jumpqr_error>) -> jumpqr_text {
    guard(|| Some(error?.message.view()))
}

/// Returns what to do next. No text if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_advice(error: Option<&jumpqr_error>) -> jumpqr_text {
    guard(|| Some(error?.advice.view()))
}

/// Returns the cause. If your token function or the token store failed, it is their message. If the
/// outcome is unknown, it is the reason. If the deadline passed, it is the error of the last
/// attempt. No text if there is no cause, or if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_cause(error: Option<&jumpqr_error>) -> jumpqr_text {
    guard(|| Some(error?.cause.as_ref()?.view()))
}

/// Returns the interface that was called, e.g. `addJumpQRCode`. No text if no interface was called,
/// or if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_interface(error: Option<&jumpqr_error>) -> jumpqr_text {
    guard(|| Some(error?.interface.as_ref()?.view()))
}

/// Returns whether WeChat answered with an error code. Only then is `jumpqr_error_errcode`
/// meaningful. `false` if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_has_errcode(error: Option<&jumpqr_error>) -> bool {
    guard(|| Some(error?.error.errcode().is_some()))
}

/// Returns WeChat's `errcode`; 0 if there is none, or if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_errcode(error: Option<&jumpqr_error>) -> i64 {
    guard(|| error.map_or(Some(0), |error| error.error.errcode().or(Some(0))))
}

/// Returns WeChat's `errmsg` as received, with the rid. Secrets in it are replaced. No text if
/// there is no `errmsg`, or if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_errmsg(error: Option<&jumpqr_error>) -> jumpqr_text {
    guard(|| Some(error?.errmsg.as_ref()?.view()))
}

/// Returns the request id, which WeChat's support asks for. No text if there is no request id, or
/// if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_rid(error: Option<&jumpqr_error>) -> jumpqr_text {
    guard(|| Some(error?.rid.as_ref()?.view()))
}

/// Returns whether the same call may succeed later, with nothing changed. A change may be repeated
/// unchanged only if the outcome is `not_applied`. `false` if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_retryable(error: Option<&jumpqr_error>) -> bool {
    guard(|| Some(error?.error.is_retryable()))
}

/// Returns whether the change was applied: `not_applied` or `unknown`. If it is `unknown`, read the
/// rule back before you send the change again. No text if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_outcome(error: Option<&jumpqr_error>) -> jumpqr_text {
    guard(|| Some(error?.outcome.view()))
}

/// Returns the number of violations, for which the request or a setting was refused. 0 for other
/// errors, or if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_violation_count(error: Option<&jumpqr_error>) -> usize {
    guard(|| Some(error?.violations.len()))
}

/// Returns violation number `index`, from 0. It lives as long as the error. NULL if there is no
/// such violation, or if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_violation(
    error: Option<&jumpqr_error>,
    index: usize,
) -> *const jumpqr_finding {
    guard(|| error?.violations.get(index).map(from_ref))
}

#[cfg(test)]
mod tests {
    use std::mem::MaybeUninit;
    use std::ptr::null_mut;

    use super::{attempt, produce};
    use crate::{jumpqr_error_free, jumpqr_error_message, jumpqr_status, jumpqr_string};

    #[test]
    fn a_panic_becomes_an_error() {
        let mut error = MaybeUninit::uninit();
        let status = attempt(Some(&mut error), || panic!("staged"));
        assert_eq!(status, jumpqr_status::Internal);
        // SAFETY: a failed attempt has written it.
        let error = unsafe { error.assume_init() };
        // SAFETY: it is a box that nobody else owns.
        let error = unsafe { Box::from_raw(error) };
        assert!(jumpqr_error_message(Some(&error)).size > 0);
        jumpqr_error_free(Some(error));
        assert_eq!(attempt(None, || panic!("staged")), jumpqr_status::Internal);
    }

    #[test]
    fn without_an_output_the_body_does_not_run() {
        let status = produce::<jumpqr_string, _>(None, "string", None, || {
            panic!("the body runs");
            #[expect(unreachable_code, reason = "it gives the closure its type")]
            Ok(None)
        });
        assert_eq!(status, jumpqr_status::NullArgument);
    }

    #[test]
    fn an_output_is_written_only_if_the_body_succeeds() {
        let mut output = MaybeUninit::new(null_mut::<jumpqr_string>());
        let status = produce(Some(&mut output), "string", None, || {
            super::present(None::<&str>, "text").map(jumpqr_string::from)
        });
        assert_eq!(status, jumpqr_status::NullArgument);
        // SAFETY: it was initialised above.
        assert!(unsafe { output.assume_init() }.is_null());
    }
}
