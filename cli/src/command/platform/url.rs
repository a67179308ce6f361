use clap::Args;
use jumpqr::{AuthType, AuthorizationLink, Device};
use serde_json::json;

use crate::context::Context;
use crate::output::CommandResult;

const EXAMPLES: &str = "\
Examples:
  jumpqr platform url --redirect-uri https://saas.example.cn/done
  jumpqr platform url --redirect-uri https://saas.example.cn/done --device mobile \\
      --auth-type mini_program";

/// Make a link on which a merchant authorises the platform (api_create_preauthcode)
///
/// The link works once, for about 10 minutes. Put it on a page of the domain that the console names
/// as 授权发起页域名. Afterwards, WeChat sends the merchant to --redirect-uri with an `auth_code` in
/// the query, for `jumpqr platform exchange`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Url {
    /// Where the merchant comes back, an absolute URL, not percent-encoded
    #[arg(long, value_name = "URL")]
    redirect_uri: String,

    /// The device on which the merchant opens the link
    #[arg(long, value_name = "NAME", default_value = Device::Pc.name())]
    #[arg(value_parser = names(Device::ALL, Device::name))]
    device: String,

    /// Which accounts the page offers
    #[arg(long, value_name = "NAME", default_value = AuthType::Both.name())]
    #[arg(value_parser = names(AuthType::ALL, AuthType::name))]
    auth_type: String,

    /// The only account that may authorise [example: wx1234567890abcdef]
    #[arg(long, value_name = "APPID")]
    biz_appid: Option<String>,

    /// The numbers of the permission sets that are offered, with commas between [example: 18,33]
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',')]
    category_id_list: Vec<u32>,
}

fn names<T: Copy>(
    all: &'static [T],
    name: fn(T) -> &'static str,
) -> clap::builder::PossibleValuesParser {
    all.iter()
        .map(|value| name(*value))
        .collect::<Vec<_>>()
        .into()
}

/// Returns the value with this name, which clap has checked.
fn named<T: Copy>(all: &[T], name: fn(T) -> &'static str, given: &str, default: T) -> T {
    let known = all.iter().copied().find(|value| name(*value) == given);
    known.unwrap_or(default)
}

impl Url {
    pub(super) fn run(&self, context: &Context<'_>) -> CommandResult {
        let (platform, _) = context.platform()?;
        let device = named(Device::ALL, Device::name, &self.device, Device::Pc);
        let auth_type = named(
            AuthType::ALL,
            AuthType::name,
            &self.auth_type,
            AuthType::Both,
        );
        let mut link = AuthorizationLink::new(&self.redirect_uri)
            .device(device)
            .auth_type(auth_type)
            .category_id_list(self.category_id_list.iter().copied());
        if let Some(appid) = &self.biz_appid {
            link = link.biz_appid(appid);
        }
        let url = platform.authorization_url(&link)?;
        Ok(context.print(json!({"url": url}), &url))
    }
}
