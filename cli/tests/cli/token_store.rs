//! The store that keeps tokens between commands.

use std::fs;
#[cfg(unix)]
use std::os::unix::{fs::PermissionsExt, net::UnixStream};
use std::path::Path;
#[cfg(unix)]
use std::process::{Command, Stdio};
#[cfg(unix)]
use std::time::{Duration, Instant};

use jumpqr_sandbox::Sandbox;
use serde_json::json;
use tempfile::TempDir;

use crate::support::{FakeWeChat, Jumpqr, jumpqr};

const PASSWORD: &str = "p4ssw0rd-that-nobody-may-see";

/// Makes the command `get` as the Mini Program of `sandbox`.
fn get(sandbox: &Sandbox, home: &Path) -> Jumpqr {
    as_mini_program(sandbox, home, &["get"])
}

fn as_mini_program(sandbox: &Sandbox, home: &Path, arguments: &[&str]) -> Jumpqr {
    let account = sandbox.mini_program();
    jumpqr(arguments)
        .home(home)
        .env("JUMPQR_BASE_URL", sandbox.base_url())
        .env("JUMPQR_APPID", &account.appid)
        .env("JUMPQR_SECRET", account.secret.expose())
}

/// Returns how many token requests the sandbox received.
fn token_calls(sandbox: &Sandbox) -> u64 {
    sandbox.counters().token_calls
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().next().is_none()
}

#[test]
fn commands_share_a_private_folder_of_the_user() {
    let sandbox = Sandbox::start().unwrap();
    let home = TempDir::new().unwrap();
    for _ in 0..3 {
        assert_eq!(get(&sandbox, home.path()).expect(0).stderr, "");
    }
    assert_eq!(token_calls(&sandbox), 1);
    if cfg!(target_os = "linux") {
        let folder = home.path().join(".local/state/jumpqr");
        assert!(!is_empty(&folder));
        #[cfg(unix)]
        {
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&folder), 0o700);
            for file in fs::read_dir(&folder).unwrap() {
                assert_eq!(mode(&file.unwrap().path()), 0o600);
            }
        }
    }
}

#[test]
fn concurrent_commands_fetch_one_token() {
    let wechat = FakeWeChat::start(|request| match request.name.as_str() {
        "stable_token" => json!({"access_token": "T", "expires_in": 7200}),
        _ => json!({"errcode": 0, "errmsg": "ok", "rule_list": []}),
    });
    let home = TempDir::new().unwrap();
    let get = || {
        jumpqr(["get"])
            .home(home.path())
            .env("JUMPQR_BASE_URL", wechat.base_url())
            .env("JUMPQR_APPID", "wx1")
            .env("JUMPQR_SECRET", "s")
            .expect(0);
    };
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(get);
        }
    });
    let calls = wechat.calls();
    assert_eq!(calls.len(), 1 + 8, "{calls:?}");
    assert_eq!(calls[0], "stable_token");
}

#[cfg(target_os = "linux")]
#[test]
fn xdg_state_home_moves_the_default_folder() {
    let sandbox = Sandbox::start().unwrap();
    let (home, state) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    get(&sandbox, home.path())
        .env("XDG_STATE_HOME", state.path())
        .expect(0);
    assert!(!is_empty(&state.path().join("jumpqr")));
    assert!(is_empty(home.path()));
}

#[test]
fn the_command_line_precedes_the_environment() {
    let sandbox = Sandbox::start().unwrap();
    let home = TempDir::new().unwrap();
    let setting = |name: &str| format!("dir:{}", home.path().join(name).display());
    let by_flag = get(&sandbox, home.path())
        .args(["--token-store", &setting("a")])
        .env("JUMPQR_TOKEN_STORE", setting("b"));
    by_flag.expect(0);
    assert!(!is_empty(&home.path().join("a")));
    assert!(!home.path().join("b").exists());
    get(&sandbox, home.path())
        .env("JUMPQR_TOKEN_STORE", setting("a"))
        .expect(0);
    assert_eq!(token_calls(&sandbox), 1);
    get(&sandbox, home.path())
        .env("JUMPQR_TOKEN_STORE", setting("b"))
        .expect(0);
    assert_eq!(token_calls(&sandbox), 2);
}

#[test]
fn tokens_in_memory_end_with_the_command() {
    let sandbox = Sandbox::start().unwrap();
    let home = TempDir::new().unwrap();
    for _ in 0..2 {
        get(&sandbox, home.path())
            .args(["--token-store", "memory:"])
            .expect(0);
    }
    assert_eq!(token_calls(&sandbox), 2);
    jumpqr(["--sandbox", "get"]).home(home.path()).expect(0);
    assert!(is_empty(home.path()));
}

#[test]
fn without_a_usable_default_folder_a_note_is_printed_and_the_call_succeeds() {
    let sandbox = Sandbox::start().unwrap();
    let folder = TempDir::new().unwrap();
    let home = folder.path().join("file");
    fs::write(&home, "").unwrap();
    let run = get(&sandbox, &home).args(["--json"]).expect(0);
    assert_eq!(run.json()["ok"], true);
    assert!(
        run.stderr.contains("not kept") && run.stderr.contains("--token-store"),
        "{}",
        run.stderr
    );
    // If a store is named and cannot be used, that is an error.
    let named = format!("dir:{}", home.join("below").display());
    let object = get(&sandbox, folder.path())
        .args(["--json", "--token-store", &named])
        .expect(6)
        .json();
    assert_eq!(object["error"]["kind"], "store");
    assert_eq!(object["error"]["code"], "store_failed");
    let advice = object["error"]["advice"].as_str().unwrap();
    assert!(advice.contains("JUMPQR_TOKEN_STORE"), "{advice}");
}

