//! A page: small pictures that came together, in one texture.
//!
//! It is made of what arrives in a frame, and never written again. Arrays of pages with smaller and smaller copies (mips) were the
//! other way. Whoever draws from those needs a pipeline of their own, and between two pictures egui draws frames and captions by its
//! own: each change from one to the other ends a draw, which was what an array was to save. Copies of every size take a third more, of
//! which a map looks at one; here each picture goes up at the size that is looked at, a fourth to a sixty-fourth of it. And a place in
//! an array that is given to another picture must not be drawn from any more, where a page is simply let go with its last picture.

use eframe::egui::{Color32, ColorImage, Rect, pos2};

/// A page is no wider than about so many pixels, unless one picture is.
const WIDTH: usize = 1024;

/// Small pictures that go to the GPU together.
pub(super) struct Page<K> {
    pictures: Vec<(K, ColorImage)>,
}

/// A page as it goes to the GPU.
pub(super) struct Bound<K> {
    /// All of it.
    pub(super) image: ColorImage,
    /// Where each picture lies, from 0 to 1 along both sides.
    pub(super) places: Vec<(K, Rect)>,
}

impl<K> Page<K> {
    pub(super) fn new() -> Self {
        Self { pictures: Vec::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pictures.is_empty()
    }

    pub(super) fn add(&mut self, key: K, picture: ColorImage) {
        self.pictures.push((key, picture));
    }

    /// Lays them in rows, one after the other. A place ends half a pixel within its picture: what is blended at its edge is that of no
    /// other.
    pub(super) fn bind(self) -> Bound<K> {
        let widths = || self.pictures.iter().map(|(_, picture)| picture.size[0]);
        let (together, widest) = (widths().sum::<usize>(), widths().max().unwrap_or(0));
        // All rows about as long, so that little of the last one is left over.
        let room = together.div_ceil(together.div_ceil(WIDTH).max(1)) + widest.saturating_sub(1);
        let (mut corners, mut at, mut row_height, mut width) = (Vec::new(), [0, 0], 0, 0);
        for (_, picture) in &self.pictures {
            let [w, h] = picture.size;
            if at[0] > 0 && at[0] + w > room {
                at = [0, at[1] + row_height];
                row_height = 0;
            }
            corners.push(at);
            at[0] += w;
            width = width.max(at[0]);
            row_height = row_height.max(h);
        }
        let size = [width.max(1), (at[1] + row_height).max(1)];
        let mut image = ColorImage::filled(size, Color32::TRANSPARENT);
        let mut places = Vec::with_capacity(self.pictures.len());
        for ((key, picture), [left, top]) in self.pictures.into_iter().zip(corners) {
            let [w, h] = picture.size;
            for (row, pixels) in picture.pixels.chunks_exact(w.max(1)).enumerate() {
                let first = (top + row) * size[0] + left;
                image.pixels[first..first + w].copy_from_slice(pixels);
            }
            let share = |x: usize, y: usize, within: f32| {
                pos2((x as f32 + within) / size[0] as f32, (y as f32 + within) / size[1] as f32)
            };
            places.push((key, Rect::from_min_max(share(left, top, 0.5), share(left + w, top + h, -0.5))));
        }
        Bound { image, places }
    }
}
