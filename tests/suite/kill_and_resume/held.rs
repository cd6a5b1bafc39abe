//! All that a workspace holds and nobody may lose, bit for bit, and what of it may be there in the middle of a verb.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use tiramisu::domain::{ImageBox, ImageId, ImageRecord, ImportedLabels, IndexKind, Metric, Tags};
use tiramisu::store::{FeatureTable, Thumbnail, Workspace};

/// The bits of every image's vector.
type Rows = BTreeMap<ImageId, Vec<u32>>;

/// What somebody finds who opens a workspace to read, and the document of its handwork that was written beside it.
#[derive(Default)]
pub struct Held {
    /// Whether an earlier version is restored in part; who opens the workspace to write finishes that.
    pub is_half_restored: bool,
    images: BTreeMap<ImageId, (ImageRecord, Thumbnail)>,
    tags: Tags,
    labels: ImportedLabels,
    boxes: Vec<ImageBox>,
    /// By the columns of the one network. Layers that are on their way are nobody's yet.
    vectors: BTreeMap<String, Rows>,
    /// What each is of, and how many images it has.
    indices: Vec<(String, IndexKind, Metric, usize)>,
    document: Option<Vec<u8>>,
}

/// How much of a verb may be done when it is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commits {
    /// All of each kind of thing at once.
    Whole,
    /// Pictures and their vectors, some at a time.
    InParts,
}

impl Held {
    /// What is at `root`, and in the file at `document`. Nothing, where the workspace was not made yet.
    pub fn of(root: &Path, document: &Path) -> Self {
        let document = std::fs::read(document).ok();
        let mut versions = std::fs::read_dir(root.join("images.lance/_versions")).into_iter().flatten().flatten();
        let is_version = |file: std::fs::DirEntry| file.path().extension().is_some_and(|end| end == "manifest");
        if !root.join("workspace.json").exists() || !versions.any(is_version) {
            return Self { document, ..Self::default() };
        }
        let workspace = Workspace::open(root).expect("a workspace opens whoever was killed");
        let records = workspace.images().expect("the images can be read");
        let ids: Vec<ImageId> = records.iter().map(|image| image.id).collect();
        let thumbnails = workspace.thumbnails(&ids).expect("the thumbnails can be read");
        let mut thumbnails: BTreeMap<ImageId, Thumbnail> = thumbnails.into_iter().collect();
        let with_thumbnail = |image: ImageRecord| (image.id, (thumbnails.remove(&image.id).flatten(), image));
        let images = records.into_iter().map(with_thumbnail).map(|(id, (jpeg, image))| (id, (image, jpeg))).collect();
        let tables = workspace.feature_tables().expect("the tables can be read").into_iter();
        let tables: Vec<_> = tables.filter(|table| table.supplements.is_none()).map(|table| table.table).collect();
        assert!(tables.len() <= 1, "one network, one table: {tables:?}");
        let table = tables.first().map(|name| workspace.read_features(name).expect("the vectors can be read"));
        Self {
            is_half_restored: workspace.is_half_restored(),
            images,
            tags: workspace.tags().expect("the tags can be read"),
            labels: workspace.imported_labels().expect("the labels can be read"),
            boxes: numbered(workspace.boxes().expect("the boxes can be read")),
            vectors: table.as_ref().map(vectors).unwrap_or_default(),
            indices: table.as_ref().map(indices).unwrap_or_default(),
            document,
        }
    }

    /// Nothing differs.
    pub fn assert_is(&self, other: &Self, when: &str) {
        self.assert_between(other, other, Commits::Whole, when);
        assert_eq!(self.indices, other.indices, "{when}: the indices differ");
    }

    /// Of each kind of thing this is what there was before a verb or what there is after it.
    pub fn assert_between(&self, before: &Self, after: &Self, commits: Commits, when: &str) {
        let either = [before, after];
        let has_one = |is_that: &dyn Fn(&Self) -> bool| either.iter().any(|known| is_that(known));
        let neither = "is neither what there was nor what there is to be";
        assert!(has_one(&|it| it.tags == self.tags), "{when}: of the tags it {neither}: {:?}", self.tags);
        assert!(has_one(&|it| it.labels == self.labels), "{when}: of the labels it {neither}: {:?}", self.labels);
        assert!(has_one(&|it| it.boxes == self.boxes), "{when}: of the boxes it {neither}: {:?}", self.boxes);
        assert!(has_one(&|it| it.document == self.document), "{when}: the document {neither}");
        // Nobody asks one that is not measured yet, so it may be that there is none.
        let is_known = |index: &_| either.iter().any(|known| known.indices.contains(index));
        assert!(self.indices.iter().all(is_known), "{when}: there is another index: {:?}", self.indices);
        match commits {
            Commits::Whole => {
                assert!(has_one(&|it| it.images == self.images), "{when}: of the images it {neither}");
                // Rows of pictures that are others now go after their table went back.
                let is_whole = self.is_half_restored || has_one(&|it| it.vectors == self.vectors);
                assert!(is_whole, "{when}: of the vectors it {neither}");
            }
            Commits::InParts => self.assert_is_a_part(before, after, when),
        }
    }

