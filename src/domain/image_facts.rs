//! What is known of all images at a moment, from wherever it comes: records, tags, clusters, a map, the graph of neighbours.

use std::sync::Arc;

use super::{
    CentralityReport, Clustering, ImageId, ImageRecords, ImageRef, Projection, Splits, TableColumn, Tags,
    moment_in_words,
};

/// What is known of all images at a moment. It is held, not copied: whoever works on it keeps it while others go on.
#[derive(Clone, Debug, Default)]
pub struct ImageFacts {
    /// Their records.
    pub images: ImageRecords,
    /// Which part of a data set they belong to.
    pub splits: Arc<Splits>,
    /// The words that a person gave them.
    pub tags: Arc<Tags>,
    /// The clustering that is shown.
    pub clustering: Option<Arc<Clustering>>,
    /// The map that is shown.
    pub map: Option<Arc<Projection>>,
    /// Where they stand in the graph of nearest neighbours.
    pub centrality: Option<Arc<CentralityReport>>,
}

impl ImageFacts {
    /// Whether anything is known of a column.
    pub fn has(&self, column: TableColumn) -> bool {
        match column {
            TableColumn::Split => !self.splits.images.is_empty(),
            TableColumn::Cluster => self.clustering.is_some(),
            TableColumn::Kept => self.map.as_ref().is_some_and(|map| map.is_judged_of_each()),
            TableColumn::Typicality | TableColumn::InDegree | TableColumn::Betweenness => self.centrality.is_some(),
            TableColumn::Path
            | TableColumn::Label
            | TableColumn::Tags
            | TableColumn::Pixels
            | TableColumn::Width
            | TableColumn::Height
            | TableColumn::Shape
            | TableColumn::FileBytes
            | TableColumn::Modified
            | TableColumn::Problem => true,
        }
    }

    /// The number that an image has in a column, if it has one; of a cluster, which it is.
    pub fn number(&self, column: TableColumn, image: &ImageRef<'_>) -> Option<f64> {
        let pixels = (image.width > 0 && image.height > 0).then(|| [image.width, image.height].map(f64::from));
        match column {
            TableColumn::Pixels => pixels.map(|[width, height]| width * height),
            TableColumn::Width => pixels.map(|[width, _]| width),
            TableColumn::Height => pixels.map(|[_, height]| height),
            TableColumn::Shape => pixels.map(|[width, height]| width / height),
            TableColumn::FileBytes => Some(image.file_bytes as f64),
            TableColumn::Modified => Some(image.modified_unix_secs as f64),
            TableColumn::Cluster => self.cluster(image.id).map(f64::from),
            TableColumn::Kept => {
                let map = self.map.as_ref().filter(|map| map.is_judged_of_each())?;
                let kept = map.faithfulness.as_ref()?.kept_of_each.get(map.ids.row_of(image.id)?)?;
                Some(f64::from(*kept)).filter(|kept| !kept.is_nan())
            }
            TableColumn::Typicality | TableColumn::InDegree | TableColumn::Betweenness => {
                let report = self.centrality.as_ref()?;
                let row = row_of(&report.ids, image.id)?;
                Some(f64::from(report.value(column.centrality()?, row))).filter(|value| !value.is_nan())
            }
            TableColumn::Path | TableColumn::Label | TableColumn::Split | TableColumn::Tags | TableColumn::Problem => {
                None
            }
        }
    }

    /// The cluster of an image, if it is in one.
    pub fn cluster(&self, id: ImageId) -> Option<u32> {
        self.clustering.as_ref()?.cluster_of(id)
    }

    /// What a cluster is called.
    pub fn cluster_title(&self, cluster: u32) -> String {
        let known = self.clustering.as_ref().and_then(|clustering| clustering.clusters.get(cluster as usize));
        known.map_or_else(|| cluster.to_string(), |known| known.title(cluster as usize))
    }

    /// What stands in a column of an image; nothing where that is not known.
    pub fn in_words(&self, column: TableColumn, image: &ImageRef<'_>) -> String {
        match column {
            TableColumn::Path => image.path.text.to_owned(),
            TableColumn::Label => image.label.unwrap_or_default().to_owned(),
            TableColumn::Split => self.splits.of(image.id).unwrap_or_default().to_owned(),
            TableColumn::Tags => self.tags.words_of(image.id).collect::<Vec<_>>().join(", "),
            TableColumn::Cluster => {
                self.cluster(image.id).map(|cluster| self.cluster_title(cluster)).unwrap_or_default()
            }
            TableColumn::Problem => image.problem.unwrap_or_default().to_owned(),
            TableColumn::Pixels if image.pixels() > 0 => format!("{} × {}", image.width, image.height),
            TableColumn::Modified => moment_in_words(image.modified_unix_secs).trim_end_matches(" UTC").to_owned(),
            TableColumn::Pixels
            | TableColumn::Width
            | TableColumn::Height
            | TableColumn::Shape
            | TableColumn::FileBytes
            | TableColumn::Kept
            | TableColumn::Typicality
            | TableColumn::InDegree
            | TableColumn::Betweenness => {
                self.number(column, image).map(|value| column.in_words(value)).unwrap_or_default()
            }
        }
    }
}

impl PartialEq for ImageFacts {
    /// Whether both are one state.
    fn eq(&self, other: &Self) -> bool {
        fn same<T>(a: Option<&Arc<T>>, b: Option<&Arc<T>>) -> bool {
            match (a, b) {
                (Some(a), Some(b)) => Arc::ptr_eq(a, b),
                (None, None) => true,
                (Some(_), None) | (None, Some(_)) => false,
            }
        }
        self.images == other.images
            && Arc::ptr_eq(&self.splits, &other.splits)
            && Arc::ptr_eq(&self.tags, &other.tags)
            && same(self.clustering.as_ref(), other.clustering.as_ref())
            && same(self.map.as_ref(), other.map.as_ref())
            && same(self.centrality.as_ref(), other.centrality.as_ref())
    }
}

/// The row of an image among ascending ids. Usually none is missing, and the row is the id itself.
fn row_of(ids: &[ImageId], id: ImageId) -> Option<usize> {
    match ids.get(id.index()) {
        Some(found) if *found == id => Some(id.index()),
        Some(_) | None => ids.binary_search(&id).ok(),
    }
}
