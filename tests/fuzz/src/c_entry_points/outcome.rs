//! What a call leaves behind: outputs if it succeeds, an error if it fails, never both.

use std::mem::MaybeUninit;
use std::ptr::NonNull;
use std::slice;

use arbitrary::Arbitrary;
use jumpqr_fuzz_capi::*;

/// Which of the pointers that a call writes to are given.
#[derive(Debug, Clone, Copy, Arbitrary)]
pub(super) struct Wants {
    /// Where it is not 0, which is most often: without it, all that can be seen is a refusal.
    output: u8,
    error: bool,
}

impl Wants {
    pub(super) const ALL: Self = Self {
        output: 1,
        error: true,
    };

    pub(super) fn output(self) -> bool {
        self.output != 0
    }
}

type Out<'a, T> = Option<&'a mut MaybeUninit<T>>;

/// Calls an export that gives a handle. The status is what it is refused with.
pub(super) fn made<T>(
    wants: Wants,
    call: impl FnOnce(Out<'_, *mut T>, Out<'_, *mut jumpqr_error>) -> jumpqr_status,
) -> Result<Option<Box<T>>, jumpqr_status> {
    let untouched = NonNull::<T>::dangling().as_ptr();
    let mut output = MaybeUninit::new(untouched);
    let result = written(wants, |error| {
        call(wants.output().then_some(&mut output), error)
    });
    // SAFETY: it was written above, if not by the call.
    let output = unsafe { output.assume_init() };
    let touched = output != untouched;
    match result {
        Ok(()) => assert!(touched, "it succeeded, and gave nothing"),
        Err(status) => {
            assert!(!touched, "{status:?}, and yet it gave something");
            return Err(status);
        }
    }
    // SAFETY: what an export gives is a box of its own that nobody else has, or NULL.
    Ok((!output.is_null()).then(|| unsafe { Box::from_raw(output) }))
}

/// Calls an export that can fail.
pub(super) fn written(
    wants: Wants,
    call: impl FnOnce(Out<'_, *mut jumpqr_error>) -> jumpqr_status,
) -> Result<(), jumpqr_status> {
    let untouched = NonNull::<jumpqr_error>::dangling().as_ptr();
    let mut output = MaybeUninit::new(untouched);
    let status = call(wants.error.then_some(&mut output));
    assert_ne!(status, jumpqr_status::Internal, "a panic was caught");
    // SAFETY: it was written above, if not by the call.
    let error = unsafe { output.assume_init() };
    let failed = status != jumpqr_status::Ok;
    assert_eq!(error != untouched, failed && wants.error, "{status:?}");
    if error != untouched {
        assert!(!error.is_null());
        // SAFETY: an error that was written is a box of its own that nobody else has.
        hold_error(unsafe { Box::from_raw(error) }, status);
    }
    if failed { Err(status) } else { Ok(()) }
}

/// The text of a view; it ends with NUL and is UTF-8, wherever it comes from.
pub(super) fn text<'a>(view: jumpqr_text) -> Option<&'a str> {
    if view.data.is_null() {
        assert_eq!(view.size, 0);
        return None;
    }
    // SAFETY: the header promises `size` bytes and a NUL, for as long as the object lives: the callers keep it for longer.
    let bytes = unsafe { slice::from_raw_parts(view.data.cast::<u8>(), view.size + 1) };
    let Some((0, bytes)) = bytes.split_last() else {
        panic!("a text without its NUL: {bytes:?}");
    };
    let text = std::str::from_utf8(bytes);
    Some(text.unwrap_or_else(|error| panic!("{error}: {bytes:?}")))
}

/// What an export points to, which belongs to something that lives on.
pub(super) fn borrowed<'a, T>(pointer: *const T) -> Option<&'a T> {
    // SAFETY: the header promises NULL, or something that lives as long as what it was asked of: the callers keep that for longer.
    unsafe { pointer.as_ref() }
}

fn hold_error(error: Box<jumpqr_error>, status: jumpqr_status) {
    let asked = Some(&*error);
    assert_eq!(jumpqr_error_status(asked), status);
    for said in [
        jumpqr_error_kind(asked),
        jumpqr_error_code(asked),
        jumpqr_error_message(asked),
        jumpqr_error_advice(asked),
        jumpqr_error_outcome(asked),
    ] {
        assert_ne!(
            text(said).unwrap_or_default(),
            "",
            "{status:?} says nothing"
        );
    }
    for may_be_missing in [
        jumpqr_error_cause(asked),
        jumpqr_error_interface(asked),
        jumpqr_error_errmsg(asked),
        jumpqr_error_rid(asked),
    ] {
        text(may_be_missing);
    }
    if !jumpqr_error_has_errcode(asked) {
        assert_eq!(jumpqr_error_errcode(asked), 0);
    }
    jumpqr_error_retryable(asked);
    let name = text(jumpqr_status_name(status as i32));
    if (1..100).contains(&(status as i32)) {
        assert_eq!(text(jumpqr_error_code(asked)), name);
    }
    let count = jumpqr_error_violation_count(asked);
    for index in 0..count {
        let violation = borrowed(jumpqr_error_violation(asked, index));
        assert_ne!(
            text(jumpqr_finding_message(violation)).unwrap_or_default(),
            ""
        );
        assert_ne!(text(jumpqr_finding_code(violation)).unwrap_or_default(), "");
        assert!(text(jumpqr_finding_field(violation)).is_some());
    }
    assert!(jumpqr_error_violation(asked, count).is_null());
    assert!(jumpqr_error_violation(asked, usize::MAX).is_null());
    jumpqr_error_free(Some(error));
}

/// Holds a call to what it was given: each of the faults is a status with which it must, or else must not, be refused as a wrong
/// call. Whether it succeeded.
pub(super) fn hold_faults<T>(
    wants: Wants,
    result: &Result<T, jumpqr_status>,
    faults: &[Option<jumpqr_status>],
) -> bool {
    let missing = (!wants.output()).then_some(jumpqr_status::NullArgument);
    let mut faults = faults.iter().copied().chain([missing]).flatten().peekable();
    let Err(status) = result else {
        assert!(faults.peek().is_none(), "it must be refused");
        return true;
    };
    let misuse = (1..100).contains(&(*status as i32));
    assert!(
        !misuse || faults.any(|fault| fault == *status),
        "{status:?}"
    );
    false
}
