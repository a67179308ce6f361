//! Reads the times of logs, and writes a time as people read it.

use alloc::format;
use alloc::string::String;
use core::time::Duration;

const SECONDS_OF_DAY: i64 = 86_400;

/// The days of 400 years, after which the calendar repeats itself.
const DAYS_OF_ERA: i64 = 146_097;

/// The days from 0000-03-01 to 1970-01-01.
const DAYS_BEFORE_1970: i64 = 719_468;

/// Formats seconds since 1970 as a date and time in UTC, e.g. `2026-10-10T05:55:36Z`.
pub(super) fn format_utc(since_1970: Duration) -> String {
    let seconds = i64::try_from(since_1970.as_secs()).unwrap_or_default();
    let (year, month, day) = date(seconds / SECONDS_OF_DAY);
    let second = seconds % SECONDS_OF_DAY;
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Returns year, month and day of a day since 1970.
///
/// A year begins in March here, so that the leap day is its last day. Then the months before
/// another one have `(153 * month + 2) / 5` days.
fn date(day_since_1970: i64) -> (i64, i64, i64) {
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
        era * 400 + year + i64::from(is_next_year),
        month,
        day_of_month,
    )
}

/// Parses the time of a line: milliseconds since 1970 in UTC. `None` if its format is not known.
///
/// nginx and Apache write `30/Nov/2026:12:00:00 +0800`. Caddy may be set to formats that begin with
/// the year, e.g. `2026-11-30T12:00:00.123+0800`. A time without a zone is read as UTC.
pub(super) fn parse_time(text: &str) -> Option<i64> {
    let is_separator = |letter: char| matches!(letter, '/' | '-' | ':' | 'T' | ' ');
    let mut parts = text.splitn(6, is_separator);
    let (first, month, third) = (parts.next()?, parts.next()?, parts.next()?);
    let (year, day) = if first.len() == 4 {
        (first, third)
    } else {
        (third, first)
    };
    let day = day_number(parse_number(year)?, parse_month(month)?, parse_number(day)?)?;
    let (hour, minute) = (parse_number(parts.next()?)?, parse_number(parts.next()?)?);
    let rest = parts.next()?;
    let end = rest.find(|letter: char| !letter.is_ascii_digit());
    let (second, rest) = rest.split_at(end.unwrap_or(rest.len()));
    let (fraction, zone) = match rest.strip_prefix(['.', ',']) {
        Some(rest) => {
            let end = rest.find(|letter: char| !letter.is_ascii_digit());
            rest.split_at(end.unwrap_or(rest.len()))
        }
        None => ("", rest),
    };
    let seconds = (hour * 60 + minute) * 60 + parse_number(second)? - parse_zone(zone.trim())?;
    let thousandths = fraction.bytes().chain([b'0'; 3]).take(3);
    let thousandths = thousandths.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    Some((day * SECONDS_OF_DAY + seconds) * 1000 + thousandths)
}

/// Parses at most four digits.
fn parse_number(text: &str) -> Option<i64> {
    let is_number = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

/// Parses the number of a month, or the first letters of its English name.
fn parse_month(text: &str) -> Option<i64> {
    const NAMES: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let number = (1..).zip(NAMES).find(|(_, name)| *name == text);
    number.map_or_else(|| parse_number(text), |(number, _)| Some(number))
}

/// Parses a zone: the seconds that it is ahead of UTC.
fn parse_zone(text: &str) -> Option<i64> {
    if matches!(text, "" | "Z") {
        return Some(0);
    }
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let digits = digits.replace(':', "");
    let (hours, minutes) = digits.split_at_checked(2)?;
    Some(sign * (parse_number(hours)? * 60 + parse_number(minutes)?) * 60)
}

/// Returns the days since 1970. [`date`] is its inverse.
fn day_number(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let (year, month) = if month < 3 {
        (year - 1, month + 9)
    } else {
        (year, month - 3)
    };
    let days = 365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(days + (153 * month + 2) / 5 + day - 1 - DAYS_BEFORE_1970)
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::{date, day_number, format_utc, parse_time};

    #[test]
    fn each_day_follows_the_day_before() {
        let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let (mut year, mut month, mut day) = (1970, 1, 1);
        for number in 0..400_000 {
            assert_eq!(date(number), (year, month, day), "{number}");
            assert_eq!(day_number(year, month, day), Some(number), "{number}");
            let days = match month {
                2 => 28 + i64::from(is_leap(year)),
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

    #[test]
    fn the_times_of_all_formats_are_points_in_time() {
        for (text, time) in [
            ("09/Mar/2022:21:30:01 +0000", Some(1_646_861_401_000)),
            ("10/Mar/2022:05:30:01 +0800", Some(1_646_861_401_000)),
            ("09/Mar/2022:16:00:01 -0530", Some(1_646_861_401_000)),
            ("09/Mar/2022:21:30:01.25 +0000", Some(1_646_861_401_250)),
            ("2022-03-10T05:30:01+08:00", Some(1_646_861_401_000)),
            ("2022-03-09T21:30:01.5241024Z", Some(1_646_861_401_524)),
            ("2022/03/09 21:30:01.524", Some(1_646_861_401_524)),
            ("2022/03/09 21:30:01.524 +0000", Some(1_646_861_401_524)),
            ("01/Jan/1969:00:00:00 +0000", Some(-31_536_000_000)),
            ("00/Mar/2022:21:30:01 +0000", None),
            ("09/Mrz/2022:21:30:01 +0000", None),
            ("09/Mar/2022:21:30", None),
            ("09/Mar/2022:21:30:", None),
            ("", None),
        ] {
            assert_eq!(parse_time(text), time, "{text}");
        }
    }
}
