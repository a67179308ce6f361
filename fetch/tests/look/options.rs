use std::net::SocketAddr;

use jumpqr_fetch::PreflightOptions;

#[test]
fn authorities_that_wechat_does_not_trust_count_only_in_a_rehearsal() {
    let address: SocketAddr = "127.0.0.1:443".parse().unwrap();
    let messages = |options: PreflightOptions| -> Vec<String> {
        options
            .check()
            .into_iter()
            .map(|finding| finding.message)
            .collect()
    };
    let bare = PreflightOptions::default();
    assert!(messages(bare.clone()).is_empty());
    let without_address = messages(bare.clone().extra_tls_roots("x"));
    assert!(
        without_address[0].contains("give connect_to"),
        "{without_address:?}"
    );
    let rehearsal = bare.connect_to([address]);
    let empty = messages(rehearsal.clone().extra_tls_roots("x"));
    assert!(empty[0].contains("names no authority"), "{empty:?}");
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let broken = messages(rehearsal.extra_tls_roots(broken));
    assert!(
        broken[0].contains("certificate 1 cannot be read"),
        "{broken:?}"
    );
}
