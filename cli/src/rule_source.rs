//! Reads a rule from a JSON file or from flags. Both become a mapping with the wire names that core
//! parses, so that both have the same errors.

use clap::Args;
use jumpqr::mapping::{MAX_DOCUMENT_BYTES, parse_document};
use serde_json::{Map, Value, json};

use crate::error::CommandError;
use crate::input::Input;

#[derive(Debug, Args)]
pub(crate) struct RuleSource {
    /// A file with one rule as a JSON object; `-` is standard input [example: rule.json]
    #[arg(
        value_name = "FILE",
        conflicts_with_all = [
            "prefix", "path", "open_version", "permit_sub_rule", "debug_url", "appid"
        ]
    )]
    pub(crate) file: Option<Input>,

    /// Links that begin with this URL open the Mini Program [example: https://m.example.cn/table/]
    ///
    /// Without a `/` at the end, it covers only this path. With it, it covers everything below too.
    /// For a service account's parametric QR code, give its URL: http://weixin.qq.com/q/…
    #[arg(long, value_name = "URL", help_heading = "The rule, instead of FILE")]
    prefix: Option<String>,

    /// The page of the Mini Program that opens [example: pages/index/index]
    #[arg(long, value_name = "PAGE", help_heading = "The rule, instead of FILE")]
    path: Option<String>,

    /// The build that a test link opens: 1 development, 2 trial, 3 released
    ///
    /// Ordinary-link rules need it. Service-account rules do not have it.
    #[arg(
        long,
        value_name = "1|2|3",
        allow_negative_numbers = true,
        help_heading = "The rule, instead of FILE"
    )]
    open_version: Option<String>,

    /// Whether other accounts may add rules below this prefix: 1 yes, 2 no (occupied)
    ///
    /// Ordinary-link rules need it. Service-account rules do not have it.
    #[arg(
        long,
        value_name = "1|2",
        allow_negative_numbers = true,
        help_heading = "The rule, instead of FILE"
    )]
    permit_sub_rule: Option<String>,

    /// A test link, which opens before the rule is published; up to 5 times [example:
    /// https://m.example.cn/table/1]
    #[arg(long, value_name = "URL", help_heading = "The rule, instead of FILE")]
    debug_url: Vec<String>,

    /// The Mini Program that a service-account rule opens [example: wx1234567890abcdef]
    #[arg(long, value_name = "APPID", help_heading = "The rule, instead of FILE")]
    appid: Option<String>,
}

impl RuleSource {
    /// Reads the rule as a mapping with the wire names, unchecked. The help of `command` is the
    /// advice if there is no rule.
    pub(crate) fn read_mapping(&self, command: &'static str) -> Result<Value, CommandError> {
        if let Some(file) = &self.file {
            return Ok(parse_document(&file.read(MAX_DOCUMENT_BYTES)?)?);
        }
        let flags = self.flag_mapping();
        if flags.is_empty() {
            return Err(CommandError::usage(
                Some(command),
                "there is no rule: give a FILE, `-` for standard input, or flags such as --prefix \
                 and --path",
            ));
        }
        Ok(Value::Object(flags))
    }

    fn flag_mapping(&self) -> Map<String, Value> {
        let text = |value: &Option<String>| value.as_ref().map(|text| json!(text));
        let number = |value: &Option<String>| value.as_deref().map(parse_number_or_text);
        let links = (!self.debug_url.is_empty()).then(|| json!(self.debug_url));
        let fields = [
            ("prefix", text(&self.prefix)),
            ("path", text(&self.path)),
            ("open_version", number(&self.open_version)),
            ("permit_sub_rule", number(&self.permit_sub_rule)),
            ("debug_url", links),
            ("appid", text(&self.appid)),
        ];
        let given = fields
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)));
        given.collect()
    }
}

/// Parses a flag's value as JSON would have it: a number if it is one. A wrong value then has the
/// same error as in a file.
fn parse_number_or_text(text: &str) -> Value {
    text.parse::<i64>()
        .map_or_else(|_| json!(text), |number| json!(number))
}
