//! The exports about pushes and about the link on which a merchant authorises a platform, compared
//! with the core. Nothing is sent: no link of this module is right, and a push of a receiver has no
//! platform.

use std::ptr::null;

use arbitrary::Arbitrary;
use jumpqr_core::push::{
    EncryptedPush, Encryptor, Event, Push, PushAddress, Receiver, ReceiverConfig,
};
use jumpqr_core::{Error, Secret};
use jumpqr_fuzz_capi::*;

use super::inputs::{Bytes, InputText, Text};
use super::outcome::{OutPointers, call_for_handle, call_with_sizes, check_faults, read_text};

#[derive(Debug, Arbitrary)]
pub(super) enum PushStep {
    /// Any settings, and any request.
    Strange {
        wrong_size: usize,
        settings: [InputText; 5],
        query: InputText,
        body: Bytes,
    },
    /// A right request.
    Right { event: InputEvent, reply: InputText },
}

/// The text of a push. Any text may stand in its fields.
#[derive(Debug, Arbitrary)]
pub(super) struct InputEvent {
    info_type: u8,
    field: Bytes,
    time: u64,
}

/// A link. It is never right, because its `redirect_uri` has no scheme of the web.
#[derive(Debug, Arbitrary)]
pub(super) struct InputLink {
    wrong_size: usize,
    redirect_uri: Option<Bytes>,
    device: InputText,
    auth_type: i8,
    biz_appid: InputText,
    sets: Option<Vec<u32>>,
    count_of_null: u8,
}

fn config() -> ReceiverConfig {
    let key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
    ReceiverConfig::new("wx0000jumpqrtest1a", "T", key)
}

impl InputEvent {
    fn text(&self) -> String {
        let field = String::from_utf8_lossy(&self.field.get()).into_owned();
        let types = [
            "component_verify_ticket",
            "authorized",
            "updateauthorized",
            "unauthorized",
        ];
        let info_type = types.get(usize::from(self.info_type)).unwrap_or(&"other");
        format!(
            "<xml><InfoType>{info_type}</InfoType><CreateTime>{time}</CreateTime>\
             <ComponentVerifyTicket><![CDATA[t{field}]]></ComponentVerifyTicket>\
             <AuthorizerAppid>wx1</AuthorizerAppid>\
             <AuthorizationCode><![CDATA[c{field}]]></AuthorizationCode>\
             <AuthorizationCodeExpiredTime>{time}</AuthorizationCodeExpiredTime>\
             <PreAuthCode>p{field}</PreAuthCode></xml>",
            time = self.time,
        )
    }

    /// Returns the request with which WeChat would push this text.
    pub(super) fn request(&self) -> EncryptedPush {
        let encryptor = Encryptor::new(&config());
        let request = encryptor.and_then(|encryptor| {
            let address = PushAddress::Authorization;
            encryptor.encrypt_push(address, &self.text(), self.time, "1", [0; 16])
        });
        request.unwrap_or_else(|error| panic!("the settings and the text are right: {error}"))
    }
}

impl PushStep {
    pub(super) fn run(&self, pointers: OutPointers) {
        match self {
            Self::Strange {
                wrong_size,
                settings,
                query,
                body,
            } => {
                let texts = settings.each_ref().map(InputText::to_text);
                let (receiver, expected) = make_receiver(*wrong_size, &texts, pointers);
                let query = query.to_text();
                check_request(
                    receiver.as_deref(),
                    expected.as_ref(),
                    &query,
                    &body.get(),
                    pointers,
                );
                jumpqr_receiver_free(receiver);
            }
            Self::Right { event, reply } => {
                let texts = sample_settings();
                let (receiver, expected) = make_receiver(0, &texts, OutPointers::ALL);
                let request = event.request();
                let query = Text::from(request.query.as_str());
                let body = request.body.as_bytes();
                let pushes = check_request(
                    receiver.as_deref(),
                    expected.as_ref(),
                    &query,
                    body,
                    pointers,
                );
                // The push outlives its receiver.
                jumpqr_receiver_free(receiver);
                if let Some((push, expected)) = pushes {
                    check_push(&push, &expected, reply, pointers);
                    jumpqr_push_free(Some(push));
                }
            }
        }
    }
}

/// Returns the settings of `config()`, in the order of the struct.
fn sample_settings() -> [Text; 5] {
    let config = config();
    [
        Text::from(config.component_appid.as_str()),
        Text::from(config.message_token.expose()),
        Text::from(config.encoding_aes_key.expose()),
        Text::null(),
        Text::null(),
    ]
}

