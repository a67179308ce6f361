use serde::{Serialize, Serializer};

use super::{Decode, missing};
use crate::error::Result;
use crate::response::Fields;

/// How a change was done, or why nothing had to be sent. It is the response of every interface that
/// changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Confirmation {
    /// WeChat's response says that it is done.
    Answered,
    /// The response was lost or inconclusive. The rule was read back, and the change is applied.
    ReadBack,
    /// The rule to delete does not exist. It was looked up first, and nothing was sent.
    NotThere,
    /// The rule is already published. It was looked up first, and nothing was sent.
    AlreadyPublished,
}

impl Confirmation {
    /// Every value.
    pub const ALL: &'static [Self] = &[
        Self::Answered,
        Self::ReadBack,
        Self::NotThere,
        Self::AlreadyPublished,
    ];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::ReadBack => "read_back",
            Self::NotThere => "not_there",
            Self::AlreadyPublished => "already_published",
        }
    }
}

impl Serialize for Confirmation {
    /// Serialises the stable name.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl Decode for Confirmation {
    /// The response must have an `errcode`: without one, it need not come from WeChat.
    fn decode(response: &Fields) -> Result<Self> {
        match response.errcode() {
            Some(0) => Ok(Self::Answered),
            _ => Err(missing("errcode")),
        }
    }
}
