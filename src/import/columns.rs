//! Which columns of a table say what, by their names.

use super::cells::BOXES;
use super::frames::FrameColumns;
use crate::domain::{ColumnNames, thousands};

/// What columns of paths are called.
const PATHS: [&str; 11] = [
    "path",
    "file_name",
    "filename",
    "file",
    "filepath",
    "file_path",
    "image",
    "image_path",
    "image_file",
    "img",
    "name",
];
/// What columns of labels are called.
const LABELS: [&str; 9] =
    ["label", "labels", "class", "class_name", "category", "target", "species", "category_name", "y"];
/// What columns of splits are called.
const SPLITS: [&str; 5] = ["split", "set", "subset", "partition", "fold"];

/// The most columns of a table.
pub(super) const MOST_COLUMNS: usize = 4096;

/// Where they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) path: usize,
    pub(super) label: Option<usize>,
    pub(super) split: Option<usize>,
    /// The numbers of a box a row.
    pub(super) frame: Option<FrameColumns>,
    /// All boxes of a picture.
    pub(super) objects: Option<usize>,
    /// That boxes seem to be meant and cannot be read, in words.
    pub(super) remark: Option<String>,
}

impl Columns {
    /// Finds them among those that a table has. `is_enough` if a column of paths is all that is needed. Those of boxes have no
    /// names that a person could give.
    ///
    /// # Errors
    /// When one that is named is not there, or none has paths, or none has labels or splits: in words.
    pub(super) fn find(names: &ColumnNames, there: &[String], is_enough: bool) -> Result<Self, String> {
        if there.len() > MOST_COLUMNS {
            return Err(format!("it has {} columns, and at most {MOST_COLUMNS} are read", thousands(there.len())));
        }
        let list = || {
            let shown: Vec<&str> = there.iter().take(20).map(|name| name.trim()).collect();
            format!("Its columns are {}{}", shown.join(", "), if there.len() > 20 { " ..." } else { "" })
        };
        let (frame, remark) = match FrameColumns::find(there) {
            Ok(frame) => (frame, None),
            Err(why) => (None, Some(why)),
        };
        let place = |asked: &Option<String>, usual: &[&str], what: &str| match asked {
            Some(name) => match there.iter().position(|known| known.trim() == name) {
                Some(place) => Ok(Some(place)),
                None => Err(format!("it has no column {name} (asked for as that of {what}). {}", list())),
            },
            None => {
                // `y` may be a class, or the top of a box.
                let is_free = |place: &usize| !frame.is_some_and(|frame| frame.has(*place));
                let is_called = |usual: &str| there.iter().position(|known| known.trim().eq_ignore_ascii_case(usual));
                Ok(usual.iter().filter_map(|usual| is_called(usual)).find(is_free))
            }
        };
        let path = place(&names.path, &PATHS, "paths")?;
        let path = path.or_else(|| there.iter().position(|name| name.trim().ends_with("_file_name")));
        let Some(path) = path else {
            let usual = PATHS.join(", ");
            return Err(format!(
                "no column has paths: none is called {usual}. {}. Say which one it is (on the command line: --path-column)",
                list()
            ));
        };
        let label = place(&names.label, &LABELS, "labels")?;
        let split = place(&names.split, &SPLITS, "splits")?;
        let objects = place(&None, &BOXES, "boxes")?;
        if label.is_none() && split.is_none() && frame.is_none() && objects.is_none() && !is_enough {
            let (labels, splits) = (LABELS.join(", "), SPLITS.join(", "));
            let why = format!("no column has labels or splits: none is called {labels}, {splits}");
            return Err(format!(
                "{why}, and no four are those of boxes (xmin, ymin, xmax, ymax or x, y, width, height). {}. Say which one it is \
                 (on the command line: --label-column or --split-column)",
                list()
            ));
        }
        Ok(Self { path, label, split, frame, objects, remark })
    }

    /// Whether there may be boxes.
    pub(super) fn have_boxes(&self) -> bool {
        self.frame.is_some() || self.objects.is_some()
    }
}
