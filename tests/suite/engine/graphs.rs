//! Graphs that leave as files.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use tiramisu::analysis::embedding::TernaryCodes;
use tiramisu::domain::{GraphFormat, Metric, NeighbourWish};
use tiramisu::engine::{
    AnalysisAnswer, AnalysisWish, Event, GraphKind, GraphSummary, GraphWish, Look, Problem, Request, Thresholds,
};
use tiramisu::export::{Vertex, write_edges, write_graphml};
use tiramisu::store::Workspace;

use super::extracted;
use crate::support::listener::Listener;

fn write(listener: &mut Listener, kind: GraphKind, out: &Path, overwrite: bool) -> Result<GraphSummary, Problem> {
    let wish = GraphWish { kind, format: GraphFormat::by_ending(out), out: out.to_owned(), overwrite };
    listener.engine.send(Request::Analyse(AnalysisWish::Graph(wish)));
    let outcome = listener.until("a graph", |event| match event {
        Event::Answered(AnalysisAnswer::Graph(summary)) => Some(Ok(summary.clone())),
        Event::Problem { problem, .. } => Some(Err(problem.clone())),
        _ => None,
    });
    listener.until("the end of the analysis", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));
    outcome
}

/// Edges of a file of lines, either way round.
fn edges(file: &Path) -> HashMap<(u32, u32), f32> {
    let text = fs::read_to_string(file).unwrap();
    let line = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        ((words[0].parse().unwrap(), words[1].parse().unwrap()), words[2].parse().unwrap())
    };
    text.lines().map(line).collect()
}

#[test]
fn the_graph_of_neighbours_is_what_neighbours_are_asked_for_one_by_one() {
    let (dir, _workspace, mut listener, collection) = extracted(33);
    let source = collection.stored[collection.stored.len() - 2].clone();
    let (either, mutual) = (dir.path().join("either.edges"), dir.path().join("mutual.edges"));
    let kind = |is_mutual| GraphKind::Neighbours { source: source.clone(), k: 4, is_mutual };
    let summary = write(&mut listener, kind(false), &either, false).unwrap();
    let fewer = write(&mut listener, kind(true), &mutual, false).unwrap();
    let (found, both) = (edges(&either), edges(&mutual));
    assert_eq!((summary.images, summary.edges, fewer.edges), (33, found.len(), both.len()));
    let mut expected: HashMap<(u32, u32), (f32, usize)> = HashMap::new();
    for image in listener.images.clone() {
        let wish = NeighbourWish::of(image.id, source.clone(), Metric::Cosine, 4);
        listener.engine.send(Request::Look(Look::Neighbours(wish)));
        let list = listener.until("neighbours", |event| match event {
            Event::Neighbours(list) => Some(list.clone()),
            _ => None,
        });
        for neighbour in list.neighbours {
            let (a, b) = (image.id.0.min(neighbour.image.0), image.id.0.max(neighbour.image.0));
            expected.entry((a, b)).or_insert((neighbour.score as f32, 0)).1 += 1;
        }
    }
    assert_eq!(found.len(), expected.len());
    for (edge, weight) in &found {
        let (score, named) = expected[edge];
        assert!((weight - score).abs() < 1e-4, "{edge:?}: {weight} for {score}");
        assert_eq!(both.contains_key(edge), named == 2, "{edge:?}");
    }
    let vertices = fs::read_to_string(summary.vertex_list.unwrap()).unwrap();
    assert_eq!(vertices.lines().count(), 33);
    assert!(vertices.starts_with("0\timage\t"), "{vertices}");

    let refused = write(&mut listener, kind(false), &either, false).unwrap_err();
    assert!(refused.remedy.contains("--overwrite"), "{refused}");
    assert!(write(&mut listener, kind(false), &either, true).is_ok());
}

#[test]
fn images_are_joined_with_the_features_that_the_embedding_says_are_strong_in_them() {
    let (dir, workspace, mut listener, _collection) = extracted(22);
    let kind = |deviations, most_share| GraphKind::Features { deviations, most_share };
    let out = dir.path().join("features.edges");
    let none = write(&mut listener, kind(None, 1.0), &out, false).unwrap_err();
    assert!(none.remedy.contains("tiramisu embed"), "{none}");
    listener.engine.send(Request::Analyse(AnalysisWish::Embed(Thresholds::default())));
    listener.until("the embedding", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));

    let all = write(&mut listener, kind(None, 1.0), &out, true).unwrap();
    let kept = Workspace::open(&workspace).unwrap();
    let (stored, said) = kept.embedding(&kept.feature_tables().unwrap()[0].table).unwrap().unwrap();
    let mut codes = TernaryCodes::zeros(stored.ids.clone(), stored.features());
    said.read(|id, bytes| {
        let row = codes.row_of(id).unwrap();
        codes.set_bytes(row, bytes).unwrap();
        std::ops::ControlFlow::Continue(())
    })
    .unwrap();
    let strong: usize = codes.unpack().iter().filter(|code| **code == 1).count();
    assert_eq!((all.edges, all.images, all.hubs_dropped), (strong, 22, 0));
    assert_eq!(edges(&out).len(), strong);

    let few = write(&mut listener, kind(None, 0.25), &out, true).unwrap();
    assert!(few.hubs_dropped > 0 && few.edges < all.edges && few.features + few.hubs_dropped == all.features);
    let rare = write(&mut listener, kind(Some(3.0), 1.0), &out, true).unwrap();
    assert!(rare.edges < few.edges && edges(&out).values().all(|weight| *weight > 3.0));
}

#[test]
fn names_of_any_letters_fit_into_both_formats() {
    let dir = tempfile::tempdir().unwrap();
    let vertex =
        |name: &str, label: Option<&str>| Vertex { kind: "image", name: name.into(), label: label.map(Into::into) };
    let vertices =
        [vertex("a<b>&\"c\".png", Some("R&D")), vertex("tab\tand\u{7}bell", None), vertex("日本.png", Some("x"))];
    let joined = |sink: &mut tiramisu::export::EdgeSink| {
        sink(0, 1, 0.5)?;
        sink(1, 2, 1.0)
    };
    let (xml, lines) = (dir.path().join("g.graphml"), dir.path().join("g.edges"));
    write_graphml(&vertices, joined, &xml, false).unwrap();
    let text = fs::read_to_string(&xml).unwrap();
    assert!(text.contains("a&lt;b&gt;&amp;&quot;c&quot;.png") && text.contains("R&amp;D") && text.contains("日本.png"));
    assert!(text.contains("tab and\u{fffd}bell"));
    assert_eq!((text.matches("<node ").count(), text.matches("<edge ").count()), (3, 2));
    // Every tag that is opened is closed.
    for tag in ["graphml", "graph", "node", "edge", "data"] {
        let opened = text.matches(&format!("<{tag} ")).count() + text.matches(&format!("<{tag}>")).count();
        assert_eq!(opened, text.matches(&format!("</{tag}>")).count(), "{tag}");
    }
    let list = write_edges(&vertices, joined, &lines, false).unwrap();
    assert_eq!(edges(&lines), HashMap::from([((0, 1), 0.5), ((1, 2), 1.0)]));
    let list = fs::read_to_string(list).unwrap();
    assert_eq!(list.lines().map(|line| line.split('\t').count()).collect::<Vec<_>>(), [4, 4, 4]);
}
