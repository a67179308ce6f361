//! The options of every command.

use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args};
use jumpqr::settings::{Kind, SETTINGS, Setting};
use jumpqr::store::may_hold_password;
use serde::Serialize;

use crate::error::CommandError;
use crate::input::Input;

/// The options of every command. They may stand before or after it.
#[derive(Debug, Args, Serialize)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Options {
    /// Run against an embedded sandbox, a local WeChat, instead of the real one
    ///
    /// It starts empty, has its own accounts, and forgets everything when the command ends. Nothing
    /// leaves this machine, except that `preflight` looks at the host of the rule.
    #[arg(long, global = true)]
    #[serde(skip)]
    pub(crate) sandbox: bool,

    /// Print exactly one JSON object on standard output, for errors too
    #[arg(long, global = true)]
    #[serde(skip)]
    pub(crate) json: bool,

    /// Print a line about each call to WeChat on standard error
    ///
    /// It says what was sent, how long each wait took, and how the call ended, without secrets. With
    /// --json, each line is a JSON object. Fetching a token is a call, too.
    #[arg(long, global = true)]
    #[serde(skip)]
    pub(crate) trace: bool,

    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) settings: SettingOptions,

    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) credentials: CredentialOptions,
}

/// The options that are settings, by their names in the library.
#[derive(Debug, Args, Serialize)]
pub(crate) struct SettingOptions {
    /// The longest time that a call may take, in seconds [default: 30] [example: 2.5]
    ///
    /// Fetching a token, retries and reading back are included. If a command makes several calls,
    /// each has this timeout.
    #[arg(long, global = true, value_name = "SECONDS", value_parser = parse_number)]
    #[arg(allow_negative_numbers = true)]
    pub(crate) timeout: Option<f64>,

    /// How long a call may wait for its slot, in seconds [default: 300] [example: 60]
    ///
    /// Commands that make many calls send at most 5 a second, which is WeChat's limit. This wait
    /// does not count towards --timeout.
    #[arg(long, global = true, value_name = "SECONDS", value_parser = parse_number)]
    #[arg(allow_negative_numbers = true)]
    queue_timeout: Option<f64>,

    #[arg(long, global = true, value_name = "SECONDS", value_parser = parse_number)]
    #[arg(allow_negative_numbers = true, help = documentation("connect_timeout"))]
    connect_timeout: Option<f64>,

    #[arg(long, global = true, value_name = "SECONDS", value_parser = parse_number)]
    #[arg(allow_negative_numbers = true, help = documentation("read_timeout"))]
    read_timeout: Option<f64>,

    #[arg(long, global = true, value_name = "N", value_parser = parse_number)]
    #[arg(allow_negative_numbers = true, help = documentation("max_retries"))]
    max_retries: Option<f64>,

    /// The URL to send requests to [default: https://api.weixin.qq.com] [example:
    /// https://api2.weixin.qq.com]
    #[arg(long, global = true, value_name = "URL")]
    base_url: Option<String>,

    /// Allow a --base-url with plain http to another machine: only for a proxy in your own network
    #[arg(long, global = true)]
    allow_http: bool,

    /// Trust the certificates in this PEM file too [default: SSL_CERT_FILE] [example:
    /// /etc/ssl/company.pem]
    ///
    /// For example the authority of your company, if its proxy decrypts TLS.
    #[arg(long, global = true, value_name = "FILE")]
    #[serde(skip)]
    pub(crate) extra_tls_roots: Option<Input>,

    /// The trusted certificate authorities: Mozilla's or the operating system's [default: bundled]
    #[arg(long, global = true, value_name = "ROOTS", value_parser = ["bundled", "os"])]
    tls_roots: Option<String>,

    /// The IP version to connect with [default: any]
    ///
    /// Set it if only this machine's IPv4 or only its IPv6 address is on WeChat's IP allowlist.
    #[arg(long, global = true, value_name = "VERSION", value_parser = names_of("ip_version"))]
    ip_version: Option<String>,
}

