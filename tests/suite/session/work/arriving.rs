//! What is found of all images, saved of them or taken away: it arrives and goes as a whole.

use std::sync::Arc;

use tiramisu::domain::{
    ClassesBy, Cluster, ClusterMethod, ClusterWish, Clustering, ColumnOrder, DatasetOptions, FolderCounts, GridBand,
    ImageGroup, ImageId, OutlierReport, OutlierWish, PerImage, Pooling, Projection, Sort, SplitBy, StoredLayer,
    TableColumn, Tags,
};
use tiramisu::engine::{AnalysisAnswer, Event, ExportExists, ExportFormat, Finding, FoldersToWrite, Request};
use tiramisu::session::{Choose, Export, Pick, Save, Session, TagEdit, Taken};

use super::{IMAGES, act, answer, counted, first, million};

#[test]
fn no_selection_that_is_saved_looks_at_every_image() {
    let mut session = million();
    let hear = |session: &mut Session, what: &str, tags: Tags| {
        let tags = Event::Tags(Arc::new(tags));
        let requests = counted(what, || session.apply(tags));
        answer(session, requests);
    };
    let save = |wish: Save| Choose::Save(wish);
    let changes = |session: &Session, count: usize| -> Vec<(String, bool, usize)> {
        let edits = &session.opened.chosen.tag_edits;
        let told = |edit: &Arc<TagEdit>| (edit.tag.clone(), edit.is_on, edit.images.len());
        edits[edits.len() - count..].iter().map(told).collect()
    };
    act(&mut session, "all", Choose::SelectAll);
    act(&mut session, "saving it", save(Save::As("mine".into())));
    assert_eq!(changes(&session, 1), [("selection:mine".to_owned(), true, IMAGES)]);
    let everybody = || (0..IMAGES as u32).map(ImageId).collect();
    hear(&mut session, "hearing of it", Tags::from([("selection:mine".to_owned(), everybody())]));
    act(&mut session, "a click", Choose::Click(ImageId(7), Pick::Replace));
    act(&mut session, "saving over it", save(Save::As("mine".into())));
    assert_eq!(changes(&session, 1), [("selection:mine".to_owned(), false, IMAGES - 1)]);
    act(&mut session, "taking it back", Choose::Undo);
    act(&mut session, "another name", save(Save::Rename { from: "mine".into(), to: "yours".into() }));
    let renamed = [("selection:yours".to_owned(), true, IMAGES), ("selection:mine".to_owned(), false, IMAGES)];
    assert_eq!(changes(&session, 2), renamed);
    act(&mut session, "taking it back", Choose::Undo);
    let saved = ImageGroup::Tag(session.opened.tags.clone(), "selection:mine".into());
    act(&mut session, "selecting it", Choose::PickGroup(saved, Pick::Replace));
    assert_eq!(session.opened.chosen.selection.len(), IMAGES);
    act(&mut session, "giving it up", save(Save::Forget("mine".into())));
    assert_eq!(changes(&session, 1), [("selection:mine".to_owned(), false, IMAGES)]);
}

#[test]
fn nothing_that_is_taken_away_is_listed_by_who_asks_for_it() {
    let mut session = million();
    let dataset = DatasetOptions::default;
    act(&mut session, "all", Choose::SelectAll);
    let what = counted("what an export takes", || session.opened.to_export(Taken::Selected));
    assert_eq!((what.images.len(), what.scores.len()), (IMAGES, 0));
    let write = Export::Write {
        what: what.clone(),
        format: ExportFormat::Csv,
        target: "/home/ada/all.csv".into(),
        dataset: dataset(),
    };
    let requests = counted("an export", || session.act(write));
    let [Request::Export(wish)] = &requests[..] else { panic!("{requests:?}") };
    assert_eq!(wish.images.iter().count(), IMAGES, "whoever writes them lists them");
    let exists = ExportExists { request: wish.clone(), taken: vec![wish.target.clone()] };
    counted("hearing that there is one", || session.apply(Event::ExportExists(exists)));
    let replaced = counted("replacing it", || session.act(Export::Replace));
    assert!(matches!(&replaced[..], [Request::Export(wish)] if wish.images.len() == IMAGES && wish.overwrite));

    let (images, target) = (what.images, std::path::PathBuf::from("/home/ada/folders"));
    let ask = Export::AskFolders { images: images.clone(), dataset: dataset(), target: target.clone() };
    let requests = counted("asking what folders would hold", || session.act(ask));
    let [Request::PlanFolders(wish)] = &requests[..] else { panic!("{requests:?}") };
    let to_write = Arc::new(FoldersToWrite { wish: wish.clone(), counts: FolderCounts::default() });
    counted("hearing it", || session.apply(Event::FoldersToConfirm(to_write)));
    let written = counted("writing them", || session.act(Export::WriteFolders));
    assert!(matches!(&written[..], [Request::Export(wish)] if wish.images.len() == IMAGES));
    let ask = Export::AskToMove { images, by: ClassesBy::Label, splits: SplitBy::Imported, target };
    let requests = counted("asking what would move", || session.act(ask));
    assert!(matches!(&requests[..], [Request::MoveFiles(wish)] if wish.images.len() == IMAGES && !wish.is_agreed));

    act(&mut session, "none", Choose::ClearSelection);
    for taken in [Taken::All, Taken::Shown] {
        let what = counted("what an export of all takes", || session.opened.to_export(taken));
        assert_eq!(what.images.len(), IMAGES);
    }
}

