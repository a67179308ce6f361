//! The options of every command.

use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::parser::ValueSource;
use clap::{ArgMatches, Args};
use jumpqr::interface::ComponentTokenField;
use jumpqr::store::may_hold_password;
use jumpqr::tokens::TokenInterface;
use jumpqr::transport::IpVersion;

use crate::error::CommandError;
use crate::input::Input;

/// The longest timeout, in seconds: a day.
const MAX_TIMEOUT_SECONDS: f64 = 86_400.0;

/// The options of every command. They may stand before or after it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Options {
    /// Run against an embedded sandbox, a local WeChat, instead of the real one
    ///
    /// It starts empty, has its own accounts, and forgets everything when the command ends. Nothing
    /// leaves this machine.
    #[arg(long, global = true)]
    pub(crate) sandbox: bool,

    /// Print exactly one JSON object on standard output, for errors too
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// The longest time that a call may take, in seconds [default: 30] [example: 2.5]
    ///
    /// Fetching a token, retries and reading back are included. If a command makes several calls,
    /// each has this timeout.
    #[arg(long, global = true, value_name = "SECONDS", value_parser = parse_seconds)]
    #[arg(allow_negative_numbers = true)]
    pub(crate) timeout: Option<Duration>,

    /// How long a call may wait for its slot, in seconds [default: 300] [example: 60]
    ///
    /// Commands that make many calls send at most 5 a second, which is WeChat's limit. This wait
    /// does not count towards --timeout.
    #[arg(long, global = true, value_name = "SECONDS", value_parser = parse_seconds)]
    #[arg(allow_negative_numbers = true)]
    pub(crate) queue_timeout: Option<Duration>,

    /// The URL to send requests to [default: https://api.weixin.qq.com] [example:
    /// https://api2.weixin.qq.com]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) base_url: Option<String>,

    /// Allow a --base-url with plain http to another machine: only for a proxy in your own network
    #[arg(long, global = true)]
    pub(crate) allow_http: bool,

    /// Trust the certificates in this PEM file too [default: SSL_CERT_FILE] [example:
    /// /etc/ssl/company.pem]
    ///
    /// For example the authority of your company, if its proxy decrypts TLS.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ca_file: Option<Input>,

    /// The trusted certificate authorities: Mozilla's or the operating system's [default: bundled]
    #[arg(long, global = true, value_name = "ROOTS", value_parser = ["bundled", "os"])]
    pub(crate) tls_roots: Option<String>,

    /// The IP version to connect with [default: any]
    ///
    /// Set it if only this machine's IPv4 or only its IPv6 address is on WeChat's IP allowlist.
    #[arg(long, global = true, value_name = "VERSION", value_parser = ip_version_parser())]
    pub(crate) ip_version: Option<IpVersion>,

    #[command(flatten)]
    pub(crate) credentials: CredentialOptions,
}

/// The options that name an account or a platform, and where its tokens are kept.
#[derive(Debug, Args)]
#[command(next_help_heading = "Credentials")]
pub(crate) struct CredentialOptions {
    /// Read the access token from this file; `-` is standard input [example:
    /// /run/secrets/wechat-token]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) access_token_file: Option<Input>,

    /// The appid of the account that owns the rules, with --secret-file [example:
    /// wx1234567890abcdef]
    ///
    /// With --component-appid, the appid of the merchant for whom the platform calls. A merchant
    /// needs no secret.
    #[arg(long, global = true, value_name = "APPID")]
    pub(crate) account: Option<String>,

    /// Read the account's secret from this file; `-` is standard input [example:
    /// /run/secrets/wechat-secret]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) secret_file: Option<Input>,

    /// The interface that issues tokens for --account and --secret-file [default: stable_token]
    #[arg(long, global = true, value_name = "INTERFACE", value_parser = token_interface_parser())]
    pub(crate) token_interface: Option<TokenInterface>,

