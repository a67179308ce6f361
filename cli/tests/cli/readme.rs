//! The commands in the README and in `docs/command.md` work as described there.

#[cfg(unix)]
use std::io::Write;
use std::path::Path;
#[cfg(unix)]
use std::process::{Command, Stdio};

#[cfg(unix)]
use jumpqr::push::{Encryptor, PushAddress, ReceiverConfig};
use jumpqr_sandbox::Sandbox;
#[cfg(unix)]
use jumpqr_sandbox::{ENCODING_AES_KEY, Interface, MESSAGE_TOKEN};
#[cfg(unix)]
use serde_json::json;

#[cfg(unix)]
use crate::support::platform::Platform;
use crate::support::{Run, as_mini_program, jumpqr, read_picture};

const README: &str = include_str!("../../../README.md");
const COMMAND: &str = include_str!("../../../docs/command.md");
const FIRST_RULE: &str = include_str!("../../../docs/first-rule.md");
const CODES: &str = include_str!("../../../docs/codes.md");

/// Returns the code blocks of this language in a page, in order.
fn blocks(page: &'static str, language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    page.split(&fence)
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect()
}

/// Returns the arguments of a line that begins with `program`, without a comment.
fn parse_arguments(line: &str, program: &str) -> Option<Vec<String>> {
    // A backslash continues the command on the next line.
    shlex::split(&line.strip_prefix(program)?.replace("\\\n", ""))
}

#[test]
fn the_first_command_prints_what_the_readme_shows() {
    let arguments = parse_arguments(blocks(README, "sh")[0], "cargo run --locked -- ").unwrap();
    let run: Run = jumpqr(arguments).expect(0);
    assert_eq!(run.stdout, blocks(README, "text")[0]);
}

#[test]
fn the_match_of_a_test_link_prints_what_the_page_shows() {
    let mut documents = blocks(COMMAND, "json").into_iter();
    let rules = documents.find(|block| block.contains("rule_list")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rules.json"), rules).unwrap();
    let (_, rest) = COMMAND
        .split_once("`jumpqr match --rules rules.json ")
        .unwrap();
    let (link, _) = rest.split_once('`').unwrap();
    let mut command = jumpqr(["match", "--rules", "rules.json", link]).into_command();
    let output = command.current_dir(&folder).output().unwrap();
    let shown = blocks(COMMAND, "text");
    let shown = shown.iter().find(|block| block.contains(link)).unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), **shown);
}

#[test]
fn the_first_code_is_drawn_as_the_guide_shows() {
    let (command, input) = blocks(FIRST_RULE, "sh")[0]
        .split_once(" <<'RULE'\n")
        .unwrap();
    let arguments = parse_arguments(command, "cargo run --locked -- ").unwrap();
    let input = input.strip_suffix("RULE\n").unwrap();
    let run = jumpqr(arguments).stdin(input).expect(0);
    assert_eq!(run.stdout, blocks(FIRST_RULE, "text")[0]);
}

#[test]
fn the_rules_of_the_readme_stand_in_examples_that_run() {
    let examples = [
        (
            "python",
            include_str!("../../../python/examples/add_and_publish.py"),
        ),
        (
            "js",
            include_str!("../../../node/examples/add-and-publish.mjs"),
        ),
        (
            "rust",
            include_str!("../../../client/examples/add_and_publish.rs"),
        ),
    ];
    for (language, example) in examples {
        let example: Vec<_> = example.lines().map(str::trim).collect();
        let block: Vec<_> = blocks(README, language)[0].lines().map(str::trim).collect();
        let stands = example.windows(block.len()).any(|lines| lines == block);
        assert!(stands, "the README has another {language} than its example");
    }
}

#[test]
fn the_readme_is_short() {
    assert!(README.lines().count() <= 150);
}

#[test]
fn every_documented_build_uses_the_lock_file() {
    let pages = [
        ("README.md", README),
        ("docs/command.md", COMMAND),
        ("docs/first-rule.md", FIRST_RULE),
        (
            "tests/fuzz/README.md",
            include_str!("../../../tests/fuzz/README.md"),
        ),
        ("ffi-c/README.md", include_str!("../../../ffi-c/README.md")),
        ("node/README.md", include_str!("../../../node/README.md")),
        (
            "python/README.md",
            include_str!("../../../python/README.md"),
        ),
        (
            "node/package.json",
            include_str!("../../../node/package.json"),
        ),
        ("ffi-c/Makefile", include_str!("../../../ffi-c/Makefile")),
    ];
    let builds = ["cargo install", "cargo run", "(CARGO) ", "napi build"];
    let mut found = 0;
    for (page, text) in pages {
        for line in text.lines() {
            let Some(command) = builds.iter().find_map(|build| line.split_once(build)) else {
                continue;
            };
            assert!(command.1.contains("--locked"), "{page}: {line}");
            found += 1;
        }
    }
    assert_eq!(found, 9);
}