/// The options that name an account or a platform, and where its tokens are kept. Those that are
/// settings have their names in the library.
#[derive(Debug, Args, Serialize)]
#[command(next_help_heading = "Credentials")]
pub(crate) struct CredentialOptions {
    /// Read the access token from this file; `-` is standard input [example:
    /// /run/secrets/wechat-token]
    #[arg(long, global = true, value_name = "FILE")]
    #[serde(skip)]
    pub(crate) access_token_file: Option<Input>,

    /// The appid of the account that owns the rules, with --secret-file [example:
    /// wx1234567890abcdef]
    ///
    /// With --component-appid, the appid of the merchant for whom the platform calls. A merchant
    /// needs no secret.
    #[arg(long = "account", id = "account", global = true, value_name = "APPID")]
    appid: Option<String>,

    /// Read the account's secret from this file; `-` is standard input [example:
    /// /run/secrets/wechat-secret]
    #[arg(long, global = true, value_name = "FILE")]
    #[serde(skip)]
    pub(crate) secret_file: Option<Input>,

    /// The interface that issues tokens for --account and --secret-file [default: stable_token]
    #[arg(long, global = true, value_name = "INTERFACE", value_parser = names_of("token_interface"))]
    token_interface: Option<String>,

    /// The appid of the third-party platform that calls for --account [example: wx7c0d1e2f3a4b5c6d]
    ///
    /// The platform needs the tickets that WeChat pushes to it: see `jumpqr token`.
    #[arg(long, global = true, value_name = "APPID")]
    component_appid: Option<String>,

    /// Read the platform's appsecret from this file; `-` is standard input [example:
    /// /run/secrets/wechat-platform]
    #[arg(long, global = true, value_name = "FILE")]
    #[serde(skip)]
    pub(crate) component_appsecret_file: Option<Input>,

    /// The query field of the platform's token in its token requests [default: access_token]
    ///
    /// WeChat's older pages call it component_access_token.
    #[arg(long, global = true, value_name = "FIELD")]
    #[arg(value_parser = names_of("component_token_field"))]
    component_token_field: Option<String>,

    /// Read the platform's message token (消息校验Token) from this file; `-` is standard input [example:
    /// /run/secrets/wechat-message-token]
    #[arg(long, global = true, value_name = "FILE")]
    #[serde(skip)]
    pub(crate) message_token_file: Option<Input>,

    /// Read the message token before the last change from this file [example:
    /// /run/secrets/wechat-message-token-former]
    #[arg(long, global = true, value_name = "FILE")]
    #[serde(skip)]
    pub(crate) message_token_former_file: Option<Input>,

    /// Read the platform's EncodingAESKey (消息加解密Key) from this file [example:
    /// /run/secrets/wechat-aes-key]
    #[arg(long, global = true, value_name = "FILE")]
    #[serde(skip)]
    pub(crate) encoding_aes_key_file: Option<Input>,

    /// Read the EncodingAESKey before the last change from this file [example:
    /// /run/secrets/wechat-aes-key-former]
    #[arg(long, global = true, value_name = "FILE")]
    #[serde(skip)]
    pub(crate) encoding_aes_key_former_file: Option<Input>,

    /// The store that keeps tokens between commands [default: a folder of the user] [example:
    /// dir:/var/lib/jumpqr]
    ///
    /// `dir:/absolute/path` is a folder that only this user may read. The default is the folder
    /// jumpqr in $XDG_STATE_HOME or ~/.local/state, on macOS in ~/Library/Application Support, on
    /// Windows in %LOCALAPPDATA%. `redis://host` is a Redis server, which several machines can
    /// share; `redis+sentinel://host,host/master` is the one that sentinels name, and
    /// `redis+cluster://host,host` is a cluster. If the address has a password, put it into
    /// JUMPQR_TOKEN_STORE. With `memory:` or --sandbox, tokens end with the command.
    #[arg(long, global = true, value_name = "STORE")]
    token_store: Option<String>,
}

