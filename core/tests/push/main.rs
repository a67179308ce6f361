//! The pushes to a platform. The vectors are in `tests/vectors/pushes.json`.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its functions too"
)]

mod config;
mod encryptor;
mod event;
mod receiver;

use jumpqr_core::push::{EncryptedPush, Encryptor, PushAddress, Receiver, ReceiverConfig};

const APPID: &str = "wx0000jumpqrtest1a";
const KEY: &str = "EjIuGAmEagKQ3oYjhae1ZtGX4Esb3RzRrgJxwIhAXDg";
const OTHER_KEY: &str = "bCUVEancIWdKO1FZxDS7ZOPm5Zp0aokPiYxrveG87bh";

fn config() -> ReceiverConfig {
    ReceiverConfig::new(APPID, "T0KEN", KEY)
}

fn receiver() -> Receiver {
    Receiver::new(&config()).unwrap()
}

/// Makes the push of a text, with the current token and key of these settings.
fn push(config: &ReceiverConfig, text: &str) -> EncryptedPush {
    let encryptor = Encryptor::new(config).unwrap();
    encryptor
        .encrypt_push(
            PushAddress::Authorization,
            text,
            1_751_328_000,
            "1221527777",
            [7; 16],
        )
        .unwrap()
}
