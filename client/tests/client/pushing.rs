//! A sandbox, platforms at it, and the pushes that they get.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use jumpqr::push::{EncryptedPush, Encryptor, PushAddress, ReceiverConfig};
use jumpqr::store::MemoryStore;
use jumpqr::{AuthorizationLink, Client, ClientBuilder, Platform};
use jumpqr_sandbox::{
    COMPONENT_APPID, COMPONENT_APPSECRET, COMPONENT_VERIFY_TICKET, MINI_PROGRAM_APPID, Sandbox,
};

const TOKEN: &str = "messagetoken";
const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

/// When the first push is made, in UNIX seconds.
pub(crate) const EPOCH: u64 = 1_900_000_000;

/// A platform at the sandbox, as one of the processes that share the store.
pub(crate) fn process(sandbox: &Sandbox, store: &Arc<MemoryStore>) -> Platform {
    let settings = Client::builder()
        .base_url(sandbox.base_url())
        .token_store(store.clone())
        .pacing(false)
        .max_retries(0);
    receiving(settings)
}

/// A platform that can receive pushes.
pub(crate) fn receiving(settings: ClientBuilder) -> Platform {
    settings
        .message_token(TOKEN)
        .encoding_aes_key(KEY)
        .build_platform(COMPONENT_APPID, COMPONENT_APPSECRET)
        .unwrap()
}

/// Makes the merchant end the authorisation on WeChat's side. No push is sent.
pub(crate) fn end_at_wechat(sandbox: &Sandbox) {
    let path = format!("/sandbox/platforms/{COMPONENT_APPID}/authorizers/{MINI_PROGRAM_APPID}");
    let no_body = serde_json::Value::Null;
    sandbox.control("DELETE", &path, no_body).unwrap();
}

pub(crate) fn encrypt(fields: &str, create_time: u64) -> EncryptedPush {
    let config = ReceiverConfig::new(COMPONENT_APPID, TOKEN, KEY);
    let text = format!(
        "<xml><AppId>{COMPONENT_APPID}</AppId><CreateTime>{create_time}</CreateTime>{fields}</xml>"
    );
    let address = PushAddress::Authorization;
    Encryptor::new(&config)
        .unwrap()
        .encrypt_push(address, &text, create_time, "1221527777", [7; 16])
        .unwrap()
}

pub(crate) fn ticket(ticket: &str, create_time: u64) -> EncryptedPush {
    let fields = format!(
        "<InfoType>component_verify_ticket</InfoType>\
         <ComponentVerifyTicket>{ticket}</ComponentVerifyTicket>"
    );
    encrypt(&fields, create_time)
}

pub(crate) fn valid_ticket() -> EncryptedPush {
    ticket(COMPONENT_VERIFY_TICKET, EPOCH)
}

pub(crate) fn authorized(code: &str, create_time: u64) -> EncryptedPush {
    let fields = format!(
        "<InfoType>authorized</InfoType><AuthorizerAppid>{MINI_PROGRAM_APPID}</AuthorizerAppid>\
         <AuthorizationCode>{code}</AuthorizationCode>"
    );
    encrypt(&fields, create_time)
}

pub(crate) fn unauthorized(create_time: u64) -> EncryptedPush {
    let fields = format!(
        "<InfoType>unauthorized</InfoType><AuthorizerAppid>{MINI_PROGRAM_APPID}</AuthorizerAppid>"
    );
    encrypt(&fields, create_time)
}

pub(crate) fn handle(platform: &Platform, push: &EncryptedPush) -> jumpqr::Result<jumpqr::Handled> {
    platform.handle(&push.query, push.body.as_bytes())
}

/// Lets the merchant follow the platform's link, and returns the code of the redirect.
pub(crate) fn authorise_on_page(sandbox: &Sandbox, platform: &Platform) -> String {
    let link = AuthorizationLink::new("https://saas.example.cn/done?shop=7");
    let url = platform.authorization_url(&link).unwrap();
    let target = url.strip_prefix(sandbox.base_url()).unwrap();
    let (path, query) = target.split_once('?').unwrap();
    let form = format!("{query}&authorizer_appid={MINI_PROGRAM_APPID}");
    let response = post(sandbox, path, &form);
    let location = response
        .lines()
        .find_map(|line| line.strip_prefix("location: "))
        .unwrap();
    let (_, query) = location
        .split_once("https://saas.example.cn/done?shop=7&")
        .unwrap();
    let code = query
        .split('&')
        .find_map(|field| field.strip_prefix("auth_code="))
        .unwrap();
    percent_encoding::percent_decode_str(code)
        .decode_utf8()
        .unwrap()
        .into_owned()
}

fn post(sandbox: &Sandbox, path: &str, form: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", sandbox.port())).unwrap();
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        sandbox.port(),
        form.len()
    )
    .unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    response
}
