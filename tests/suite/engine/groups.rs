//! Groups through the engine's front door: changed by hand, beside each other, and in pictures.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tiramisu::analysis::class_vectors::score;
use tiramisu::domain::{
    ClusterMethod, ClusterWish, Clustering, DatasetOptions, ImageId, Metric, Pooling, Regrouping, StoredLayer, Vectors,
};
use tiramisu::engine::{
    AnalysisAnswer, AnalysisWish, ArithmeticWish, ChannelLook, ClassWish, Collection, Event, ExportFormat, ExportWish,
    Finding, GroupAnswer, GroupLook, Groups, Look, Regroup, RegroupWish, Request,
};
use tiramisu::store::Workspace;

use super::extracted;
use crate::support::listener::Listener;

fn average(collection: &Collection) -> StoredLayer {
    collection.stored.iter().rfind(|stored| stored.pooling == Pooling::Average).expect("one is stored").clone()
}

fn clustered(listener: &mut Listener, collection: &Collection) -> Arc<Clustering> {
    let wish = ClusterWish { count: 4, ..ClusterWish::new(ClusterMethod::KMeans, average(collection)) };
    listener.engine.send(Request::Analyse(AnalysisWish::Cluster(wish)));
    let found = listener.until("clusters", |event| match event {
        Event::Answered(AnalysisAnswer::Clusters(clustering)) => Some(clustering.clone()),
        _ => None,
    });
    listener.until("the end of the analysis", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));
    found
}

fn regroup(listener: &mut Listener, known: &Clustering, how: Regroup) -> (Arc<Clustering>, Option<Arc<Regrouping>>) {
    // What only brings clusters back is no work of its own.
    let is_work = !matches!(how, Regroup::Apply(_));
    let wish = RegroupWish { clustering: known.wish.name(), how };
    listener.engine.send(Request::Analyse(AnalysisWish::Regroup(wish)));
    let changed = listener.until("changed clusters", |event| match event {
        Event::Answered(AnalysisAnswer::Regrouped { clustering, change }) => {
            Some((clustering.clone(), Some(change.clone())))
        }
        Event::Answered(AnalysisAnswer::Clusters(clustering)) => Some((clustering.clone(), None)),
        Event::Problem { problem, .. } => panic!("{problem}"),
        _ => None,
    });
    if is_work {
        listener.until("the end of the analysis", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));
    }
    changed
}

/// The same but for what is counted anew.
fn same(a: &Clustering, b: &Clustering) {
    assert_eq!((&a.ids, &a.of, &a.quality), (&b.ids, &b.of, &b.quality));
    assert!(a.filled().eq(b.filled()), "{:?} is not {:?}", a.clusters, b.clusters);
    let nmi = |clustering: &Clustering| clustering.agreement.map(|agreement| agreement.nmi);
    assert!(nmi(a).zip(nmi(b)).is_none_or(|(a, b)| (a - b).abs() < 1e-9));
}

fn ask(listener: &mut Listener, look: GroupLook) -> Arc<GroupAnswer> {
    listener.engine.send(Request::Look(Look::Groups(look.clone())));
    listener.until("an answer", |event| match event {
        Event::Groups(of, answer) if *of == look => Some(answer.clone()),
        Event::Problem { problem, .. } => panic!("{problem}"),
        _ => None,
    })
}

#[test]
fn clusters_are_merged_kept_and_parted_again() {
    let (_dir, workspace, mut listener, collection) = extracted(40);
    let known = clustered(&mut listener, &collection);
    listener.engine.send(Request::NameCluster {
        clustering: known.wish.name(),
        cluster: 2,
        name: Some("round things".into()),
    });
    let known = listener.until("the name", |event| match event {
        Event::Answered(AnalysisAnswer::Clusters(clustering)) => Some(clustering.clone()),
        _ => None,
    });
    let (merged, change) = regroup(&mut listener, &known, Regroup::Merge(vec![2, 0]));
    let change = change.expect("it says what changed");
    assert_eq!(merged.count(), known.count() - 1);
    for other in [1, 3] {
        assert!(merged.members(other).eq(known.members(other)), "the others keep their numbers");
        assert_eq!(merged.clusters[other as usize], known.clusters[other as usize]);
    }
    let first = &merged.clusters[0];
    assert_eq!(first.size, known.clusters[0].size + known.clusters[2].size);
    assert_eq!(first.name.as_deref(), Some("round things"), "a name that a person gave is kept");
    assert!(first.exemplars.iter().all(|id| merged.cluster_of(*id) == Some(0)) && !first.exemplars.is_empty());
    let counted: usize = first.labels.iter().map(|(_, count)| count).sum();
    assert_eq!(counted, first.size, "every sample picture has a label");
    assert!(!first.distinguishing.is_empty());
    let kept = Workspace::open(&workspace).unwrap();
    let kept = kept.clustering(&merged.features, &merged.wish.name()).unwrap().expect("it is kept");
    same(&kept, &merged);
    // A recipe says that this cannot be done again, and not what came of it.
    let recipe = |listener: &mut Listener| {
        listener.engine.send(Request::TellRecipe);
        let told = listener.until("the recipe", |event| match event {
            Event::Recipe(recipe) => Some(recipe.clone()),
            _ => None,
        });
        (told.clusters[0].changed_by_hand, told.clusters[0].sha256.is_some())
    };
    assert_eq!(recipe(&mut listener), (true, false));
    let (parted, none) = regroup(&mut listener, &merged, Regroup::Apply(Arc::new(change.reversed())));
    assert_eq!(none, None, "what is taken back is no new step");
    same(&parted, &known);
    assert_eq!(recipe(&mut listener), (false, true), "taken back, they are as they were found");
    assert_eq!(listener.problems, []);
}

