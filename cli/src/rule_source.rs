//! Reads a rule from a JSON file or from flags. Both become a mapping with the wire names that core
//! parses, so that both have the same errors.

use clap::Args;
use clap::builder::{StringValueParser, TypedValueParser};
use jumpqr::mapping::{MAX_DOCUMENT_BYTES, parse_document};
use serde::Serialize;
use serde_json::{Value, json};

use crate::context::Context;
use crate::error::CommandError;
use crate::input::Input;

#[derive(Debug, Args)]
pub(crate) struct RuleSource {
    /// A file with one rule as a JSON object; `-` is standard input [example: rule.json]
    #[arg(value_name = "FILE", conflicts_with = "RuleFlags")]
    file: Option<Input>,

    #[command(flatten)]
    flags: RuleFlags,
}

/// The rule in flags. It serialises to a mapping with the wire names.
#[derive(Debug, Args, Serialize)]
#[command(next_help_heading = "The rule, instead of FILE")]
struct RuleFlags {
    /// Links that begin with this URL open the Mini Program [example: https://m.example.cn/table/]
    ///
    /// Without a `/` at the end, it covers only this path. With it, it covers everything below too.
    /// For a service account's parametric QR code, give its URL: http://weixin.qq.com/q/…
    #[arg(long, value_name = "URL")]
    prefix: Option<String>,

    /// The page of the Mini Program that opens [example: pages/index/index]
    #[arg(long, value_name = "PAGE")]
    path: Option<String>,

    /// The build that a test link opens: 1 development, 2 trial, 3 released
    ///
    /// Ordinary-link rules need it. Service-account rules do not have it.
    #[arg(long, value_name = "1|2|3", value_parser = number_parser())]
    #[arg(allow_negative_numbers = true)]
    open_version: Option<Value>,

    /// Whether other accounts may add rules below this prefix: 1 yes, 2 no (occupied)
    ///
    /// Ordinary-link rules need it. Service-account rules do not have it.
    #[arg(long, value_name = "1|2", value_parser = number_parser())]
    #[arg(allow_negative_numbers = true)]
    permit_sub_rule: Option<Value>,

    /// A test link, which opens before the rule is published; up to 5 times [example:
    /// https://m.example.cn/table/1]
    #[arg(long, value_name = "URL")]
    debug_url: Option<Vec<String>>,

    /// The Mini Program that a service-account rule opens [example: wx1234567890abcdef]
    #[arg(long, value_name = "APPID")]
    appid: Option<String>,
}

impl RuleSource {
    /// Reads the rule as a mapping with the wire names, unchecked.
    pub(crate) fn read_mapping(&self, context: &Context<'_>) -> Result<Value, CommandError> {
        if let Some(file) = &self.file {
            return file.parse(MAX_DOCUMENT_BYTES, parse_document);
        }
        let mut mapping = json!(self.flags);
        if let Value::Object(fields) = &mut mapping {
            fields.retain(|_, value| !value.is_null());
        }
        if mapping == json!({}) {
            return Err(context.usage(
                "there is no rule: give a FILE, `-` for standard input, or flags such as --prefix \
                 and --path",
            ));
        }
        Ok(mapping)
    }
}

/// Parses a flag's value as JSON would have it: a number if it is one. A wrong value then has the
/// same error as in a file.
fn number_parser() -> impl TypedValueParser<Value = Value> {
    StringValueParser::new().map(|text| match text.parse::<i64>() {
        Ok(number) => json!(number),
        Err(_) => json!(text),
    })
}
