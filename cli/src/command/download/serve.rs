//! Serves the verification file under every directory, for tunnels and quick tries.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{CONTENT_TYPE, USER_AGENT};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use jumpqr::interface::VerificationFile;
use tokio::net::TcpListener;
use tokio::runtime;
use tokio::sync::Notify;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::interrupt::on_interrupt;
use crate::output::{self, CommandResult};

/// A server that listens, but does not answer yet.
pub(super) struct Server {
    runtime: runtime::Runtime,
    listener: TcpListener,
    address: SocketAddr,
}

impl Server {
    /// Listens on `port` of `address`; 0 means any free port.
    pub(super) fn listen(address: IpAddr, port: u16) -> Result<Self, CommandError> {
        let start = || -> io::Result<_> {
            let runtime = runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            let listener = runtime.block_on(TcpListener::bind((address, port)))?;
            let address = listener.local_addr()?;
            Ok((runtime, listener, address))
        };
        let (runtime, listener, address) = start().map_err(|error| {
            let message = format!("no server can listen on {address} port {port}: {error}");
            CommandError::server_not_started(message)
        })?;
        Ok(Self {
            runtime,
            listener,
            address,
        })
    }

    /// Returns the URL of a file in the root.
    pub(super) fn url(&self, file_name: &str) -> String {
        format!("http://{}/{file_name}", self.address)
    }

    /// Calls `announce`, answers until Ctrl-C, and prints a note about each request.
    pub(super) fn run(
        self,
        file: VerificationFile,
        announce: impl FnOnce() -> Exit,
    ) -> CommandResult {
        let interrupt = Arc::new(Notify::new());
        let stop = interrupt.clone();
        // Set before anything is printed: a program that reads the output may stop us at once.
        on_interrupt(move || stop.notify_one()).map_err(CommandError::server_not_started)?;
        let exit = announce();
        let app = Router::new().fallback(answer).with_state(Arc::new(file));
        let app = app.into_make_service_with_connect_info::<SocketAddr>();
        let result = self.runtime.block_on(async {
            tokio::select! {
                ended = axum::serve(self.listener, app).into_future() => ended,
                () = interrupt.notified() => Ok(()),
            }
        });
        match result {
            Ok(()) => Ok(exit),
            Err(error) => Err(CommandError::server_not_started(error.to_string())),
        }
    }
}

/// Answers the name of the file in any directory with the file, and everything else with 404.
async fn answer(
    State(file): State<Arc<VerificationFile>>,
    ConnectInfo(client): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (method, uri) = (request.method(), request.uri());
    let name = uri.path().rsplit('/').next();
    let is_read = matches!(*method, Method::GET | Method::HEAD);
    let status = if is_read && name == Some(&file.file_name) {
        StatusCode::OK
    } else {
        StatusCode::NOT_FOUND
    };
    output::print_note(&describe(
        client.ip(),
        method,
        uri,
        request.headers(),
        status,
    ));
    let body = match status {
        StatusCode::OK => file.file_content.clone(),
        _ => String::new(),
    };
    // axum adds Content-Length.
    (status, [(CONTENT_TYPE, "text/plain")], body).into_response()
}

/// Describes a request on one line: who asked for what, and what the answer was.
fn describe(
    client: IpAddr,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    status: StatusCode,
) -> String {
    let text = |name| {
        let value = headers.get(name).map(axum::http::HeaderValue::as_bytes);
        value.map_or_else(String::new, |value| {
            String::from_utf8_lossy(value).into_owned()
        })
    };
    let status = status.as_u16();
    // The path without the query, which may hold a secret.
    let path = uri.path();
    let agent = text(USER_AGENT.as_str());
    let from = match &*text("x-forwarded-for") {
        "" => client.to_string(),
        forwarded => format!("{client} for {forwarded}"),
    };
    format!("{from}  {method} {path}  {status}  {agent}")
}
