//! The QR code of a link: as matrix, terminal text, SVG and PNG.
//!
//! ```
//! let code = jumpqr_qr::QrCode::new("https://m.example.cn/table/?id=7", jumpqr_qr::Level::Medium)?;
//! println!("{}", code.terminal());
//! let picture = code.svg(Some("Table 7"));
//! assert!(picture.starts_with("<svg "));
//! # Ok::<(), jumpqr_core::Error>(())
//! ```
//!
//! # In scope
//!
//! - [`QrCode`]: encodes a link, byte for byte as it is given
//! - its pictures, each with the quiet zone that scanners need
//! - [`Sheet`]: many codes with captions on pages to print, as PDF
//!
//! # Out of scope
//!
//! - whether WeChat opens the link: [`jumpqr_core::matching`] tells that, before a code is printed
//! - files and terminals: every function returns its picture
//!
//! Everything is deterministic: the same link has the same picture in every language.

mod caption;
mod code;
mod level;
mod png;
mod sheet;
mod svg;
mod terminal;

pub use code::{QUIET_ZONE, QrCode};
pub use level::Level;
pub use png::{DEFAULT_SCALE, MAX_SCALE};
pub use sheet::{Label, Sheet, SheetPage};
