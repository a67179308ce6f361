//! Shows a line of the log.

use alloc::format;
use alloc::string::String;

use super::entry::Entry;

/// The most characters of a line that are shown.
const MOST_SHOWN: usize = 400;

/// Shows a line in the format `combined`, with stars for the values of queries.
pub(super) fn show_line(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, query)) = rest.split_once('?') {
        let end = query
            .find(|letter: char| letter == '"' || letter.is_ascii_whitespace())
            .unwrap_or(query.len());
        let (query, after) = query.split_at_checked(end).unwrap_or((query, ""));
        shown.push_str(before);
        shown.push('?');
        for (index, field) in query.split('&').enumerate() {
            let name = field.split_once('=').map(|(name, _)| name);
            shown.push_str(if index == 0 { "" } else { "&" });
            shown.push_str(&name.map_or_else(|| "***".into(), |name| format!("{name}=***")));
        }
        rest = after;
    }
    shown.push_str(rest);
    match shown.char_indices().nth(MOST_SHOWN) {
        Some((end, _)) => format!("{}…", shown.get(..end).unwrap_or_default()),
        None => shown,
    }
}

/// Shows a request of a JSON log in the format `combined`, with the time at the end.
pub(super) fn show_entry(entry: &Entry<'_>) -> String {
    let size = entry
        .size
        .map_or_else(|| "-".into(), |size| format!("{size}"));
    let duration = entry.duration.map_or_else(String::new, |duration| {
        format!(" {:.3}", duration.as_secs_f64())
    });
    show_line(&format!(
        "{} - - [{}] \"{} {}\" {} {size} \"-\" \"{}\"{duration}",
        entry.address,
        entry.time,
        entry.method,
        entry.target,
        entry.status,
        entry.user_agent.as_deref().unwrap_or("-"),
    ))
}
