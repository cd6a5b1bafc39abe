//! Predicates and tags through the engine's front door.

use std::sync::Arc;

use tiramisu::domain::{ClusterMethod, Grouping, ImageId, Pooling, StoredLayer, TagColour, TagColours, Tags};
use tiramisu::engine::{AnalysisWish, Event, Found, Look, NetworkFile, QueryWish, Refusal, Request};
use tiramisu::store::Workspace;

use super::extracted;
use crate::support::listener::{Listener, options};

fn ask(listener: &mut Listener, text: &str, count_by: Option<Grouping>) -> Result<Found, Refusal> {
    listener.engine.send(Request::Look(Look::Query(QueryWish { text: text.to_owned(), count_by })));
    listener.until("an answer", |event| match event {
        Event::Queried(answer) if answer.wish.text == text => Some(answer.found.clone()),
        _ => None,
    })
}

fn found(listener: &mut Listener, text: &str) -> Vec<ImageId> {
    ask(listener, text, None).unwrap_or_else(|refusal| panic!("{text}: {refusal:?}")).ids.to_vec()
}

fn tag(listener: &mut Listener, ids: &[ImageId], tag: &str, is_on: bool) -> (Arc<Tags>, usize) {
    listener.engine.send(Request::Tag { images: ids.iter().copied().collect(), tag: tag.to_owned(), is_on });
    let mut tags = None;
    let changed = listener.until("the tag", |event| match event {
        Event::Tags(told) => {
            tags = Some(told.clone());
            None
        }
        Event::Tagged { changed, .. } => Some(*changed),
        _ => None,
    });
    (tags.expect("the tags are told before"), changed)
}

#[test]
fn predicates_over_columns_tags_clusters_and_features_are_answered() {
    let (dir, workspace, mut listener, collection) = extracted(12);
    let records = listener.images.clone();
    let label = records[4].label.clone().expect("samples have labels");
    let expected: Vec<ImageId> = records.iter().filter(|r| r.label.as_ref() == Some(&label)).map(|r| r.id).collect();
    assert_eq!(found(&mut listener, &format!("label = '{label}'")), expected);

    let (tags, changed) = tag(&mut listener, &[ImageId(5), ImageId(2)], " keep ", true);
    assert_eq!((tags.bearers("keep"), changed), (&[ImageId(2), ImageId(5)][..], 2));
    assert_eq!(tag(&mut listener, &[ImageId(5)], "keep", true).1, 0, "it bears it already");
    assert_eq!(found(&mut listener, "tag('keep') and id > 2"), [ImageId(5)]);
    assert_eq!(tag(&mut listener, &[ImageId(5)], "keep", false).1, 1);
    assert_eq!(found(&mut listener, "tag('keep')"), [ImageId(2)]);

    let source =
        StoredLayer { layer: collection.layers[collection.default_layer()].name.clone(), pooling: Pooling::Average };
    let table = Workspace::open(&workspace).unwrap();
    let features = table.feature_tables().unwrap()[0].table.clone();
    let vectors = table.read_features(&features).unwrap().vectors(&source).unwrap();
    let limit = f64::from(vectors.matrix.row(7).get(1));
    let expected: Vec<ImageId> =
        (0..12).filter(|row| f64::from(vectors.matrix.row(*row).get(1)) >= limit).map(|row| vectors.ids[row]).collect();
    assert_eq!(found(&mut listener, &format!("feature('{}', 1) >= {limit}", source.layer)), expected);

    let mut wish = tiramisu::domain::ClusterWish::new(ClusterMethod::KMeans, source);
    wish.count = 3;
    listener.engine.send(Request::Analyse(AnalysisWish::Cluster(wish)));
    listener.until("the end of the analysis", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));
    let clustering = table.clustering(&features, &table.clusterings(&features).unwrap()[0]).unwrap().expect("groups");
    assert_eq!(found(&mut listener, "cluster('kmeans-3') = 1"), clustering.members(1).collect::<Vec<_>>());
    let counted = ask(&mut listener, "has_vectors()", Some(Grouping::Cluster("kmeans_3".into()))).unwrap();
    let sizes: Vec<usize> = counted.counts.expect("counts").iter().map(|count| count.images).collect();
    assert_eq!(sizes, clustering.clusters.iter().map(|cluster| cluster.size).collect::<Vec<_>>());
    assert_eq!(listener.problems, []);

    // Tags are told when the folder is opened again.
    let folder = collection.folder.clone();
    drop(listener);
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, false);
    let tags = listener.until("the tags", |event| match event {
        Event::Tags(tags) => Some(tags.clone()),
        _ => None,
    });
    assert_eq!(tags.bearers("keep"), [ImageId(2)]);
}

