//! Pushes that the user of the sandbox orders.

use serde::{Deserialize, Serialize};

/// What the sandbox pushes on order. It is the last event of the platform or of a merchant, changed
/// or repeated. None of these pushes is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PushOrder {
    /// The `msg_signature` is wrong, and the `signature` is right.
    WrongSignature,
    /// The push is encrypted with the former EncodingAESKey.
    FormerKey,
    /// The same push comes twice.
    Doubled,
    /// An old event comes last. For the platform, this is the last ticket again, after a new one,
    /// with a `CreateTime` 10 minutes before. For a merchant, it is an `unauthorized` with a
    /// `CreateTime` a second before its authorisation.
    OutOfOrder,
    /// The body has more than 256 KiB. Its signature is right.
    Oversized,
    /// The body begins with a DOCTYPE that defines an entity. Its signature is right.
    Doctype,
}
