//! A third-party platform on axum: WeChat pushes to /push, and a merchant begins on /link.
#![expect(
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "the user needs the address and the log"
)]
use std::{collections::HashMap, env::var, error::Error};

use axum::extract::{Query, RawQuery, State};
use axum::{Router, body::Bytes, http::StatusCode, response::Html, routing};
use jumpqr::error::{Code, OwnCode};
use jumpqr::{AuthorizationLink, Client, Platform, store};
use tokio::task::{block_in_place, spawn_blocking};

type Fields = Query<HashMap<String, String>>;

/// Logs why a request fails. Only for a refused push, the answer is not 500.
fn refuse(error: &jumpqr::Error) -> StatusCode {
    eprintln!("{error}");
    match error.code() {
        Code::Own(
            OwnCode::PushMalformed
            | OwnCode::PushNotSigned
            | OwnCode::PushNotDecrypted
            | OwnCode::UnexpectedPush,
        ) => StatusCode::FORBIDDEN,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

async fn push(app: State<Platform>, query: RawQuery, body: Bytes) -> Result<String, StatusCode> {
    let query = query.0.unwrap_or_default();
    let handled = block_in_place(|| app.handle(&query, &body)).map_err(|error| refuse(&error))?;
    let reply = handled.reply().to_owned();
    // WeChat waits 5 seconds for the reply.
    spawn_blocking(move || handled.finish().map_err(|error| refuse(&error)));
    Ok(reply)
}

async fn link(app: State<Platform>) -> Result<Html<String>, StatusCode> {
    let link = AuthorizationLink::new(var("REDIRECT_URI").unwrap_or_default());
    let url = block_in_place(|| app.authorization_url(&link)).map_err(|error| refuse(&error))?;
    Ok(Html(format!("<a href='{url}'>Authorise</a>")))
}

async fn done(app: State<Platform>, query: Fields) -> Result<String, StatusCode> {
    let used = "This code was used or has expired. See the list of merchants, or use a new link.";
    let Some(code) = query.get("auth_code") else {
        return Ok(used.to_owned());
    };
    match block_in_place(|| app.exchange(code.as_str())) {
        Ok(merchant) => Ok(merchant.authorizer_appid),
        Err(error) if matches!(error.errcode(), Some(61009 | 61010)) => Ok(used.to_owned()),
        Err(error) => Err(refuse(&error)),
    }
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
        .route("/push/{appid}", routing::post(push)) // /push/$APPID$
        .route("/link", routing::get(link))
        .route("/done", routing::get(done))
        .with_state(platform);
    let listener = tokio::net::TcpListener::bind(var("LISTEN")?).await?;
    println!("http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}
