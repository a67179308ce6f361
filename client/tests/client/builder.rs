//! The settings of the builder: defaults, and values that are refused.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jumpqr::error::OwnCode;
use jumpqr::response::Response;
use jumpqr::settings::{ProxySetting, TlsRoots};
use jumpqr::transport::MemoryTransport;
use jumpqr::{Client, Clock, Platform};

use crate::fake::{ManualClock, ok};

const MERCHANT: &str = "wx1234567890abcdef";

/// A renewal that hangs holds the lease of the merchant's tokens. A new refresh token waits until
/// that lease expires: by the client's clock, so no real time passes.
#[test]
fn the_store_in_memory_has_the_clients_clock() {
    let clock = Arc::new(ManualClock::default());
    let shared = Arc::new(OnceLock::<Platform>::new());
    let platform = shared.clone();
    let wechat = MemoryTransport::new(move |request| {
        Ok(Response::ok(
            match request.content.path().rsplit('/').next() {
                Some("api_component_token") => {
                    r#"{"component_access_token":"C","expires_in":7200}"#
                }
                Some("api_authorizer_token") => {
                    let platform = platform.get().unwrap();
                    platform
                        .set_authorizer_refresh_token(MERCHANT, "refreshtoken@@@R2")
                        .unwrap();
                    r#"{"authorizer_access_token":"A","expires_in":7200,
                    "authorizer_refresh_token":"refreshtoken@@@R1"}"#
                }
                _ => return Ok(ok()),
            },
        ))
    });
    let platform = Client::builder()
        .transport(Arc::new(wechat))
        .clock(clock.clone())
        .build_platform("wxplatform00000000", "appsecret")
        .unwrap();
    let platform = shared.get_or_init(|| platform);
    platform.set_verify_ticket("ticket@@@T1").unwrap();
    platform
        .set_authorizer_refresh_token(MERCHANT, "refreshtoken@@@R1")
        .unwrap();
    // The result does not matter here: the token of the call was replaced meanwhile.
    let _ = platform.merchant(MERCHANT).unwrap().download_qr_code_text();
    assert!(clock.now() >= Duration::from_secs(1), "{:?}", clock.now());
}

#[test]
fn what_cannot_be_used_is_named_in_the_finding() {
    let fixed = || Client::builder().access_token("T");
    let pem = |text: &str| TlsRoots::Pem(text.as_bytes().to_vec());
    let names = ["api.weixin.qq.com".to_owned()];
    let authority = rcgen::generate_simple_self_signed(names)
        .unwrap()
        .cert
        .pem();
    let no_certificate = "-----BEGIN CERTIFICATE-----\nMAAA\n-----END CERTIFICATE-----\n";
    fixed()
        .tls_roots(pem(&authority.repeat(2)))
        .build()
        .unwrap();
    for (builder, message) in [
        (
            fixed().tls_roots(pem(&authority.replacen("\nM", "\n!", 1))),
            "tls_roots: of 1 certificates, these cannot be read: number 1 (",
        ),
        (
            fixed().extra_tls_roots(no_certificate.repeat(5)),
            "extra_tls_roots: of 5 certificates, these cannot be read: number 1 (",
        ),
        (
            fixed().proxy(ProxySetting::from_setting("socks4://127.0.0.1:1080")),
            "proxy: SOCKS 4",
        ),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.code(), OwnCode::InvalidConfig);
        assert!(error.message().starts_with(message), "{error}");
    }
}
