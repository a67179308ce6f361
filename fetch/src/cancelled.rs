/// The caller no longer wants the look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cancelled;
