use alloc::format;
use alloc::vec;
use alloc::vec::Vec;

use super::{Error, Result};
use crate::finding::{Finding, FindingCode};

/// Returns the value of a setting that is named `name`; any other name is refused.
///
/// For the enums that `named!` defines.
#[doc(hidden)]
pub fn named_setting<T: Copy>(
    setting: &str,
    all: &[T],
    name_of: impl Fn(T) -> &'static str,
    name: &str,
) -> Result<T> {
    let known = all.iter().copied().find(|value| name_of(*value) == name);
    known.ok_or_else(|| {
        let names: Vec<_> = all.iter().copied().map(name_of).collect();
        let names = match names.as_slice() {
            [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
            _ => names.concat(),
        };
        let message = format!("give {names}");
        Error::invalid_config(vec![Finding::new(
            setting,
            FindingCode::UnknownValue,
            message,
        )])
    })
}
