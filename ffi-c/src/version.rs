use crate::guard::guard;
use crate::text::{fixed, jumpqr_text};

/// The version of the header, first part.
pub const JUMPQR_VERSION_MAJOR: u32 = 0;
/// The version of the header, second part.
pub const JUMPQR_VERSION_MINOR: u32 = 1;
/// The version of the header, third part.
pub const JUMPQR_VERSION_PATCH: u32 = 0;

/// The version of the library that is running, e.g. `0.1.0`; for ever valid.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_version() -> jumpqr_text {
    guard(|| Some(fixed(env!("CARGO_PKG_VERSION"))))
}

#[cfg(test)]
mod tests {
    use super::{JUMPQR_VERSION_MAJOR, JUMPQR_VERSION_MINOR, JUMPQR_VERSION_PATCH};

    #[test]
    fn the_headers_version_is_the_packages() {
        assert_eq!(
            format!("{JUMPQR_VERSION_MAJOR}.{JUMPQR_VERSION_MINOR}.{JUMPQR_VERSION_PATCH}"),
            env!("CARGO_PKG_VERSION")
        );
    }
}
