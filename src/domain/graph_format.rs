//! How graphs are written: the one place that says what each way is called and how its files end.

use std::path::Path;

/// How a graph is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GraphFormat {
    /// Lines `source target weight`, with the list of vertices in a file beside them.
    Edges,
    /// GraphML, which has both.
    Graphml,
}

impl GraphFormat {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Edges, Self::Graphml];

    /// The word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Edges => "edges",
            Self::Graphml => "graphml",
        }
    }

    /// How it is written to `target` unless that is said: by its ending, and as lines where no format has it.
    pub fn by_ending(target: &Path) -> Self {
        let ending = target.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        if ["graphml", "xml"].contains(&&*ending) { Self::Graphml } else { Self::Edges }
    }
}
