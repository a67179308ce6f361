use std::fmt::Write;

use jumpqr_core::error::OwnCode;
use jumpqr_core::push::{
    Encryptor, Event, MAX_BODY_BYTES, MAX_QUERY_BYTES, Receiver, ReceiverConfig,
};
use proptest::prelude::*;

use crate::{APPID, KEY, OTHER_KEY, config, push, receiver};

const TEXT: &str = "<xml><InfoType>other</InfoType></xml>";

fn is_received(receiver: &Receiver, config: &ReceiverConfig) -> bool {
    let request = push(config, TEXT);
    let push = receiver.receive(&request.query, request.body.as_bytes());
    push.is_ok()
}

#[test]
fn current_and_former_token_and_key_work_in_every_combination() {
    let combinations = ["T0KEN", "F0RMER"].map(|token| [(token, KEY), (token, OTHER_KEY)]);
    let rotating = config()
        .message_token_former("F0RMER")
        .encoding_aes_key_former(OTHER_KEY);
    let rotating = Receiver::new(&rotating).unwrap();
    for (token, key) in combinations.concat() {
        let sent = ReceiverConfig::new(APPID, token, key);
        assert!(is_received(&rotating, &sent));
        let is_current = (token, key) == ("T0KEN", KEY);
        assert_eq!(is_received(&receiver(), &sent), is_current);
    }
}

#[test]
fn another_platform_is_refused() {
    for appid in [
        "wx0000jumpqrtest1",
        "wx0000jumpqrtest1ab",
        "x0000jumpqrtest1a",
    ] {
        assert!(!is_received(
            &receiver(),
            &ReceiverConfig::new(appid, "T0KEN", KEY)
        ));
    }
}

fn refusal(query: &str, body: &[u8]) -> OwnCode {
    let error = receiver().receive(query, body).unwrap_err();
    let found = OwnCode::ALL.iter().find(|code| error.code() == **code);
    *found.unwrap()
}

#[test]
fn the_signature_is_checked_before_anything_is_decrypted() {
    let request = push(&config(), TEXT);
    for body in [
        "<xml><Encrypt></Encrypt></xml>",
        "<xml><Encrypt>!</Encrypt></xml>",
        "<xml><Encrypt>AAAA</Encrypt></xml>",
    ] {
        assert_eq!(
            refusal(&request.query, body.as_bytes()),
            OwnCode::PushNotSigned
        );
    }
    for (from, to) in [("1751328000", "1751328001"), ("1221527777", "1221527778")] {
        let query = request.query.replace(from, to);
        assert_eq!(
            refusal(&query, request.body.as_bytes()),
            OwnCode::PushNotSigned
        );
    }
}

/// The signature covers the joined parts: `1751328000` and the ciphertext after it could be cut
/// elsewhere.
#[test]
fn the_border_between_the_signed_parts_cannot_be_moved() {
    let encryptor = Encryptor::new(&config()).unwrap();
    for random in 0..=255 {
        let ciphertext = encryptor.encrypt(&TEXT.repeat(9), [random; 16]).unwrap();
        for cut in [4, 16, 62, 64, 128] {
            let (head, tail) = ciphertext.split_at(cut);
            let (timestamp, nonce) = ("1751328000", format!("2{head}"));
            let nonce = nonce.replace('+', "%2B");
            let signature = encryptor.sign(timestamp, &format!("2{head}"), tail);
            let query = format!(
                "timestamp={timestamp}&nonce={nonce}&encrypt_type=aes&msg_signature={signature}"
            );
            let body = format!("<xml><Encrypt>{tail}</Encrypt></xml>");
            let code = refusal(&query, body.as_bytes());
            let expected = [OwnCode::PushMalformed, OwnCode::PushNotDecrypted];
            assert!(expected.contains(&code), "{cut}: {code}");
        }
    }
}

#[test]
fn the_size_of_a_request_has_a_limit() {
    let request = push(&config(), TEXT);
    let padded = |length: usize| {
        let mut body = request.body.clone().into_bytes();
        body.resize(length, b'\n');
        body
    };
    let receiver = receiver();
    let accepts = |query: &str, body: &[u8]| receiver.receive(query, body).is_ok();
    assert!(accepts(&request.query, &padded(MAX_BODY_BYTES)));
    assert!(!accepts(&request.query, &padded(MAX_BODY_BYTES + 1)));
    let query = |length: usize| format!("{:&<length$}", request.query);
    assert!(accepts(&query(MAX_QUERY_BYTES), request.body.as_bytes()));
    assert!(!accepts(
        &query(MAX_QUERY_BYTES + 1),
        request.body.as_bytes()
    ));
}

