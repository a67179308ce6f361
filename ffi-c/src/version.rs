use crate::object::forever;
use crate::{guard, jumpqr_text};

/// The major version of the header.
pub const JUMPQR_VERSION_MAJOR: u32 = 0;
/// The minor version of the header.
pub const JUMPQR_VERSION_MINOR: u32 = 1;
/// The patch version of the header.
pub const JUMPQR_VERSION_PATCH: u32 = 0;

/// Returns the version of the running library, e.g. `0.1.0`. It lives forever.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_version() -> jumpqr_text {
    guard(|| Some(forever(env!("CARGO_PKG_VERSION"))))
}

#[cfg(test)]
mod tests {
    use super::{JUMPQR_VERSION_MAJOR, JUMPQR_VERSION_MINOR, JUMPQR_VERSION_PATCH};

    #[test]
    fn the_header_has_the_version_of_the_package() {
        assert_eq!(
            format!("{JUMPQR_VERSION_MAJOR}.{JUMPQR_VERSION_MINOR}.{JUMPQR_VERSION_PATCH}"),
            env!("CARGO_PKG_VERSION")
        );
    }
}
