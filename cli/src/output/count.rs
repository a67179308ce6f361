/// Formats a number of things, e.g. `1 picture` and `2 pictures`. The plural of `noun` ends with s.
pub(crate) fn format_count(count: usize, noun: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{end}")
}
