use std::error::Error as _;
use std::mem::MaybeUninit;
use std::ptr::{from_ref, null_mut};

use jumpqr::Error;
use jumpqr::binding::{NameStyle, name_settings};
use jumpqr::error::OwnCode;

use crate::guard::catch;
use crate::object::{Object, forever};
use crate::{guard, jumpqr_finding, jumpqr_status, jumpqr_text};

/// An error: what went wrong, in which field, and what to do next. It never contains an access
/// token or a secret.
///
/// If a function fails and its last parameter is not NULL, it writes an error there. If it
/// succeeds, it writes none. Free the error with `jumpqr_error_free`, exactly once. It stays valid
/// after the client is freed. Any number of threads may read it at the same time.
pub struct jumpqr_error {
    status: jumpqr_status,
    error: Object<Error>,
    violations: Vec<jumpqr_finding>,
}

impl jumpqr_error {
    /// Returns the error of a wrong call. Its code, and the code of its only violation, are the
    /// name of the status.
    pub(crate) fn misuse(status: jumpqr_status, parameter: &str, problem: &str) -> Self {
        let code = status.misuse().unwrap_or_default();
        let message = format!("{parameter}: {problem}");
        Self {
            status,
            error: Error::new(OwnCode::InvalidRequest, message).into(),
            violations: vec![jumpqr_finding::new(parameter, code, problem)],
        }
    }

    fn code(&self) -> &'static str {
        let misuse = self.status.misuse();
        misuse.unwrap_or_else(|| self.error.code().name())
    }

    fn message(&self) -> String {
        match self.status.misuse() {
            Some(name) => format!("{} [{name}]", self.error.message()),
            None => self.error.to_string(),
        }
    }
}

impl From<Error> for jumpqr_error {
    fn from(error: Error) -> Self {
        let error = name_settings(error, NameStyle::SnakeMs);
        Self {
            status: jumpqr_status::of(&error),
            violations: jumpqr_finding::list(error.violations()),
            error: error.into(),
        }
    }
}

/// Runs the body of an export that can fail. A panic fails with the kind `internal`. If C wants the
/// error, it is written to `error`.
pub(crate) fn attempt(
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
    body: impl FnOnce() -> Result<(), jumpqr_error>,
) -> jumpqr_status {
    let Err(failure) = catch(body) else {
        return jumpqr_status::Ok;
    };
    let status = failure.status;
    if let Some(error) = error {
        error.write(Box::into_raw(Box::new(failure)));
    }
    status
}

/// Runs the body of an export that can fail and returns an object to C. If the body succeeds, the
/// object is written to `output`. If `output` is NULL, the body does not run.
pub(crate) fn produce<T, O: Into<T>>(
    output: Option<&mut MaybeUninit<*mut T>>,
    name: &str,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
    body: impl FnOnce() -> Result<O, jumpqr_error>,
) -> jumpqr_status {
    find(output, name, error, || body().map(Some))
}

/// Is [`produce`] for an object that there may not be. Then, NULL is written to `output`.
pub(crate) fn find<T, O: Into<T>>(
    output: Option<&mut MaybeUninit<*mut T>>,
    name: &str,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
    body: impl FnOnce() -> Result<Option<O>, jumpqr_error>,
) -> jumpqr_status {
    attempt(error, || {
        let output = present(output, name)?;
        let object = body()?.map(|object| Box::into_raw(Box::new(object.into())));
        output.write(object.unwrap_or(null_mut()));
        Ok(())
    })
}

/// Checks that a pointer is not NULL.
pub(crate) fn present<T>(pointer: Option<T>, name: &str) -> Result<T, jumpqr_error> {
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
    guard(|| error?.error.text(|error| error.kind().name()))
}

/// Returns the stable code: the name of WeChat's error code, e.g. `illegal_prefix`, or a code of
/// jumpqr's own, e.g. `connect_failed`. If the call itself was wrong, it is the name of the status,
/// e.g. `null_argument`. No text if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_code(error: Option<&jumpqr_error>) -> jumpqr_text {
    guard(|| Some(forever(error?.code())))
}

/// Returns what happened, in one line: the interface, the fields, the code and the rid, but not the
/// advice. No text if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_message(error: Option<&jumpqr_error>) -> jumpqr_text {
    guard(|| {
        let message = error?.message();
        error?.error.text(|_| message)
    })
}

/// Returns what to do next. No text if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_advice(error: Option<&jumpqr_error>) -> jumpqr_text {
    guard(|| error?.error.text(Error::advice))
}

/// Returns the cause. If your token function or the token store failed, it is their message. If the
/// outcome is unknown, it is the reason. If the deadline passed, it is the error of the last
/// attempt. No text if there is no cause, or if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_cause(error: Option<&jumpqr_error>) -> jumpqr_text {
    guard(|| {
        error?
            .error
            .optional(|error| error.source().map(ToString::to_string))
    })
}

/// Returns the interface that was called, e.g. `addJumpQRCode`. No text if no interface was called,
/// or if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_interface(error: Option<&jumpqr_error>) -> jumpqr_text {
    guard(|| error?.error.optional(Error::interface))
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
    guard(|| error?.error.optional(Error::errmsg))
}

/// Returns the request id, which WeChat's support asks for. No text if there is no request id, or
/// if `error` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_error_rid(error: Option<&jumpqr_error>) -> jumpqr_text {
    guard(|| error?.error.optional(Error::rid))
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
    guard(|| error?.error.text(|error| error.outcome().name()))
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
            Ok("")
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
