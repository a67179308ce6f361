//! Fuzz targets: each takes any bytes, and panics where a promise is broken. `README.md` says what each holds jumpqr to.
//!
//! They are functions of a library, so that `cargo fuzz` runs them with libFuzzer, and `tests/replay.rs` runs them over the
//! corpora without it.
#![expect(clippy::panic, reason = "a target that finds something panics")]

mod answers;
mod c_entry_points;
mod call_machine;
mod mappings;
mod matcher;
mod printed;

pub use answers::answers;
pub use c_entry_points::c_entry_points;
pub use call_machine::call_machine;
pub use mappings::mappings;
pub use matcher::matcher;

/// A fuzz target.
pub type Target = fn(&[u8]);

/// Every target, by the name of its corpus.
pub const TARGETS: [(&str, Target); 5] = [
    ("answers", answers),
    ("c_entry_points", c_entry_points),
    ("call_machine", call_machine),
    ("mappings", mappings),
    ("matcher", matcher),
];
