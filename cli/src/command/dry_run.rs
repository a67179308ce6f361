//! A request that is printed instead of sent.

use jumpqr::check::Finding;
use jumpqr::interface::{Interface, ListedRule};
use serde::Serialize;
use serde_json::json;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{escape, format_listed_rules, print_note};

#[derive(Serialize)]
pub(super) struct DryRunReport {
    dry_run: bool,
    /// `None` if nothing would be sent.
    request: Option<PrintedRequest>,
    /// `None` for a call that names no existing rule.
    #[serde(flatten)]
    before: Option<RuleBefore>,
    warnings: Vec<Finding>,
    /// What the dry run did not do.
    #[serde(skip)]
    note: String,
}

#[derive(Serialize)]
struct PrintedRequest {
    method: &'static str,
    url: String,
    body: String,
}

/// The rule before the change.
#[derive(Serialize)]
struct RuleBefore {
    /// `None` if the list does not say whether the rule exists, or if the rule was not looked up.
    rule: Option<ListedRule>,
}

impl DryRunReport {
    pub(super) fn new<I: Interface>(
        call: &I,
        base_url: &str,
        warnings: Vec<Finding>,
    ) -> Result<Self, CommandError> {
        let request = call.request()?;
        Ok(Self {
            dry_run: true,
            request: Some(PrintedRequest {
                method: request.method.as_str(),
                url: request.shown_url(base_url),
                body: String::from_utf8_lossy(request.body.as_deref().unwrap_or_default())
                    .into_owned(),
            }),
            before: None,
            warnings,
            note: "nothing was sent".to_owned(),
        })
    }

    /// Makes a dry run that needs no credentials and connects to nothing.
    pub(super) fn without_connection<I: Interface>(
        call: &I,
        context: &Context<'_>,
        warnings: Vec<Finding>,
    ) -> Result<Self, CommandError> {
        if context.uses_sandbox() {
            print_note("sandbox: not started, because nothing is sent");
        }
        Self::new(call, &context.checked_base_url()?, warnings)
    }

    /// Adds the rule that would be changed, and with `nothing_to_do` why nothing would be sent.
    pub(super) fn with_rule(
        mut self,
        rule: Option<ListedRule>,
        nothing_to_do: Option<&str>,
    ) -> Self {
        self.note = match (nothing_to_do, &rule) {
            (Some(reason), _) => format!("nothing would be sent: {reason}"),
            (None, Some(_)) => "the rule was looked up, and nothing was changed".to_owned(),
            (None, None) => "nothing was changed; it is unknown whether the rule exists".to_owned(),
        };
        self.request = self.request.filter(|_| nothing_to_do.is_none());
        self.before = Some(RuleBefore { rule });
        self
    }

    /// Prints the request, after notes with the warnings and with what the dry run did not do.
    pub(super) fn print(&self, context: &Context<'_>) -> Exit {
        for warning in &self.warnings {
            context.print_note(&format!("warning: {warning}"));
        }
        context.print_note(&format!("dry run: {}", self.note));
        let rule = self.before.as_ref().and_then(|before| before.rule.as_ref());
        let rule = rule.map(|rule| format_listed_rules(std::slice::from_ref(rule)));
        let request = self.request.as_ref();
        let request = request.map(|PrintedRequest { method, url, body }| {
            format!("{method} {}\n\n{body}", escape(url))
        });
        let parts: Vec<_> = [rule, request].into_iter().flatten().collect();
        context.print(json!(self), &parts.join("\n\n"))
    }
}