/// Runs a session of a page in a folder, against a sandbox. Returns what each command prints.
fn run_session(session: &str, folder: &Path) -> Vec<String> {
    let sandbox = Sandbox::start().unwrap();
    let account = sandbox.mini_program();
    // A backslash continues the command on the next line.
    let session = session.replace("\\\n", "");
    let commands = session
        .lines()
        .filter_map(|line| parse_arguments(line, "jumpqr "));
    let run = |arguments: Vec<String>| {
        let mut command = jumpqr(&arguments)
            .home(folder)
            .env("JUMPQR_BASE_URL", sandbox.base_url())
            .env("JUMPQR_APPID", &account.appid)
            .env("JUMPQR_SECRET", account.secret.expose())
            .into_command();
        let output = command.current_dir(folder).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    commands.map(run).collect()
}

#[test]
fn every_command_of_the_session_succeeds() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rule.json"), blocks(COMMAND, "json")[0]).unwrap();
    let session = blocks(COMMAND, "sh")
        .into_iter()
        .find(|block| block.contains("rule.json"))
        .unwrap();
    // This command looks at the domain of the rule, which is not on this machine.
    let (before, after) = session.split_once("jumpqr preflight rule.json ").unwrap();
    let session = format!("{before}#{after}");
    assert_eq!(run_session(&session, folder.path()).len(), 8);
}

#[test]
fn the_session_of_codes_ends_with_the_pictures_and_the_sheet() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("rule.json"), blocks(CODES, "json")[0]).unwrap();
    std::fs::write(path("tables.csv"), blocks(CODES, "csv")[0]).unwrap();
    let printed = run_session(blocks(CODES, "sh")[0], folder.path());
    assert_eq!(printed.len(), 7);
    assert!(
        printed[2].contains("for developers and testers only"),
        "{}",
        printed[2]
    );
    let hits = blocks(CODES, "text")[0];
    assert!(printed[4].starts_with(hits), "{}", printed[4]);
    for number in 1..=3 {
        let link = format!("https://m.example.cn/table/?id={number}");
        assert_eq!(read_picture(&path(&format!("codes/{number}.svg"))), [link]);
    }
    assert!(path("sheet.pdf").exists() && path("table-2.svg").exists());
}

#[test]
fn every_command_about_refusals_and_quotas_succeeds() {
    const SAMPLE: &str = "634bfc67-005fc671-503d9355";
    let sandbox = Sandbox::start().unwrap();
    let appid = sandbox.mini_program().appid;
    let refused = as_mini_program(&sandbox, &["--json", "add", "--no-validate"])
        .args(["--prefix", "https://h.media/", "--path", "p"])
        .args(["--open-version", "1", "--permit-sub-rule", "1"])
        .expect(4)
        .json();
    let rid = refused["error"]["rid"].as_str().unwrap();
    let mut sessions = blocks(COMMAND, "sh").into_iter();
    let session = sessions.find(|block| block.contains(SAMPLE)).unwrap();
    let session = session
        .replace(SAMPLE, rid)
        .replace("$JUMPQR_APPID", &appid);
    let commands = session
        .lines()
        .filter_map(|line| parse_arguments(line, "jumpqr "));
    let mut count = 0;
    for arguments in commands {
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        as_mini_program(&sandbox, &arguments).expect(0);
        count += 1;
    }
    assert_eq!(count, 5);
}

/// A platform at a sandbox that has authorised nobody yet, and a folder with the files of a session.
#[cfg(unix)]
struct PlatformSession {
    sandbox: Sandbox,
    platform: Platform,
    query: String,
}

#[cfg(unix)]
impl PlatformSession {
    fn start() -> Self {
        let sandbox = Sandbox::start().unwrap();
        let platform = Platform::in_sandbox(&sandbox);
        let ticket = sandbox.verify_ticket(&platform.appid).unwrap();
        let config = ReceiverConfig::new(&platform.appid, MESSAGE_TOKEN, ENCODING_AES_KEY);
        let text = format!(
            "<xml><AppId>{}</AppId><CreateTime>1</CreateTime>\
             <InfoType>component_verify_ticket</InfoType>\
             <ComponentVerifyTicket>{}</ComponentVerifyTicket></xml>",
            platform.appid,
            ticket.expose()
        );
        let encryptor = Encryptor::new(&config).unwrap();
        let push = encryptor
            .encrypt_push(PushAddress::Authorization, &text, 1, "1", [7; 16])
            .unwrap();
        let session = Self {
            sandbox,
            platform,
            query: push.query,
        };
        session.write("body", &push.body);
        session.write("ticket", ticket.expose());
        session
    }

