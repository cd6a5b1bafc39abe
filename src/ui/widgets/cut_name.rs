//! Names where there is little room for them: cut in their middle, with a sign wherever something is left out.
//!
//! Names of files begin alike and end alike, and so do those of folders, but seldom both. What kind of file it is goes first, since most
//! of a folder are of one; of other names nothing is a kind, whatever it looks like: `v1.5`.

use std::sync::Arc;

use eframe::egui::{Color32, Galley, Painter};

use super::text::single_line;

/// Letters beside which there is room for the kind of a file, too.
const BESIDE_KIND: usize = 10;

/// One line of `size` points, cut in its middle where it is wider than `width`: `flow…0012`.
pub fn middle_cut(painter: &Painter, text: &str, size: f32, colour: Color32, width: f32) -> Arc<Galley> {
    let line = Line { painter, size, colour, width };
    let fitting = line.fitting(text.to_owned()).or_else(|| line.cut(text, "", 1));
    fitting.unwrap_or_else(|| line.cut_at_end(text))
}

/// The same of a file's name. Its kind stays where there is room for enough of the name beside it (`a_pict…name.jpg`), and else goes
/// first (`image_0001…`); where the name `could_be_mistaken` for another of another kind, it stays in any case.
pub fn file_name(
    painter: &Painter,
    name: &str,
    size: f32,
    colour: Color32,
    width: f32,
    could_be_mistaken: bool,
) -> Arc<Galley> {
    let line = Line { painter, size, colour, width };
    let (stem, kind) = stem_and_kind(name);
    if kind.is_empty() {
        return middle_cut(painter, name, size, colour, width);
    }
    let without_kind = || line.fitting(format!("{stem}…")).filter(|_| !could_be_mistaken);
    let least = if could_be_mistaken { 1 } else { BESIDE_KIND };
    let fitting = line.fitting(name.to_owned()).or_else(without_kind).or_else(|| line.cut(stem, kind, least));
    fitting.or_else(|| line.cut(stem, "…", 1)).unwrap_or_else(|| line.cut_at_end(name))
}

/// The name of a file, and what says its kind, with its dot; that is empty where nothing does.
pub fn stem_and_kind(name: &str) -> (&str, &str) {
    let is_kind = |end: &str| (1..=5).contains(&end.len()) && end.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let parts = name.rsplit_once('.').filter(|(stem, end)| !stem.is_empty() && is_kind(end));
    parts.map_or((name, ""), |(stem, _)| name.split_at(stem.len()))
}

/// A line, and the room for it.
struct Line<'a> {
    painter: &'a Painter,
    size: f32,
    colour: Color32,
    width: f32,
}

impl Line<'_> {
    fn of(&self, text: String) -> Arc<Galley> {
        single_line(self.painter, text, self.size, self.colour, f32::INFINITY)
    }

    fn fitting(&self, text: String) -> Option<Arc<Galley>> {
        Some(self.of(text)).filter(|whole| whole.size().x <= self.width)
    }

    /// As many letters of the text's begin and end as there is room for, and `end` behind them; `None` where these are fewer than `least`.
    fn cut(&self, text: &str, end: &str, least: usize) -> Option<Arc<Galley>> {
        let letters: Vec<char> = text.chars().collect();
        let cut = |kept: usize| {
            let (head, tail) = (kept.div_ceil(2), kept / 2);
            let kept = letters[..head].iter().chain(&['…']).chain(&letters[letters.len() - tail..]);
            kept.collect::<String>() + end
        };
        // The most letters that have room, found by halving.
        let (mut fits, mut beyond) = (least - 1, letters.len());
        while beyond.saturating_sub(fits) > 1 {
            let middle = fits + (beyond - fits) / 2;
            if self.fitting(cut(middle)).is_some() { fits = middle } else { beyond = middle }
        }
        (fits >= least).then(|| self.of(cut(fits)))
    }

    fn cut_at_end(&self, text: &str) -> Arc<Galley> {
        single_line(self.painter, text.to_owned(), self.size, self.colour, self.width)
    }
}
