//! Another collection is opened: of the one before nothing is left, and what lasts is as it was.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;

use tiramisu::analysis::class_vectors::ClassVectors;
use tiramisu::domain::camera_raw::CameraRaw;
use tiramisu::domain::predicate::Span;
use tiramisu::domain::{
    ClassesBy, ClusterMethod, ClusterWish, Clustering, DatasetOptions, DuplicateReport, DuplicateWish, FolderCounts,
    IndexKind, IndexRecord, Metric, OutlierReport, OutlierWish, Pooling, PredicateError, Projection, ProjectionMethod,
    SplitBy, Splits, StoredActivations, Strategy, StrategyChoice, TableColumn, TagColour, TagColours, Tags,
};
use tiramisu::domain::{ImageGroup, ImageId, StoredLayer};
use tiramisu::engine::networks::PreparationWish;
use tiramisu::engine::{
    AnalysisAnswer, AnalysisKind, Asked, ChannelValues, ClassMeans, ClassWish, Event, ExportExists, ExportFormat,
    ExportWish, FilesToMove, Finding, FolderChange, FolderPictures, FoldersToWrite, MoveWish, MovedFolder, NetworkFile,
    PicturePieces, Problem, Progress, Request,
};
use tiramisu::session::{
    Action, Ask, Choose, Chosen, Colouring, Combining, ImportState, Lasting, LeftAt, LeftPicture, MapChoice, Networks,
    Open, OpenedCollection, Phase, Pick, PickNews, Place, Session, Spare, TakeUp, Undone,
};

use super::session;
use crate::support::{collection, networks};

/// The fields of a value by name, each as it is written for debugging.
fn fields(value: &impl Debug) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    let mut name = String::new();
    for line in format!("{value:#?}").lines() {
        let is_field = line.starts_with("    ") && !line.starts_with("     ");
        if let Some((field, _)) = line.trim_start().split_once(": ").filter(|_| is_field) {
            field.clone_into(&mut name);
        }
        let text: &mut String = fields.entry(name.clone()).or_default();
        text.push_str(line);
        text.push('\n');
    }
    fields
}

/// The fields in which `value` is as `other`.
fn same(value: &impl Debug, other: &impl Debug) -> Vec<String> {
    let others = fields(other);
    // Of what is no field, such as the braces, nothing is to be said.
    let fields = fields(value).into_iter().filter(|(name, _)| !name.is_empty());
    fields.filter(|(name, text)| others.get(name) == Some(text)).map(|(name, _)| name).collect()
}

fn progress(title: &str) -> Arc<Progress> {
    Arc::new(Progress::new(title))
}

fn problem() -> Problem {
    Problem::new("It failed", "the disk is full")
}

/// A session that knows something in every field of what is open, and of what lasts.
fn filled() -> Session {
    let mut session = session(24);
    session.act(Choose::Click(ImageId(5), Pick::Replace));
    session.act(Choose::Metric(Metric::Euclidean));
    session.act(Choose::Pooling(Pooling::Maximum));
    session.act(Choose::NeighbourCount(7));
    // The pictures are on their way again: what was chosen of them waits.
    session.act(Open::Storing(Some(vec!["conv3".into()])));
    session.apply(Event::Opening("/pictures/garden".into()));
    session.apply(Event::Opened(Arc::new(collection::collection())));
    session.apply(Event::Images(collection::images(10).into()));
    session.apply(Event::Committed { images: 10, version: 2 });
    session.act(Choose::PickGroup(ImageGroup::Label(None), Pick::Add));
    session.act(Choose::Click(ImageId(3), Pick::Replace));
    let source = session.source().expect("conv3 is stored");

    // A job ends while nobody knows yet whether a map is kept, and one begins when there is a map.
    session.act(Choose::Projection(ProjectionMethod::Umap));
    session.apply(Event::JobEnded { cancelled: false });
    let wish = session.opened.projection_wish().expect("conv3 is stored");
    let map = collection::projection(source.clone(), &session.opened.images.to_vec());
    let first = session.opened.maps.get_mut(&0).expect("the map is asked for");
    first.projection = Some(Arc::new(Projection { wish, ..map }));
    session.apply(Event::JobStarted(progress("Extracting")));
    session.act(Ask::Unusual);
    session.act(Ask::Distribution(TableColumn::Label));
    session.act(Ask::Why(ImageId(4)));
    session.act(Ask::ExemplarsOfSome(vec![(4, 1)]));
    session.act(Ask::Nearest(source.clone(), vec![ImageId(3)]));
    let to_remove = Tags::from([("to remove".to_owned(), vec![ImageId(1)])]);
    session.apply(Event::Tags(Arc::new(to_remove)));
    // Found by comparing parts, so that all of it is kept for when others are hidden.
    let mut near = collection::neighbours(ImageId(3), source.clone(), Metric::Euclidean, 9, 10);
    near.wish.anywhere = true;
    session.apply(Event::Neighbours(near));
    session.act(Choose::ColourTag("odd".into(), Some(TagColour::Red)));
    session.act(Choose::Beside(Some(ImageId(6))));
    session.act(Ask::Inside);
    session.act(Action::Hover(Some(ImageId(2))));
    session.act(Choose::Channel(Some(3)));
    session.act(Ask::HoverNeighbours(Some(ImageId(2))));

    fill_looks(&mut session, &source);
    session.apply(Event::AnalysisStarted(progress("Clustering")));
    fill_findings(&mut session, &source);
    fill_lasting(&mut session);
    let values = ChannelValues { source, channel: 3, values: vec![0.5; 10] };
    session.apply(Event::ChannelValues(Arc::new(values)));
    session.act(Ask::Depths(Some(false)));
    session.apply(Event::Problem { of: Asked::Extract, problem: problem() });
    session
}

