//! Fields whose values are a few numbers.

use crate::named;

named! {
    /// Which build of the Mini Program a `debug_url` opens, and for whom.
    pub enum OpenVersion: u8 {
        /// The development build, for developers only.
        Development = 1, "development";
        /// The trial build, for administrators and experiencers.
        Trial = 2, "trial";
        /// The released build, for developers, administrators and experiencers.
        Released = 3, "released";
    }
}

named! {
    /// Whether a rule occupies the rules that begin with its prefix.
    pub enum PermitSubRule: u8 {
        /// Other accounts may add rules below this one.
        NotOccupied = 1, "not occupied";
        /// Other accounts that add a rule below this one get 85072.
        Occupied = 2, "occupied";
    }
}

named! {
    /// Whether addJumpQRCode adds or modifies: `is_edit`.
    pub enum Edit: u8 {
        /// Adds a new rule.
        Add = 0, "add";
        /// Modifies an existing rule.
        Modify = 1, "modify";
    }
}

named! {
    /// The state of a rule in the response of getJumpQRCode.
    pub enum RuleState: u8 {
        /// Only the test links in `debug_url` open the Mini Program, and only for its developers
        /// and testers.
        Unpublished = 1, "unpublished";
        /// The rule is effective for everybody.
        Published = 2, "published";
    }
}
