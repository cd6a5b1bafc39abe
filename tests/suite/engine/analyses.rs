//! Groups and maps through the engine's front door, kept in the workspace.

use std::sync::Arc;

use tiramisu::domain::{ClusterMethod, ClusterWish, Clustering, ProjectionMethod, ProjectionWish};
use tiramisu::engine::{AnalysisAnswer, AnalysisWish, Collection, Event, NetworkFile, Request};
use tiramisu::store::Workspace;

use super::extracted;
use crate::support::listener::{Listener, options};

fn group(listener: &mut Listener, wish: ClusterWish) -> Arc<Clustering> {
    listener.engine.send(Request::Analyse(AnalysisWish::Cluster(wish)));
    let clustering = listener.until("groups", |event| match event {
        Event::Answered(AnalysisAnswer::Clusters(clustering)) => Some(clustering.clone()),
        _ => None,
    });
    listener.until("the end of the analysis", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));
    clustering
}

fn wish(method: ClusterMethod, collection: &Collection) -> ClusterWish {
    let source = collection.stored[collection.stored.len() - 2].clone();
    ClusterWish { count: 5, neighbours: 8, least: 5, ..ClusterWish::new(method, source) }
}

#[test]
fn every_method_groups_all_images_and_the_groups_are_kept() {
    let (_dir, workspace, mut listener, collection) = extracted(66);
    for method in ClusterMethod::ALL {
        let wish = wish(method, &collection);
        let found = group(&mut listener, wish.clone());
        assert_eq!(found.ids.len(), 66, "{method:?}");
        assert!(!found.clusters.is_empty(), "{method:?}");
        if method.takes_count() {
            assert_eq!((found.clusters.len(), found.unassigned()), (5, 0), "{method:?}");
        }
        let sizes: Vec<usize> = found.clusters.iter().map(|cluster| cluster.size).collect();
        assert_eq!(sizes.iter().sum::<usize>() + found.unassigned(), 66);
        assert!(sizes.is_sorted_by(|a, b| a >= b), "largest first: {sizes:?}");
        for (index, cluster) in found.clusters.iter().enumerate() {
            assert_eq!(found.members(index as u32).count(), cluster.size);
            assert!(cluster.exemplars.iter().all(|id| found.cluster_of(*id) == Some(index as u32)));
            assert_eq!(cluster.labels.iter().map(|(_, count)| count).sum::<usize>(), cluster.size);
            let layers = &collection.layers;
            assert!(
                cluster
                    .distinguishing
                    .iter()
                    .all(|t| layers.iter().any(|l| l.name == t.layer && t.channel < l.shape[0]))
            );
        }
        assert!(found.agreement.is_some_and(|a| a.images == 66 - found.unassigned() && a.nmi > 0.1), "{method:?}");
        // What is kept is what was shown.
        let kept = Workspace::open(&workspace)
            .unwrap()
            .clustering(&found.features, &wish.name())
            .unwrap()
            .expect("it was kept");
        assert!(kept.agreement.zip(found.agreement).is_some_and(|(a, b)| (a.nmi - b.nmi).abs() < 1e-9));
        assert_eq!(Clustering { agreement: found.agreement, elapsed_secs: found.elapsed_secs, ..kept }, *found);
    }
    assert_eq!(listener.problems, []);
    let kept = Workspace::open(&workspace).unwrap();
    let features = kept.feature_tables().unwrap()[0].table.clone();
    assert_eq!(kept.clusterings(&features).unwrap().len(), ClusterMethod::ALL.len());
    assert!(kept.clusterings("another_network").unwrap().is_empty());
}

#[test]
fn one_image_alone_is_grouped_without_complaint() {
    let (_dir, _workspace, mut listener, collection) = extracted(1);
    for method in ClusterMethod::ALL {
        let found = group(&mut listener, wish(method, &collection));
        assert_eq!((found.ids.len(), found.of.len()), (1, 1), "{method:?}");
        assert_eq!(found.clusters.len() + found.unassigned(), 1, "{method:?}");
    }
    assert_eq!(listener.problems, []);
}