fn fill_looks(session: &mut Session, source: &StoredLayer) {
    let (probe, images) = (ImageId(3), session.opened.images.to_vec());
    let (open, opened) = (collection::collection(), &mut session.opened);
    opened.is_walked = true;
    opened.outgrown = Some(opened.shown.clone());
    opened.outgrown_images = Some(opened.images.clone());
    opened.awaited_picture = Some(LeftPicture { id: ImageId(20), path: images[0].path.clone() });
    opened.relabelled = 1;
    opened.camera_raw = CameraRaw { unread: 1, first: Some("a.nef".into()), ..CameraRaw::default() };
    opened.folder_change = FolderChange { added: 1, ..FolderChange::default() };
    opened.folder_pictures =
        Arc::new(FolderPictures { removed: [probe].into_iter().collect(), ..FolderPictures::default() });
    opened.hover_neighbours = Some(collection::neighbours(probe, source.clone(), Metric::Euclidean, 3, 10));
    opened.hover_problem = Some(problem());
    (opened.problem_count, opened.gone_count) = (2, 1);
    opened.cut_outs.counts = Some(Arc::default());
    opened.import = ImportState::Failed(problem());
    opened.in_single = vec![source.clone()];
    opened.arrived = vec![collection::thumbnail(&images[0])];
    opened.picture_pieces = vec![PicturePieces { image: probe, size: [640, 480], pieces: Vec::new() }];
    opened.picture_problem = Some((probe, problem()));
    opened.activation = Some(collection::activation(probe, 4, &open));
    opened.activation_problem = Some(problem());
    opened.layer_secs = Some(Arc::new(vec![0.1]));
    opened.neighbours = Some(collection::neighbours(probe, source.clone(), Metric::Euclidean, 3, 10));
    opened.neighbours_problem = Some(problem());
    opened.comparison = Some(progress("Comparing parts"));
    opened.pick_news = Some(PickNews::Unchanged("None is selected".into()));
    opened.spare = Spare(800);
    opened.undone = Some(Undone { verb: "Undone", what: "Picked a picture".to_owned(), place: Some(Place::Explore) });
    opened.exemplars = Some(Arc::new(collection::exemplars(4, Some(1), 8, &open)));
    opened.unusual = Some(Arc::new(collection::unusual(probe, Some(source.clone()), &open)));
    opened.matching = Some(Arc::new([probe].into_iter().collect()));
    opened.query_error = Some(PredicateError::new("there is no such tag", Span { start: 0, end: 3 }));
    opened.query_remarks = vec!["no image has it".into()];
    opened.tags = Arc::new(Tags::from([("odd".to_owned(), vec![probe])]));
    opened.tag_colours = Arc::new(TagColours { chosen: [("odd".to_owned(), TagColour::Red)].into() });
    opened.splits = Arc::new(Splits { images: [("train".to_owned(), vec![probe])].into() });
    opened.maintenance.problem = Some(problem());
    let request = ExportWish {
        images: vec![probe].into(),
        scores: Vec::new(),
        format: ExportFormat::Csv,
        vectors: Vec::new(),
        target: "/home/ada/selection.csv".into(),
        map: None,
        dataset: DatasetOptions::default(),
        overwrite: false,
    };
    opened.moved_folder = Some(MovedFolder {
        workspace: "/data/workspaces/birds-1".into(),
        from: "/home/ada/birds".into(),
        folder: "/home/ada/archive/birds".into(),
        looked_for: 64,
        found: 62,
    });
    opened.move_to_confirm = Some(Arc::new(FilesToMove {
        wish: MoveWish {
            images: vec![probe].into(),
            by: ClassesBy::Label,
            splits: SplitBy::Imported,
            target: "/home/ada".into(),
            is_agreed: false,
        },
        counts: FolderCounts { pictures: 1, files: 1, folders: 1, splits: Vec::new(), unclassed: 0, left: Vec::new() },
        renamed: 0,
        in_place: 0,
        leaving: 0,
        relabelled: 0,
    }));
    opened.recipe_exists = Some("/home/ada/recipe.toml".into());
    opened.folders_to_confirm = Some(Arc::new(FoldersToWrite {
        wish: request.clone(),
        counts: FolderCounts { pictures: 1, files: 1, folders: 1, splits: Vec::new(), unclassed: 0, left: Vec::new() },
    }));
    opened.pending_export = Some(ExportExists { taken: vec![request.target.clone()], request });
}

