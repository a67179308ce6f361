//! The target `push_receiver`: the receiver of pushes, compared with roxmltree, and with a check of
//! the clear text that is written step by step.

use aes::Aes256;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cbc::cipher::{BlockEncryptMut, KeyIvInit};
use jumpqr_core::error::OwnCode;
use jumpqr_core::push::{
    Authorization, Encryptor, Event, MAX_BODY_BYTES, Push, PushAddress, Receiver, ReceiverConfig,
};
use jumpqr_core::{Error, Secret};
use roxmltree::Document;

use crate::error_text::assert_sound;

const APPID: &str = "wx0000jumpqrtest1a";
const TOKEN: &str = "T0KEN-0F-A-PUSH";
const FORMER_TOKEN: &str = "F0RMER-0F-A-PUSH";
const KEY: &str = "anVtcHFyLWZ1enotY3VycmVudC1rZXktMzItYnl0ZXM";
const KEY_BYTES: &[u8; 32] = b"jumpqr-fuzz-current-key-32-bytes";
/// The last character has surplus bits.
const FORMER_KEY: &str = "anVtcHFyIGZ1enogZm9ybWVyIGtleSwgMzIgYnl0ZXN";
const FORMER_KEY_BYTES: &[u8; 32] = b"jumpqr fuzz former key, 32 bytes";
const SECRETS: [&str; 4] = [TOKEN, FORMER_TOKEN, KEY, FORMER_KEY];
const TIMESTAMP: &str = "1751328000";
const NONCE: &str = "1221527777";

/// The first byte says what the rest is: the query and the body of a request, with a line end
/// between them; a body, in which `$` is a right ciphertext; a query, in which `$` is the right
/// `msg_signature`; a clear text; the text of an event; or the settings, one in a line.
pub fn push_receiver(input: &[u8]) {
    let Some((kind, rest)) = input.split_first() else {
        return;
    };
    let text = std::str::from_utf8(rest);
    // What has a secret in it may show it.
    let has = |secret: &str| {
        rest.windows(secret.len())
            .any(|part| part == secret.as_bytes())
    };
    if SECRETS.into_iter().any(has) {
        return;
    }
    match (kind % 6, text) {
        (0, _) => check_request(rest),
        (1, Ok(body)) => check_body(body),
        (2, Ok(query)) => check_query(query),
        (3, _) => check_clear_text(rest, kind & 0x40 != 0),
        (4, Ok(text)) => check_event(text),
        (5, Ok(settings)) => check_settings(settings),
        _ => {}
    }
}

fn config() -> ReceiverConfig {
    ReceiverConfig::new(APPID, TOKEN, KEY)
        .message_token_former(FORMER_TOKEN)
        .encoding_aes_key_former(FORMER_KEY)
}

fn receiver() -> Receiver {
    let receiver = Receiver::new(&config());
    receiver.unwrap_or_else(|error| panic!("the settings are right: {error}"))
}

fn encryptor() -> Encryptor {
    let encryptor = Encryptor::new(&config());
    encryptor.unwrap_or_else(|error| panic!("the settings are right: {error}"))
}

fn encrypt(text: &str) -> String {
    let encrypted = encryptor().encrypt(text, [0; 16]);
    encrypted.unwrap_or_else(|error| panic!("the text is short: {error}"))
}

/// Receives a push. Checks what each push and each refusal promises.
fn receive(query: &str, body: &[u8]) -> Result<Push, Error> {
    let received = receiver().receive(query, body);
    match &received {
        Ok(push) => {
            assert_eq!(push.reply, "success");
            let shown = format!("{push:?}");
            assert!(
                !SECRETS.iter().any(|secret| shown.contains(secret)),
                "{shown}"
            );
        }
        Err(error) => assert_refusal(error),
    }
    received
}

fn assert_refusal(error: &Error) {
    assert_sound(error, &SECRETS);
    let refusals = [
        OwnCode::PushMalformed,
        OwnCode::PushNotSigned,
        OwnCode::PushNotDecrypted,
        OwnCode::UnexpectedPush,
    ];
    assert!(
        refusals.iter().any(|code| error.code() == *code),
        "{error:?}"
    );
}

/// Receives a right request with this ciphertext.
fn receive_ciphertext(ciphertext: &str) -> Result<Push, Error> {
    let body = format!("<xml><Encrypt><![CDATA[{ciphertext}]]></Encrypt></xml>");
    receive(&signed_query(ciphertext), body.as_bytes())
}

fn signed_query(ciphertext: &str) -> String {
    let signature = encryptor().sign(TIMESTAMP, NONCE, ciphertext);
    format!("timestamp={TIMESTAMP}&nonce={NONCE}&encrypt_type=aes&msg_signature={signature}")
}

