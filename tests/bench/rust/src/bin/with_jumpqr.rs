//! Adds the sample rule through jumpqr.

use jumpqr::settings::TlsRoots;
use jumpqr::{Client, Edit};
use jumpqr_bench::{Result, sample, serve};

fn main() -> Result<()> {
    let mut shared: Option<Client> = None;
    serve(|target| {
        let client = if let Some(client) = &shared {
            client.clone()
        } else {
            let mut builder = Client::builder()
                .access_token(target.token.as_str())
                .base_url(target.base_url.as_str())
                .pacing(false);
            if let Some(ca) = &target.ca {
                builder = builder.tls_roots(TlsRoots::Pem(ca.clone()));
            }
            shared.insert(builder.build()?).clone()
        };
        Ok(move || {
            client.add_jump_qr_code(sample(), Edit::Add)?;
            Ok(())
        })
    })
}
