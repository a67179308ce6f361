use jumpqr_core::error::OwnCode;
use jumpqr_core::push::{Encryptor, Event, PushAddress};

use crate::{OTHER_KEY, config, push, receiver};

#[test]
fn a_message_of_a_merchant_is_received_as_it_was_encrypted() {
    let text = "<xml><ToUserName>gh_1</ToUserName><Content>你好</Content></xml>\n";
    let address = PushAddress::Message {
        to_user_name: "gh_1",
    };
    let encryptor = Encryptor::new(&config()).unwrap();
    let request = encryptor.encrypt_push(address, text, 1, "2", [0; 16]);
    let request = request.unwrap();
    assert!(request.body.contains("<ToUserName>"), "{}", request.body);
    assert!(!request.body.contains("<AppId>"), "{}", request.body);
    let push = receiver().receive(&request.query, request.body.as_bytes());
    match push.unwrap().event {
        Event::Raw(event) => {
            assert_eq!(event.info_type(), None);
            assert_eq!(event.text().expose(), text);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_reply_has_the_token_and_the_key_of_the_push() {
    let former = jumpqr_core::push::ReceiverConfig::new(crate::APPID, "F0RMER", OTHER_KEY);
    let both = config()
        .message_token_former("F0RMER")
        .encoding_aes_key_former(OTHER_KEY);
    let receiver = jumpqr_core::push::Receiver::new(&both).unwrap();
    for config in [config(), former] {
        let request = push(&config, "<xml></xml>");
        let push = receiver.receive(&request.query, request.body.as_bytes());
        let reply = push.unwrap().encrypt_reply("回复", 1, "2", [5; 16]);
        let expected = Encryptor::new(&config).unwrap();
        let expected = expected.encrypt_reply("回复", 1, "2", [5; 16]);
        assert_eq!(reply.unwrap(), expected.unwrap());
    }
}

#[test]
fn a_text_or_a_nonce_that_cannot_be_sent_is_refused() {
    let encryptor = Encryptor::new(&config()).unwrap();
    let long = "1".repeat(64);
    for nonce in ["", "]]>", "a b", "a&b", "中", &long] {
        let error = encryptor.encrypt_reply("a", 1, nonce, [0; 16]).unwrap_err();
        assert_eq!(error.violations()[0].field, "nonce", "{nonce}");
        let address = PushAddress::Authorization;
        let push = encryptor.encrypt_push(address, "a", 1, nonce, [0; 16]);
        assert_eq!(push.unwrap_err().code(), OwnCode::InvalidRequest);
    }
    let text = "a".repeat(1024 * 1024);
    assert!(encryptor.encrypt(&text, [0; 16]).is_ok());
    let error = encryptor.encrypt(&format!("{text}a"), [0; 16]).unwrap_err();
    assert_eq!(error.violations()[0].field, "text");
    let address = PushAddress::Message {
        to_user_name: "]]>",
    };
    let push = encryptor.encrypt_push(address, "a", 1, "2", [0; 16]);
    assert_eq!(push.unwrap_err().violations()[0].field, "to_user_name");
}