#[test]
fn a_cluster_is_split_by_k_means_among_its_own_images() {
    let (_dir, _workspace, mut listener, collection) = extracted(40);
    let known = clustered(&mut listener, &collection);
    let members: Vec<ImageId> = known.members(0).collect();
    let (split, change) = regroup(&mut listener, &known, Regroup::Split { cluster: 0, parts: 2 });
    assert_eq!(split.clusters.len(), known.clusters.len() + 1);
    let last = split.clusters.len() as u32 - 1;
    assert!(members.iter().all(|id| [Some(0), Some(last)].contains(&split.cluster_of(*id))));
    assert!(split.clusters[0].size >= split.clusters[last as usize].size, "the larger part stays in its place");
    assert_eq!(split.members(0).count() + split.members(last).count(), members.len());
    for other in 1..last {
        assert!(split.members(other).eq(known.members(other)));
    }
    let change = change.expect("it says what changed");
    let (whole, _) = regroup(&mut listener, &split, Regroup::Apply(Arc::new(change.reversed())));
    same(&whole, &known);
    // Taken back already: it is not done to clusters that are others by now.
    listener.engine.send(Request::Analyse(AnalysisWish::Regroup(RegroupWish {
        clustering: known.wish.name(),
        how: Regroup::Apply(Arc::new(change.reversed())),
    })));
    let problem = listener.until_problem();
    assert!(problem.to_string().contains("anew"), "{problem}");
    let (again, _) = regroup(&mut listener, &whole, Regroup::Split { cluster: 0, parts: 2 });
    assert!(again.members(last).next().is_none() && again.members(last + 1).next().is_some(), "a number nobody had");
    listener.engine.send(Request::Analyse(AnalysisWish::Regroup(RegroupWish {
        clustering: known.wish.name(),
        how: Regroup::Merge(vec![1]),
    })));
    assert!(listener.until_problem().to_string().contains("two"));
}

fn mean_direction(vectors: &Vectors, members: &[ImageId]) -> Vec<f32> {
    let mut sum = vec![0.0f64; vectors.matrix.columns()];
    for id in members {
        let row = vectors.matrix.row(vectors.row_of(*id).expect("it has a vector"));
        let values: Vec<f64> = (0..sum.len()).map(|at| f64::from(row.get(at))).collect();
        let length = values.iter().map(|value| value * value).sum::<f64>().sqrt();
        sum.iter_mut().zip(&values).for_each(|(sum, value)| *sum += value / length.max(f64::MIN_POSITIVE));
    }
    sum.into_iter().map(|sum| (sum / members.len() as f64) as f32).collect()
}

#[test]
fn matrices_of_clusters_are_their_labels_counted_and_the_cosines_of_their_middles() {
    let (_dir, workspace, mut listener, collection) = extracted(40);
    let known = clustered(&mut listener, &collection);
    let answer = ask(&mut listener, GroupLook::Matrices(Groups::Clusters(known.clone())));
    let GroupAnswer::Matrices { confusion, similarity } = &*answer else { panic!("{answer:?}") };
    for (row, end) in confusion.rows.iter().enumerate() {
        for (column, label) in confusion.columns.iter().enumerate() {
            let is_it = |image: &&tiramisu::domain::ImageRecord| {
                known.cluster_of(image.id).map(|of| of as usize) == end.place
                    && image.label.as_deref() == Some(label.name.as_str())
            };
            assert_eq!(confusion.count(row, column), listener.images.iter().filter(is_it).count());
        }
    }
    let kept = Workspace::open(&workspace).unwrap();
    let vectors = kept.read_features(&known.features).unwrap().vectors(&known.wish.source).unwrap();
    let middle = |row: usize| {
        let members: Vec<ImageId> = known.members(similarity.groups[row] as u32).collect();
        mean_direction(&vectors, &members)
    };
    for a in 0..similarity.groups.len() {
        for b in 0..similarity.groups.len() {
            let expected = score(Metric::Cosine, &middle(a), &middle(b));
            let found = f64::from(similarity.cosine(a, b));
            assert!((found - expected).abs() < 1e-4, "{found} for {expected}");
        }
    }
    let mut order = similarity.by_similarity.clone();
    order.sort_unstable();
    assert_eq!(order, (0..similarity.groups.len()).collect::<Vec<_>>());
}

