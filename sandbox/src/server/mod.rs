//! The HTTP server: who may connect, and which requests are for WeChat or for the control API.

#[cfg(feature = "proxy")]
mod proxy;
mod web_page;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::connect_info::Connected;
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Request, State};
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::any;
use axum::serve::{IncomingStream, Listener};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};

use crate::control;
use crate::http::connection::{Connection, ConnectionHandle};
use crate::http::response;
use crate::wechat::{self, Shared, authorization_page};
#[cfg(feature = "proxy")]
pub(crate) use proxy::Identity;
pub(crate) use web_page::{Host, Hosts};

/// The greatest size of a request body, in bytes (1 MiB).
const MAX_BODY_BYTES: usize = 1 << 20;

/// Serves until the future is dropped.
pub(crate) async fn serve(
    listener: TcpListener,
    hosts: Hosts,
    wechat: Shared,
    #[cfg(feature = "proxy")] identity: Option<Arc<Identity>>,
) -> io::Result<()> {
    let control = any(control_endpoint);
    let mut app = Router::new()
        .route("/sandbox", control.clone())
        .route("/sandbox/{*path}", control)
        .fallback(wechat::serve);
    for path in authorization_page::PATHS {
        app = app.route(path, any(authorization_page::serve));
    }
    let app = app
        .layer(from_fn_with_state(Arc::new(hosts), refuse_web_pages))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(wechat.clone());
    let listener = LoopbackListener {
        listener,
        wechat,
        #[cfg(feature = "proxy")]
        tunnels: identity.map(proxy::Tunnels::new),
    };
    axum::serve(
        listener,
        app.into_make_service_with_connect_info::<ConnectionHandle>(),
    )
    .await
}

/// Refuses a request with 403 if a web page could have sent it. The request is not recorded.
async fn refuse_web_pages(
    State(hosts): State<Arc<Hosts>>,
    ConnectInfo(connection): ConnectInfo<ConnectionHandle>,
    request: Request,
    next: Next,
) -> Response {
    let (head, body) = request.into_parts();
    match hosts.check(&head, connection.is_tunnelled) {
        Ok(()) => next.run(Request::from_parts(head, body)).await,
        Err(reason) => error(StatusCode::FORBIDDEN, &reason),
    }
}

async fn control_endpoint(
    State(wechat): State<Shared>,
    method: Method,
    uri: Uri,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let Ok(body) = body else {
        return error(
            StatusCode::PAYLOAD_TOO_LARGE,
            "the body is larger than 1 MiB",
        );
    };
    let result = control::parse_json(&body)
        .and_then(|body| control::dispatch(&mut wechat.lock(), method.as_str(), uri.path(), body));
    match result {
        Ok(body) => response::json(StatusCode::OK, body.to_string()),
        Err(problem) => {
            let status = StatusCode::from_u16(problem.http_status());
            let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            error(status, &problem.to_string())
        }
    }
}

fn error(status: StatusCode, text: &str) -> Response {
    response::json(status, json!({ "error": text }).to_string())
}

/// Accepts connections, directly and through the proxy.
struct LoopbackListener {
    listener: TcpListener,
    wechat: Shared,
    /// `None` without the proxy.
    #[cfg(feature = "proxy")]
    tunnels: Option<proxy::Tunnels>,
}

/// Accepts the next TCP connection and counts it. Nothing is read from it.
async fn accept_tcp(listener: &TcpListener, wechat: &Shared) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => {
                wechat.lock().state.journal.counters.connections += 1;
                return accepted;
            }
            // The most likely reason is that there are no file descriptors. Some may be closed
            // soon.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

impl Connected<IncomingStream<'_, LoopbackListener>> for ConnectionHandle {
    fn connect_info(stream: IncomingStream<'_, LoopbackListener>) -> Self {
        stream.io().handle.clone()
    }
}

impl Listener for LoopbackListener {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        #[cfg(feature = "proxy")]
        if let Some(tunnels) = &mut self.tunnels {
            loop {
                tokio::select! {
                    (stream, address) = accept_tcp(&self.listener, &self.wechat) => {
                        tunnels.handle(stream, address);
                    }
                    Some(opened) = tunnels.next() => return opened,
                }
            }
        }
        let (stream, address) = accept_tcp(&self.listener, &self.wechat).await;
        (Connection::plain(stream), address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}
