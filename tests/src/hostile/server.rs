use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use jumpqr_sandbox::Sandbox;
use rustls::ServerConfig;

use super::certificates::{self, Identity};
use super::seen::Record;
use super::{ACCESS_TOKEN, Connection, Fault, Play, Seen, tls};

/// How often an idle connection looks whether its fault is to happen.
const LOOK: Duration = Duration::from_millis(5);

/// What is done with a connection over TLS.
type Serve = fn(TcpStream, &Arc<ServerConfig>, &Record) -> io::Result<()>;

/// Which faults happen to which requests.
#[derive(Debug, Clone)]
pub struct Plan {
    faults: Vec<&'static Fault>,
    every: usize,
}

impl Plan {
    /// This one to every request.
    #[must_use]
    pub fn always(fault: &'static Fault) -> Self {
        Self {
            faults: vec![fault],
            every: 1,
        }
    }

    /// To every n-th request, one of these after the other; the rest is answered as it should be. A fault that happens before
    /// there is a request, or to every one, cannot be mixed with others.
    pub fn mixed(faults: Vec<&'static Fault>, every: usize) -> Result<Self, String> {
        let single = faults.iter().find(|fault| {
            !matches!(
                fault.play,
                Play::Head(_) | Play::Request(_) | Play::Redirect(_)
            )
        });
        match single {
            Some(fault) => Err(format!("{} cannot be mixed", fault.name)),
            None if faults.is_empty() || every == 0 => Err("there is nothing to mix".to_owned()),
            None => Ok(Self { faults, every }),
        }
    }

    /// What happens to the request with this number, from 1.
    fn fault(&self, number: usize) -> Option<Play> {
        let turn = number / self.every;
        if number % self.every != 0 {
            return None;
        }
        let fault = self.faults.get((turn - 1) % self.faults.len())?;
        Some(fault.play)
    }
}

/// A server that is running. Dropping it closes its port; a connection ends when its client goes away.
#[derive(Debug)]
pub struct Hostile {
    base_url: String,
    access_token: String,
    tls_roots: Option<String>,
    record: Arc<Record>,
    hosts: Hosts,
}

/// What runs as long as the server does.
#[derive(Debug)]
#[expect(dead_code, reason = "dropping what is in it closes the ports")]
enum Hosts {
    None,
    Unaccepting(TcpListener),
    Listening(Vec<Listening>),
    Sandbox(Sandbox),
}

impl Hostile {
    /// Starts a server that does as the plan says.
    pub fn start(plan: Plan) -> io::Result<Self> {
        let [Fault { play, .. }] = plan.faults.as_slice() else {
            return Self::serve(plan, "http");
        };
        match *play {
            // A port that was free a moment ago may be another's by now; on this one nobody listens.
            Play::Nobody => Ok(Self::at("http://127.0.0.1:1", Hosts::None)),
            Play::NeverAccepted => {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
                let base_url = format!("http://{}", listener.local_addr()?);
                Ok(Self::at(base_url, Hosts::Unaccepting(listener)))
            }
            Play::Sandbox(form) => Self::sandbox(form),
            Play::Tls(identity) => {
                let identity = identity().map_err(io::Error::other)?;
                Self::tls(&identity, tls::serve)
            }
            Play::TlsSurplus => {
                let identity = certificates::right().map_err(io::Error::other)?;
                Self::tls(&identity, tls::serve_surplus)
            }
            Play::Handshake(_) => Self::serve(plan, "https"),
            _ => Self::serve(plan, "http"),
        }
    }

    /// Over raw sockets.
    fn serve(plan: Plan, scheme: &str) -> io::Result<Self> {
        let record = Arc::new(Record::default());
        let stranger = Listening::start({
            let record = Arc::clone(&record);
            move |_| {
                record.elsewhere();
                Ok(())
            }
        })?;
        let elsewhere = format!("http://{}/cgi-bin/elsewhere", stranger.address);
        let host = Listening::start({
            let record = Arc::clone(&record);
            move |stream| {
                record.connection();
                converse(stream, &plan, &elsewhere, &record)
            }
        })?;
        let base_url = format!("{scheme}://{}", host.address);
        Ok(Self {
            record,
            ..Self::at(base_url, Hosts::Listening(vec![host, stranger]))
        })
    }

    /// Over TLS.
    fn tls(identity: &Identity, serve: Serve) -> io::Result<Self> {
        let config = tls::config(identity).map_err(io::Error::other)?;
        let record = Arc::new(Record::default());
        let host = Listening::start({
            let record = Arc::clone(&record);
            move |stream| {
                record.connection();
                serve(stream, &config, &record)
            }
        })?;
        let base_url = format!("https://{}", host.address);
        Ok(Self {
            record,
            tls_roots: Some(identity.trusted.clone()),
            ..Self::at(base_url, Hosts::Listening(vec![host]))
        })
    }

    fn sandbox(form: &str) -> io::Result<Self> {
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
            ..Self::at(base_url, Hosts::Sandbox(sandbox))
        })
    }

    fn at(base_url: impl Into<String>, hosts: Hosts) -> Self {
        Self {
            base_url: base_url.into(),
            access_token: ACCESS_TOKEN.to_owned(),
            tls_roots: None,
            record: Arc::default(),
            hosts,
        }
    }

    /// Where it is, in the place of `https://api.weixin.qq.com`.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The token to come with.
    #[must_use]
    pub fn access_token(&self) -> &str {
        &self.access_token
    }

    /// The authorities to trust, in PEM; `None` where that is of no concern.
    #[must_use]
    pub fn tls_roots(&self) -> Option<&str> {
        self.tls_roots.as_deref()
    }

    /// What it has seen so far. Asked between two calls, it has idle connections meet their fault.
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
            _ => self.record.seen(),
        }
    }
}

/// Serves one connection until something ends it.
fn converse(stream: TcpStream, plan: &Plan, elsewhere: &str, record: &Record) -> io::Result<()> {
    let mut connection = Connection::new(stream)?;
    if let Some(Play::Connected(happen) | Play::Handshake(happen)) = plan.fault(plan.every) {
        return happen(&mut connection);
    }
    while let Some(head) = connection.read_head()? {
        let number = record.request(&head.path);
        let fault = plan.fault(number);
        if let Some(Play::Head(happen)) = fault {
            return happen(&mut connection);
        }
        let request = connection.read_body(head)?;
        let kept = match fault {
            Some(Play::Request(happen)) => happen(&mut connection, &request)?,
            Some(Play::Redirect(happen)) => happen(&mut connection, elsewhere)?,
            _ => {
                connection.answer("200 OK", request.right_answer().as_bytes())?;
                true
            }
        };
        if !kept {
            return Ok(());
        }
        if let Some(Play::Idle(happen)) = fault {
            let waiting = record.wait();
            while !waiting.is_over() && !connection.stirs_within(LOOK)? {}
            if waiting.is_over() && !happen(&mut connection)? {
                // Before anybody is told that it has happened.
                drop(connection);
                return Ok(());
            }
        }
    }
    Ok(())
}

/// A port, and a thread that takes connections on it, each served on a thread of its own.
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
                // A client that has gone away is none of the server's concern.
                thread::spawn(move || stream.and_then(serve));
            }
        });
        Ok(listening)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        // Wakes the thread that waits for connections.
        drop(TcpStream::connect(self.address));
    }
}
