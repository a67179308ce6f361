//! The HTTP server: who may connect, and which requests are for WeChat or for the control API.

#[cfg(feature = "proxy")]
mod proxy;
mod web_page;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::any;
use axum::serve::{IncomingStream, Listener};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};

use crate::control;
use crate::http::connection::{Connection, ConnectionHandle};
use crate::http::{MAX_BODY_BYTES, response};
use crate::wechat::{self, Shared};
#[cfg(feature = "proxy")]
pub(crate) use proxy::Identity;
pub(crate) use web_page::{AllowedHost, Hosts};

/// Serves until the future is dropped.
pub(crate) async fn serve(
    listener: TcpListener,
    hosts: Hosts,
    wechat: Shared,
    #[cfg(feature = "proxy")] identity: Option<Arc<Identity>>,
) -> io::Result<()> {
    let control = any(control_endpoint);
    let app = Router::new()
        .route("/sandbox", control.clone())
        .route("/sandbox/{*path}", control)
        .fallback(wechat::serve)
        .layer(from_fn_with_state(Arc::new(hosts), refuse_web_pages))
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
        Err(reason) => response::json(
            StatusCode::FORBIDDEN,
            json!({ "error": reason }).to_string(),
        ),
    }
}

async fn control_endpoint(State(wechat): State<Shared>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY_BYTES).await else {
        return response::json(
            StatusCode::PAYLOAD_TOO_LARGE,
            json!({ "error": "the body is larger than 1 MiB" }).to_string(),
        );
    };
    let result = control::parse_json(&body).and_then(|body| {
        control::dispatch(
            &mut wechat.lock(),
            head.method.as_str(),
            head.uri.path(),
            body,
        )
    });
    match result {
        Ok(body) => response::json(StatusCode::OK, body.to_string()),
        Err(error) => {
            let status = StatusCode::from_u16(error.http_status())
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            response::json(status, json!({ "error": error.to_string() }).to_string())
        }
    }
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
