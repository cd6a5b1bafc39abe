//! What tables of a workspace are called for people.

use tiramisu::domain::{
    ClusterMethod, ClusterWish, Pooling, ProjectionMethod, ProjectionWish, StoredLayer, TableWords,
    clustering_in_words, column_in_words,
};

fn layer_title(column: &str) -> Option<String> {
    (column == "features_12_concat_average").then(|| "block 12 (average)".to_owned())
}

fn title(table: &str) -> String {
    TableWords::of(table, &layer_title).title
}

#[test]
fn tables_are_called_by_what_they_hold_and_at_which_layer() {
    let source = StoredLayer { layer: "features.12.concat".to_owned(), pooling: Pooling::Average };
    assert_eq!(source.column(), "features_12_concat_average");
    for method in ProjectionMethod::ALL {
        let table =
            format!("map_ladyfinger_b838759f_{}", ProjectionWish { method, source: source.clone(), seed: 0 }.name());
        assert_eq!(title(&table), format!("Map by {}, block 12 (average)", method.title()));
    }
    for method in ClusterMethod::ALL {
        let table = format!("clusters_ladyfinger_b838759f_{}", ClusterWish::new(method, source.clone()).name());
        let begin = if method.takes_count() { "20 clusters" } else { "Clusters" };
        assert_eq!(title(&table), format!("{begin} by {}, block 12 (average)", method.title()));
    }
    for (table, expected) in [
        ("images", "Pictures on record"),
        ("ladyfinger_b838759f", "Vectors of ladyfinger"),
        ("my_own_net_b838759f_supplement", "Vectors of my_own_net, on their way"),
        ("statistics_ladyfinger_b838759f", "Statistics of channels"),
        ("outliers_ladyfinger_b838759f_features_12_concat_average", "Outliers, block 12 (average)"),
        // Of a layer that is not there any more its column is all that is known.
        ("suspicious_ladyfinger_b838759f_fire9_max", "Suspicious labels, fire9_max"),
        ("of_somebody_else", "of_somebody_else"),
        ("map_", "map_"),
        ("", ""),
    ] {
        assert_eq!(title(table), expected);
    }
    assert!(TableWords::of("ladyfinger_b838759f", &layer_title).is_of_vectors);
    assert!(!TableWords::of("images", &layer_title).is_of_vectors);
}

#[test]
fn clusterings_are_called_by_what_made_them_the_same_as_their_tables() {
    for (name, expected) in [
        ("kmeans_20_features_12_concat_average", Some("20 clusters by k-means, block 12 (average)")),
        ("kmeans_1_fire9_max", Some("1 cluster by k-means, fire9_max")),
        ("hdbscan_features_12_concat_average", Some("Clusters by HDBSCAN, block 12 (average)")),
        ("by somebody else", None),
    ] {
        assert_eq!(clustering_in_words(name, &layer_title).as_deref(), expected, "{name}");
        if let Some(expected) = expected {
            assert_eq!(title(&format!("clusters_ladyfinger_b838759f_{name}")), expected);
        }
    }
}

#[test]
fn columns_are_called_by_their_layer() {
    let words =
        ["thumbnail", "features_12_concat_average", "mean_distance"].map(|it| column_in_words(it, &layer_title));
    assert_eq!(words, ["Small copies of the pictures", "block 12 (average)", "mean distance"]);
}
