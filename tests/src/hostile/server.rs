use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use jumpqr_sandbox::Sandbox;
use rustls::ServerConfig;

use super::certificates::{self, Identity};
use super::seen::Recorder;
use super::{ACCESS_TOKEN, Action, Connection, Fault, Seen, tls};

/// How often an idle connection checks whether its fault is due.
const POLL_INTERVAL: Duration = Duration::from_millis(5);

/// Serves a connection over TLS.
type ServeTls = fn(TcpStream, &Arc<ServerConfig>, &Recorder) -> io::Result<()>;

/// Which requests meet which faults.
#[derive(Debug, Clone)]
pub struct Plan {
    faults: Vec<&'static Fault>,
    every: usize,
}

impl Plan {
    /// Every request meets this fault.
    #[must_use]
    pub fn always(fault: &'static Fault) -> Self {
        Self {
            faults: vec![fault],
            every: 1,
        }
    }

    /// Every n-th request meets one of these faults, in turn. All other requests get correct
    /// answers. Only faults that need a request can be mixed.
    pub fn mixed(faults: Vec<&'static Fault>, every: usize) -> Result<Self, String> {
        let single = faults.iter().find(|fault| {
            !matches!(
                fault.action,
                Action::AfterHead(_) | Action::AfterRequest(_) | Action::Redirect(_)
            )
        });
        match single {
            Some(fault) => Err(format!("{} cannot be mixed", fault.name)),
            None if faults.is_empty() || every == 0 => Err("no faults to mix".to_owned()),
            None => Ok(Self { faults, every }),
        }
    }

    /// Returns the fault of the request with this number, from 1.
    fn action_for(&self, number: usize) -> Option<Action> {
        let round = number / self.every;
        if number % self.every != 0 {
            return None;
        }
        let fault = self.faults.get((round - 1) % self.faults.len())?;
        Some(fault.action)
    }
}

/// A running server. Dropping it closes its port. A connection ends when its client closes it.
#[derive(Debug)]
pub struct HostileServer {
    base_url: String,
    access_token: String,
    tls_roots: Option<String>,
    recorder: Arc<Recorder>,
    hosts: Hosts,
}

/// The listeners of the server.
#[derive(Debug)]
#[expect(dead_code, reason = "dropping the fields closes the ports")]
enum Hosts {
    None,
    Unaccepting(TcpListener),
    Listening(Vec<Listening>),
    Sandbox(Sandbox),
}

impl HostileServer {
    /// Starts a server with this plan.
    pub fn start(plan: Plan) -> io::Result<Self> {
        let [Fault { action, .. }] = plan.faults.as_slice() else {
            return Self::serve(plan, "http");
        };
        match *action {
            // A free port may be taken by another program. No program listens on port 1.
            Action::NoListener => Ok(Self::new("http://127.0.0.1:1", Hosts::None)),
            Action::NeverAccepted => {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
                let base_url = format!("http://{}", listener.local_addr()?);
                Ok(Self::new(base_url, Hosts::Unaccepting(listener)))
            }
            Action::Sandbox(form) => Self::start_sandbox(form),
            Action::Tls(identity) => {
                let identity = identity().map_err(io::Error::other)?;
                Self::serve_tls(&identity, tls::serve)
            }
            Action::TlsSurplus => {
                let identity = certificates::issue_valid().map_err(io::Error::other)?;
                Self::serve_tls(&identity, tls::serve_surplus)
            }
            Action::OnTlsConnect(_) => Self::serve(plan, "https"),
            _ => Self::serve(plan, "http"),
        }
    }

    /// Serves over raw sockets.
    fn serve(plan: Plan, scheme: &str) -> io::Result<Self> {
        let recorder = Arc::new(Recorder::default());
        let stranger = Listening::start({
            let recorder = Arc::clone(&recorder);
            move |_| {
                recorder.count_elsewhere();
                Ok(())
            }
        })?;
        let elsewhere = format!("http://{}/cgi-bin/elsewhere", stranger.address);
        let host = Listening::start({
            let recorder = Arc::clone(&recorder);
            move |stream| {
                recorder.count_connection();
                serve_connection(stream, &plan, &elsewhere, &recorder)
            }
        })?;
        let base_url = format!("{scheme}://{}", host.address);
        Ok(Self {
            recorder,
            ..Self::new(base_url, Hosts::Listening(vec![host, stranger]))
        })
    }