/// A request of somebody who does not know the token.
fn check_request(request: &[u8]) {
    let end = request.iter().position(|byte| *byte == b'\n');
    let (query, body) = request.split_at(end.unwrap_or(request.len()));
    let query = String::from_utf8_lossy(query);
    let received = receive(&query, body);
    assert!(received.is_err(), "{received:?}");
    if let Err(error) = receiver().verify_url(&query) {
        assert_refusal(&error);
    } else {
        panic!("{query:?} is not signed");
    }
}

/// A body around a right ciphertext.
fn check_body(template: &str) {
    const TEXT: &str = "<xml><InfoType>other</InfoType></xml>";
    let ciphertext = encrypt(TEXT);
    let body = template.replace('$', &ciphertext);
    if body.len() > MAX_BODY_BYTES {
        return;
    }
    let Ok(push) = receive(&signed_query(&ciphertext), body.as_bytes()) else {
        return;
    };
    assert_eq!(push.event.info_type(), Some("other"));
    let found = read_fields(&body, "Encrypt");
    assert_eq!(found.as_deref(), Some(&[Some(ciphertext)][..]), "{body:?}");
}

/// Returns the texts of all elements with this name in the root element `xml`, each `None` if there
/// are elements in it. `None` if the document is not XML.
fn read_fields(document: &str, name: &str) -> Option<Vec<Option<String>>> {
    // What an XML declaration may say makes no difference to a push.
    let document = document.strip_prefix('\u{feff}').unwrap_or(document);
    let document = match document.strip_prefix("<?xml ") {
        Some(declaration) => declaration.split_once("?>")?.1,
        None => document,
    };
    let parsed = Document::parse(document.trim_start()).ok()?;
    let root = parsed.root_element();
    assert!(root.has_tag_name("xml"), "{document:?}");
    let named = root.children().filter(|child| child.has_tag_name(name));
    let texts = named.map(|field| {
        let is_flat = field.children().all(|child| child.is_text());
        is_flat.then(|| field.children().filter_map(|child| child.text()).collect())
    });
    Some(texts.collect())
}