#[test]
fn groups_have_names_that_survive_and_come_back_when_the_folder_is_opened_again() {
    let (dir, workspace, mut listener, collection) = extracted(40);
    let wish = wish(ClusterMethod::KMeans, &collection);
    let name = wish.name();
    group(&mut listener, wish);
    let naming = Request::NameCluster { clustering: name.clone(), cluster: 1, name: Some("round things".into()) };
    listener.engine.send(naming);
    let renamed = listener.until("the new name", |event| match event {
        Event::Answered(AnalysisAnswer::Clusters(clustering)) => clustering.clusters[1].name.clone(),
        _ => None,
    });
    assert_eq!(renamed, "round things");
    listener.engine.send(Request::NameCluster { clustering: name.clone(), cluster: 99, name: None });
    let problem = listener.until("a refusal", |event| match event {
        Event::Problem { problem, .. } => Some(problem.clone()),
        _ => None,
    });
    assert!(problem.to_string().contains("99"), "{problem}");
    let folder = collection.folder.clone();
    drop(listener);

    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, false);
    let known = listener.until("what was made before", |event| match event {
        Event::Results { clusterings, .. } => Some(clusterings.clone()),
        _ => None,
    });
    assert_eq!(known, std::slice::from_ref(&name));
    listener.engine.send(Request::OpenClustering(name));
    let again = listener.until("the groups", |event| match event {
        Event::Answered(AnalysisAnswer::Clusters(clustering)) => Some(clustering.clone()),
        _ => None,
    });
    assert_eq!(again.clusters[1].name.as_deref(), Some("round things"));
    // Opened for reading, it takes the workspace for as long as it writes.
    let wish = ClusterWish { count: 3, ..again.wish.clone() };
    group(&mut listener, wish.clone());
    assert!(Workspace::open(&workspace).unwrap().clustering(&again.features, &wish.name()).unwrap().is_some());
}

#[test]
fn a_map_shows_its_first_picture_at_once_and_is_kept_with_how_far_it_can_be_believed() {
    let (_dir, workspace, mut listener, collection) = extracted(66);
    let source = collection.stored[collection.stored.len() - 2].clone();
    for method in ProjectionMethod::ALL {
        let wish = ProjectionWish { source: source.clone(), method, seed: 3 };
        listener.engine.send(Request::Analyse(AnalysisWish::Project(wish.clone())));
        let mut first = None;
        let finished = listener.until("a map", |event| match event {
            Event::Answered(AnalysisAnswer::Map(map)) => {
                first.get_or_insert_with(|| map.clone());
                map.is_finished().then(|| map.clone())
            }
            _ => None,
        });
        listener.until("the end of the analysis", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));
        assert!(!first.unwrap().is_finished(), "{method:?}");
        assert_eq!((finished.ids.len(), &finished.wish), (66, &wish));
        let known = finished.faithfulness.as_ref().expect("it was judged");
        assert!(known.trustworthiness > 0.6 && known.kept_of_each.len() == 66, "{method:?} {known:?}");
        assert_eq!(finished.explained.is_some(), method == ProjectionMethod::Pca);
        let kept = Workspace::open(&workspace).unwrap();
        let features = kept.feature_tables().unwrap()[0].table.clone();
        let kept = kept.projection(&features, &wish.name()).unwrap().expect("it was kept");
        assert_eq!(kept, *finished, "{method:?}");
    }
    let kept = Workspace::open(&workspace).unwrap();
    let features = kept.feature_tables().unwrap()[0].table.clone();
    assert_eq!(kept.projections(&features).unwrap().len(), ProjectionMethod::ALL.len());
    assert_eq!(listener.problems, []);
}

#[test]
fn a_newer_wish_stops_the_one_before_and_closing_stops_all() {
    let (_dir, _workspace, mut listener, collection) = extracted(66);
    let source = collection.stored[0].clone();
    let wish = |seed| ProjectionWish { source: source.clone(), method: ProjectionMethod::Tsne, seed };
    for seed in 0..4 {
        listener.engine.send(Request::Analyse(AnalysisWish::Project(wish(seed))));
    }
    let mut finished = Vec::new();
    listener.until("the last map", |event| match event {
        Event::Answered(AnalysisAnswer::Map(map)) if map.is_finished() => {
            finished.push(map.wish.seed);
            (map.wish.seed == 3).then_some(())
        }
        _ => None,
    });
    assert_eq!(finished, [3], "those before were stopped");
    listener.engine.send(Request::Analyse(AnalysisWish::Project(wish(9))));
    listener.engine.send(Request::Close);
    listener.until("the close", |event| matches!(event, Event::Closed).then_some(()));
    assert_eq!(listener.problems, []);
}
