//! Which boxes become which files, and where the network sees them.

use std::collections::{BTreeMap, HashSet};

use super::WHAT;
use crate::domain::{ImageBox, ImagePath, ImageRecord, Region, Remarks, counted};
use crate::engine::message::Problem;
use crate::engine::opened::Opened;
use crate::engine::places::fnv1a;
use crate::export::{CutOutRow, cut_outs};
use crate::store::StoreError;

/// A picture and what is cut out of it.
#[derive(Clone)]
pub(super) struct MarkedPicture {
    pub(super) record: ImageRecord,
    pub(super) parts: Vec<Part>,
}

/// A box on its way.
#[derive(Clone)]
pub(super) struct Part {
    /// What the list says of it.
    pub(super) row: CutOutRow,
    /// As shares of the picture's sides.
    pub(super) region: Region,
    /// As shares of the sides of the network's input.
    pub(super) seen: Region,
}

impl Part {
    /// Where its file lies below the folder.
    pub(super) fn path(&self) -> ImagePath {
        ImagePath { text: self.row.file.clone(), raw: None }
    }
}

/// All boxes that are wished for and can be cut out.
pub(super) struct Plan {
    pictures: Vec<MarkedPicture>,
    pub(super) left_out: Remarks,
}

impl Plan {
    /// Of the boxes that are meant, by what is on record of them and their pictures.
    pub(super) fn new(is_meant: impl Fn(&ImageBox) -> bool, opened: &Opened) -> Result<Self, Problem> {
        let unread = |error: StoreError| Problem::new(WHAT, error);
        let known = |id| opened.catalogue.get(id);
        let workspace = opened.workspace.now().map_err(unread)?;
        let labels = workspace.imported_labels_of_met(known).map_err(unread)?;
        let mut boxes = workspace.boxes_of_met(known).map_err(unread)?;
        boxes.retain(|marked| is_meant(marked));
        let mut plan = Self { pictures: Vec::new(), left_out: Remarks::default() };
        let mut files = HashSet::new();
        for of_image in boxes.chunk_by(|a, b| a.image == b.image) {
            let Some(record) = opened.catalogue.get(of_image[0].image) else { continue };
            let split = labels.split_of(record.id).map(str::to_owned);
            let mut parts = Vec::with_capacity(of_image.len());
            for marked in of_image {
                match part(marked, &record, split.as_ref(), opened) {
                    Ok(part) if files.insert(part.row.file.clone()) => parts.push(part),
                    Ok(_) => plan.left_out.add(|| {
                        format!(
                            "box {} in {}: another one marks the same, with the same label",
                            marked.id, record.path.text
                        )
                    }),
                    Err(why) => plan.left_out.add(|| format!("box {} in {}: {why}", marked.id, record.path.text)),
                }
            }
            if !parts.is_empty() {
                plan.pictures.push(MarkedPicture { record, parts });
            }
        }
        Ok(plan)
    }

    /// How many boxes there are.
    pub(super) fn boxes(&self) -> usize {
        self.pictures.iter().map(|picture| picture.parts.len()).sum()
    }

    /// How many there are with each label.
    pub(super) fn labels(&self) -> Vec<(Option<String>, usize)> {
        let mut labels: BTreeMap<Option<&String>, usize> = BTreeMap::new();
        for part in self.pictures.iter().flat_map(|picture| &picture.parts) {
            *labels.entry(part.row.marked.label.as_ref()).or_insert(0) += 1;
        }
        labels.into_iter().map(|(label, boxes)| (label.cloned(), boxes)).collect()
    }

    /// What the list says of them.
    pub(super) fn rows(&self) -> Vec<CutOutRow> {
        self.pictures.iter().flat_map(|picture| &picture.parts).map(|part| part.row.clone()).collect()
    }

    /// Those whose file `is_there` does not know.
    pub(super) fn without(&self, is_there: impl Fn(&str) -> bool) -> Vec<MarkedPicture> {
        let mut lacking = self.pictures.clone();
        lacking.iter_mut().for_each(|picture| picture.parts.retain(|part| !is_there(&part.row.file)));
        lacking.retain(|picture| !picture.parts.is_empty());
        lacking
    }

    /// Takes the boxes of a picture out, which cannot be read.
    pub(super) fn leave_out(&mut self, lacking: &MarkedPicture, reason: &str) {
        let files: HashSet<&str> = lacking.parts.iter().map(|part| part.row.file.as_str()).collect();
        for picture in &mut self.pictures {
            picture.parts.retain(|part| !files.contains(part.row.file.as_str()));
        }
        self.pictures.retain(|picture| !picture.parts.is_empty());
        let boxes = counted(lacking.parts.len(), "box", "boxes");
        self.left_out.add(|| format!("{boxes} in {}: {reason}", lacking.record.path.text));
        self.left_out.count += lacking.parts.len() - 1;
    }
}

/// A box, or why it cannot be cut out.
fn part(
    marked: &ImageBox,
    record: &ImageRecord,
    split: Option<&String>,
    opened: &Opened,
) -> Result<Part, &'static str> {
    if record.problem.is_some() {
        return Err("the picture could not be read");
    }
    let region = marked.region(record).ok_or("it does not lie in the picture")?;
    let seen = opened
        .input
        .footprint([record.width, record.height])
        .seen(region)
        .ok_or("the network does not see it, because the edges of the picture are cropped")?;
    let ImageBox { left, top, width, height, .. } = marked;
    let said = format!("{}\0{left} {top} {width} {height}", record.path.text);
    let file = cut_outs::file_of(marked.label.as_deref(), &record.path.text, fnv1a(said.as_bytes()) >> 16);
    let row = CutOutRow { file, marked: marked.clone(), image: record.path.text.clone(), split: split.cloned() };
    Ok(Part { row, region, seen })
}