fn fill_findings(session: &mut Session, source: &StoredLayer) {
    let features = || "net_12345678".to_owned();
    let choice = StrategyChoice { strategy: Strategy::ExactScan, reason: "they are few".into() };
    let clustering = Arc::new(Clustering {
        features: features(),
        wish: ClusterWish::new(ClusterMethod::KMeans, source.clone()),
        ids: Vec::new().into(),
        of: Vec::new().into(),
        clusters: Vec::new(),
        agreement: None,
        quality: None,
        elapsed_secs: 0.1,
    });
    // Described by the labels that images have by now.
    session.apply(Event::Answered(AnalysisAnswer::Clusters(clustering)));
    let duplicates = Finding::Duplicates(Arc::new(DuplicateReport {
        features: features(),
        wish: DuplicateWish::new(source.clone()),
        within: None,
        groups: Vec::new(),
        compared: 10,
        unread: 0,
        elapsed_secs: 0.1,
    }));
    let outliers = Finding::Outliers(Arc::new(OutlierReport {
        features: features(),
        wish: OutlierWish { source: source.clone(), k: 5 },
        ids: Vec::new().into(),
        distances: Vec::new().into(),
        factors: Vec::new().into(),
        clusters: Vec::new().into(),
        elapsed_secs: 0.1,
    }));
    let classes = Finding::Classes(Arc::new(ClassMeans {
        wish: ClassWish::default(),
        vectors: ClassVectors::default(),
        origins: Vec::new(),
        members: Vec::new(),
        sizes: Vec::new(),
        by_labels: None,
        table: "classes".into(),
        choice: choice.clone(),
        elapsed_secs: 0.1,
    }));
    for finding in [duplicates, outliers, classes] {
        session.apply(Event::Answered(AnalysisAnswer::Found(finding)));
    }
    session.apply(Event::StrategyChosen(AnalysisKind::Map, choice));
    let opened = &mut session.opened;
    opened.has_embedding = true;
    opened.indices = vec![IndexRecord {
        source: source.clone(),
        kind: IndexKind::IvfPq,
        metric: Metric::Cosine,
        rows: 10,
        built_rows: 10,
        probes: 1,
        refine: 1,
        recall: 1.0,
        least_recall: 1.0,
        measured_k: 10,
        measured_probes: 10,
        median_ms: 1.0,
        p99_ms: 1.0,
        exact_median_ms: 1.0,
        built_secs: 1.0,
        measured_unix_secs: 0,
        extended: None,
    }];
    opened.stored_activations =
        vec![StoredActivations { layer: "conv3".into(), shape: [128, 14, 14], images: 10, bytes: 500_000 }];
    opened.clusterings = vec!["kmeans".into()];
    (opened.clusterings_are_known, opened.stored_is_told, opened.keeps_colours) = (true, true, true);
    opened.is_query_unanswered = true;
}

