//! Parses options that are whole numbers.

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
