use clap::Args;
use serde_json::json;

use crate::context::Context;
use crate::output::{CommandResult, GOOD, escape};

const EXAMPLES: &str = "\
Example:
  jumpqr platform forget wx1234567890abcdef";

/// Remove what the store has of a merchant: its tokens, and when it authorised the platform
///
/// WeChat is not told: only the merchant can end its authorisation. While it stands, a later call
/// for the merchant finds its refresh token in WeChat's list again.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Forget {
    /// The merchant [example: wx1234567890abcdef]
    #[arg(value_name = "APPID")]
    appid: String,
}

impl Forget {
    pub(super) fn run(&self, context: &Context<'_>) -> CommandResult {
        let (platform, _) = context.platform()?;
        platform.forget(&self.appid)?;
        let store = platform.store_name();
        let text = format!(
            "{GOOD}Removed{GOOD:#} what {} has of {}.",
            escape(&store),
            escape(&self.appid)
        );
        let members = json!({"authorizer_appid": self.appid, "store": store});
        Ok(context.print(members, &text))
    }
}
