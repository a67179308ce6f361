//! Each vector of `pushes.json`.

use std::fmt::Debug;

use jumpqr::Error;
use jumpqr::push::{Authorization, Encryptor, Event, Push, REPLY, Receiver, ReceiverConfig};
use jumpqr_tests::pushes::{
    ConfigVector, EventVector, PushVector, Pushes, ReplyVector, SettingVector, SettingsVector,
    UrlCheckVector,
};
use jumpqr_tests::{count, load, report};

fn config(vector: &ConfigVector) -> ReceiverConfig {
    let mut config = ReceiverConfig::new(
        vector.component_appid.as_str(),
        vector.message_token.as_str(),
        vector.encoding_aes_key.as_str(),
    );
    if let Some(token) = &vector.message_token_former {
        config = config.message_token_former(token.as_str());
    }
    if let Some(key) = &vector.encoding_aes_key_former {
        config = config.encoding_aes_key_former(key.as_str());
    }
    config
}

fn receiver(vector: &ConfigVector) -> Result<Receiver, String> {
    let receiver = Receiver::new(&config(vector)).map_err(|error| error.to_string())?;
    show_none(&receiver, vector.secrets())?;
    show_none(&config(vector), vector.secrets())?;
    Ok(receiver)
}

/// Refuses a `Debug` that shows a secret.
fn show_none<'a>(
    value: &impl Debug,
    mut secrets: impl Iterator<Item = &'a str>,
) -> Result<(), String> {
    let shown = format!("{value:?}");
    match secrets.find(|secret| secret.len() > 1 && shown.contains(secret)) {
        Some(secret) => Err(format!("{secret} is shown in {shown}")),
        None => Ok(()),
    }
}

fn compare<T: PartialEq + Debug>(what: &str, expected: &T, found: &T) -> Result<(), String> {
    if expected == found {
        Ok(())
    } else {
        Err(format!("{what}: expected {expected:?}, found {found:?}"))
    }
}

fn check_refusal(config: &ConfigVector, code: Option<&str>, error: &Error) -> Result<(), String> {
    compare("refused", &code, &Some(error.code().name()))?;
    compare("kind", &"invalid", &error.kind().name())?;
    show_none(error, config.secrets())?;
    let advice = error.advice();
    if advice.is_empty() || error.message().is_empty() {
        return Err(format!("says nothing: {error:?}"));
    }
    Ok(())
}

fn authorization(info_type: &str, event: &Authorization) -> EventVector {
    let pre_auth_code = event.pre_auth_code.as_ref();
    EventVector {
        info_type: Some(info_type.to_owned()),
        authorizer_appid: Some(event.authorizer_appid.clone()),
        authorization_code: Some(event.authorization_code.expose().to_owned()),
        authorization_code_expired_time: event.authorization_code_expired_time,
        pre_auth_code: pre_auth_code.map(|code| code.expose().to_owned()),
        create_time: Some(event.create_time),
        ..EventVector::default()
    }
}

fn view(event: &Event) -> Result<EventVector, String> {
    Ok(match event {
        Event::ComponentVerifyTicket(event) => EventVector {
            info_type: Some("component_verify_ticket".to_owned()),
            component_verify_ticket: Some(event.component_verify_ticket.expose().to_owned()),
            create_time: Some(event.create_time),
            ..EventVector::default()
        },
        Event::Authorized(event) => authorization("authorized", event),
        Event::UpdateAuthorized(event) => authorization("updateauthorized", event),
        Event::Unauthorized(event) => EventVector {
            info_type: Some("unauthorized".to_owned()),
            authorizer_appid: Some(event.authorizer_appid.clone()),
            create_time: Some(event.create_time),
            ..EventVector::default()
        },
        Event::Raw(event) => EventVector {
            info_type: event.info_type().map(str::to_owned),
            raw: Some(event.text().expose().to_owned()),
            ..EventVector::default()
        },
        other => return Err(format!("{other:?} is not in the vectors")),
    })
}

fn check_event(config: &ConfigVector, expected: &EventVector, push: &Push) -> Result<(), String> {
    compare("event", expected, &view(&push.event)?)?;
    let info_type = expected.info_type.as_deref();
    compare("info_type", &info_type, &push.event.info_type())?;
    compare("reply", &REPLY, &push.reply)?;
    show_none(push, config.secrets().chain(expected.secrets()))
}

