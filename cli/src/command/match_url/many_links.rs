//! Looks at many links, and prints those that do not open by reason.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};

use jumpqr::matching::{Candidate, Obstacle};
use serde::Serialize;
use serde_json::{Value, json};

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::input::Input;
use crate::judge::{Judge, Judged, Reason};
use crate::output::{
    BAD, CommandResult, GOOD, HEADING, NextStep, escape, format_count, format_next_steps,
    format_table, group_digits, indent, quote_command_line,
};
use crate::rule_set_source::RuleSetSource;

/// How many links are printed for each reason without `--all`.
const MAX_SHOWN_LINKS: usize = 20;

/// For how many rules a command line is printed.
const MAX_SHOWN_RULES: usize = 3;

/// The longest line that is read, in bytes. A QR code has at most 2,953.
const MAX_LINE_BYTES: usize = 64 << 10;

pub(super) fn run(
    file: &Input,
    source: &RuleSetSource,
    all: bool,
    context: &Context<'_>,
) -> CommandResult {
    let rules = source.read(context)?;
    let judge = Judge::new(&rules);
    let most = if all || context.prints_json() {
        usize::MAX
    } else {
        MAX_SHOWN_LINKS
    };
    let mut survey = Survey::default();
    for_each_link(file, |line, link| {
        survey.add(line, link, &judge.judge(link), most);
    })?;
    if survey.count == 0 {
        return Err(CommandError::file(
            "no_links",
            format!("{file} has no link"),
            "Write one link a line. Empty lines, and lines that begin with #, are skipped.",
        ));
    }
    survey.sort();
    let exit = context.print(survey.members(), &survey.format(source));
    let code = if survey.closed() == 0 {
        Exit::Ok
    } else {
        Exit::Refused
    };
    Ok(if exit == Exit::Ok { code } else { exit })
}

/// Calls `look` with each link of the file and the number of its line.
fn for_each_link(file: &Input, mut look: impl FnMut(usize, &str)) -> Result<(), CommandError> {
    let refuse = |number: usize, what: &str| {
        CommandError::file(
            "not_a_list_of_links",
            format!("line {number} of {file} {what}"),
            "Give a text file in UTF-8 with one link a line.",
        )
    };
    let mut lines = BufReader::new(file.open()?);
    let mut bytes = Vec::new();
    for number in 1.. {
        bytes.clear();
        let mut limited = (&mut lines).take(MAX_LINE_BYTES as u64 + 1);
        let read = limited.read_until(b'\n', &mut bytes);
        if read.map_err(|error| CommandError::unreadable(file, &error))? == 0 {
            break;
        }
        if bytes.len() > MAX_LINE_BYTES {
            let what = format!("is longer than {} bytes", group_digits(MAX_LINE_BYTES));
            return Err(refuse(number, &what));
        }
        let line = str::from_utf8(&bytes).map_err(|_| refuse(number, "is not UTF-8"))?;
        let line = line.trim_start_matches('\u{feff}').trim();
        if !line.is_empty() && !line.starts_with('#') {
            look(number, line);
        }
    }
    Ok(())
}

/// What was found about the links.
#[derive(Default)]
struct Survey<'r> {
    count: usize,
    /// How many of those that do not open for everybody open for testers.
    for_testers: usize,
    groups: Vec<Group>,
    by_reason: HashMap<Reason, usize>,
    /// The unpublished rules that are hit, and how many links hit each.
    unpublished: Vec<(&'r Candidate, usize)>,
    by_prefix: HashMap<&'r str, usize>,
}

/// The links that do not open for one reason.
struct Group {
    reason: Reason,
    /// Whether they are links that no rule covers.
    is_missed: bool,
    count: usize,
    /// The first ones.
    links: Vec<Closed>,
}

/// A link that does not open.
#[derive(Serialize)]
struct Closed {
    line: usize,
    link: String,
    /// The prefix of the rule that it hits, or of the nearest rule.
    rule: Option<String>,
    opens_for_testers: bool,
}

