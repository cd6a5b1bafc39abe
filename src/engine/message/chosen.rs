//! Whose result an engine's choice explains.

/// Whose result an engine's choice explains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChosenFor {
    /// Clusters and communities.
    Clusters,
    /// Maps.
    Map,
    /// Near-duplicates by features.
    Duplicates,
    /// Outliers.
    Outliers,
    /// Graphs that are written.
    Graph,
    /// The full-network embedding.
    Embedding,
}
