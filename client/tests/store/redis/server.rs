//! A redis-server, which ends with the test, even if the test is killed.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
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
const ADMIN: &str = "ADMIN-OF-THE-TEST";

/// Longer than redis-server takes to start, even on a busy machine.
const LONGEST_START: Duration = Duration::from_secs(30);

/// Runs redis-server until the input of the shell is closed, as it is when the process of the test
/// ends, even if it is killed.
const WATCHED: &str = r#"redis-server "$1" & cat; kill -9 $!; wait"#;

pub(crate) struct RedisServer {
    folder: TempDir,
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
        let mut server = Self {
            folder: tempfile::tempdir().unwrap(),
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

    /// Starts Redis again, with a new process. Returns `false` if its port is taken.
    pub(crate) fn start_again(&mut self) -> bool {
        assert!(
            Command::new("redis-server").arg("-v").output().is_ok(),
            "redis-server is missing. To install it: sudo apt-get install -y redis-server"
        );
        self.stop();
        // At the first start, there is no log yet.
        let _ = fs::remove_file(self.folder.path().join("log"));
        let configuration = self.folder.path().join("redis.conf");
        let folder = self.folder.path().display();
        fs::write(
            &configuration,
            format!(
                "bind 127.0.0.1\nport {port}\ndir {folder}\nunixsocket {folder}/socket\n\
                 save \"\"\nlogfile {folder}/log\n\
                 user default reset on >{ADMIN} ~* &* +@all\n\
                 user {USER} reset on \">{PASSWORD}\" {rights}\n{further}\n",
                port = self.port,
                rights = documented_rights(),
                further = self.further,
            ),
        )
        .unwrap();
        let process = Command::new("sh")
            .args(["-c", WATCHED, "sh"])
            .arg(&configuration)
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
                let folder: Vec<String> = redis::cmd("CONFIG")
                    .arg(&["GET", "dir"])
                    .query(&mut connection)
                    .unwrap();
                return Path::new(folder.last().unwrap()) == self.folder.path();
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

    /// Runs a command as the user with all rights, and returns the reply.
    pub(crate) fn admin<T: FromRedisValue>(&self, command: &str) -> T {
        let mut words = command.split(' ');
        let mut request = redis::cmd(words.next().unwrap());
        request.arg(words.collect::<Vec<_>>());
        request.query(&mut self.try_admin().unwrap()).unwrap()
    }

    /// Returns the names of all keys, in order.
    pub(crate) fn keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = self.admin("KEYS *");
        keys.sort();
        keys
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Returns a port on which nothing listens. The system uses none of these ports for connections, so
/// it is free again after a crash.
pub(crate) fn free_port() -> u16 {
    loop {
        let port = fastrand::u16(20_000..30_000);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