    fn write(&self, file: &str, text: &str) {
        std::fs::write(self.platform.home.path().join(file), text).unwrap();
    }

    /// Runs the session of `docs/command.md` that has this command, with other credentials.
    fn run(&self, command: &str) {
        let mut sessions = blocks(COMMAND, "sh").into_iter();
        let session = sessions.find(|block| block.contains(command)).unwrap();
        let commands = session.lines().filter(|line| !line.starts_with("export "));
        let commands = commands.collect::<Vec<_>>().join("\n");
        let script = format!("jumpqr() {{ \"$JUMPQR\" \"$@\"; }}\n{commands}");
        let mut shell = self.shell();
        shell.args(["-ec", &script]);
        let output = shell.output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }

    /// Makes a shell in the folder, with the variables that the sessions use.
    fn shell(&self) -> Command {
        let mut shell = Command::new("sh");
        shell
            .env("JUMPQR", env!("CARGO_BIN_EXE_jumpqr"))
            .env("JUMPQR_BASE_URL", &self.platform.base_url)
            .env("JUMPQR_COMPONENT_APPID", &self.platform.appid)
            .env("JUMPQR_COMPONENT_APPSECRET", &self.platform.appsecret)
            .env("JUMPQR_APPID", &self.platform.merchant)
            .env("JUMPQR_MESSAGE_TOKEN", MESSAGE_TOKEN)
            .env("JUMPQR_ENCODING_AES_KEY", ENCODING_AES_KEY)
            .env("QUERY_STRING", &self.query)
            .env("HOME", self.platform.home.path())
            .env_remove("XDG_STATE_HOME")
            .env_remove("JUMPQR_TOKEN_STORE")
            .env_remove("JUMPQR_ACCESS_TOKEN")
            .current_dir(&self.platform.home);
        shell
    }

    /// Runs the CGI script of `docs/command.md` as a web server does. Returns its response.
    fn run_cgi(&self, body: &str, variables: &[(&str, &str)]) -> String {
        let mut scripts = blocks(COMMAND, "sh").into_iter();
        let script = scripts.find(|block| block.starts_with("#!")).unwrap();
        let script = format!("jumpqr() {{ \"$JUMPQR\" \"$@\"; }}\n{script}");
        let mut server = self.shell();
        let mut process = server
            .args(["-c", &script])
            .env("CONTENT_LENGTH", body.len().to_string())
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = process.stdin.take().unwrap();
        // The web server may leave its end open.
        stdin.write_all(body.as_bytes()).unwrap();
        let output = process.wait_with_output().unwrap();
        drop(stdin);
        String::from_utf8(output.stdout).unwrap()
    }
}

#[cfg(unix)]
#[test]
fn the_cgi_script_answers_pushes_refusals_and_wrong_settings() {
    let session = PlatformSession::start();
    let body = std::fs::read_to_string(session.platform.home.path().join("body")).unwrap();
    let stored = "Content-Type: text/plain\r\n\r\nsuccess";
    assert_eq!(session.run_cgi(&body, &[]), stored);
    assert!(session.platform.statuses()[1]["verify_ticket_age"].is_u64());

    let refused = session.run_cgi(&body, &[("QUERY_STRING", "signature=1")]);
    assert_eq!(refused, "Status: 403\r\n\r\n");
    let wrong_key = session.run_cgi(&body, &[("JUMPQR_ENCODING_AES_KEY", "short")]);
    assert_eq!(wrong_key, "Status: 500\r\n\r\n");
}

#[cfg(unix)]
#[test]
fn every_command_of_the_platform_sessions_succeeds() {
    let session = PlatformSession::start();
    let Platform {
        appid, merchant, ..
    } = &session.platform;
    let sandbox = &session.sandbox;
    let path = format!("/sandbox/platforms/{appid}/authorizers/{merchant}");
    sandbox.control("DELETE", &path, json!(null)).unwrap();
    let form = json!({ "exchanged": false });
    let authorised = sandbox.control("PUT", &path, form).unwrap();
    session.write(
        "auth-code",
        authorised["authorization_code"].as_str().unwrap(),
    );
    session.run("push handle");
    assert_eq!(sandbox.counters().calls_of(Interface::GetJumpQRCode), 1);

    let refresh_token = sandbox.authorize(appid, merchant, None).unwrap();
    session.write("refresh-token", refresh_token.expose());
    session.run("set-verify-ticket");
    assert_eq!(sandbox.counters().calls_of(Interface::GetJumpQRCode), 2);
}
