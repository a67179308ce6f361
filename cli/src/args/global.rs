//! The options that every command takes.

use std::time::Duration;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use jumpqr::interface::ComponentTokenField;
use jumpqr::token::TokenInterface;
use jumpqr::transport::IpVersion;

use crate::failure::Failure;
use crate::input::Input;
use crate::token_store;

/// The longest timeout that is taken, in seconds: a day.
const LONGEST_TIMEOUT: f64 = 86_400.0;

/// The options that stand before or after the command.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Run against an embedded sandbox, a local WeChat, instead of the real one
    ///
    /// It starts empty, has accounts of its own and forgets everything when the command ends. Nothing leaves this machine.
    #[arg(long, global = true, help_heading = "Global options")]
    pub(crate) sandbox: bool,

    /// Print exactly one JSON object on standard output, for errors too
    #[arg(long, global = true, help_heading = "Global options")]
    pub(crate) json: bool,

    /// The most time that a call may take, in seconds [default: 30] [example: 2.5]
    ///
    /// Fetching a token, retries and reading back are included. A command that makes several calls gives it to each.
    #[arg(
        long,
        global = true,
        value_name = "SECONDS",
        value_parser = seconds,
        allow_negative_numbers = true,
        help_heading = "Global options"
    )]
    pub(crate) timeout: Option<Duration>,

    /// How long a call may wait for its slot, in seconds [default: 300] [example: 60]
    ///
    /// Commands that make many calls send at most 5 a second, which is WeChat's limit. This wait
    /// does not count towards --timeout.
    #[arg(
        long,
        global = true,
        value_name = "SECONDS",
        value_parser = seconds,
        allow_negative_numbers = true,
        help_heading = "Global options"
    )]
    pub(crate) queue_timeout: Option<Duration>,

    /// Where to send requests [default: https://api.weixin.qq.com] [example: https://api2.weixin.qq.com]
    #[arg(
        long,
        global = true,
        value_name = "URL",
        help_heading = "Global options"
    )]
    pub(crate) base_url: Option<String>,

    /// Allow a --base-url with plain http that is not this machine: only for a proxy in your own network
    #[arg(long, global = true, help_heading = "Global options")]
    pub(crate) allow_http: bool,

    /// Trust the certificates in this file besides the others [default: SSL_CERT_FILE] [example:
    /// /etc/ssl/company.pem]
    ///
    /// For example your company's authority, if its proxy opens TLS. The file is in PEM.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        help_heading = "Global options"
    )]
    pub(crate) ca_file: Option<Input>,

    /// Whose certificates to trust: Mozilla's list, or the operating system's [default: bundled]
    #[arg(
        long,
        global = true,
        value_name = "ROOTS",
        value_parser = ["bundled", "os"],
        help_heading = "Global options"
    )]
    pub(crate) tls_roots: Option<String>,

    /// The version of IP to connect with [default: any]
    ///
    /// Set it if WeChat's list of addresses has this machine's address of one version.
    #[arg(
        long,
        global = true,
        value_name = "VERSION",
        value_parser = ip_version(),
        help_heading = "Global options"
    )]
    pub(crate) ip_version: Option<IpVersion>,

    /// Read the access token from this file; `-` is standard input [example: /run/secrets/wechat-token]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Credentials")]
    pub(crate) access_token_file: Option<Input>,

    /// The appid of the account whose rules these are, with --secret-file [example: wx1234567890abcdef]
    ///
    /// With --component-appid, that of the merchant for whom the platform calls: then there is no secret.
    #[arg(
        long,
        global = true,
        value_name = "APPID",
        help_heading = "Credentials"
    )]
    pub(crate) account: Option<String>,

    /// Read the account's secret from this file; `-` is standard input [example: /run/secrets/wechat-secret]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Credentials")]
    pub(crate) secret_file: Option<Input>,

    /// Which interface issues the tokens of --account and --secret-file [default: stable_token]
    #[arg(
        long,
        global = true,
        value_name = "INTERFACE",
        value_parser = token_interface(),
        help_heading = "Credentials"
    )]
    pub(crate) token_interface: Option<TokenInterface>,

    /// The appid of the third-party platform that calls for --account [example: wx7c0d1e2f3a4b5c6d]
    ///
    /// It needs the tickets that WeChat pushes to the platform: see `jumpqr token`.
    #[arg(
        long,
        global = true,
        value_name = "APPID",
        help_heading = "Credentials"
    )]
    pub(crate) component_appid: Option<String>,

    /// Read the platform's appsecret from this file; `-` is standard input [example: /run/secrets/wechat-platform]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Credentials")]
    pub(crate) component_appsecret_file: Option<Input>,

    /// What the platform's token is called in the query of its token requests [default: access_token]
    ///
    /// WeChat's older pages call it component_access_token.
    #[arg(
        long,
        global = true,
        value_name = "FIELD",
        value_parser = component_token_field(),
        help_heading = "Credentials"
    )]
    pub(crate) component_token_field: Option<ComponentTokenField>,

    /// Where tokens are kept between commands [default: a folder of the user's] [example: dir:/var/lib/jumpqr]
    ///
    /// `dir:/absolute/path` is a folder that is this user's alone; the default is jumpqr in $XDG_STATE_HOME or ~/.local/state, on
    /// macOS in ~/Library/Application Support, on Windows in %LOCALAPPDATA%. `redis://host` is shared by machines; an address with a
    /// password in it goes into JUMPQR_TOKEN_STORE. With `memory:`, tokens end with the command, as they do with --sandbox.
    #[arg(
        long,
        global = true,
        value_name = "STORE",
        help_heading = "Credentials"
    )]
    pub(crate) token_store: Option<String>,
}

