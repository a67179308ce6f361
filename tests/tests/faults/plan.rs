//! A plan that mixes faults with correct answers.

use jumpqr::Client;
use jumpqr::interface::GetJumpQRCode;
use jumpqr_tests::hostile::{ACCESS_TOKEN, Fault, HostileServer, Plan};

#[test]
fn every_third_request_meets_the_next_fault() {
    let faults = ["half-a-body", "status-502-html"].map(|name| Fault::named(name).unwrap());
    let server = HostileServer::start(Plan::mixed(faults.to_vec(), 3).unwrap()).unwrap();
    let client = Client::builder()
        .access_token(ACCESS_TOKEN)
        .base_url(server.base_url())
        .max_retries(0)
        .pacing(false)
        .build()
        .unwrap();
    let codes: Vec<_> = (0..9)
        .map(|_| client.get_jump_qr_code(GetJumpQRCode::OrdinaryLink))
        .map(|result| {
            result
                .err()
                .map_or("ok".to_owned(), |error| error.code().name().to_owned())
        })
        .collect();
    let lost = ["ok", "ok", "connection_lost"];
    assert_eq!(codes, [lost, ["ok", "ok", "http_status"], lost].concat());
    assert_eq!(server.seen().requests.len(), 9);
}

#[test]
fn only_faults_that_need_a_request_can_be_mixed() {
    for name in [
        "nobody-listens",
        "closed-at-once",
        "kept-closed",
        "tls-expired",
        "sandbox-reset",
    ] {
        let fault = Fault::named(name).unwrap();
        let refused = Plan::mixed(vec![fault], 2).unwrap_err();
        assert!(refused.contains(name), "{refused}");
    }
}
