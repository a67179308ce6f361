//! What to do after an error: `cargo run --locked -p jumpqr --example handle_errors`

#![expect(clippy::print_stdout, reason = "an example prints what it did")]

use jumpqr::{Client, ErrorKind};
use jumpqr_sandbox::Sandbox;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start()?;
    let account = sandbox.mini_program();
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .app(&account.appid, account.secret.expose())
        .build()?;

    match client.publish_jump_qr_code("https://m.example.cn/other/") {
        Ok(_) => return Err("there is no such rule".into()),
        Err(error) => match error.kind() {
            ErrorKind::RateLimited | ErrorKind::Busy => println!("later: {error}"),
            ErrorKind::State => println!("first add the rule ({}): {error}", error.code()),
            _ => return Err(error.into()),
        },
    }
    Ok(())
}

#[test]
fn it_runs_in_the_sandbox() -> Result<(), Box<dyn std::error::Error>> {
    main()
}