#[test]
fn what_cannot_be_answered_is_told_with_its_place() {
    let (_dir, _workspace, mut listener, _) = extracted(12);
    for (text, marked) in
        [("id > 1 and lable = 'x'", "lable"), ("cluster('nothing') = 1 or id = 1", "cluster('nothing')")]
    {
        match ask(&mut listener, text, None) {
            Err(Refusal::Text(error)) => assert_eq!(&text[error.span.start..error.span.end], marked, "{error}"),
            other => panic!("{text}: {other:?}"),
        }
    }
    let answer = ask(&mut listener, "tag('nobody') or label = 'nothing'", None).expect("it can be read");
    assert!(answer.ids.is_empty());
    assert_eq!(answer.remarks.len(), 2, "{:?}", answer.remarks);
    assert!(answer.remarks[0].contains("nobody") && answer.remarks[1].contains("nothing"), "{:?}", answer.remarks);
    assert_eq!(listener.problems, []);
    listener.engine.send(Request::Tag { images: [ImageId(1)].into_iter().collect(), tag: "  ".into(), is_on: true });
    assert!(listener.until_problem().why.contains("needs a name"));
}

#[test]
fn only_the_newest_of_many_questions_must_be_answered() {
    let (_dir, _workspace, mut listener, _) = extracted(12);
    for id in 0..200 {
        let wish = QueryWish { text: format!("id = {id}"), count_by: None };
        listener.engine.send(Request::Look(Look::Query(wish)));
    }
    let mut answers = 0;
    assert_eq!(found(&mut listener, "id = 3"), [ImageId(3)]);
    while let Ok(event) = listener.engine.events().try_recv() {
        answers += usize::from(matches!(event, Event::Queried(_)));
    }
    assert_eq!(answers, 0, "nothing older comes after the newest");
}

#[test]
fn the_colour_of_a_tag_is_kept_beside_the_tags_and_in_the_copies_of_what_was_done_by_hand() {
    let (_dir, workspace, mut listener, _collection) = extracted(4);
    tag(&mut listener, &[ImageId(1)], "keep", true);
    let mut colour = |tag: &str, colour: Option<TagColour>| {
        listener.engine.send(Request::ColourTag { tag: tag.to_owned(), colour });
        let is_it = |chosen: &TagColours| chosen.chosen.get(tag).copied() == colour;
        listener.until("the colour", |event| match event {
            Event::TagColours(colours) if is_it(colours) => Some(colours.clone()),
            _ => None,
        })
    };
    colour("keep", Some(TagColour::Teal));
    colour("old", Some(TagColour::Red));
    assert_eq!(colour("old", None).chosen.len(), 1);
    let kept = Workspace::open(&workspace).expect("a workspace");
    assert_eq!(kept.tag_colours().expect("colours").of("keep"), TagColour::Teal);
    assert_eq!(kept.handwork().expect("handwork").colours, kept.tag_colours().expect("colours"));
    std::fs::write(workspace.join("tag_colours.json"), "nonsense").expect("written");
    assert_eq!(kept.tag_colours().expect("none"), TagColours::default(), "looks are done without");
}
