//! Draws QR codes on the terminal.

use std::io;

use anstream::{AutoStream, ColorChoice};
use jumpqr_qr::{QUIET_ZONE, QrCode};
use terminal_size::terminal_size_of;

/// Draws a code on standard output: with colours if it shows colours. If the code is wider than the
/// terminal, a line says so instead.
pub(crate) fn format_code(code: &QrCode) -> String {
    let columns = code.size() + 2 * QUIET_ZONE;
    let (width, _) = terminal_size_of(io::stdout()).unzip();
    match width {
        Some(width) if usize::from(width.0) < columns => format!(
            "The terminal has {} columns, and the code needs {columns}: make it wider, or let -o \
             write a picture.\n",
            width.0
        ),
        _ if AutoStream::choice(&io::stdout()) == ColorChoice::Never => code.plain(),
        _ => code.terminal(),
    }
}
