//! Numbers, in bars whose borders are numbers that a person would choose.

use super::{Bin, Distribution, DistributionWish, Spread, add};
use crate::domain::{ColumnKind, TableColumn};

/// About so many bars are made of what there is.
const BARS: f64 = 24.0;

/// What is spread over more than this factor has bars that grow with it.
const WIDE: f64 = 100.0;

const DAY_SECS: f64 = 86_400.0;

/// Counts the numbers of a column.
pub(super) fn count(wish: &DistributionWish, is_stale: &dyn Fn() -> bool) -> Option<Distribution> {
    let (column, facts) = (wish.column, &wish.facts);
    let (mut least, mut most, mut known) = (f64::INFINITY, f64::NEG_INFINITY, [0, 0]);
    wish.each(is_stale, |image, is_shown| {
        if let Some(value) = facts.number(column, &image) {
            (least, most) = (least.min(value), most.max(value));
            add(&mut known, is_shown);
        }
    })?;
    if known[0] == 0 {
        return Some(Distribution { column, known, spread: Spread::Bins(Vec::new()) });
    }
    let borders = borders(column, least, most);
    let mut bins: Vec<Bin> =
        borders.windows(2).map(|pair| Bin { from: pair[0], until: pair[1], images: [0, 0] }).collect();
    let last = bins.len().saturating_sub(1);
    wish.each(is_stale, |image, is_shown| {
        if let Some(value) = facts.number(column, &image) {
            let place = borders.partition_point(|border| *border <= value).saturating_sub(1).min(last);
            if let Some(bin) = bins.get_mut(place) {
                add(&mut bin.images, is_shown);
            }
        }
    })?;
    Some(Distribution { column, known, spread: Spread::Bins(bins) })
}

/// Where bars begin, and where the last one ends; all numbers from the least to the most lie in one.
fn borders(column: TableColumn, least: f64, most: f64) -> Vec<f64> {
    match column.kind() {
        ColumnKind::Date => even(least, most, moment_step(most - least + 1.0), 0.0),
        ColumnKind::Decimal if column == TableColumn::Shape => {
            // Most pictures are 1, 4/3 or 3/2 wide: such numbers are to be within a bar, not on its border.
            even(least, most, nice((most - least) / BARS).max(0.05), 0.35)
        }
        ColumnKind::Decimal if most > least => even(least, most, nice((most - least) / BARS), 0.0),
        ColumnKind::Decimal => vec![least, next(most)],
        ColumnKind::Whole | ColumnKind::Text | ColumnKind::Name => {
            if most > least.max(1.0) * WIDE {
                return growing(least, most);
            }
            even(least, most, nice((most - least + 1.0) / BARS).max(1.0), 0.0)
        }
    }
}

/// Borders a step apart, each `shift` of a step below a multiple of it.
fn even(least: f64, most: f64, step: f64, shift: f64) -> Vec<f64> {
    let first = (least / step + shift).floor();
    // Rounded to what a person reads: 3 * 0.05 is written with seventeen digits.
    let unit = 10_f64.powf((2.0 - step.log10().floor()).clamp(0.0, 15.0));
    let border = |place: usize| ((first + place as f64 - shift) * step * unit).round() / unit;
    let mut borders = vec![border(0)];
    while borders.last().is_some_and(|last| *last <= most) && borders.len() < 100 {
        borders.push(border(borders.len()));
    }
    borders
}

/// Borders that are about a factor apart: 0, 10, 13, 18, 24, ...
fn growing(least: f64, most: f64) -> Vec<f64> {
    let begin = least.max(1.0);
    let factor = (most / begin).powf(1.0 / BARS);
    let mut borders = vec![if least < 1.0 { 0.0 } else { two_digits(begin, f64::floor) }];
    for place in 1..=(BARS as i32 + 1) {
        let border = two_digits(begin * factor.powi(place), f64::round);
        if borders.last().is_some_and(|last| *last < border) {
            borders.push(border);
        }
        if border > most {
            break;
        }
    }
    if borders.last().is_some_and(|last| *last <= most) {
        borders.push(next(two_digits(most, f64::ceil)));
    }
    borders
}

/// The number with two digits that are not zero.
fn two_digits(number: f64, round: fn(f64) -> f64) -> f64 {
    let unit = 10_f64.powf((number.log10().floor() - 1.0).max(0.0));
    round(number / unit) * unit
}

/// The next whole number.
fn next(number: f64) -> f64 {
    number.floor() + 1.0
}

/// 1, 2 or 5 times a power of ten, no less than this.
fn nice(step: f64) -> f64 {
    let power = 10_f64.powf(step.max(1e-9).log10().floor());
    [1.0, 2.0, 5.0].map(|digit| digit * power).into_iter().find(|nice| *nice >= step * 0.999).unwrap_or(10.0 * power)
}

/// How long a bar of moments is, in seconds: whole seconds, minutes, hours or days.
fn moment_step(span_secs: f64) -> f64 {
    const STEPS_SECS: [f64; 16] = [
        1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0, 14_400.0, 21_600.0, 43_200.0,
        DAY_SECS,
    ];
    let wanted = span_secs / BARS;
    let step = STEPS_SECS.into_iter().find(|step| *step >= wanted);
    step.unwrap_or_else(|| nice(wanted / DAY_SECS).ceil().max(1.0) * DAY_SECS)
}