    /// The appid of the third-party platform that calls for --account [example: wx7c0d1e2f3a4b5c6d]
    ///
    /// The platform needs the tickets that WeChat pushes to it: see `jumpqr token`.
    #[arg(long, global = true, value_name = "APPID")]
    pub(crate) component_appid: Option<String>,

    /// Read the platform's appsecret from this file; `-` is standard input [example:
    /// /run/secrets/wechat-platform]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) component_appsecret_file: Option<Input>,

    /// The query field of the platform's token in its token requests [default: access_token]
    ///
    /// WeChat's older pages call it component_access_token.
    #[arg(long, global = true, value_name = "FIELD", value_parser = component_token_field_parser())]
    pub(crate) component_token_field: Option<ComponentTokenField>,

    /// The store that keeps tokens between commands [default: a folder of the user] [example:
    /// dir:/var/lib/jumpqr]
    ///
    /// `dir:/absolute/path` is a folder that only this user may read. The default is the folder
    /// jumpqr in $XDG_STATE_HOME or ~/.local/state, on macOS in ~/Library/Application Support, on
    /// Windows in %LOCALAPPDATA%. `redis://host` is a Redis server, which several machines can
    /// share. If the address has a password, put it into JUMPQR_TOKEN_STORE. With `memory:` or
    /// --sandbox, tokens end with the command.
    #[arg(long, global = true, value_name = "STORE")]
    pub(crate) token_store: Option<String>,
}

/// Options that exclude others, those others, and why.
const CONFLICTS: [(&[&str], &[&str], &str); 3] = [
    (
        &["--sandbox"],
        &[
            "--base-url",
            "--access-token-file",
            "--account",
            "--secret-file",
            "--token-interface",
            "--component-appid",
            "--component-appsecret-file",
            "--component-token-field",
            "--token-store",
        ],
        "the sandbox has its own address and accounts, and keeps no tokens",
    ),
    (
        &["--access-token-file"],
        &[
            "--account",
            "--secret-file",
            "--token-interface",
            "--component-appid",
            "--component-appsecret-file",
            "--component-token-field",
            "--token-store",
        ],
        "give either an access token or the credentials to fetch one",
    ),
    (
        &["--secret-file", "--token-interface"],
        &[
            "--component-appid",
            "--component-appsecret-file",
            "--component-token-field",
        ],
        "give either the account's own secret or the credentials of its platform",
    ),
];

/// Refuses options that exclude each other, and a password in --token-store.
pub(crate) fn check(matches: &ArgMatches) -> Result<(), CommandError> {
    let is_set = |option: &&&str| {
        let id = option.trim_start_matches('-').replace('-', "_");
        matches.value_source(&id) == Some(ValueSource::CommandLine)
    };
    for (options, others, reason) in CONFLICTS {
        if let Some(one) = options.iter().find(is_set)
            && let Some(other) = others.iter().find(is_set)
        {
            let message = format!("{one} and {other} cannot be used together: {reason}");
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

fn parse_seconds(text: &str) -> Result<Duration, String> {
    text.parse()
        .ok()
        .filter(|seconds: &f64| *seconds <= MAX_TIMEOUT_SECONDS)
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|timeout| !timeout.is_zero())
        .ok_or_else(|| {
            format!("give seconds, more than 0 and at most {MAX_TIMEOUT_SECONDS}, for example 2.5")
        })
}

fn ip_version_parser() -> impl TypedValueParser<Value = IpVersion> {
    let names = IpVersion::ALL.iter().map(|version| version.name());
    PossibleValuesParser::new(names).try_map(|name| IpVersion::from_name(&name))
}

fn token_interface_parser() -> impl TypedValueParser<Value = TokenInterface> {
    let names = TokenInterface::ALL.iter().map(|interface| interface.name());
    PossibleValuesParser::new(names).try_map(|name| TokenInterface::from_name(&name))
}

fn component_token_field_parser() -> impl TypedValueParser<Value = ComponentTokenField> {
    let names = ComponentTokenField::ALL.iter().map(|field| field.name());
    PossibleValuesParser::new(names).try_map(|name| ComponentTokenField::from_name(&name))
}
