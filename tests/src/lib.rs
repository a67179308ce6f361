//! The shared vectors: data that the tests of every language read. `vectors/README.md` specifies
//! the format.
//!
//! Reading is strict: an unknown key, a missing key, or a duplicate name is an error. [`hostile`]
//! is the server that misbehaves in the tests of `faults.json`.

pub mod answers;
pub mod call_events;
pub mod errcodes;
pub mod faults;
pub mod flows;
pub mod hostile;
pub mod matching;
pub mod names;
pub mod preflight;
pub mod pushes;
pub mod qr;
pub mod raw_calls;
pub mod requests;
pub mod settings;
pub mod tokens;
pub mod validation;

mod expected;
mod file;
mod invocation;
mod raw;
mod wire;

pub use expected::{ErrorVector, Expected, ReplyVector};
pub use file::{VectorFile, count, load, load_from, report};
pub use invocation::{Invocation, Visitor};
pub use raw::Raw;
pub use wire::wire;
