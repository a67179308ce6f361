use jumpqr_core::error::OwnCode;
use jumpqr_core::push::{Encryptor, Receiver, ReceiverConfig};

use crate::{APPID, KEY};

#[test]
fn every_wrong_setting_has_a_finding_that_does_not_repeat_it() {
    let config = ReceiverConfig::new("wx/S3CRET", "S3CRET\n", "S3CRET")
        .message_token_former("S3CRET ")
        .encoding_aes_key_former("S3CRET=");
    let error = Receiver::new(&config).unwrap_err();
    assert_eq!(error.code(), OwnCode::InvalidConfig);
    let fields: Vec<_> = error
        .violations()
        .iter()
        .map(|v| v.field.as_str())
        .collect();
    assert_eq!(
        fields,
        [
            "component_appid",
            "message_token",
            "message_token_former",
            "encoding_aes_key",
            "encoding_aes_key_former",
        ]
    );
    let shown = format!("{error} {error:?} {config:?}");
    assert!(
        !shown.replace("wx/S3CRET", "").contains("S3CRET"),
        "{shown}"
    );
    assert!(Encryptor::new(&config).is_err());
}

#[test]
fn the_finding_about_a_key_says_what_a_key_looks_like() {
    for (key, difference) in [
        ("", "empty"),
        (
            "EjIuGAmEagKQ3oYjhae1ZtGX4Esb3RzRrgJxwIhAXD",
            "42 characters",
        ),
        (
            "EjIuGAmEagKQ3oYjhae1ZtGX4Esb3RzRrgJxwIhAXDg=",
            "44 characters",
        ),
        ("EjIuGAmEagKQ3oYjhae1ZtGX4Esb3RzRrgJxwIhAX g", "white space"),
        (
            "EjIuGAmEagKQ3oYjhae1ZtGX4Esb3RzRrgJxwIhAXD/",
            "other characters",
        ),
    ] {
        let error = Receiver::new(&ReceiverConfig::new(APPID, "T0KEN", key)).unwrap_err();
        let message = error.message();
        assert!(message.contains("43 letters and digits"), "{message}");
        assert!(message.contains(difference), "{message}");
        assert!(key.is_empty() || !message.contains(key), "{message}");
    }
}

#[test]
fn long_settings_are_refused() {
    let longest = "a".repeat(64);
    let token = "a".repeat(512);
    assert!(Receiver::new(&ReceiverConfig::new(&*longest, &*token, KEY)).is_ok());
    let (appid, token) = (format!("{longest}a"), format!("{token}a"));
    let error = Receiver::new(&ReceiverConfig::new(appid, token, KEY)).unwrap_err();
    assert_eq!(error.violations().len(), 2);
}
