//! The HTTP side: sockets, answers on the wire, and what faults do to them.

mod connection;
#[cfg(feature = "proxy")]
mod proxy;
mod reply;
mod web_page;
mod wechat;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::any;
use axum::serve::Listener;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};

use crate::control;
use crate::state::Shared;
use connection::{Connection, Wire};
#[cfg(feature = "proxy")]
pub(crate) use proxy::Identity;
pub(crate) use web_page::{AllowedHost, Hosts};

/// The longest body that is read, in bytes (1 MiB).
const MAX_BODY_BYTES: usize = 1 << 20;

/// Serves until it is dropped.
pub(crate) async fn serve(
    listener: TcpListener,
    hosts: Hosts,
    state: Shared,
    #[cfg(feature = "proxy")] identity: Option<Arc<Identity>>,
) -> io::Result<()> {
    let control = any(control_endpoint);
    let app = Router::new()
        .route("/sandbox", control.clone())
        .route("/sandbox/{*path}", control)
        .fallback(wechat::serve)
        .layer(from_fn_with_state(Arc::new(hosts), refuse_web_pages))
        .with_state(state.clone());
    let listener = Loopback {
        listener,
        state,
        #[cfg(feature = "proxy")]
        tunnels: identity.map(proxy::Tunnels::new),
    };
    axum::serve(listener, app.into_make_service_with_connect_info::<Wire>()).await
}

/// Answers 403, and does and records nothing, where a web page could have sent the request.
async fn refuse_web_pages(
    State(hosts): State<Arc<Hosts>>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    request: Request,
    next: Next,
) -> Response {
    let (head, body) = request.into_parts();
    match hosts.check(&head, wire.in_tunnel) {
        Ok(()) => next.run(Request::from_parts(head, body)).await,
        Err(reason) => reply::json(
            StatusCode::FORBIDDEN,
            json!({ "error": reason }).to_string(),
        ),
    }
}

async fn control_endpoint(State(state): State<Shared>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY_BYTES).await else {
        return reply::json(
            StatusCode::PAYLOAD_TOO_LARGE,
            json!({ "error": "the body is larger than 1 MiB" }).to_string(),
        );
    };
    let answer = control::parse(&body).and_then(|body| {
        control::dispatch(
            &mut state.lock(),
            head.method.as_str(),
            head.uri.path(),
            body,
        )
    });
    match answer {
        Ok(answer) => reply::json(StatusCode::OK, answer.to_string()),
        Err(error) => {
            let status = StatusCode::from_u16(error.http_status())
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            reply::json(status, json!({ "error": error.to_string() }).to_string())
        }
    }
}

/// Accepts connections whose end can be decided by the answer they carry.
struct Loopback {
    listener: TcpListener,
    state: Shared,
    /// `None` without the proxy.
    #[cfg(feature = "proxy")]
    tunnels: Option<proxy::Tunnels>,
}

/// The next connection, before anything is read from it.
async fn accept_tcp(listener: &TcpListener, state: &Shared) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => {
                state.lock().journal.counters.connections += 1;
                return accepted;
            }
            // Out of file descriptors, most likely: some may be closed soon.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

impl Listener for Loopback {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        #[cfg(feature = "proxy")]
        if let Some(tunnels) = &mut self.tunnels {
            loop {
                tokio::select! {
                    (stream, address) = accept_tcp(&self.listener, &self.state) => {
                        tunnels.open(stream, address);
                    }
                    Some(opened) = tunnels.next() => return opened,
                }
            }
        }
        let (stream, address) = accept_tcp(&self.listener, &self.state).await;
        (Connection::plain(stream), address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}
