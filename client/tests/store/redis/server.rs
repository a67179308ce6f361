//! A redis-server, which is stopped with the test, even if that is killed.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jumpqr::store::{self, TokenStore};
use redis::{Connection, FromRedisValue};
use tempfile::TempDir;

/// The store's user, with what the store needs a right to; and its password as it is, and as it stands in a URL.
pub(crate) const USER: &str = "jumpqr";
pub(crate) const PASSWORD: &str = "P4SS:w@rd/#?%";
pub(crate) const ESCAPED_PASSWORD: &str = "P4SS%3Aw%40rd%2F%23%3F%25";

/// That of the user `default`, who may do everything.
const ADMIN: &str = "ADMIN-OF-THE-TEST";

/// Longer than redis-server ever takes to start, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs redis-server until the shell's input is closed, which it is when the test's process ends, whatever ends it.
const WATCHED: &str = r#"redis-server "$1" & cat; kill -9 $!; wait"#;

pub(crate) struct RedisServer {
    folder: TempDir,
    port: u16,
    /// What stands in its configuration besides.
    further: String,
    process: Option<Child>,
}

/// The rights that the documentation of `RedisStore` names.
pub(crate) fn documented_rights() -> &'static str {
    let documentation = include_str!("../../../src/store/redis/mod.rs");
    let (_, rest) = documentation.split_once(">PASSWORD ").unwrap();
    rest.lines().next().unwrap()
}

impl RedisServer {
    /// One that keeps nothing on the disk.
    pub(crate) fn start() -> Self {
        Self::start_with("")
    }

    /// One with these lines in its configuration.
    pub(crate) fn start_with(further: &str) -> Self {
        let mut server = Self {
            folder: tempfile::tempdir().unwrap(),
            port: free_port(),
            further: further.to_owned(),
            process: None,
        };
        let begun = Instant::now();
        while !server.start_again() {
            assert!(begun.elapsed() < PATIENCE, "redis-server does not start");
            // Somebody else has taken the port meanwhile.
            server.port = free_port();
        }
        server
    }

    /// Whether it runs now; not if its port is taken.
    pub(crate) fn start_again(&mut self) -> bool {
        assert!(
            Command::new("redis-server").arg("-v").output().is_ok(),
            "redis-server is missing. To install it: sudo apt-get install -y redis-server"
        );
        self.stop();
        drop(fs::remove_file(self.folder.path().join("log")));
        let configuration = self.folder.path().join("redis.conf");
        let folder = self.folder.path().display();
        fs::write(
            &configuration,
            format!(
                "bind 127.0.0.1\nport {port}\ndir {folder}\nunixsocket {folder}/socket\nsave \"\"\nlogfile {folder}/log\n\
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
        self.answers()
    }

    /// Whether it can be talked to; not where another has its port.
    fn answers(&self) -> bool {
        let log = self.folder.path().join("log");
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
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

    /// Kills it.
    pub(crate) fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            drop(process.stdin.take());
            process.wait().unwrap();
        }
    }

    /// Host and port, as errors name them.
    pub(crate) fn place(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }

    /// The store's setting.
    pub(crate) fn setting(&self) -> String {
        format!("redis://{USER}:{ESCAPED_PASSWORD}@{}", self.place())
    }

    pub(crate) fn open(&self) -> Arc<dyn TokenStore> {
        store::open(&self.setting()).unwrap()
    }

    fn try_admin(&self) -> redis::RedisResult<Connection> {
        let url = format!("redis://:{ADMIN}@{}", self.place());
        let mut connection = redis::Client::open(url)?.get_connection()?;
        redis::cmd("PING").exec(&mut connection)?;
        Ok(connection)
    }

    /// What this command answers to somebody who may do everything.
    pub(crate) fn admin<T: FromRedisValue>(&self, command: &str) -> T {
        let mut words = command.split(' ');
        let mut request = redis::cmd(words.next().unwrap());
        request.arg(words.collect::<Vec<_>>());
        request.query(&mut self.try_admin().unwrap()).unwrap()
    }

    /// The names of all keys, in order.
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

/// A port on which nobody listens, and which the system gives to nobody who connects: it is free again after a crash.
pub(crate) fn free_port() -> u16 {
    loop {
        let port = fastrand::u16(20_000..30_000);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
