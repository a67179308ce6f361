//! The fields that take one of a few numbers.

use std::fmt;

use serde::{Serialize, Serializer};

macro_rules! numbered {
    (
        $(#[$doc:meta])*
        $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $number:literal, $word:literal;)+ }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant = $number,)+
        }

        impl $name {
            /// Every value, in ascending order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The value with this number; `None` where there is none.
            #[must_use]
            pub const fn from_number(number: i64) -> Option<Self> {
                match number {
                    $($number => Some(Self::$variant),)+
                    _ => None,
                }
            }

            /// The number on the wire.
            #[must_use]
            pub const fn number(self) -> u8 {
                self as u8
            }

            /// What the number means, in a word or two.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{} ({})", self.number(), self.word())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_u8(self.number())
            }
        }
    };
}

numbered! {
    /// Which build of the Mini Program a `debug_url` opens, and for whom.
    OpenVersion {
        /// The development build; developers only.
        Development = 1, "development";
        /// The trial build; administrators and experiencers.
        Trial = 2, "trial";
        /// The released build; developers, administrators and experiencers.
        Released = 3, "released";
    }
}

numbered! {
    /// Whether a rule occupies the sub-rules that begin with its prefix.
    PermitSubRule {
        /// Other accounts may add rules below this one.
        NotOccupied = 1, "not occupied";
        /// Other accounts that add a rule below this one get 85072.
        Occupied = 2, "occupied";
    }
}

numbered! {
    /// Whether addJumpQRCode adds or modifies: `is_edit`.
    Edit {
        /// Adds a rule that the account does not have.
        Add = 0, "add";
        /// Modifies a rule that the account has.
        Modify = 1, "modify";
    }
}

numbered! {
    /// The state of a rule in the answer of getJumpQRCode.
    RuleState {
        /// Only `debug_url` open the Mini Program, and only for its developers and testers.
        Unpublished = 1, "not published";
        /// The rule is effective for everybody.
        Published = 2, "published";
    }
}
