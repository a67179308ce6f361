//! Parses options that are whole numbers.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// Returns a parser for a whole number. Its error names the `wanted` range, such as "1 to 200".
pub(crate) fn parse_whole_number<T: FromStr>(
    wanted: &'static str,
) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text| {
        text.parse()
            .map_err(|_| format!("give a whole number, {wanted}"))
    }
}

/// Returns a parser for a whole number in this range. Its error names the range.
pub(crate) fn parse_number_in<T: FromStr + PartialOrd + Display + Clone>(
    range: RangeInclusive<T>,
) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text| {
        let number = text.parse().ok();
        let number = number.filter(|number| range.contains(number));
        let (least, most) = (range.start(), range.end());
        number.ok_or_else(|| format!("give a whole number, {least} to {most}"))
    }
}