/// A query of somebody who knows the token, around a right body.
fn check_query(template: &str) {
    let ciphertext = encrypt("");
    let signature = encryptor().sign(TIMESTAMP, NONCE, &ciphertext);
    let query = template.replace('$', &signature);
    let body = format!("<xml><Encrypt>{ciphertext}</Encrypt></xml>");
    if receive(&query, body.as_bytes()).is_err() {
        return;
    }
    let fields = query.strip_prefix('?').unwrap_or(&query).split('&');
    let decode = |text: &str| percent_encoding::percent_decode_str(text).collect::<Vec<u8>>();
    let fields: Vec<_> = fields
        .map(|field| field.split_once('=').unwrap_or((field, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect();
    let only = |name: &str| {
        let mut named = fields.iter().filter(|(other, _)| other == name.as_bytes());
        match (named.next(), named.next()) {
            (Some((_, value)), None) => String::from_utf8_lossy(value).into_owned(),
            _ => panic!("{query:?} does not have one {name}"),
        }
    };
    assert_eq!(only("encrypt_type"), "aes");
    assert_eq!(only("msg_signature"), signature);
    // The signature covers the sorted and joined parts. The border between these two means nothing.
    let mut parts = [only("timestamp"), only("nonce")];
    parts.sort();
    assert_eq!(parts.concat(), [NONCE, TIMESTAMP].concat());
}

/// Any clear text, encrypted with one of the keys.
fn check_clear_text(text: &[u8], is_former: bool) {
    let mut blocks = text.to_vec();
    blocks.truncate(text.len() / 16 * 16);
    let message = read_clear_text(&blocks).map(<[u8]>::to_vec);
    let key = if is_former {
        FORMER_KEY_BYTES
    } else {
        KEY_BYTES
    };
    let vector = key.first_chunk::<16>().copied().unwrap_or_default();
    let mut cipher = cbc::Encryptor::<Aes256>::new(key.into(), &vector.into());
    for block in blocks.chunks_exact_mut(16) {
        cipher.encrypt_block_mut(block.into());
    }
    let received = receive_ciphertext(&STANDARD.encode(&blocks));
    match message.map(String::from_utf8) {
        None => {
            let error = received
                .err()
                .unwrap_or_else(|| panic!("{text:?} is accepted"));
            // The same words as for no ciphertext at all.
            let other = receive_ciphertext("").err();
            assert_eq!(
                Some(format!("{error:?}")),
                other.map(|error| format!("{error:?}"))
            );
            assert_eq!(error.code(), OwnCode::PushNotDecrypted);
        }
        Some(Err(_)) => {
            assert!(received.is_err_and(|error| error.code() == OwnCode::PushMalformed));
        }
        Some(Ok(message)) => check_received(&message, received),
    }
}

/// Returns the message in a clear text, if padding, length and appid are right.
fn read_clear_text(text: &[u8]) -> Option<&[u8]> {
    let padding = *text.last()?;
    if !(1..=32).contains(&padding) {
        return None;
    }
    let (text, end) = text.split_at_checked(text.len().checked_sub(usize::from(padding))?)?;
    if end.iter().any(|byte| *byte != padding) {
        return None;
    }
    let (_random, text) = text.split_at_checked(16)?;
    let (length, text) = text.split_at_checked(4)?;
    let length = u32::from_be_bytes(length.try_into().ok()?);
    let (message, appid) = text.split_at_checked(usize::try_from(length).ok()?)?;
    (appid == APPID.as_bytes()).then_some(message)
}

/// An event or a message from WeChat.
fn check_event(text: &str) {
    let address = PushAddress::Authorization;
    let request = encryptor().encrypt_push(address, text, 1, NONCE, [0; 16]);
    let request = request.unwrap_or_else(|error| panic!("the text is short: {error}"));
    check_received(text, receive(&request.query, request.body.as_bytes()));
}

/// Checks what is received of an authentic text.
fn check_received(text: &str, received: Result<Push, Error>) {
    let only = |name: &str| match read_fields(text, name)?.as_slice() {
        [field] => field.as_ref().map(|text| text.trim().to_owned()),
        _ => None,
    };
    let event = match received {
        Ok(push) => push.event,
        Err(error) => {
            assert_eq!(error.code(), OwnCode::UnexpectedPush, "{text:?}");
            assert!(only("InfoType").is_some(), "{text:?}");
            return;
        }
    };
    if !matches!(event, Event::Raw(_)) {
        let no_message = read_fields(text, "ToUserName");
        assert_eq!(no_message, Some(Vec::new()), "{text:?}");
        assert_eq!(event.info_type(), only("InfoType").as_deref(), "{text:?}");
    }
    let number = |name: &str| only(name)?.parse().ok();
    let create_time = |time: u64| assert_eq!(number("CreateTime"), Some(time));
    match &event {
        Event::ComponentVerifyTicket(event) => {
            let ticket = normalize(&event.component_verify_ticket);
            assert_eq!(only("ComponentVerifyTicket"), Some(ticket));
            create_time(event.create_time);
        }
        Event::Authorized(event) | Event::UpdateAuthorized(event) => {
            check_authorization(event, &only);
            create_time(event.create_time);
        }
        Event::Unauthorized(event) => {
            assert_eq!(
                only("AuthorizerAppid").as_ref(),
                Some(&event.authorizer_appid)
            );
            create_time(event.create_time);
        }
        Event::Raw(event) => assert_eq!(event.text().expose(), text),
        other => panic!("{other:?} is not known here"),
    }
}

/// Returns a text with the line ends that XML demands. Only roxmltree replaces them.
fn normalize(text: &Secret) -> String {
    text.expose().replace("\r\n", "\n").replace('\r', "\n")
}

fn check_authorization(event: &Authorization, only: &impl Fn(&str) -> Option<String>) {
    assert_eq!(
        only("AuthorizerAppid").as_ref(),
        Some(&event.authorizer_appid)
    );
    let code = normalize(&event.authorization_code);
    assert_eq!(only("AuthorizationCode"), Some(code));
    let pre_auth_code = event.pre_auth_code.as_ref().map(normalize);
    let expected = only("PreAuthCode").filter(|code| !code.is_empty());
    assert_eq!(expected, pre_auth_code);
    let expires: Option<u64> =
        only("AuthorizationCodeExpiredTime").and_then(|time| time.parse().ok());
    assert_eq!(
        expires.is_some(),
        event.authorization_code_expired_time.is_some()
    );
    assert!(event.authorization_code_expired_time >= expires);
}

/// Settings, one in a line: the appid, the token, the key, the former token, the former key.
fn check_settings(text: &str) {
    let mut lines = text.split('\n');
    let mut next = || lines.next().unwrap_or_default();
    let (appid, token, key) = (next(), next(), next());
    let config = ReceiverConfig::new(appid, token, key)
        .message_token_former(next())
        .encoding_aes_key_former(next());
    let is_key =
        |key: &str| key.len() == 43 && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match Receiver::new(&config) {
        Ok(receiver) => {
            assert!(is_key(key) && !token.is_empty() && !appid.is_empty());
            let shown = format!("{receiver:?} {config:?}");
            assert!(!shown.contains(key), "{shown}");
        }
        Err(error) => {
            let fields = error.violations().iter().map(|violation| &violation.field);
            let is_named = fields.into_iter().any(|field| field == "encoding_aes_key");
            assert_eq!(is_named, !is_key(key), "{error:?}");
            let shown = format!("{error:?} {config:?}");
            let is_long = |secret: &&&str| secret.len() > 40;
            let secrets = [token, key];
            let mut long = secrets.iter().filter(is_long);
            assert!(!long.any(|secret| shown.contains(secret)), "{shown}");
        }
    }
}
