use super::{Decode, missing_field};
use crate::error::Result;
use crate::named;
use crate::response::Fields;

named! {
    /// How a change was done, or why nothing had to be sent. It is the response of every interface
    /// that changes something.
    pub enum Confirmation {
        /// WeChat's response says that it is done.
        Answered = "answered",
        /// The response was lost or inconclusive. The rule was read back, and the change is
        /// applied.
        ReadBack = "read_back",
        /// The rule to delete does not exist. It was looked up first, and nothing was sent.
        NotThere = "not_there",
        /// The rule is already published. It was looked up first, and nothing was sent.
        AlreadyPublished = "already_published",
    }
}

impl Decode for Confirmation {
    /// The response must have an `errcode`: without one, it need not come from WeChat.
    fn decode(response: &Fields<'_>) -> Result<Self> {
        match response.errcode() {
            Some(0) => Ok(Self::Answered),
            _ => Err(missing_field("errcode")),
        }
    }
}
