//! Draws codes for Node, without the network.

use jumpqr_qr::Level;
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use serde_json::json;

use crate::guard::{guard, to_json};

/// The QR code of a link.
#[napi]
pub struct QrCode {
    code: jumpqr_qr::QrCode,
}

#[napi]
impl QrCode {
    /// Encodes a link, with at least this error-correction level.
    #[napi(constructor)]
    pub fn new(link: String, level: String) -> napi::Result<Self> {
        guard(|| {
            let code = jumpqr_qr::QrCode::new(link, Level::from_name(&level)?)?;
            Ok(Self { code })
        })
    }

    /// Returns what the code is like, in JSON.
    #[napi]
    pub fn describe(&self) -> napi::Result<String> {
        guard(|| {
            to_json(&json!({
                "link": self.code.link(),
                "level": self.code.level(),
                "version": self.code.version(),
                "matrix": self.code.matrix(),
            }))
        })
    }

    /// Returns an SVG picture, with a caption.
    #[napi]
    pub fn svg(&self, caption: Option<String>) -> napi::Result<String> {
        guard(|| Ok(self.code.svg(caption.as_deref())))
    }

    /// Returns a PNG picture.
    #[napi]
    pub fn png(&self, scale: u32) -> napi::Result<Uint8Array> {
        guard(|| Ok(self.code.png(scale)?.into()))
    }

    /// Returns text for a terminal with colours.
    #[napi]
    pub fn terminal(&self) -> napi::Result<String> {
        guard(|| Ok(self.code.terminal()))
    }

    /// Returns text without colours.
    #[napi]
    pub fn plain(&self) -> napi::Result<String> {
        guard(|| Ok(self.code.plain()))
    }
}
