//! Dates as text: a year, a month, a day, a minute or a second, in UTC.

use super::Seconds;

const DAY_SECS: i64 = 86_400;

/// All seconds of what is written, such as `2024`, `2024-05`, `2024-05-01`, `2024-05-01 12:30`, `2024-05-01T12:30:15Z`;
/// `None` when it is no date.
pub(super) fn seconds_of(text: &str) -> Option<Seconds> {
    let text = text.trim();
    let text = text.strip_suffix(['Z', 'z']).filter(|rest| rest.contains(':')).unwrap_or(text);
    let (date, time) = match text.split_once(['T', 't', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = parts.next().map(|part| digits(part, 2)).transpose_option()?;
    let day = parts.next().map(|part| digits(part, 2)).transpose_option()?;
    if parts.next().is_some() || month.is_some_and(|month| !(1..=12).contains(&month)) {
        return None;
    }
    let (Some(month), Some(day)) = (month, day) else {
        let (next_year, next_month) = match month {
            Some(12) | None => (year + 1, 1),
            Some(month) => (year, month + 1),
        };
        let from = days_from_civil(year, month.unwrap_or(1), 1) * DAY_SECS;
        let until = days_from_civil(next_year, next_month, 1) * DAY_SECS;
        return time.is_none().then_some(Seconds { from, until });
    };
    if !(1..=days_in(year, month)).contains(&day) {
        return None;
    }
    let midnight = days_from_civil(year, month, day) * DAY_SECS;
    let Some(time) = time else { return Some(Seconds { from: midnight, until: midnight + DAY_SECS }) };
    let mut parts = time.split(':');
    let hour = digits(parts.next()?, 2).filter(|hour| *hour < 24)?;
    let minute = digits(parts.next()?, 2).filter(|minute| *minute < 60)?;
    let second = parts.next().map(|part| digits(part, 2).filter(|second| *second < 60)).transpose_option()?;
    if parts.next().is_some() {
        return None;
    }
    let from = midnight + hour * 3600 + minute * 60 + second.unwrap_or(0);
    Some(Seconds { from, until: from + if second.is_some() { 1 } else { 60 } })
}

/// `None` inside becomes the whole: what is there must be right, what is not there need not be.
trait TransposeOption<T> {
    fn transpose_option(self) -> Option<Option<T>>;
}

impl<T> TransposeOption<T> for Option<Option<T>> {
    fn transpose_option(self) -> Option<Option<T>> {
        match self {
            Some(Some(value)) => Some(Some(value)),
            Some(None) => None,
            None => Some(None),
        }
    }
}

fn digits(text: &str, count: usize) -> Option<i64> {
    let is_plain = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_plain { text.parse().ok() } else { None }
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a date of the Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date
/// algorithms"): years begin in March, so that the leap day is the last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}
