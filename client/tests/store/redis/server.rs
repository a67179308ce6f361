//! A redis-server, which ends with the test, even if the test is killed.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jumpqr::store::{self, TokenStore};
use redis::{Connection, FromRedisValue};
use tempfile::TempDir;

/// The user of the store, which has only the documented rights; its password, and the password as
/// percent-encoded in a URL.
pub(crate) const USER: &str = "jumpqr";
pub(crate) const PASSWORD: &str = "P4SS:w@rd/#?%";
pub(crate) const ESCAPED_PASSWORD: &str = "P4SS%3Aw%40rd%2F%23%3F%25";

/// The password of the user `default`, which has all rights.
pub(crate) const ADMIN: &str = "ADMIN-OF-THE-TEST";

/// Longer than redis-server takes to start, even on a busy machine.
const LONGEST_START: Duration = Duration::from_secs(30);

/// Runs redis-server until the input of the shell is closed, as it is when the process of the test
/// ends, even if it is killed.
const WATCHED: &str = r#"redis-server "$@" & cat; kill -9 $!; wait"#;

/// What the server is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Redis,
    Sentinel,
}

pub(crate) struct RedisServer {
    folder: TempDir,
    kind: Kind,
    port: u16,
    /// Further lines of its configuration.
    further: String,
    process: Option<Child>,
}

/// Returns the rights in the documentation of `RedisStore`.
pub(crate) fn documented_rights() -> &'static str {
    let documentation = include_str!("../../../src/store/redis/mod.rs");
    let (_, rest) = documentation.split_once(">PASSWORD ").unwrap();
    rest.lines().next().unwrap()
}

impl RedisServer {
    /// Starts a Redis that keeps nothing on the disk.
    pub(crate) fn start() -> Self {
        Self::start_with("")
    }

    /// Starts a Redis with these lines in its configuration.
    pub(crate) fn start_with(further: &str) -> Self {
        Self::start_kind(Kind::Redis, further)
    }

    /// Starts a sentinel with these lines in its configuration.
    pub(crate) fn start_sentinel(further: &str) -> Self {
        Self::start_kind(Kind::Sentinel, further)
    }

    fn start_kind(kind: Kind, further: &str) -> Self {
        let mut server = Self {
            folder: tempfile::tempdir().unwrap(),
            kind,
            port: free_port(),
            further: further.to_owned(),
            process: None,
        };
        let begun = Instant::now();
        while !server.start_again() {
            assert!(
                begun.elapsed() < LONGEST_START,
                "redis-server does not start"
            );
            // Another process has taken the port.
            server.port = free_port();
        }
        server
    }

    /// Returns the lines of the configuration.
    fn configuration(&self) -> String {
        let Self { port, further, .. } = self;
        let folder = self.folder.path().display();
        let common = format!("bind 127.0.0.1\nport {port}\ndir {folder}\nlogfile {folder}/log\n");
        match self.kind {
            Kind::Redis => format!(
                "{common}unixsocket {folder}/socket\nsave \"\"\n\
                 user default reset on >{ADMIN} ~* &* +@all\n\
                 user {USER} reset on \">{PASSWORD}\" {rights}\n{further}\n",
                rights = documented_rights(),
            ),
            Kind::Sentinel => format!(
                "{common}user default reset on >{ADMIN} ~* &* +@all\n\
                 user {USER} reset on \">{PASSWORD}\" +sentinel|get-master-addr-by-name\n\
                 sentinel sentinel-pass {ADMIN}\n{further}\n",
            ),
        }
    }

    /// Starts Redis again, with a new process. Returns `false` if its port is taken.
    pub(crate) fn start_again(&mut self) -> bool {
        assert!(
            Command::new("redis-server").arg("-v").output().is_ok(),
            "redis-server is missing. To install it: sudo apt-get install -y redis-server"
        );
        self.stop();
        // At the first start, there is no log yet.
        let _ = fs::remove_file(self.folder.path().join("log"));
        fs::write(self.configuration_file(), self.configuration()).unwrap();
        let process = Command::new("sh")
            .args(["-c", WATCHED, "sh"])
            .arg(self.configuration_file())
            .args((self.kind == Kind::Sentinel).then_some("--sentinel"))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.process = Some(process);
        self.wait_until_it_replies()
    }

