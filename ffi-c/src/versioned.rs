//! Structs that the caller fills in. Later versions may add fields at their ends.

use std::mem::MaybeUninit;
use std::ptr::{copy_nonoverlapping, write_bytes};

use crate::{jumpqr_error, jumpqr_status, present};

/// A struct that begins with `size`: its size in bytes, as the caller's header declares it.
///
/// # Safety
///
/// It is `repr(C)`, its first field is `size: usize`, and all bytes zero is a valid value.
pub(crate) unsafe trait Versioned: Copy {
    /// The size of the first version, in bytes.
    const FIRST_SIZE: usize;
}

/// Zeroes the struct and writes its size.
///
/// # Safety
///
/// `pointer` is NULL, or points to `size` bytes that may be written and are aligned as a `T` is.
pub(crate) unsafe fn init<T: Versioned>(pointer: *mut T, size: usize) -> Option<()> {
    if pointer.is_null() || size < size_of::<usize>() {
        return None;
    }
    // SAFETY: the caller promises `size` bytes.
    unsafe { write_bytes(pointer.cast::<u8>(), 0, size) };
    // SAFETY: the struct begins with its size, and there is room for that.
    unsafe { pointer.cast::<usize>().write(size) };
    Some(())
}

/// Reads a struct of any version. Fields that the caller's header does not have are zero.
///
/// # Safety
///
/// `pointer` is NULL, or points to a struct of as many bytes as its `size` says.
pub(crate) unsafe fn read<T: Versioned>(pointer: *const T, name: &str) -> Result<T, jumpqr_error> {
    let pointer = present((!pointer.is_null()).then_some(pointer), name)?;
    // SAFETY: the struct begins with its size.
    let size = unsafe { pointer.cast::<usize>().read() };
    if size < T::FIRST_SIZE || size > size_of::<T>() {
        return Err(jumpqr_error::misuse(
            jumpqr_status::StructSize,
            &format!("{name}.size"),
            &format!(
                "is {size}, which is not the size of a known version; call the struct's _init \
                 first, and use a library that is as new as the header"
            ),
        ));
    }
    let mut value = MaybeUninit::<T>::zeroed();
    // SAFETY: both have `size` bytes, and `value` is a local variable.
    unsafe { copy_nonoverlapping(pointer.cast::<u8>(), value.as_mut_ptr().cast::<u8>(), size) };
    // SAFETY: zeros are a valid value, and the caller wrote the bytes that were copied over them.
    Ok(unsafe { value.assume_init() })
}

#[cfg(test)]
mod tests {
    use super::{Versioned, init, read};

    #[repr(C)]
    #[derive(Clone, Copy)]
    struct Sample {
        size: usize,
        first: u64,
        second: u64,
    }

    // SAFETY: integers only, `size` first.
    unsafe impl Versioned for Sample {
        const FIRST_SIZE: usize = 16;
    }

    #[test]
    fn a_field_of_a_later_version_is_zero() {
        let older = Sample {
            size: 16,
            first: 7,
            second: 9,
        };
        // SAFETY: it has at least 16 bytes.
        let found = unsafe { read(&raw const older, "sample") }.ok().unwrap();
        assert_eq!((found.first, found.second), (7, 0));
    }

    #[test]
    fn an_unknown_size_is_refused() {
        for size in [0, 8, 25, usize::MAX] {
            let strange = Sample {
                size,
                first: 0,
                second: 0,
            };
            // SAFETY: if the size is wrong, nothing else is read.
            let found = unsafe { read(&raw const strange, "sample") };
            assert!(found.is_err(), "{size}");
        }
    }

    #[test]
    fn init_writes_only_the_bytes_of_the_caller() {
        let mut sample = Sample {
            size: 1,
            first: 2,
            second: 3,
        };
        // SAFETY: it has at least 16 bytes.
        unsafe { init(&raw mut sample, 16) }.unwrap();
        assert_eq!((sample.size, sample.first, sample.second), (16, 0, 3));
    }
}