    /// Each image and each vector is as it was or as it is to be, and none is lost that is both.
    fn assert_is_a_part(&self, before: &Self, after: &Self, when: &str) {
        let ids = || self.images.keys().map(|id| id.0 as usize);
        assert!(ids().eq(0..self.images.len()), "{when}: there are gaps: {:?}", ids().collect::<Vec<_>>());
        assert!(self.images.len() >= before.images.len(), "{when}: images are gone");
        assert_rows_between(&self.images, &before.images, &after.images, "the images", when);
        let columns = |of: &Self| of.vectors.keys().cloned().collect::<BTreeSet<String>>();
        let (own, known) = (columns(self), [columns(before), columns(after)]);
        assert!(known.contains(&own), "{when}: the layers are {own:?}, and not one of {known:?}");
        let none = Rows::new();
        for (column, rows) in &self.vectors {
            let [before_it, after_it] = [before, after].map(|of| of.vectors.get(column).unwrap_or(&none));
            assert_rows_between(rows, before_it, after_it, column, when);
            // A picture that is on record as another has no vector, or its own.
            for (id, row) in rows {
                let is_another = self.images.get(id) != before.images.get(id);
                assert!(
                    !is_another || after_it.get(id) == Some(row),
                    "{when}: {column} of {id:?} is another picture's"
                );
            }
        }
    }
}

fn assert_rows_between<T: PartialEq>(
    found: &BTreeMap<ImageId, T>,
    before: &BTreeMap<ImageId, T>,
    after: &BTreeMap<ImageId, T>,
    what: &str,
    when: &str,
) {
    for (id, row) in found {
        let is_known = before.get(id) == Some(row) || after.get(id) == Some(row);
        assert!(is_known, "{when}: {what} of {id:?} is neither as it was nor as it is to be");
    }
    let stays = before.iter().filter(|(id, row)| after.get(id) == Some(row)).map(|(id, _)| id);
    let lost: Vec<&ImageId> = stays.filter(|id| !found.contains_key(id)).collect();
    assert!(lost.is_empty(), "{when}: {what} of {lost:?} is lost");
}

/// With numbers from 0 on: what is imported again, after an import that was killed once it had committed, has new ones.
fn numbered(boxes: Vec<ImageBox>) -> Vec<ImageBox> {
    (0..).zip(boxes).map(|(id, one)| ImageBox { id, ..one }).collect()
}

fn vectors(table: &FeatureTable) -> BTreeMap<String, Rows> {
    let columns = table.columns().into_iter().map(|(layer, _)| {
        let vectors = table.vectors(&layer).expect("the vectors can be read");
        let bits = |row: usize| vectors.matrix.row(row).iter().map(f32::to_bits).collect();
        let rows = vectors.ids.iter().enumerate().map(|(row, id)| (*id, bits(row))).collect();
        (layer.column(), rows)
    });
    columns.collect()
}

/// Each of them answers, by the measure that it is said to have.
fn indices(table: &FeatureTable) -> Vec<(String, IndexKind, Metric, usize)> {
    let found = table.indices().expect("the indices can be listed");
    for index in &found {
        let image = table.ids()[0];
        let probe = table.vector(&index.source, image).expect("it can be read").expect("there is one");
        let nearest = table.nearest(index, &probe, 5).expect("an answer");
        let itself = match index.metric {
            Metric::Cosine => 1.0,
            Metric::Euclidean => 0.0,
            Metric::Dot => probe.iter().map(|value| f64::from(value * value)).sum(),
        };
        let score = nearest.iter().find(|found| found.image == image).map(|found| found.score);
        assert!(score.is_some_and(|score| (score - itself).abs() < 1e-3), "{image:?} by {index:?}: {nearest:?}");
    }
    found.into_iter().map(|index| (index.source.column(), index.kind, index.metric, index.rows)).collect()
}
