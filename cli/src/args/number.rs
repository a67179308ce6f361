//! Whole numbers among the options.

use std::str::FromStr;

/// Parses a whole number. If the type cannot hold it, the error says what the option takes: `wanted`,
/// such as "1 to 200".
pub(crate) fn whole_number<T: FromStr>(
    wanted: &'static str,
) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text| {
        text.parse()
            .map_err(|_| format!("give a whole number, {wanted}"))
    }
}
