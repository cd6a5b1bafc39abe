//! What the tables of a workspace hold, in words: their names are for programs.

use super::{ClusterMethod, ProjectionMethod, counted};

/// What a person is told of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableWords {
    /// What it holds, to head a line: `Map by UMAP, block 12 (average)`.
    pub title: String,
    /// What it is good for, in a sentence.
    pub about: &'static str,
    /// What one of its rows is called, and several.
    pub rows: [&'static str; 2],
    /// Whether it holds what layers saw.
    pub is_of_vectors: bool,
}

const PICTURES: [&str; 2] = ["picture", "pictures"];
const ROWS: [&str; 2] = ["row", "rows"];

/// Tables whose names begin with a word and go on with a table of vectors.
struct Kind {
    /// The word, with the line below that follows it.
    word: &'static str,
    title: Title,
    about: &'static str,
    rows: [&'static str; 2],
}

/// How such a table is called.
enum Title {
    /// Always the same.
    Fixed(&'static str),
    /// With the layer that it is of, if it is of one.
    AtLayer(&'static str),
    /// By its method and its layer.
    Map,
    /// Likewise.
    Clusters,
}

const KINDS: [Kind; 13] = [
    Kind {
        word: "map_",
        title: Title::Map,
        about: "Where each picture lies on a map. Can be made again",
        rows: PICTURES,
    },
    Kind {
        word: "clusters_",
        title: Title::Clusters,
        about: "Which cluster each picture is in, and the names that you gave clusters",
        rows: PICTURES,
    },
    Kind {
        word: "classes_",
        title: Title::Fixed("Classes"),
        about: "A mean vector for each label, tag or set of pictures that you made a class",
        rows: ROWS,
    },
    Kind {
        word: "centrality_",
        title: Title::AtLayer("Centrality"),
        about: "How central each picture is among its neighbours",
        rows: PICTURES,
    },
    Kind {
        word: "duplicates_",
        title: Title::Fixed("Near-duplicates"),
        about: "Pictures that are the same as another. Can be found again",
        rows: PICTURES,
    },
    Kind {
        word: "odd_",
        title: Title::Fixed("Odd pictures"),
        about: "Pictures with which something is wrong. Can be found again",
        rows: PICTURES,
    },
    Kind {
        word: "outliers_",
        title: Title::AtLayer("Outliers"),
        about: "Pictures unlike all others. Can be found again",
        rows: PICTURES,
    },
    Kind {
        word: "suspicious_",
        title: Title::AtLayer("Suspicious labels"),
        about: "Labels that are probably wrong. Can be found again",
        rows: PICTURES,
    },
    Kind {
        word: "statistics_",
        title: Title::Fixed("Statistics of channels"),
        about: "Mean and spread of each channel: they tell what is unusual",
        rows: ROWS,
    },
    Kind {
        word: "exemplars_",
        title: Title::Fixed("Exemplars"),
        about: "The pictures that excite each channel most, and where in them",
        rows: ROWS,
    },
    Kind {
        word: "embedding_",
        title: Title::Fixed("Full-network embedding"),
        about: "One vector for each picture over all stored layers",
        rows: PICTURES,
    },
    Kind {
        word: "reference_",
        title: Title::Fixed("Reference of the embedding"),
        about: "What the full-network embedding measures features by",
        rows: ROWS,
    },
    Kind {
        word: "activations_",
        title: Title::AtLayer("Whole activations"),
        about: "All that a layer gives, to search for parts of pictures",
        rows: PICTURES,
    },
];

impl TableWords {
    /// Of the table of this name; `layer_title` says what a column of vectors is called, of those that are known.
    pub fn of(table: &str, layer_title: &dyn Fn(&str) -> Option<String>) -> Self {
        let plain = |title: &str, about, rows| Self { title: title.to_owned(), about, rows, is_of_vectors: false };
        match table {
            "images" => {
                let about = "Each picture on record: its path, size, time and label, and a small copy of it to look at";
                return plain("Pictures on record", about, PICTURES);
            }
            "tags" => return plain("Tags", "The words that you gave pictures. Nobody can make them again", ROWS),
            "labels" => return plain("Imported labels", "Labels and splits from a file of another program", ROWS),
            "boxes" => return plain("Boxes", "Parts of pictures that were marked, with their labels", ROWS),
            "moves" => return plain("Moved pictures", "Where pictures lay before their files were moved", ROWS),
            _ => {}
        }
        for Kind { word, title, about, rows } in &KINDS {
            if let Some((_, detail)) = table.strip_prefix(word).and_then(split) {
                return plain(&title.words(detail, layer_title), *about, *rows);
            }
        }
        let vectors = |title: String, about| Self { title, about, rows: PICTURES, is_of_vectors: true };
        match split(table) {
            Some((network, "")) => vectors(
                format!("Vectors of {network}"),
                "What each stored layer saw in each picture. Neighbours, maps and clusters are made of them",
            ),
            Some((network, "supplement")) => vectors(
                format!("Vectors of {network}, on their way"),
                "Layers that are being added wait here until all pictures have them",
            ),
            Some(_) | None => plain(table, "A table that this program has no other name for", ROWS),
        }
    }
}

impl Title {
    /// Of a table whose name ends with `detail`.
    fn words(&self, detail: &str, layer_title: &dyn Fn(&str) -> Option<String>) -> String {
        match self {
            Self::Fixed(title) => (*title).to_owned(),
            Self::AtLayer(what) if detail.is_empty() => (*what).to_owned(),
            Self::AtLayer(what) => format!("{what}, {}", at(detail, layer_title)),
            Self::Map => {
                let made =
                    ProjectionMethod::ALL.into_iter().find_map(|method| Some((method, after(detail, method.word())?)));
                match made {
                    Some((method, column)) => format!("Map by {}, {}", method.title(), at(column, layer_title)),
                    None => format!("Map, {detail}"),
                }
            }
            Self::Clusters => clustering_in_words(detail, layer_title).unwrap_or_else(|| format!("Clusters, {detail}")),
        }
    }
}

/// `20 clusters by k-means, block 12` of `kmeans_20_features_12_concat_average`, the name of a stored clustering; `layer_title` as in
/// [`TableWords::of`]. `None` if none of the methods here has made it.
pub fn clustering_in_words(name: &str, layer_title: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let (method, rest) =
        ClusterMethod::ALL.into_iter().find_map(|method| Some((method, after(name, method.word())?)))?;
    // A method that takes a count has it before the layer.
    let counted_at = rest.split_once('_').filter(|_| method.takes_count());
    let counted_at = counted_at.and_then(|(count, column)| Some((count.parse().ok()?, column)));
    Some(match counted_at {
        Some((count, column)) => {
            let clusters = counted(count, "cluster", "clusters");
            format!("{clusters} by {}, {}", method.title(), at(column, layer_title))
        }
        None => format!("Clusters by {}, {}", method.title(), at(rest, layer_title)),
    })
}

/// The layer of a column of vectors; of one that is not known the column.
fn at(column: &str, layer_title: &dyn Fn(&str) -> Option<String>) -> String {
    layer_title(column).unwrap_or_else(|| column.to_owned())
}

/// What a column holds; `layer_title` as in [`TableWords::of`].
pub fn column_in_words(column: &str, layer_title: &dyn Fn(&str) -> Option<String>) -> String {
    match column {
        "thumbnail" => "Small copies of the pictures".to_owned(),
        _ => layer_title(column).unwrap_or_else(|| column.replace('_', " ")),
    }
}

/// What follows a word and a line below.
fn after<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    text.strip_prefix(word)?.strip_prefix('_')
}

/// The network of a table of vectors, which ends with eight digits that tell its weights, and what follows those.
fn split(table: &str) -> Option<(&str, &str)> {
    let is_fingerprint = |part: &str| part.len() == 8 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut begin = 0;
    for part in table.split('_') {
        let end = begin + part.len();
        if begin > 0 && is_fingerprint(part) {
            return Some((&table[..begin - 1], table[end..].trim_start_matches('_')));
        }
        begin = end + 1;
    }
    None
}