/// Makes a receiver, and the core's one if the settings are right.
fn make_receiver(
    wrong_size: usize,
    texts: &[Text; 5],
    pointers: OutPointers,
) -> (Option<Box<jumpqr_receiver>>, Option<Receiver>) {
    let [appid, token, key, former_token, former_key] = texts;
    let result = call_with_sizes::<jumpqr_receiver_config, _>(wrong_size, pointers, |size| {
        let config = jumpqr_receiver_config {
            size,
            component_appid: appid.pointer(),
            message_token: token.pointer(),
            encoding_aes_key: key.pointer(),
            message_token_former: former_token.pointer(),
            encoding_aes_key_former: former_key.pointer(),
        };
        call_for_handle(pointers, |receiver, error| {
            // SAFETY: the struct is complete, whatever `size` says, and its texts end with NUL.
            unsafe { jumpqr_receiver_new(&raw const config, receiver, error) }
        })
    });
    let faults = [
        appid.read().err(),
        token.read().err(),
        key.read().err(),
        former_token.read_optional().err(),
        former_key.read_optional().err(),
    ];
    let is_made = check_faults(pointers, &result, &faults);
    let expected = core_config(texts).and_then(|config| Receiver::new(&config).ok());
    let refused = faults.iter().any(Option::is_some) || !pointers.has_output();
    assert_eq!(is_made, expected.is_some() && !refused);
    (result.ok().flatten(), expected)
}

/// Returns the settings of these texts; `None` if one of them is not UTF-8, or missing.
fn core_config(texts: &[Text; 5]) -> Option<ReceiverConfig> {
    let [appid, token, key, former_token, former_key] = texts;
    let mut config = ReceiverConfig::new(appid.read().ok()?, token.read().ok()?, key.read().ok()?);
    if let Some(token) = former_token.read_optional().ok()? {
        config = config.message_token_former(token);
    }
    if let Some(key) = former_key.read_optional().ok()? {
        config = config.encoding_aes_key_former(key);
    }
    Some(config)
}

/// Gives a request to both receivers. Returns both pushes, if there are.
fn check_request(
    receiver: Option<&jumpqr_receiver>,
    core: Option<&Receiver>,
    query: &Text,
    body: &[u8],
    pointers: OutPointers,
) -> Option<(Box<jumpqr_push>, Push)> {
    let missing = receiver.is_none().then_some(jumpqr_status::NullArgument);
    let faults = [missing, query.read().err()];
    let echo = call_for_handle(pointers, |echo, error| {
        // SAFETY: the text is NULL or ends with NUL.
        unsafe { jumpqr_receiver_verify_url(receiver, query.pointer(), echo, error) }
    });
    check_faults(pointers, &echo, &faults);
    if let Some(echo) = echo.ok().flatten() {
        let expected = core.zip(query.read().ok());
        let expected = expected.and_then(|(core, query)| core.verify_url(query).ok());
        assert_eq!(
            read_text(jumpqr_string_text(Some(&echo))),
            expected.as_deref()
        );
        jumpqr_string_free(Some(echo));
    }
    let result = call_for_handle(pointers, |push, error| {
        let bytes = body.as_ptr().cast();
        // SAFETY: the text is NULL or ends with NUL, and the body is a slice.
        unsafe {
            jumpqr_receiver_receive(receiver, query.pointer(), bytes, body.len(), push, error)
        }
    });
    check_faults(pointers, &result, &faults);
    let expected = core?.receive(query.read().ok()?, body);
    if receiver.is_none() || !pointers.has_output() {
        return None;
    }
    let status = result.as_ref().err().copied();
    assert_eq!(status, expected.as_ref().err().map(status_of));
    Some((result.ok().flatten()?, expected.ok()?))
}

fn status_of(error: &Error) -> jumpqr_status {
    match error.code().name() {
        "push_malformed" => jumpqr_status::PushMalformed,
        "push_not_signed" => jumpqr_status::PushNotSigned,
        "push_not_decrypted" => jumpqr_status::PushNotDecrypted,
        "unexpected_push" => jumpqr_status::UnexpectedPush,
        other => panic!("a push is not refused with {other}"),
    }
}

/// What a push says.
#[derive(Debug, PartialEq)]
struct Said<'a> {
    info_type: Option<&'a str>,
    create_time: i64,
    authorizer_appid: Option<&'a str>,
    component_verify_ticket: Option<&'a str>,
    authorization_code: Option<&'a str>,
    authorization_code_expired_time: i64,
    pre_auth_code: Option<&'a str>,
    raw: Option<&'a str>,
}