impl Global {
    /// Refuses options that contradict each other, and a secret among them.
    pub(super) fn check(&self) -> Result<(), Failure> {
        let token = [("--access-token-file", self.access_token_file.is_some())];
        let account = [("--account", self.account.is_some())];
        let secret = [
            ("--secret-file", self.secret_file.is_some()),
            ("--token-interface", self.token_interface.is_some()),
        ];
        let platform = [
            ("--component-appid", self.component_appid.is_some()),
            (
                "--component-appsecret-file",
                self.component_appsecret_file.is_some(),
            ),
            (
                "--component-token-field",
                self.component_token_field.is_some(),
            ),
        ];
        let store = [("--token-store", self.token_store.is_some())];
        let base_url = [("--base-url", self.base_url.is_some())];
        let sandbox = [("--sandbox", self.sandbox)];
        exclude(
            &sandbox,
            &[&base_url[..], &token, &account, &secret, &platform, &store],
            "the sandbox has its own address and accounts, and keeps no tokens",
        )?;
        exclude(
            &token,
            &[&account, &secret, &platform, &store],
            "give an access token, or what tokens are fetched with",
        )?;
        exclude(
            &secret,
            &[&platform],
            "an account calls for itself with its secret, or a platform calls for it with the platform's",
        )?;
        if let Some(setting) = &self.token_store {
            token_store::refuse_password(setting)?;
        }
        Ok(())
    }
}

/// An option's name, and whether it is given.
type Given = (&'static str, bool);

/// Refuses any of `options` together with any of `others`, naming the first of each.
fn exclude(options: &[Given], others: &[&[Given]], reason: &str) -> Result<(), Failure> {
    let first = |options: &[Given]| {
        options
            .iter()
            .find_map(|(name, given)| given.then_some(*name))
    };
    let Some((one, other)) = first(options).zip(others.iter().copied().find_map(first)) else {
        return Ok(());
    };
    Err(Failure::usage(
        None,
        format!("{one} and {other} cannot be used together: {reason}"),
    ))
}

fn seconds(text: &str) -> Result<Duration, String> {
    text.parse()
        .ok()
        .filter(|seconds: &f64| *seconds <= LONGEST_TIMEOUT)
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|timeout| !timeout.is_zero())
        .ok_or_else(|| {
            format!("give seconds, more than 0 and at most {LONGEST_TIMEOUT}, for example 2.5")
        })
}

fn ip_version() -> impl TypedValueParser<Value = IpVersion> {
    let names = IpVersion::ALL.iter().map(|version| version.name());
    PossibleValuesParser::new(names).try_map(|name| IpVersion::from_name(&name))
}

fn token_interface() -> impl TypedValueParser<Value = TokenInterface> {
    let names = TokenInterface::ALL.iter().map(|interface| interface.name());
    PossibleValuesParser::new(names).try_map(|name| TokenInterface::from_name(&name))
}

fn component_token_field() -> impl TypedValueParser<Value = ComponentTokenField> {
    let names = ComponentTokenField::ALL.iter().map(|field| field.name());
    PossibleValuesParser::new(names).try_map(|name| ComponentTokenField::from_name(&name))
}
