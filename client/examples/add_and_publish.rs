//! Adds a rule in the sandbox, publishes it, and prints it:
//! `cargo run --locked -p jumpqr --example add_and_publish`

#![expect(clippy::print_stdout, reason = "an example prints what it did")]

use jumpqr::{Client, Edit, OpenVersion, OrdinaryLinkRule, PermitSubRule};
use jumpqr_sandbox::Sandbox;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start()?;
    let account = sandbox.mini_program();
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .app(&account.appid, account.secret.expose())
        .build()?;

    let rule = OrdinaryLinkRule::new(
        "https://m.example.cn/table/",
        "pages/index/index",
        OpenVersion::Development,
        PermitSubRule::NotOccupied,
    )
    .debug_url(["https://m.example.cn/table/?id=1"]);
    client.add_jump_qr_code(&rule, Edit::Add)?;
    client.publish_jump_qr_code(&rule.prefix)?;

    for listed in client.rules() {
        let listed = listed?;
        println!(
            "{} opens {}",
            listed.prefix,
            listed.path.unwrap_or_default()
        );
    }
    Ok(())
}

#[test]
fn it_runs_in_the_sandbox() -> Result<(), Box<dyn std::error::Error>> {
    main()
}