#[test]
fn no_map_no_clusters_and_no_outliers_that_arrive_are_gone_through() {
    let mut session = million();
    let hear = |session: &mut Session, what: &str, found: AnalysisAnswer| {
        let requests = counted(what, || session.apply(Event::Answered(found)));
        answer(session, requests);
    };
    for what in ["a map", "the same map a little later"] {
        let map = map(&session);
        let requests = counted(what, || session.apply(map));
        answer(&mut session, requests);
    }
    assert_eq!(session.opened.projection().map(|map| map.ids.len()), Some(IMAGES));
    let groups = |name: Option<&str>| {
        let group = |size: usize| Cluster { size, ..Cluster::default() };
        let wish = ClusterWish::new(ClusterMethod::KMeans, source());
        Arc::new(Clustering {
            features: "net".to_owned(),
            wish,
            ids: (0..IMAGES as u32).map(ImageId).collect(),
            of: (0..IMAGES as u32).map(|id| Some(id % 2)).collect(),
            clusters: vec![Cluster { name: name.map(str::to_owned), ..group(IMAGES / 2) }, group(IMAGES / 2)],
            agreement: None,
            quality: None,
            elapsed_secs: 0.1,
        })
    };
    hear(&mut session, "clusters", AnalysisAnswer::Clusters(groups(None)));
    hear(&mut session, "the same with a name", AnalysisAnswer::Clusters(groups(Some("even"))));
    let group = ImageGroup::Cluster(session.opened.clustering.clone().expect("it was told"), 1);
    act(&mut session, "one of them", Choose::PickGroup(group, Pick::Replace));
    assert_eq!(session.opened.chosen.selection.len(), IMAGES / 2);
    let sort = Sort::by(ColumnOrder { column: TableColumn::Cluster, is_descending: true });
    act(&mut session, "the order of clusters", Choose::Sort(sort));
    assert_eq!(first(&session.opened.shown), Some(1));

    let scores = || (0..IMAGES).map(|id| id as f32).collect();
    let outliers = OutlierReport {
        features: "net".to_owned(),
        wish: OutlierWish { source: source(), k: 10 },
        ids: (0..IMAGES as u32).map(ImageId).collect(),
        distances: scores(),
        factors: scores(),
        clusters: scores(),
        elapsed_secs: 0.1,
    };
    hear(&mut session, "outliers", AnalysisAnswer::Found(Finding::Outliers(Arc::new(outliers))));
    assert!(session.opened.findings.get(Finding::outliers).is_some());
    // A class as it is told holds its images, and is a group of them.
    let class = ImageGroup::These((0..IMAGES as u32).step_by(4).map(ImageId).collect());
    act(&mut session, "a class", Choose::PickGroup(class, Pick::Replace));
    assert_eq!(session.opened.chosen.selection.len(), IMAGES / 4);
}

#[test]
fn a_band_over_very_many_rows_looks_at_none_of_them() {
    let mut session = million();
    let order = session.opened.shown.clone();
    let band = GridBand { columns: 10, across: 2..5, rows: 0..IMAGES / 10 };
    act(&mut session, "a band", Choose::PickGroup(ImageGroup::Within(order, band), Pick::Replace));
    let selection = &session.opened.chosen.selection;
    assert_eq!(
        (selection.len(), selection.contains(ImageId(14)), selection.contains(ImageId(15))),
        (300_000, true, false)
    );
}

fn source() -> StoredLayer {
    StoredLayer { layer: "conv3".to_owned(), pooling: Pooling::Average }
}

/// News of a map of all images.
fn map(session: &Session) -> Event {
    let wish = session.opened.projection_wish().expect("the layer is stored");
    let map = Projection {
        wish,
        ids: (0..IMAGES as u32).map(ImageId).collect(),
        points: (0..IMAGES).map(|id| [(id % 1000) as f32, (id / 1000) as f32]).collect(),
        placed: PerImage::default(),
        explained: None,
        faithfulness: None,
        share_done: 1.0,
        made_of: None,
    };
    Event::Answered(AnalysisAnswer::Map(Arc::new(map)))
}