impl<'r> Survey<'r> {
    /// Counts a link, and keeps it if it is one of the first `most` of its reason.
    fn add(&mut self, number: usize, link: &str, judged: &Judged<'r>, most: usize) {
        self.count += 1;
        let Some(reason) = judged.reason() else {
            return;
        };
        let found = &judged.found;
        self.for_testers += usize::from(found.opens_for_testers());
        if let Some(hit) = found.hit.filter(|hit| !hit.is_effective()) {
            let index = *self.by_prefix.entry(&hit.prefix).or_insert_with(|| {
                self.unpublished.push((hit, 0));
                self.unpublished.len() - 1
            });
            if let Some((_, count)) = self.unpublished.get_mut(index) {
                *count += 1;
            }
        }
        let index = *self.by_reason.entry(reason).or_insert_with(|| {
            self.groups.push(Group {
                reason,
                is_missed: found.obstacles.contains(&Obstacle::NoRule),
                count: 0,
                links: Vec::new(),
            });
            self.groups.len() - 1
        });
        let Some(group) = self.groups.get_mut(index) else {
            return;
        };
        group.count += 1;
        if group.links.len() < most {
            let nearest = judged.nearest.map(|(rule, _)| rule);
            group.links.push(Closed {
                line: number,
                link: link.to_owned(),
                rule: found.hit.or(nearest).map(|rule| rule.prefix.clone()),
                opens_for_testers: found.opens_for_testers(),
            });
        }
    }

    /// Puts what concerns most links first.
    fn sort(&mut self) {
        self.groups
            .sort_by_key(|group| std::cmp::Reverse(group.count));
        self.unpublished
            .sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    }

    /// Returns how many links do not open for everybody.
    fn closed(&self) -> usize {
        self.groups.iter().map(|group| group.count).sum()
    }

    fn members(&self) -> Value {
        let reasons = self.groups.iter().map(|group| {
            json!({
                "code": group.reason.code,
                "message": group.reason.message,
                "count": group.count,
                "links": group.links,
            })
        });
        json!({
            "link_count": self.count,
            "open_count": self.count - self.closed(),
            "closed_count": self.closed(),
            "opens_for_testers_count": self.for_testers,
            "reasons": reasons.collect::<Vec<_>>(),
        })
    }

    fn format(&self, source: &RuleSetSource) -> String {
        let [count, closed] = [self.count, self.closed()].map(group_digits);
        if self.groups.is_empty() {
            return format!("{GOOD}All links open{GOOD:#}: {count} of {count}");
        }
        let mut parts = vec![format!(
            "{BAD}Do not open{BAD:#}: {closed} of {count} links"
        )];
        if self.for_testers > 0 {
            let testers = group_digits(self.for_testers);
            parts.push(format!(
                "  {testers} of them are test links that open for testers."
            ));
        }
        parts.extend(self.groups.iter().map(Group::format));
        let next = format_next_steps(&self.next_steps(source));
        parts.push(format!("\n{next}"));
        parts.join("\n")
    }

    fn next_steps(&self, source: &RuleSetSource) -> Vec<NextStep> {
        let mut steps = Vec::new();
        let rules = self.unpublished.len();
        if rules > 0 {
            let shown = self.unpublished.iter().take(MAX_SHOWN_RULES);
            let commands = shown.map(|(rule, _)| publish_command(rule));
            let text = match rules.checked_sub(MAX_SHOWN_RULES) {
                None | Some(0) => "Publish the rules that are not published".to_owned(),
                Some(others) => format!(
                    "Publish the rules that are not published; after these, {} others",
                    group_digits(others)
                ),
            };
            steps.push(NextStep::new(text, commands));
        }
        let missed = self.groups.iter().find(|group| group.is_missed);
        let example = missed.and_then(|group| group.links.first());
        steps.extend(example.map(|closed| {
            let text = "Look at one link by itself, for the rule that it needs";
            NextStep::new(text, [source.match_command(&closed.link)])
        }));
        steps
    }
}

impl Group {
    fn format(&self) -> String {
        let count = format_count(self.count, "link");
        let code = self.reason.code;
        let message = indent(self.reason.message, 2);
        let rule = if self.is_missed {
            "nearest rule"
        } else {
            "rule"
        };
        let rows = self.links.iter().map(|closed| {
            let rule = closed.rule.as_deref().map_or_else(String::new, escape);
            vec![escape(&closed.link), closed.line.to_string(), rule]
        });
        let table = format_table(&["link", "line", rule], rows);
        let others = match self.count - self.links.len() {
            0 => String::new(),
            others => format!(
                "\n  {} others: --all prints every link.",
                group_digits(others)
            ),
        };
        format!("\n{HEADING}{code}{HEADING:#}: {count}\n  {message}\n{table}{others}")
    }
}

fn publish_command(rule: &Candidate) -> String {
    let mut words = vec!["jumpqr", "publish", &rule.prefix];
    if let Some(appid) = &rule.appid {
        words.extend(["--appid", appid]);
    }
    quote_command_line(&words)
}