fn fill_lasting(session: &mut Session) {
    session.apply(networks::told(networks::list()));
    session.apply(Event::DownloadStarted { name: networks::AWAY.into(), progress: progress("Downloading") });
    let wish = PreparationWish::default();
    session.act(Networks::Add { file: "/models/cats.onnx".into(), name: "cats".into(), wish });
    session.apply(Event::ExportStarted(progress("Exporting")));
    session.lasting.notices.tell_news("kept");
    session.lasting.network = NetworkFile::Analytic;
    session.lasting.has_chosen_network = true;
    session.lasting.only_looks = true;
    session.lasting.default_network = Some(NetworkFile::Known("squeezenet".into()));
    let left = LeftAt { network: NetworkFile::Builtin, place: Place::Check, layer: "conv3".into(), picture: None };
    session.lasting.takes_up = Some(TakeUp { folder: Some("/pictures/lake".into()), left, otherwise: None });
    session.lasting.asked_workspace = Some("/data/elsewhere".into());
    session.lasting.wanted_layers = Some(vec!["conv3".into()]);
    session.lasting.place = Place::Groups;
}

/// What another folder is opened with: nothing, but how the person looked at the one before.
fn fresh(before: &Chosen, phase: Phase) -> OpenedCollection {
    let chosen = Chosen {
        metric: before.metric,
        pooling: before.pooling,
        neighbour_count: before.neighbour_count,
        maps: before.maps.clone(),
        ..Chosen::default()
    };
    let mut opened = OpenedCollection::default();
    opened.phase = phase;
    opened.chosen = chosen;
    opened
}

#[test]
fn nothing_of_a_collection_survives_the_opening_of_another_or_its_closing() {
    let unfilled = same(&filled().opened, &OpenedCollection::default());
    assert_eq!(unfilled, [""; 0], "this test must fill every field, or it could not see that one survives");
    let sea = std::path::PathBuf::from("/pictures/sea");
    for (event, phase) in [(Event::Opening(sea.clone()), Phase::Opening(sea)), (Event::Closed, Phase::Welcome)] {
        let mut session = filled();
        let expected = fresh(&session.opened.chosen, phase);
        session.apply(event);
        assert_eq!(fields(&session.opened), fields(&expected));
    }
}

#[test]
fn how_a_person_looks_goes_on_with_the_next_collection() {
    let mut session = filled();
    session.act(Choose::Colouring(Colouring::Similarity));
    session.apply(Event::Opening("/pictures/sea".into()));
    let chosen = &session.opened.chosen;
    assert_eq!((chosen.metric, chosen.pooling, chosen.neighbour_count), (Metric::Euclidean, Pooling::Maximum, 7));
    let MapChoice { colouring, method, .. } = chosen.maps.first;
    assert_eq!((colouring, method), (Colouring::Similarity, ProjectionMethod::Umap));
}

#[test]
fn what_lasts_is_the_same_after_opening_and_closing() {
    let mut session = filled();
    session.act(Action::Combine(Combining::Add));
    // These two tell of the next opening and end with it.
    let of_the_next = ["goes_elsewhere", "resumes"];
    assert_eq!(same(&session.lasting, &Lasting::default()), of_the_next, "this test must fill every other field");
    let before = fields(&session.lasting);
    for event in [Event::Opening("/pictures/sea".into()), Event::Closed] {
        session.apply(event);
        assert_eq!(fields(&session.lasting), before);
    }
}

#[test]
fn what_is_known_of_the_workspace_itself_stays_while_the_same_folder_is_opened_again() {
    let mut session = filled();
    session.apply(Event::Opening("/pictures/garden".into()));
    assert_eq!(session.opened.maintenance.problem, Some(problem()));
    assert!(session.opened.images.is_empty() && session.opened.findings.get(Finding::outliers).is_none());
    session.apply(Event::Opening("/pictures/sea".into()));
    assert_eq!(session.opened.maintenance.problem, None);
}

#[test]
fn vectors_of_one_workspace_are_not_looked_for_in_another() {
    let mut session = session(4);
    let mine = NetworkFile::Vectors("mine".into());
    let network = |requests: Vec<Request>| match requests.as_slice() {
        [Request::Open(wish)] => wish.network.clone(),
        [Request::OpenSample { network }] => network.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(network(session.act(Open::Through(mine.clone()))), mine);
    let again = Open::Folder(collection::collection().folder);
    assert_eq!(network(session.act(again)), mine, "the same folder has them");
    assert_eq!(network(session.act(Open::Folder("/pictures/others".into()))), NetworkFile::Builtin);
}
