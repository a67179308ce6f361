//! What the builder makes of its settings.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jumpqr::response::Response;
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
        Ok(Response::ok(match request.path().rsplit('/').next() {
            Some("api_component_token") => r#"{"component_access_token":"C","expires_in":7200}"#,
            Some("api_authorizer_token") => {
                let platform = platform.get().unwrap();
                platform
                    .set_authorizer_refresh_token(MERCHANT, "refreshtoken@@@R2")
                    .unwrap();
                r#"{"authorizer_access_token":"A","expires_in":7200,
                    "authorizer_refresh_token":"refreshtoken@@@R1"}"#
            }
            _ => return Ok(ok()),
        }))
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
    // What becomes of the call is not the point: its token was replaced meanwhile.
    let _ = platform.merchant(MERCHANT).unwrap().download_qr_code_text();
    assert!(clock.now() >= Duration::from_secs(1), "{:?}", clock.now());
}