#[test]
fn a_bomb_of_entities_is_refused() {
    let mut body = String::from("<?xml version=\"1.0\"?><!DOCTYPE xml [<!ENTITY a0 \"x\">");
    for level in 1..20 {
        let references = format!("&a{};", level - 1).repeat(10);
        write!(body, "<!ENTITY a{level} \"{references}\">").unwrap();
    }
    body.push_str("]><xml><Encrypt>&a19;</Encrypt></xml>");
    let request = push(&config(), TEXT);
    assert_eq!(
        refusal(&request.query, body.as_bytes()),
        OwnCode::PushMalformed
    );
    let body = request.body.replace("\n</xml>", "<a>&#65;</a></xml>");
    assert_eq!(
        refusal(&request.query, body.as_bytes()),
        OwnCode::PushMalformed
    );
}

#[test]
fn an_echostr_is_returned_only_if_it_is_signed_and_harmless() {
    let encryptor = Encryptor::new(&config()).unwrap();
    let signature = encryptor.sign_query("1", "2");
    let verify = |echo: &str| {
        let query = format!("signature={signature}&timestamp=1&nonce=2&echostr={echo}");
        receiver().verify_url(&query)
    };
    assert_eq!(
        verify("4375120948345356249").unwrap(),
        "4375120948345356249"
    );
    assert_eq!(verify("Aa%2B/=-_").unwrap(), "Aa+/=-_");
    for echo in [
        "%3Cscript%3E",
        "a%0Ab",
        "%E4%B8%AD",
        "a%20b",
        &"1".repeat(257),
    ] {
        assert_eq!(
            verify(echo).unwrap_err().code(),
            OwnCode::PushMalformed,
            "{echo}"
        );
    }
    let query = "signature=0&timestamp=1&nonce=2&echostr=3";
    let error = receiver().verify_url(query).unwrap_err();
    assert_eq!(error.code(), OwnCode::PushNotSigned);
}

#[test]
fn nothing_that_is_printed_shows_a_secret() {
    let config = ReceiverConfig::new(APPID, "T0KEN-S3CRET", KEY)
        .message_token_former("F0RMER-S3CRET")
        .encoding_aes_key_former(OTHER_KEY);
    let receiver = Receiver::new(&config).unwrap();
    let encryptor = Encryptor::new(&config).unwrap();
    let text = "<xml><CreateTime>1</CreateTime><InfoType>component_verify_ticket</InfoType>\
        <ComponentVerifyTicket>ticket@@@S3CRET</ComponentVerifyTicket></xml>";
    let request = push(&config, text);
    let push = receiver
        .receive(&request.query, request.body.as_bytes())
        .unwrap();
    let mut shown = format!("{config:?} {receiver:?} {encryptor:?} {push:?}");
    for (query, body) in [
        ("", ""),
        (&*request.query, ""),
        (&*request.query, "<xml></xml>"),
    ] {
        let error = receiver.receive(query, body.as_bytes()).unwrap_err();
        write!(shown, "{error} {error:?} {}", error.advice()).unwrap();
    }
    let bytes = KEY.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>();
    for secret in ["S3CRET", KEY, OTHER_KEY, &bytes.join(", ")] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

proptest! {
    #[test]
    fn what_is_encrypted_is_received(
        text in "\\PC{0,99}",
        random: [u8; 16],
        time: u64,
        nonce in "[0-9a-zA-Z]{1,63}",
    ) {
        let text = format!("<xml><a>{}</a></xml>", text.replace(['<', '&', '>'], ""));
        let encryptor = Encryptor::new(&config()).unwrap();
        let address = jumpqr_core::push::PushAddress::Authorization;
        let request = encryptor.encrypt_push(address, &text, time, &nonce, random).unwrap();
        let push = receiver().receive(&request.query, request.body.as_bytes()).unwrap();
        match push.event {
            Event::Raw(event) => prop_assert_eq!(event.text().expose(), text),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn any_request_is_received_or_refused(query: String, body: Vec<u8>) {
        prop_assert!(receiver().receive(&query, &body).is_err());
        prop_assert!(receiver().verify_url(&query).is_err());
    }

    #[test]
    fn any_signed_ciphertext_is_refused(
        blocks in proptest::collection::vec("[A-Za-z0-9+/]{4}", 0..40),
    ) {
        let encryptor = Encryptor::new(&config()).unwrap();
        let ciphertext = blocks.concat();
        let signature = encryptor.sign("1", "2", &ciphertext);
        let query = format!("timestamp=1&nonce=2&encrypt_type=aes&msg_signature={signature}");
        let body = format!("<xml><Encrypt>{ciphertext}</Encrypt></xml>");
        prop_assert_eq!(refusal(&query, body.as_bytes()), OwnCode::PushNotDecrypted);
    }
}