    /// Waits until Redis replies. Returns `false` if another process has its port.
    fn wait_until_it_replies(&self) -> bool {
        let log = self.folder.path().join("log");
        let begun = Instant::now();
        while begun.elapsed() < LONGEST_START {
            if let Ok(mut connection) = self.try_admin() {
                let info: String = redis::cmd("INFO")
                    .arg("server")
                    .query(&mut connection)
                    .unwrap();
                let file = self.configuration_file().display().to_string();
                return info.contains(&format!("config_file:{file}\r\n"));
            }
            let said = fs::read_to_string(&log).unwrap_or_default();
            if said.contains("Address already in use") {
                return false;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!(
            "redis-server does not start: {:?}",
            fs::read_to_string(&log)
        );
    }

    fn configuration_file(&self) -> PathBuf {
        self.folder.path().join("redis.conf")
    }

    /// Kills Redis.
    pub(crate) fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            drop(process.stdin.take());
            process.wait().unwrap();
        }
    }

    /// Returns host and port, as errors show them.
    pub(crate) fn endpoint(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }

    /// Returns the setting of the store.
    pub(crate) fn setting(&self) -> String {
        format!("redis://{USER}:{ESCAPED_PASSWORD}@{}", self.endpoint())
    }

    pub(crate) fn open(&self) -> Arc<dyn TokenStore> {
        store::open(&self.setting()).unwrap()
    }

    fn try_admin(&self) -> redis::RedisResult<Connection> {
        let url = format!("redis://:{ADMIN}@{}", self.endpoint());
        let mut connection = redis::Client::open(url)?.get_connection()?;
        redis::cmd("PING").exec(&mut connection)?;
        Ok(connection)
    }

    /// Connects as the user with all rights.
    pub(crate) fn connect(&self) -> Connection {
        self.try_admin().unwrap()
    }

    fn try_query<T: FromRedisValue>(&self, command: &str) -> redis::RedisResult<T> {
        let mut words = command.split(' ');
        let mut request = redis::cmd(words.next().unwrap());
        request.arg(words.collect::<Vec<_>>());
        request.query(&mut self.try_admin()?)
    }

    /// Runs a command as the user with all rights, and returns the reply. A server closes its
    /// connections when it becomes a master or a replica: then the command is sent again.
    pub(crate) fn admin<T: FromRedisValue>(&self, command: &str) -> T {
        let begun = Instant::now();
        loop {
            match self.try_query(command) {
                Err(error) if error.is_io_error() && begun.elapsed() < LONGEST_CHANGE => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                reply => return reply.unwrap(),
            }
        }
    }

    /// Runs a command as the user with all rights. Returns whether it succeeds.
    pub(crate) fn try_command(&self, command: &str) -> bool {
        self.try_query::<redis::Value>(command).is_ok()
    }

    /// Waits until the reply of Redis to `INFO` has this line.
    pub(crate) fn wait_for_info(&self, line: &str) {
        let line = format!("{line}\r\n");
        wait_until(&line, || self.admin::<String>("INFO").contains(&line));
    }

    /// Returns the names of all keys, in order.
    pub(crate) fn keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = self.admin("KEYS *");
        keys.sort();
        keys
    }
}

/// Longer than the change of a server's role. It takes some seconds, on a busy machine more.
const LONGEST_CHANGE: Duration = Duration::from_secs(60);

/// Waits until something is so.
pub(crate) fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < LONGEST_CHANGE, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Returns a port on which nothing listens. The system uses none of these ports for connections, so
/// it is free again after a crash. 10,000 above it, a cluster has another.
pub(crate) fn free_port() -> u16 {
    loop {
        let port = fastrand::u16(11_000..22_000);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