fn check_push(vector: &PushVector) -> Result<(), String> {
    let receiver = receiver(&vector.config)?;
    match (
        &vector.event,
        receiver.receive(&vector.query, vector.body.as_bytes()),
    ) {
        (Some(event), Ok(push)) => check_event(&vector.config, event, &push),
        (None, Err(error)) => check_refusal(&vector.config, vector.refused.as_deref(), &error),
        (_, found) => Err(format!("found {found:?}")),
    }
}

fn check_reply(vector: &ReplyVector) -> Result<(), String> {
    let encryptor = Encryptor::new(&config(&vector.config)).map_err(|error| error.to_string())?;
    show_none(&encryptor, vector.config.secrets())?;
    let random = vector.random.as_bytes().try_into();
    let random = random.map_err(|_| "random has not 16 bytes".to_owned())?;
    let reply = encryptor.encrypt_reply(&vector.text, vector.timestamp, &vector.nonce, random);
    let expected = format!(
        "<xml>\n<Encrypt><![CDATA[{}]]></Encrypt>\n\
         <MsgSignature><![CDATA[{}]]></MsgSignature>\n\
         <TimeStamp>{}</TimeStamp>\n<Nonce><![CDATA[{}]]></Nonce>\n</xml>",
        vector.ciphertext, vector.msg_signature, vector.timestamp, vector.nonce
    );
    compare("reply", &Some(expected), &reply.ok())
}

fn check_url(vector: &UrlCheckVector) -> Result<(), String> {
    match receiver(&vector.config)?.verify_url(&vector.query) {
        Ok(echo) => compare("echostr", &vector.echostr, &Some(echo)),
        Err(error) => check_refusal(&vector.config, vector.refused.as_deref(), &error),
    }
}

fn check_settings(vector: &SettingsVector) -> Result<(), String> {
    let error = Receiver::new(&config(&vector.config)).err();
    let mut found: Vec<_> = error
        .iter()
        .flat_map(Error::violations)
        .map(|finding| SettingVector {
            field: finding.field.clone(),
            code: finding.code.name().to_owned(),
        })
        .collect();
    found.sort();
    let mut expected: Vec<_> = vector.findings.iter().collect();
    expected.sort();
    compare("findings", &expected, &found.iter().collect())?;
    match error {
        Some(error) => {
            compare("code", &"invalid_config", &error.code().name())?;
            show_none(&error, vector.config.secrets())
        }
        None => Ok(()),
    }
}

/// Otherwise, somebody who can sign could find out the text of a ciphertext, byte by byte.
#[test]
fn all_pushes_that_cannot_be_decrypted_are_refused_in_the_same_words() {
    let file: Pushes = load().unwrap();
    let refusals: Vec<_> = file
        .pushes
        .iter()
        .filter(|v| v.refused.as_deref() == Some("push_not_decrypted"))
        .map(|v| {
            let receiver = receiver(&v.config).unwrap();
            let error = receiver.receive(&v.query, v.body.as_bytes()).unwrap_err();
            format!("{error:?} {error}")
        })
        .collect();
    assert!(refusals.len() > 10, "only {} vectors", refusals.len());
    let first = refusals.first().unwrap();
    assert!(refusals.iter().all(|refusal| refusal == first));
}

#[test]
fn every_request_and_setting_is_accepted_or_refused() {
    let file: Pushes = load().unwrap();
    let pushes = file.pushes.iter();
    let pushes = pushes.map(|v| (v.name.as_str(), check_push(v)));
    let replies = file.replies.iter();
    let replies = replies.map(|v| (v.name.as_str(), check_reply(v)));
    let urls = file.url_checks.iter();
    let urls = urls.map(|v| (v.name.as_str(), check_url(v)));
    let settings = file.settings.iter();
    let settings = settings.map(|v| (v.name.as_str(), check_settings(v)));
    let results = pushes.chain(replies).chain(urls).chain(settings);
    let run = report(results).unwrap_or_else(|failures| panic!("{failures}"));
    count::<Pushes>(run);
}
