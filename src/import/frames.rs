//! Boxes whose four numbers stand in four columns: which these are, and what a row says there.

use serde_json::Value;

use super::cells::number;

/// What the columns of corners are called: left edge, top, right edge, bottom.
const CORNERS: [[&str; 4]; 3] =
    [["xmin", "ymin", "xmax", "ymax"], ["x_min", "y_min", "x_max", "y_max"], ["x1", "y1", "x2", "y2"]];
/// What those of sides are called: left edge, top, width, height.
const SIDES: [[&str; 4]; 2] = [["x", "y", "width", "height"], ["x", "y", "w", "h"]];

/// Where the four numbers of a box are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FrameColumns {
    places: [usize; 4],
    names: [&'static str; 4],
    are_corners: bool,
}

impl FrameColumns {
    /// Finds them among the columns that a table has. A width and a height alone are those of the picture, and where corners are
    /// said, too; so are `x` and `y` alone a place on a map.
    ///
    /// # Errors
    /// When some of them are there and others are not, in words.
    pub(super) fn find(there: &[String]) -> Result<Option<Self>, String> {
        let mut lacking = None;
        for (names, are_corners) in
            CORNERS.map(|names| (names, true)).into_iter().chain(SIDES.map(|names| (names, false)))
        {
            let places = names.map(|name| there.iter().position(|known| known.trim().eq_ignore_ascii_case(name)));
            if let [Some(left), Some(top), Some(third), Some(fourth)] = places {
                return Ok(Some(Self { places: [left, top, third, fourth], names, are_corners }));
            }
            let is_some = |place: usize| places[place].is_some();
            let has_some = match are_corners {
                true => places.iter().flatten().count() > 1,
                false => is_some(0) && is_some(1) && (is_some(2) || is_some(3)),
            };
            if has_some {
                let of = |is_there: bool| {
                    let chosen = names.iter().zip(&places).filter(|(_, place)| place.is_some() == is_there);
                    chosen.map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
                };
                let why = || format!("boxes were not read: there is {}, but not {}", of(true), of(false));
                lacking.get_or_insert_with(why);
            }
        }
        lacking.map_or(Ok(None), Err)
    }

    /// Whether a column is one of them.
    pub(super) fn has(&self, place: usize) -> bool {
        self.places.contains(&place)
    }

    /// The places of the four columns.
    pub(super) fn places(&self) -> [usize; 4] {
        self.places
    }

    /// The box of a row, as left, top, width and height; `None` where nothing is written of it.
    ///
    /// # Errors
    /// When it is no box, in words.
    pub(super) fn frame(&self, cell: &dyn Fn(usize) -> Value) -> Result<Option<[f64; 4]>, String> {
        let mut numbers = [None; 4];
        for (at, (place, name)) in self.places.iter().zip(self.names).enumerate() {
            numbers[at] = number(&cell(*place)).map_err(|why| format!("{name} is {why}"))?;
        }
        match numbers {
            [None, None, None, None] => Ok(None),
            [Some(left), Some(top), Some(right), Some(bottom)] if self.are_corners => {
                Ok(Some([left, top, right - left, bottom - top]))
            }
            [Some(left), Some(top), Some(width), Some(height)] => Ok(Some([left, top, width, height])),
            [..] => {
                let empty = numbers.iter().zip(self.names).filter(|(number, _)| number.is_none());
                let empty: Vec<&str> = empty.map(|(_, name)| name).collect();
                Err(format!("nothing is written as {}", empty.join(", ")))
            }
        }
    }
}
