//! addJumpQRCode in its two modes.

mod ordinary_link;
mod service_account;
