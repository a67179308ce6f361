//! A third-party platform on axum: WeChat pushes to /push, and a merchant begins on /link.
#![expect(clippy::print_stdout, reason = "the user needs the address")]
use std::{collections::HashMap, env::var, error::Error};

use axum::extract::{Query, RawQuery, State};
use axum::{Router, body::Bytes, http::StatusCode, response::Html, routing};
use jumpqr::{AuthorizationLink, Client, Platform, store};
use tokio::task::{block_in_place, spawn_blocking};

type Fields = Query<HashMap<String, String>>;

fn refuse(_: jumpqr::Error) -> StatusCode {
    StatusCode::FORBIDDEN
}

async fn push(app: State<Platform>, query: RawQuery, body: Bytes) -> Result<String, StatusCode> {
    let query = query.0.unwrap_or_default();
    let handled = block_in_place(|| app.handle(&query, &body)).map_err(refuse)?;
    let reply = handled.reply().to_owned();
    spawn_blocking(move || handled.finish()); // WeChat waits 5 seconds for the reply.
    Ok(reply)
}

async fn link(app: State<Platform>) -> Result<Html<String>, StatusCode> {
    let link = AuthorizationLink::new(var("REDIRECT_URI").unwrap_or_default());
    let url = block_in_place(|| app.authorization_url(&link)).map_err(refuse)?;
    Ok(Html(format!("<a href='{url}'>Authorise</a>")))
}

async fn done(app: State<Platform>, query: Fields) -> Result<String, StatusCode> {
    let code = query.get("auth_code").ok_or(StatusCode::BAD_REQUEST)?;
    let merchant = block_in_place(|| app.exchange(code.as_str())).map_err(refuse)?;
    Ok(merchant.authorizer_appid)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let platform = Client::builder()
        .base_url(var("JUMPQR_BASE_URL")?)
        .token_store(store::open(&var("JUMPQR_TOKEN_STORE")?)?)
        .message_token(var("JUMPQR_MESSAGE_TOKEN")?)
        .encoding_aes_key(var("JUMPQR_ENCODING_AES_KEY")?)
        .build_platform(
            var("JUMPQR_COMPONENT_APPID")?,
            var("JUMPQR_COMPONENT_APPSECRET")?,
        )?;
    let app = Router::new()
        .route("/push", routing::post(push))
        .route("/link", routing::get(link))
        .route("/done", routing::get(done))
        .with_state(platform);
    let listener = tokio::net::TcpListener::bind(var("LISTEN")?).await?;
    println!("http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}
