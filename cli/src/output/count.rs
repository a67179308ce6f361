/// Formats a number of things, e.g. `1 picture` and `1,000 pictures`. The plural of `noun` ends with
/// s.
pub(crate) fn format_count(count: usize, noun: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{} {noun}{end}", group_digits(count))
}

/// Writes a count with a comma between the thousands.
pub(crate) fn group_digits(count: usize) -> String {
    let digits = count.to_string();
    let places = (0..digits.len()).rev();
    let grouped = digits.chars().zip(places).map(|(digit, place)| {
        let comma = if place > 0 && place % 3 == 0 { "," } else { "" };
        format!("{digit}{comma}")
    });
    grouped.collect()
}

#[cfg(test)]
mod tests {
    use super::group_digits;

    #[test]
    fn thousands_are_separated() {
        for (count, shown) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(group_digits(count), shown);
        }
    }
}