fn said_by(push: Option<&jumpqr_push>) -> Said<'_> {
    Said {
        info_type: read_text(jumpqr_push_info_type(push)),
        create_time: jumpqr_push_create_time(push),
        authorizer_appid: read_text(jumpqr_push_authorizer_appid(push)),
        component_verify_ticket: read_text(jumpqr_push_component_verify_ticket(push)),
        authorization_code: read_text(jumpqr_push_authorization_code(push)),
        authorization_code_expired_time: jumpqr_push_authorization_code_expired_time(push),
        pre_auth_code: read_text(jumpqr_push_pre_auth_code(push)),
        raw: read_text(jumpqr_push_raw(push)),
    }
}

fn said_by_core(event: &Event) -> Said<'_> {
    let seconds = |time: u64| i64::try_from(time).unwrap_or(-1);
    let nothing = Said {
        info_type: event.info_type(),
        create_time: -1,
        authorizer_appid: None,
        component_verify_ticket: None,
        authorization_code: None,
        authorization_code_expired_time: -1,
        pre_auth_code: None,
        raw: None,
    };
    match event {
        Event::ComponentVerifyTicket(event) => Said {
            create_time: seconds(event.create_time),
            component_verify_ticket: Some(event.component_verify_ticket.expose()),
            ..nothing
        },
        Event::Authorized(event) | Event::UpdateAuthorized(event) => Said {
            create_time: seconds(event.create_time),
            authorizer_appid: Some(&event.authorizer_appid),
            authorization_code: Some(event.authorization_code.expose()),
            authorization_code_expired_time: event
                .authorization_code_expired_time
                .map_or(-1, seconds),
            pre_auth_code: event.pre_auth_code.as_ref().map(Secret::expose),
            ..nothing
        },
        Event::Unauthorized(event) => Said {
            create_time: seconds(event.create_time),
            authorizer_appid: Some(&event.authorizer_appid),
            ..nothing
        },
        Event::Raw(event) => Said {
            raw: Some(event.text().expose()),
            ..nothing
        },
        other => panic!("{other:?} is not known"),
    }
}

fn check_push(push: &jumpqr_push, expected: &Push, reply: &InputText, pointers: OutPointers) {
    let asked = Some(push);
    assert_eq!(said_by(asked), said_by_core(&expected.event));
    assert_eq!(read_text(jumpqr_push_reply(asked)), Some(expected.reply));
    assert!(!jumpqr_push_has_changed(asked));
    let reply = reply.to_text();
    let xml = call_for_handle(pointers, |xml, error| {
        // SAFETY: the text is NULL or ends with NUL.
        unsafe { jumpqr_push_encrypt_reply(asked, reply.pointer(), xml, error) }
    });
    if check_faults(pointers, &xml, &[reply.read().err()]) {
        jumpqr_string_free(xml.ok().flatten());
    }
    let merchant = call_for_handle(pointers, |merchant, error| {
        jumpqr_push_finish(asked, merchant, error)
    });
    let refusal = if pointers.has_output() {
        jumpqr_status::InvalidRequest
    } else {
        jumpqr_status::NullArgument
    };
    assert_eq!(merchant.err(), Some(refusal));
}

impl InputLink {
    /// Asks a platform for the link, which it must refuse before it asks WeChat.
    pub(super) fn check(&self, platform: Option<&jumpqr_platform>, pointers: OutPointers) {
        let uri = self.redirect_uri.as_ref();
        let uri = uri.map(|bytes| [b"x".as_slice(), &bytes.get(), b"\0"].concat());
        let (device, biz_appid) = (self.device.to_text(), self.biz_appid.to_text());
        let count = self
            .sets
            .as_ref()
            .map_or(self.count_of_null.into(), Vec::len);
        let result =
            call_with_sizes::<jumpqr_authorization_link, _>(self.wrong_size, pointers, |size| {
                let link = jumpqr_authorization_link {
                    size,
                    redirect_uri: uri.as_ref().map_or(null(), |uri| uri.as_ptr().cast()),
                    device: device.pointer(),
                    auth_type: self.auth_type.into(),
                    biz_appid: biz_appid.pointer(),
                    category_id_list: self.sets.as_ref().map_or(null(), Vec::as_ptr),
                    category_id_count: count,
                };
                call_for_handle::<jumpqr_string>(pointers, |url, error| {
                    // SAFETY: the struct is complete, whatever `size` says; its texts end with NUL,
                    // and its list is a slice.
                    unsafe {
                        jumpqr_platform_authorization_url(platform, &raw const link, url, error)
                    }
                })
            });
        assert!(result.is_err(), "{self:?} is refused");
    }
}