#[test]
fn two_clusters_are_compared_by_what_they_share_and_by_channels_that_tell_them_apart() {
    let (_dir, workspace, mut listener, collection) = extracted(40);
    let known = clustered(&mut listener, &collection);
    let look =
        GroupLook::Comparison { of: Groups::Clusters(known.clone()), pair: [0, 1], source: average(&collection) };
    let answer = ask(&mut listener, look);
    let GroupAnswer::Comparison(found) = &*answer else { panic!("{answer:?}") };
    assert_eq!((found.shared, found.sizes), (0, [known.clusters[0].size, known.clusters[1].size]));
    assert!(found.cosine.is_some_and(|cosine| (-1.0..=1.0).contains(&cosine)));
    // By its definition: how far the mean of one lies above that of both, in standard deviations of both.
    let kept = Workspace::open(&workspace).unwrap();
    let table = kept.read_features(&known.features).unwrap();
    for side in 0..2 {
        let best = found.channels[side].first().expect("some channel tells them apart");
        let source = StoredLayer { layer: best.layer.clone(), pooling: Pooling::Average };
        let vectors = table.vectors(&source).unwrap();
        let values = |cluster: u32| -> Vec<f64> {
            let rows = known.members(cluster).map(|id| vectors.row_of(id).expect("it has a vector"));
            rows.map(|row| f64::from(vectors.matrix.row(row).get(best.channel))).collect()
        };
        let all = [values(0), values(1)].concat();
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let std = (all.iter().map(|value| (value - mean(&all)).powi(2)).sum::<f64>() / all.len() as f64).sqrt();
        let expected = (mean(&values(side as u32)) - mean(&all)) / std;
        assert!((f64::from(best.mean_z) - expected).abs() < 1e-3, "{best:?} for {expected}");
    }
}

#[test]
fn classes_have_portraits_and_a_difference_of_them_is_answered_in_pictures() {
    let (_dir, _workspace, mut listener, collection) = extracted(40);
    listener.engine.send(Request::Analyse(AnalysisWish::Classes(ClassWish::default())));
    let means = listener.until("classes", |event| match event {
        Event::Answered(AnalysisAnswer::Found(Finding::Classes(means))) => Some(means.clone()),
        _ => None,
    });
    let of = Groups::Classes(means.clone());
    let answer = ask(&mut listener, GroupLook::Portraits { of: of.clone(), source: average(&collection) });
    let GroupAnswer::Portraits { groups: portraits, separations } = &*answer else { panic!("{answer:?}") };
    assert_eq!(portraits.len(), means.vectors.classes.len());
    assert_eq!(separations.len(), portraits.len());
    let own: usize = separations.iter().map(|separation| separation.own).sum();
    let images: usize = separations.iter().map(|separation| separation.images).sum();
    let with_others: usize = means.members.iter().map(|members| members.len()).filter(|count| *count > 1).sum();
    assert_eq!(images, with_others, "who is alone is told from nobody");
    assert!(own * portraits.len() > images, "more than by chance: {separations:?}");
    for (class, portrait) in portraits.iter().enumerate() {
        assert_eq!(portrait.size, means.members[class].len());
        assert_eq!(portrait.labels, [(means.vectors.classes[class].clone(), portrait.size)]);
        assert!(portrait.exemplars.iter().all(|id| means.members[class].contains(id)));
    }
    let wish = |with_own| ArithmeticWish { of: of.clone(), terms: vec![(0, false), (1, true)], count: 12, with_own };
    let answer = ask(&mut listener, GroupLook::Arithmetic(wish(true)));
    let GroupAnswer::Arithmetic { pictures, groups, over } = &*answer else { panic!("{answer:?}") };
    assert_eq!(*over, [means.vectors.features(), means.vectors.layers.len()]);
    assert!(pictures.windows(2).all(|pair| pair[0].score >= pair[1].score) && !pictures.is_empty());
    let of_first = pictures.iter().take(4).filter(|near| means.members[0].contains(&near.image)).count();
    assert!(of_first >= 2, "the nearest to it are mostly of the first: {pictures:?}");
    let expected = tiramisu::analysis::class_vectors::minus(means.vectors.row(0), means.vectors.row(1));
    for (group, cosine) in groups {
        assert!((cosine - score(Metric::Cosine, &expected, means.vectors.row(*group))).abs() < 1e-6);
        assert!(*group > 1, "those that it is made of are no answer");
    }
    let answer = ask(&mut listener, GroupLook::Arithmetic(wish(false)));
    let GroupAnswer::Arithmetic { pictures, .. } = &*answer else { panic!("{answer:?}") };
    let is_own = |id: &ImageId| means.members[0].contains(id) || means.members[1].contains(id);
    assert!(!pictures.iter().any(|near| is_own(&near.image)));
}

