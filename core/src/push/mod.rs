//! The pushes that WeChat sends to a third-party platform: checked, decrypted, and read as events.
//!
//! A web server passes the query string and the body of a request to [`Receiver::receive`], and
//! answers with [`Push::reply`]. A refusal says what the operator can check, and nothing that helps
//! somebody who guesses. Answer it with an HTTP error, for example 403, and an empty body.
//!
//! ```
//! use jumpqr_core::push::{Encryptor, Event, PushAddress, Receiver, ReceiverConfig};
//!
//! # fn main() -> jumpqr_core::Result<()> {
//! let config = ReceiverConfig::new(
//!     "wxplatform00000000",
//!     "messagetoken",
//!     "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
//! );
//! let receiver = Receiver::new(&config)?;
//!
//! // What WeChat sends.
//! let text = "<xml><AppId>wxplatform00000000</AppId><CreateTime>1751328000</CreateTime>\
//!     <InfoType>component_verify_ticket</InfoType>\
//!     <ComponentVerifyTicket>ticket@@@x</ComponentVerifyTicket></xml>";
//! let request = Encryptor::new(&config)?.encrypt_push(
//!     PushAddress::Authorization,
//!     text,
//!     1_751_328_000,
//!     "1221527777",
//!     [7; 16],
//! )?;
//!
//! let push = receiver.receive(&request.query, request.body.as_bytes())?;
//! match &push.event {
//!     Event::ComponentVerifyTicket(ticket) => {
//!         assert_eq!(ticket.component_verify_ticket.expose(), "ticket@@@x");
//!     }
//!     other => panic!("{other:?}"),
//! }
//! assert_eq!(push.reply, "success");
//! # Ok(())
//! # }
//! ```
//!
//! # The order of the checks
//!
//! 1. The sizes of query and body ([`MAX_QUERY_BYTES`], [`MAX_BODY_BYTES`]).
//! 2. The body is XML without a DOCTYPE, entities, attributes and deep nesting. This is read before
//!    the sender is known, so the time grows only with the length of the body.
//! 3. `msg_signature` covers the ciphertext. It is compared in constant time with the signatures of
//!    all message tokens. Nothing is decrypted before.
//! 4. The ciphertext is base64, and whole blocks.
//! 5. Padding, length and appid of the decrypted text. These are one check in constant time, with
//!    all keys. Which of them failed is neither told nor measurable.
//!
//! # Sources
//!
//! All pages are below <https://developers.weixin.qq.com>; `2.0` is
//! `/doc/oplatform/Third-party_Platforms/2.0`.
//!
//! - `2.0/Before_Develop/message_push.html`: the two addresses, the query, safe mode and XML only,
//!   `msg_signature` instead of `signature`, the reply `success` within 5 seconds
//! - `2.0/Before_Develop/Message_encryption_and_decryption.md`: keys, AES-256-CBC, the layout of the
//!   clear text, padding to 32 bytes, the former key, the XML of a reply
//! - `2.0/api/Before_Develop/component_verify_ticket.html`, `2.0/api/Before_Develop/authorize_event.html`:
//!   the events and their fields
//! - `/miniprogram/dev/framework/server-ability/message-push.html`: the GET request that checks an
//!   address
//!
//! Not documented: whether an old message token overlaps with a new one, whether a push is repeated,
//! and in which window of time. Therefore, two tokens are accepted, and nothing is refused because
//! of its age. Callers compare `create_time`: a push stays correctly signed for ever.

mod cipher;
mod config;
mod encryptor;
mod event;
mod query;
mod receiver;
mod refusal;
mod signature;
mod xml;

pub use config::ReceiverConfig;
pub use encryptor::{EncryptedPush, Encryptor, PushAddress};
pub use event::{Authorization, Event, RawEvent, Unauthorization, VerifyTicket};
pub use query::MAX_QUERY_BYTES;
pub use receiver::{MAX_BODY_BYTES, Push, REPLY, Receiver};
