//! How much a finding of a judge matters.

use crate::named;

named! {
    /// What a finding means for the rules.
    pub enum Severity {
        /// WeChat refuses the rules.
        Blocks = "blocks",
        /// WeChat may refuse them, or refuses something that belongs to them.
        Warns = "warns",
        /// What can be seen from here does not tell it.
        Unknown = "unknown",
    }
}

impl Severity {
    /// Returns the place in the order of findings.
    pub(crate) const fn order(self) -> u8 {
        match self {
            Self::Blocks => 0,
            Self::Warns => 1,
            Self::Unknown => 2,
        }
    }
}