#[cfg(unix)]
#[test]
fn a_readable_folder_is_made_private_unless_it_has_other_files() {
    let sandbox = Sandbox::start().unwrap();
    let home = TempDir::new().unwrap();
    let store = home.path().join("it's mine");
    let get =
        || get(&sandbox, home.path()).env("JUMPQR_TOKEN_STORE", format!("dir:{}", store.display()));
    get().expect(0);
    fs::set_permissions(&store, fs::Permissions::from_mode(0o755)).unwrap();
    get().expect(0);
    let mode = || fs::metadata(&store).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(), 0o700);

    fs::set_permissions(&store, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(store.join("notes.txt"), b"").unwrap();
    let object = get().args(["--json"]).expect(6).json();
    assert_eq!(object["error"]["code"], "store_not_private");
    let advice = object["error"]["advice"].as_str().unwrap();
    assert!(advice.contains("of its own"), "{advice}");
    assert_eq!(mode(), 0o755);
}

#[test]
fn an_invalid_setting_exits_with_3() {
    let sandbox = Sandbox::start().unwrap();
    let home = TempDir::new().unwrap();
    for setting in ["nonsense", "dir:relative", "dir:", "memory:x", "memory"] {
        let run = get(&sandbox, home.path())
            .args(["--token-store", setting])
            .expect(3);
        assert!(run.stderr.contains("--token-store: "), "{}", run.stderr);
    }
    assert_eq!(token_calls(&sandbox), 0);
}

#[test]
fn a_password_on_the_command_line_is_refused_and_not_printed() {
    for setting in [
        format!("redis://jumpqr:{PASSWORD}@cache.example.cn/0"),
        format!("rediss://:{PASSWORD}@cache.example.cn"),
        format!("redis://{PASSWORD}@cache.example.cn"),
        format!("redis+unix:///run/redis.sock?pass={PASSWORD}"),
        format!("nonsense:{PASSWORD}@"),
    ] {
        for arguments in [
            vec!["--token-store", &setting, "get"],
            vec!["--json", "token", "status", "--token-store", &setting],
            vec!["check", "-", "--token-store", &setting],
        ] {
            let run = jumpqr(&arguments).expect(2);
            let printed = run.everything();
            assert!(printed.contains("JUMPQR_TOKEN_STORE"), "{printed}");
            assert!(!printed.contains(PASSWORD), "{printed}");
        }
    }
    // A folder may have any name.
    let home = TempDir::new().unwrap();
    let folder = format!("dir:{}", home.path().join("a@b").display());
    jumpqr(["token", "status", "--token-store", &folder])
        .env("JUMPQR_APPID", "wx1")
        .env("JUMPQR_SECRET", "s")
        .expect(0);
}

#[test]
fn a_password_in_the_environment_is_not_printed() {
    let home = TempDir::new().unwrap();
    for (address, code) in [("127.0.0.1:1", 6), ("[", 3), ("127.0.0.1:1/x", 3)] {
        let run = jumpqr(["token", "status", "--timeout", "0.5"])
            .home(home.path())
            .env("JUMPQR_APPID", "wx1")
            .env("JUMPQR_SECRET", "s")
            .env(
                "JUMPQR_TOKEN_STORE",
                format!("redis://jumpqr:{PASSWORD}@{address}"),
            )
            .expect(code);
        assert!(!run.everything().contains(PASSWORD), "{run:?}");
    }
}

/// A redis-server on a socket in a folder. It ends when this value is dropped.
#[cfg(unix)]
struct Redis {
    folder: TempDir,
    process: std::process::Child,
}

#[cfg(unix)]
impl Redis {
    /// Longer than redis-server takes to start on a busy machine.
    const START_TIMEOUT: Duration = Duration::from_secs(30);

    fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let configuration = format!(
            "port 0\nunixsocket {0}/socket\ndir {0}\nsave \"\"\nrequirepass {PASSWORD}\n",
            folder.path().display()
        );
        fs::write(folder.path().join("redis.conf"), configuration).unwrap();
        // The shell kills redis-server when its input ends, so also when the test process dies.
        let process = Command::new("sh")
            .args(["-c", r#"redis-server "$1" & cat; kill -9 $!; wait"#, "sh"])
            .arg(folder.path().join("redis.conf"))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let started = Instant::now();
        while UnixStream::connect(folder.path().join("socket")).is_err() {
            assert!(
                started.elapsed() < Self::START_TIMEOUT,
                "redis-server does not start"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
        Self { folder, process }
    }

    fn setting(&self) -> String {
        let socket = self.folder.path().join("socket");
        format!("redis+unix://{}?pass={PASSWORD}", socket.display())
    }
}

#[cfg(unix)]
impl Drop for Redis {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        // The exit code of a killed server does not matter.
        let _ = self.process.wait();
    }
}

#[cfg(unix)]
#[test]
fn commands_share_a_redis_server() {
    let sandbox = Sandbox::start().unwrap();
    let redis = Redis::start();
    // Each home stands for another machine.
    for _ in 0..2 {
        let home = TempDir::new().unwrap();
        get(&sandbox, home.path())
            .env("JUMPQR_TOKEN_STORE", redis.setting())
            .expect(0);
        assert!(is_empty(home.path()));
    }
    assert_eq!(token_calls(&sandbox), 1);
    let run = as_mini_program(&sandbox, redis.folder.path(), &["token", "status"])
        .env("JUMPQR_TOKEN_STORE", redis.setting())
        .expect(0);
    assert!(run.stdout.contains("redis+unix://"), "{}", run.stdout);
    assert!(run.stdout.contains("valid"), "{}", run.stdout);
    assert!(!run.everything().contains(PASSWORD), "{run:?}");
}
