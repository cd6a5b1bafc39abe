//! Files that show images: what contact sheets and maps have in common.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use image::imageops::{self, FilterType};
use image::{ImageFormat, RgbImage};

use super::{ExportError, ExportRow};
use crate::domain::label_palette::LabelPalette;
use crate::domain::{ImageId, LabelPlaces, MapPicture, Projection};

/// Gives small pictures of images as JPEG files, in their order; `None` for those that have none. An error ends the file, and
/// nothing is left of it.
pub type SmallPictures<'p> = dyn FnMut(&[ImageId]) -> io::Result<Vec<Option<Vec<u8>>>> + 'p;

/// A file that shows images.
pub struct Shown<'a> {
    /// What it is a sheet or a map of.
    pub title: &'a str,
    /// The images.
    pub rows: &'a [ExportRow],
    /// Where they lie; of no use to sheets.
    pub map: Option<&'a Projection>,
    /// The places of labels, by which they are coloured, here as in the window.
    pub label_places: &'a LabelPlaces,
    /// How a map is drawn as a picture; of drawings and pages only the colours count.
    pub look: MapPicture,
    /// How they look.
    pub pictures: &'a mut SmallPictures<'a>,
    /// Where it goes.
    pub out: &'a Path,
    /// Whether a file that exists may be replaced.
    pub overwrite: bool,
}

/// Writes what shows images; returns how many are on it.
pub type ShownWriter = fn(&mut Shown<'_>) -> Result<usize, ExportError>;

/// An image on a map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Placed<'a> {
    pub row: &'a ExportRow,
    /// In the square from 0 to 1, the second number downwards.
    pub at: [f32; 2],
    /// The place of its label among the map's [`Labels`].
    pub label: Option<usize>,
}

/// A label on a map.
pub(super) struct MapLabel<'a> {
    pub name: &'a str,
    /// How many images bear it.
    pub images: usize,
    /// The how manieth label it was to come: its colour goes by it.
    place: Option<usize>,
}

/// The labels on a map, the most frequent first.
pub(super) struct Labels<'a>(pub Vec<MapLabel<'a>>);

impl MapLabel<'_> {
    /// Its colour of some, if it has one of its own.
    pub fn colour(&self, of: &[u32]) -> Option<u32> {
        of.get(self.place?).copied()
    }
}

impl Labels<'_> {
    /// The colour of the label of this rank on white, as 0xRRGGBB: of those that have no colour of their own, and of images without
    /// one, grey.
    pub fn colour(&self, rank: Option<usize>, colours: LabelPalette) -> u32 {
        rank.and_then(|rank| self.0.get(rank)?.colour(colours.colours(false))).unwrap_or(OTHERS)
    }
}

impl<'a> Shown<'a> {
    /// The images that lie on the map, and their labels. The map's sides keep their proportion; it lies in the middle.
    ///
    /// # Errors
    /// When there is no map, or none of the images is on it.
    pub(super) fn placed(&self) -> Result<(Vec<Placed<'a>>, Labels<'a>), ExportError> {
        let nothing =
            |reason: &str| ExportError::NothingToWrite { reason: reason.to_owned(), path: self.out.to_owned() };
        let map = self.map.ok_or_else(|| nothing("there is no map yet; make one first"))?;
        let place = |row: &ExportRow| {
            let found = map.ids.binary_search(&row.record.id).ok()?;
            map.points.get(found).copied().filter(|at| at.iter().all(|side| side.is_finite()))
        };
        let lying: Vec<(&'a ExportRow, [f32; 2])> =
            self.rows.iter().filter_map(|row| Some((row, place(row)?))).collect();
        if lying.is_empty() {
            return Err(nothing("none of these images is on the map; make it again, or choose others"));
        }
        let bounds = |axis: usize| {
            let ends = |(low, high): (f32, f32), (_, at): &(_, [f32; 2])| (low.min(at[axis]), high.max(at[axis]));
            lying.iter().fold((f32::INFINITY, f32::NEG_INFINITY), ends)
        };
        let ((left, right), (bottom, top)) = (bounds(0), bounds(1));
        let side = (right - left).max(top - bottom).max(f32::MIN_POSITIVE);
        let centre = [f32::midpoint(left, right), f32::midpoint(bottom, top)];
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (row, _) in &lying {
            if let Some(label) = &row.record.label {
                *counts.entry(label).or_default() += 1;
            }
        }
        let place = |name: &str| self.label_places.of(name).map(|place| place as usize);
        let mut labels: Vec<MapLabel<'a>> =
            counts.into_iter().map(|(name, images)| MapLabel { name, images, place: place(name) }).collect();
        labels.sort_by_key(|label| std::cmp::Reverse(label.images));
        let ranks: BTreeMap<&str, usize> = labels.iter().enumerate().map(|(rank, label)| (label.name, rank)).collect();
        let placed = lying.iter().map(|&(row, [x, y])| Placed {
            row,
            // Numbers grow upwards on a map, and downwards on a page.
            at: [0.5 + (x - centre[0]) / side, 0.5 - (y - centre[1]) / side],
            label: row.record.label.as_deref().and_then(|label| ranks.get(label).copied()),
        });
        Ok((placed.collect(), Labels(labels)))
    }
}

/// How many images are pictures on a map at most; the others are dots. On a page they are some 20 MB of it.
const MOST_PICTURES: usize = 20_000;

/// Which of `count` images are pictures on a map: all, or of very many some that are evenly spaced.
pub(super) fn drawn_as_pictures(count: usize) -> impl Iterator<Item = usize> {
    (0..count).step_by(count.div_ceil(MOST_PICTURES).max(1))
}

/// A picture whose longer side has `side_px` pixels; `None` when it cannot be read.
pub(super) fn scaled_into(jpeg: &[u8], side_px: u32) -> Option<RgbImage> {
    let whole = image::load_from_memory_with_format(jpeg, ImageFormat::Jpeg).ok()?.into_rgb8();
    let scale = f64::from(side_px) / f64::from(whole.width().max(whole.height()).max(1));
    let scaled = |side: u32| ((f64::from(side) * scale).round() as u32).clamp(1, side_px);
    Some(imageops::resize(&whole, scaled(whole.width()), scaled(whole.height()), FilterType::Triangle))
}

/// A picture as large as fits into `room_px`; `None` when it cannot be read.
pub(super) fn fitted_into(jpeg: &[u8], room_px: [u32; 2]) -> Option<RgbImage> {
    let whole = image::load_from_memory_with_format(jpeg, ImageFormat::Jpeg).ok()?.into_rgb8();
    let (width, height) = (f64::from(whole.width().max(1)), f64::from(whole.height().max(1)));
    let scale = (f64::from(room_px[0]) / width).min(f64::from(room_px[1]) / height);
    let scaled = |side: f64, most: u32| ((side * scale).round() as u32).clamp(1, most.max(1));
    Some(imageops::resize(&whole, scaled(width, room_px[0]), scaled(height, room_px[1]), FilterType::Triangle))
}

/// The beginning and the end of a text of more than `most` letters: both tell names apart.
pub(super) fn shortened(text: &str, most: usize) -> String {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= most {
        return text.to_owned();
    }
    let kept = most.saturating_sub(1);
    let (first, last) = (kept.div_ceil(2), kept / 2);
    letters[..first].iter().chain(['…'].iter()).chain(&letters[letters.len() - last..]).collect()
}

/// As grey as what has no label in the window.
const OTHERS: u32 = 0x008C_8C96;

/// Text within an element or an attribute of HTML or SVG.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // XML 1.0 has no place for them.
            control if control.is_control() && !matches!(control, '\t' | '\n' | '\r') => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}
