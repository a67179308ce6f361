//! The encrypted request of a push, right or wrong.

use jumpqr_core::Result;
use jumpqr_core::push::{EncryptedPush, Encryptor, PushAddress};

use crate::platform::Platform;
use crate::push_order::PushOrder;
use crate::state::pushes::Push;

const DOCTYPE: &str = "<!DOCTYPE xml [<!ENTITY a \"a\">]>\n";

/// A request to a platform's address.
pub(super) struct Request {
    pub(super) query: String,
    pub(super) body: String,
}

impl Request {
    /// Encrypts and signs the event of a push, with the platform's present token and key.
    pub(super) fn new(platform: &Platform, push: &Push) -> Result<Self> {
        let settings = &platform.push;
        let key = match (push.order, &settings.encoding_aes_key_former) {
            (Some(PushOrder::FormerKey), Some(former)) => former,
            _ => &settings.encoding_aes_key,
        };
        let encryptor = Encryptor::new(&settings.config(&platform.component_appid, key))?;
        let mut random = fastrand::Rng::with_seed(push.seed);
        let nonce = random.u32(..).to_string();
        let random = std::array::from_fn(|_| random.u8(..));
        let address = PushAddress::Authorization;
        let time = push.queued_at.as_secs();
        let text = push.event.to_xml();
        let EncryptedPush {
            mut query,
            mut body,
            ..
        } = encryptor.encrypt_push(address, &text, time, &nonce, random)?;
        match push.order {
            // The msg_signature is at the end.
            Some(PushOrder::WrongSignature) => {
                let last = query.pop();
                query.push(if last == Some('0') { '1' } else { '0' });
            }
            Some(PushOrder::Doctype) => body.insert_str(0, DOCTYPE),
            _ => {}
        }
        Ok(Self { query, body })
    }
}
