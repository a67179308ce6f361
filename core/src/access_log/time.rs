//! Writes a time as people read it.

use alloc::format;
use alloc::string::String;
use core::time::Duration;

const SECONDS_OF_DAY: u64 = 86_400;

/// The days of 400 years, after which the calendar repeats itself.
const DAYS_OF_ERA: u64 = 146_097;

/// The days from 0000-03-01 to 1970-01-01.
const DAYS_BEFORE_1970: u64 = 719_468;

/// Formats seconds since 1970 as a date and time in UTC, e.g. `2026-10-10T05:55:36Z`.
pub(super) fn format_utc(since_1970: Duration) -> String {
    let seconds = since_1970.as_secs();
    let (year, month, day) = date(seconds / SECONDS_OF_DAY);
    let second = seconds % SECONDS_OF_DAY;
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Returns year, month and day of a day since 1970.
///
/// A year begins in March here, so that the leap day is its last day. Then the months before
/// another one have `(153 * month + 2) / 5` days.
fn date(day_since_1970: u64) -> (u64, u64, u64) {
    let day = day_since_1970 + DAYS_BEFORE_1970;
    let (era, day) = (day / DAYS_OF_ERA, day % DAYS_OF_ERA);
    // Without the leap days before it, each year has 365 days.
    let year = (day - day / 1460 + day / 36_524 - day / (DAYS_OF_ERA - 1)) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day_of_month = day - (153 * month + 2) / 5 + 1;
    let is_next_year = month >= 10;
    let month = if is_next_year { month - 9 } else { month + 3 };
    (
        era * 400 + year + u64::from(is_next_year),
        month,
        day_of_month,
    )
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::{date, format_utc};

    #[test]
    fn each_day_follows_the_day_before() {
        let is_leap = |year: u64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let (mut year, mut month, mut day) = (1970, 1, 1);
        for number in 0..400_000 {
            assert_eq!(date(number), (year, month, day), "{number}");
            let days = match month {
                2 => 28 + u64::from(is_leap(year)),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            day += 1;
            if day > days {
                (month, day) = (month + 1, 1);
            }
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
        }
    }

    #[test]
    fn a_time_is_written_in_utc() {
        let time = format_utc(Duration::from_millis(1_646_861_401_524));
        assert_eq!(time, "2022-03-09T21:30:01Z");
    }
}
