//! Calls an export, and checks its outputs: a value on success, an error on failure, never both.

use std::mem::{MaybeUninit, size_of};
use std::ptr::NonNull;
use std::slice;

use arbitrary::Arbitrary;
use jumpqr_fuzz_capi::*;

/// Which output pointers the call gets; the others are NULL.
#[derive(Debug, Clone, Copy, Arbitrary)]
pub(super) struct OutPointers {
    /// Given if it is not 0, which is likely. Without it, the call can only be refused.
    output: u8,
    error: bool,
}

impl OutPointers {
    pub(super) const ALL: Self = Self {
        output: 1,
        error: true,
    };

    pub(super) fn has_output(self) -> bool {
        self.output != 0
    }
}

type Out<'a, T> = Option<&'a mut MaybeUninit<T>>;

/// Calls an export that returns a handle. The error is its status.
pub(super) fn call_for_handle<T>(
    pointers: OutPointers,
    call: impl FnOnce(Out<'_, *mut T>, Out<'_, *mut jumpqr_error>) -> jumpqr_status,
) -> Result<Option<Box<T>>, jumpqr_status> {
    let untouched = NonNull::<T>::dangling().as_ptr();
    let mut output = MaybeUninit::new(untouched);
    let result = call_export(pointers, |error| {
        call(pointers.has_output().then_some(&mut output), error)
    });
    // SAFETY: it was initialised above; the call may have overwritten it.
    let output = unsafe { output.assume_init() };
    let touched = output != untouched;
    match result {
        Ok(()) => assert!(touched, "the call succeeded without a handle"),
        Err(status) => {
            assert!(
                !touched,
                "the call failed with {status:?}, but wrote a handle"
            );
            return Err(status);
        }
    }
    // SAFETY: an export returns NULL or a box that nobody else owns.
    Ok((!output.is_null()).then(|| unsafe { Box::from_raw(output) }))
}

/// Calls an export that can fail.
pub(super) fn call_export(
    pointers: OutPointers,
    call: impl FnOnce(Out<'_, *mut jumpqr_error>) -> jumpqr_status,
) -> Result<(), jumpqr_status> {
    let untouched = NonNull::<jumpqr_error>::dangling().as_ptr();
    let mut output = MaybeUninit::new(untouched);
    let status = call(pointers.error.then_some(&mut output));
    assert_ne!(status, jumpqr_status::Internal, "a panic was caught");
    // SAFETY: it was initialised above; the call may have overwritten it.
    let error = unsafe { output.assume_init() };
    let failed = status != jumpqr_status::Ok;
    assert_eq!(error != untouched, failed && pointers.error, "{status:?}");
    if error != untouched {
        assert!(!error.is_null());
        // SAFETY: an error is a box that nobody else owns.
        check_error(unsafe { Box::from_raw(error) }, status);
    }
    if failed { Err(status) } else { Ok(()) }
}

/// Calls with the correct struct size. A call with another size must be refused without reading the
/// struct; a call without an output is refused before.
pub(super) fn call_with_sizes<T, H>(
    wrong: usize,
    pointers: OutPointers,
    call: impl Fn(usize) -> Result<H, jumpqr_status>,
) -> Result<H, jumpqr_status> {
    let right = size_of::<T>();
    let refusal = if pointers.has_output() {
        jumpqr_status::StructSize
    } else {
        jumpqr_status::NullArgument
    };
    for size in [wrong, right - 1, right + 1] {
        let refused = call(size).err();
        assert!(size == right || refused == Some(refusal), "{size}");
    }
    call(right)
}

/// Reads a text, and checks that it ends with NUL and is UTF-8.
pub(super) fn read_text<'a>(view: jumpqr_text) -> Option<&'a str> {
    if view.data.is_null() {
        assert_eq!(view.size, 0);
        return None;
    }
    // SAFETY: the header promises `size` bytes and a NUL as long as the object lives. The callers
    // keep the object longer.
    let bytes = unsafe { slice::from_raw_parts(view.data.cast::<u8>(), view.size + 1) };
    let Some((0, bytes)) = bytes.split_last() else {
        panic!("a text without a NUL at the end: {bytes:?}");
    };
    let text = std::str::from_utf8(bytes);
    Some(text.unwrap_or_else(|error| panic!("{error}: {bytes:?}")))
}

/// Borrows from an object that the caller keeps.
pub(super) fn borrow<'a, T>(pointer: *const T) -> Option<&'a T> {
    // SAFETY: the header promises NULL, or a value that lives as long as its object. The callers
    // keep the object longer.
    unsafe { pointer.as_ref() }
}

fn check_error(error: Box<jumpqr_error>, status: jumpqr_status) {
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
            read_text(said).unwrap_or_default(),
            "",
            "an empty text for {status:?}"
        );
    }
    for may_be_missing in [
        jumpqr_error_cause(asked),
        jumpqr_error_interface(asked),
        jumpqr_error_errmsg(asked),
        jumpqr_error_rid(asked),
    ] {
        read_text(may_be_missing);
    }
    if !jumpqr_error_has_errcode(asked) {
        assert_eq!(jumpqr_error_errcode(asked), 0);
    }
    jumpqr_error_retryable(asked);
    let name = read_text(jumpqr_status_name(status as i32));
    if (1..100).contains(&(status as i32)) {
        assert_eq!(read_text(jumpqr_error_code(asked)), name);
    }
    let count = jumpqr_error_violation_count(asked);
    for index in 0..count {
        let violation = borrow(jumpqr_error_violation(asked, index));
        assert_ne!(
            read_text(jumpqr_finding_message(violation)).unwrap_or_default(),
            ""
        );
        assert_ne!(
            read_text(jumpqr_finding_code(violation)).unwrap_or_default(),
            ""
        );
        assert!(read_text(jumpqr_finding_field(violation)).is_some());
    }
    assert!(jumpqr_error_violation(asked, count).is_null());
    assert!(jumpqr_error_violation(asked, usize::MAX).is_null());
    jumpqr_error_free(Some(error));
}

/// Checks the status of a call against the faults of its inputs. With faults, the call must fail
/// with one of these statuses. Without faults, it must not fail as misuse. Returns whether the call
/// succeeded.
pub(super) fn check_faults<T>(
    pointers: OutPointers,
    result: &Result<T, jumpqr_status>,
    faults: &[Option<jumpqr_status>],
) -> bool {
    let missing = (!pointers.has_output()).then_some(jumpqr_status::NullArgument);
    let mut faults = faults.iter().copied().chain([missing]).flatten().peekable();
    let Err(status) = result else {
        assert!(faults.peek().is_none(), "the call must be refused");
        return true;
    };
    let misuse = (1..100).contains(&(*status as i32));
    assert!(
        !misuse || faults.any(|fault| fault == *status),
        "{status:?}"
    );
    false
}