#[test]
fn exemplars_of_channels_of_several_layers_come_together() {
    let (_dir, _workspace, mut listener, collection) = extracted(24);
    let layers: Vec<usize> = (0..collection.layers.len())
        .filter(|index| collection.stored.iter().any(|stored| stored.layer == collection.layers[*index].name))
        .collect();
    let channels = vec![(layers[0], 0), (*layers.last().expect("a layer"), 1), (layers[0], 1)];
    let ask = |listener: &mut Listener, look: ChannelLook| {
        listener.engine.send(Request::Look(Look::Channels(look)));
    };
    ask(&mut listener, ChannelLook::ExemplarsOfSome { channels: channels.clone(), count: 5 });
    let found = listener.until("exemplars", |event| match event {
        Event::ExemplarsOfSome(found) => Some(found.clone()),
        Event::Problem { problem, .. } => panic!("{problem}"),
        _ => None,
    });
    assert_eq!(found.lists.len(), 3);
    for (layer, channel) in channels {
        ask(&mut listener, ChannelLook::Exemplars { layer, channel: Some(channel), count: 5 });
        let alone = listener.until("exemplars", |event| match event {
            Event::Exemplars(list) => Some(list.clone()),
            _ => None,
        });
        let together = found.lists.iter().find(|(of, _)| *of == (layer, channel)).expect("it was asked for");
        let expected = alone.lists.first().map(|(_, list)| list.clone()).unwrap_or_default();
        assert_eq!(together.1, expected);
    }
}

/// Writes all images, and gives the file.
fn exported(listener: &mut Listener, folder: &Path, collection: &Collection, format: ExportFormat) -> PathBuf {
    let target = folder.join(format.file().expect("it is a file").usual_name);
    listener.engine.send(Request::Export(ExportWish {
        images: listener.images.iter().map(|image| image.id).collect(),
        scores: Vec::new(),
        format,
        vectors: vec![average(collection)],
        target: target.clone(),
        map: None,
        dataset: DatasetOptions::default(),
        overwrite: false,
    }));
    listener.until("the export", |event| matches!(event, Event::Exported(_)).then_some(()));
    target
}

#[test]
fn the_cluster_of_each_image_stands_in_every_table_by_name_or_number() {
    let (dir, _workspace, mut listener, collection) = extracted(24);
    let without = exported(&mut listener, dir.path(), &collection, ExportFormat::Csv);
    let text = std::fs::read_to_string(&without).expect("a table");
    assert!(!text.lines().next().expect("a header").contains("cluster"), "there are none: {text}");
    std::fs::remove_file(without).expect("it is there");

    let known = clustered(&mut listener, &collection);
    let (clustering, name) = (known.wish.name(), Some("round things".to_owned()));
    listener.engine.send(Request::NameCluster { clustering, cluster: 2, name });
    let known = listener.until("the name", |event| match event {
        Event::Answered(AnalysisAnswer::Clusters(clustering)) => Some(clustering.clone()),
        _ => None,
    });
    let expected: Vec<String> = listener
        .images
        .iter()
        .map(|image| match known.cluster_of(image.id).expect("k-means puts each into one") {
            2 => "round things".to_owned(),
            number => number.to_string(),
        })
        .collect();
    let csv = exported(&mut listener, dir.path(), &collection, ExportFormat::Csv);
    let mut table = csv::Reader::from_path(csv).expect("a table");
    let place = table.headers().expect("a header").iter().position(|name| name == "cluster").expect("the column");
    let rows: Vec<String> = table.records().map(|row| row.expect("a row")[place].to_owned()).collect();
    assert_eq!(rows, expected);
    let json = exported(&mut listener, dir.path(), &collection, ExportFormat::Json);
    let json: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(json).expect("a document")).expect("it is JSON");
    let rows: Vec<&str> = json.as_array().expect("rows").iter().filter_map(|row| row["cluster"].as_str()).collect();
    assert_eq!(rows, expected);
    let parquet = exported(&mut listener, dir.path(), &collection, ExportFormat::Parquet);
    let file = std::fs::File::open(parquet).expect("a file");
    let batches = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet").build().expect("rows");
    let rows: Vec<String> = batches
        .flat_map(|batch| {
            let batch = batch.expect("rows");
            let column = batch.column_by_name("cluster").expect("the column").as_string::<i32>().clone();
            column.iter().map(|cell| cell.expect("each has one").to_owned()).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(rows, expected);
    assert_eq!(listener.problems, []);
}