impl CredentialOptions {
    /// The files with what a platform receives pushes with, and the settings that they hold.
    pub(crate) fn push_files(&self) -> [(&'static str, Option<&Input>); 4] {
        [
            ("message_token", &self.message_token_file),
            ("message_token_former", &self.message_token_former_file),
            ("encoding_aes_key", &self.encoding_aes_key_file),
            (
                "encoding_aes_key_former",
                &self.encoding_aes_key_former_file,
            ),
        ]
        .map(|(setting, file)| (setting, file.as_ref()))
    }

    /// Whether any of these files is given.
    pub(crate) fn has_push_file(&self) -> bool {
        self.push_files().iter().any(|(_, file)| file.is_some())
    }
}

/// Refuses options that exclude each other, and a password in --token-store.
pub(crate) fn check(matches: &ArgMatches) -> Result<(), CommandError> {
    let first_set = |options: &[&'static str]| {
        let is_set = |option: &&str| {
            let id = option.trim_start_matches('-').replace('-', "_");
            matches.value_source(&id) == Some(ValueSource::CommandLine)
        };
        options.iter().copied().find(is_set)
    };
    let token = first_set(&["--access-token-file"]);
    let secret = first_set(&["--secret-file", "--token-interface"]);
    let platform = first_set(&[
        "--component-appid",
        "--component-appsecret-file",
        "--component-token-field",
        "--message-token-file",
        "--message-token-former-file",
        "--encoding-aes-key-file",
        "--encoding-aes-key-former-file",
    ]);
    let for_fetching = first_set(&["--account"]).or(secret).or(platform);
    let for_fetching = for_fetching.or(first_set(&["--token-store"]));
    for (option, other, reason) in [
        (
            first_set(&["--sandbox"]),
            first_set(&["--base-url"]).or(token).or(for_fetching),
            "the sandbox has its own address and accounts, and keeps no tokens",
        ),
        (
            token,
            for_fetching,
            "give either an access token or the credentials to fetch one",
        ),
        (
            secret,
            platform,
            "give either the account's own secret or the credentials of its platform",
        ),
    ] {
        if let (Some(option), Some(other)) = (option, other) {
            let message = format!("{option} and {other} cannot be used together: {reason}");
            return Err(CommandError::usage(message));
        }
    }
    let token_store = matches.get_one::<String>("token_store");
    if token_store.is_some_and(|setting| may_hold_password(setting)) {
        // clap's error about an option would repeat the password.
        return Err(CommandError::usage(
            "--token-store must not hold a user or password: every user of this machine could \
             read them. Set the environment variable JUMPQR_TOKEN_STORE instead",
        ));
    }
    Ok(())
}

/// Returns a number of seconds as a duration. A number that is not a duration becomes 0, which the
/// library refuses.
pub(crate) fn seconds(number: f64) -> Duration {
    Duration::try_from_secs_f64(number).unwrap_or_default()
}

/// Parses a number. The library knows which numbers a setting may have.
pub(crate) fn parse_number(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| "give a number".to_owned())
}

/// Returns a parser of the names that a setting may have.
fn names_of(setting: &str) -> PossibleValuesParser {
    let kind = find_setting(setting).map(|setting| setting.kind);
    PossibleValuesParser::new(match kind {
        Some(Kind::Names(names)) => names(),
        _ => Vec::new(),
    })
}

/// Returns the library's documentation of a setting, and its default.
fn documentation(setting: &str) -> String {
    find_setting(setting).map_or_else(String::new, |setting| {
        let words: Vec<_> = setting.doc.split_whitespace().collect();
        let default = (setting.default)().unwrap_or_default();
        format!(
            "{} [default: {default}]",
            words.join(" ").trim_end_matches('.')
        )
    })
}

fn find_setting(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}