    /// Serves over TLS.
    fn serve_tls(identity: &Identity, serve: ServeTls) -> io::Result<Self> {
        let config = tls::build_config(identity).map_err(io::Error::other)?;
        let recorder = Arc::new(Recorder::default());
        let host = Listening::start({
            let recorder = Arc::clone(&recorder);
            move |stream| {
                recorder.count_connection();
                serve(stream, &config, &recorder)
            }
        })?;
        let base_url = format!("https://{}", host.address);
        Ok(Self {
            recorder,
            tls_roots: Some(identity.trusted.clone()),
            ..Self::new(base_url, Hosts::Listening(vec![host]))
        })
    }

    fn start_sandbox(form: &str) -> io::Result<Self> {
        let sandbox = Sandbox::start().map_err(io::Error::other)?;
        let form = serde_json::from_str(form)?;
        sandbox
            .control("POST", "/sandbox/faults", form)
            .map_err(io::Error::other)?;
        let token = sandbox
            .access_token(&sandbox.mini_program().appid)
            .map_err(io::Error::other)?;
        let base_url = sandbox.base_url().to_owned();
        Ok(Self {
            access_token: token.expose().to_owned(),
            ..Self::new(base_url, Hosts::Sandbox(sandbox))
        })
    }

    fn new(base_url: impl Into<String>, hosts: Hosts) -> Self {
        Self {
            base_url: base_url.into(),
            access_token: ACCESS_TOKEN.to_owned(),
            tls_roots: None,
            recorder: Arc::default(),
            hosts,
        }
    }

    /// The base URL, which replaces `https://api.weixin.qq.com`.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The access token that the client must use.
    #[must_use]
    pub fn access_token(&self) -> &str {
        &self.access_token
    }

    /// The authorities to trust, in PEM; `None` without TLS.
    #[must_use]
    pub fn tls_roots(&self) -> Option<&str> {
        self.tls_roots.as_deref()
    }

    /// Returns what the server has seen. First, idle connections run their fault.
    #[must_use]
    pub fn seen(&self) -> Seen {
        match &self.hosts {
            Hosts::Sandbox(sandbox) => Seen {
                connections: sandbox.counters().connections,
                requests: sandbox
                    .requests()
                    .into_iter()
                    .map(|request| match request.interface {
                        Some(interface) => interface.name().to_owned(),
                        None => request.path,
                    })
                    .collect(),
                elsewhere: 0,
            },
            _ => self.recorder.seen(),
        }
    }
}

/// Serves one connection until it ends.
fn serve_connection(
    stream: TcpStream,
    plan: &Plan,
    elsewhere: &str,
    recorder: &Recorder,
) -> io::Result<()> {
    let mut connection = Connection::new(stream)?;
    if let Some(Action::OnConnect(happen) | Action::OnTlsConnect(happen)) =
        plan.action_for(plan.every)
    {
        return happen(&mut connection);
    }
    while let Some(head) = connection.read_head()? {
        let number = recorder.add_request(&head.path);
        let fault = plan.action_for(number);
        if let Some(Action::AfterHead(happen)) = fault {
            return happen(&mut connection);
        }
        let request = connection.read_body(head)?;
        let kept = match fault {
            Some(Action::AfterRequest(happen)) => happen(&mut connection, &request)?,
            Some(Action::Redirect(happen)) => happen(&mut connection, elsewhere)?,
            _ => {
                connection.answer("200 OK", request.correct_answer().as_bytes())?;
                true
            }
        };
        if !kept {
            return Ok(());
        }
        if let Some(Action::WhileIdle(happen)) = fault {
            let waiting = recorder.begin_idle_wait();
            while !waiting.is_due() && !connection.wait_for_activity(POLL_INTERVAL)? {}
            if waiting.is_due() && !happen(&mut connection)? {
                // The connection must be closed before `waiting` is dropped, which reports the
                // fault.
                drop(connection);
                return Ok(());
            }
        }
    }
    Ok(())
}

/// A port, with a thread that accepts connections. Each connection has its own thread.
#[derive(Debug)]
struct Listening {
    address: SocketAddr,
    stopped: Arc<AtomicBool>,
}

impl Listening {
    fn start(
        serve: impl Fn(TcpStream) -> io::Result<()> + Clone + Send + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let listening = Self {
            address: listener.local_addr()?,
            stopped: Arc::default(),
        };
        let stopped = Arc::clone(&listening.stopped);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                let serve = serve.clone();
                // An error means that the client has closed the connection.
                thread::spawn(move || stream.and_then(serve));
            }
        });
        Ok(listening)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        // A connection wakes the accepting thread, which then sees `stopped`.
        drop(TcpStream::connect(self.address));
    }
}
