//! A web server with TLS on the desk.

use jumpqr_sandbox::{FileFetch, MINI_PROGRAM_APPID};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use super::server::{PLAIN, Server, respond};
use super::{CONTENT, add};
use crate::caller::Caller;

const PREFIX: &str = "https://m.example.cn/shop/";

#[test]
fn a_certificate_of_one_s_own_is_refused_unless_its_root_is_given() {
    let own = rcgen::generate_simple_self_signed(["m.example.cn".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(own.signing_key.serialize_der()));
    let provider = rustls::crypto::ring::default_provider();
    let config = ServerConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .unwrap();
    let server = Server::start_tls(config, |_, stream| {
        respond(stream, "200 OK", PLAIN, CONTENT);
    });
    let caller = Caller::new();
    let set = |fetch| {
        caller
            .sandbox
            .fetch_file(MINI_PROGRAM_APPID, fetch)
            .unwrap();
    };
    let fetch = FileFetch::default().connect_to([server.address]);
    set(fetch.clone());
    assert_eq!(add(&caller, PREFIX), (85069, Some("tls_self_signed")));
    set(fetch.extra_tls_roots(own.cert.pem()));
    assert_eq!(
        add(&caller, "https://else.example.cn/shop/"),
        (85069, Some("tls_wrong_name"))
    );
    assert_eq!(add(&caller, PREFIX), (0, None));
}
