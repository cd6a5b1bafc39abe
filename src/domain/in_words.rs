//! Numbers as a person reads them, the same in the window, in messages and on the command line.

/// `1234567` as `1,234,567`.
pub fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 image`, `1,234 images`.
pub fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", thousands(number), if number == 1 { one } else { many })
}

/// `1st`, `2nd`, `10th`, `21st`.
pub fn ordinal(number: usize) -> String {
    let ending = match (number % 10, number % 100) {
        (1, rest) if rest != 11 => "st",
        (2, rest) if rest != 12 => "nd",
        (3, rest) if rest != 13 => "rd",
        (_, _) => "th",
    };
    format!("{}{ending}", thousands(number))
}

/// Bytes as `512 B`, `1.5 kB`, `20 MB`. As on disks, a kilobyte has 1000.
pub fn bytes(bytes: u64) -> String {
    let mut value = bytes as f64;
    let mut unit = "B";
    for next in ["kB", "MB", "GB", "TB"] {
        if value < 1000.0 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    if unit == "B" || value >= 10.0 { format!("{value:.0} {unit}") } else { format!("{value:.1} {unit}") }
}

/// Seconds as `8 s`, `3 min 20 s`, `2 h 5 min`.
pub fn duration(secs: f64) -> String {
    let secs = secs.max(0.0).round() as u64;
    match (secs / 3600, secs / 60 % 60, secs % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, 0) => format!("{m} min"),
        (0, m, s) if m < 10 => format!("{m} min {s} s"),
        (0, m, _) => format!("{m} min"),
        (h, 0, _) => format!("{h} h"),
        (h, m, _) => format!("{h} h {m} min"),
    }
}

/// How long something took: `3.2 ms`, `8 s`, `3 min 20 s`.
pub fn elapsed(secs: f64) -> String {
    if secs < 0.9995 { millis(secs) } else { duration(secs) }
}

/// A short time as `0.04 ms`, `1.3 ms`, `120 ms`.
pub fn millis(secs: f64) -> String {
    let ms = secs * 1e3;
    match ms {
        ms if ms < 0.095 => format!("{ms:.2} ms"),
        ms if ms < 9.95 => format!("{ms:.1} ms"),
        _ => format!("{ms:.0} ms"),
    }
}
