//! Draws what an encrypted reply to a push needs besides its text.

use std::time::{SystemTime, UNIX_EPOCH};

use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::push::Push;
use ring::rand::{SecureRandom as _, SystemRandom};

/// Makes the XML of an encrypted reply with the time of now, and a nonce and random bytes from the
/// operating system. Any number of threads may do so at once.
pub fn encrypt_reply(push: &Push, text: &str) -> Result<String> {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    let timestamp = since_epoch.unwrap_or_default().as_secs();
    let nonce = u64::from_be_bytes(random()?);
    push.encrypt_reply(text, timestamp, &nonce.to_string(), random()?)
}

fn random<const LENGTH: usize>() -> Result<[u8; LENGTH]> {
    let mut bytes = [0; LENGTH];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| {
        Error::new(
            OwnCode::Internal,
            "the operating system has no random numbers",
        )
    })?;
    Ok(bytes)
}
