//! Tables beside images and vectors that cannot be read: they take nothing else with them, and what can be computed is made again.

use std::fs;
use std::path::{Path, PathBuf};

use tiramisu::domain::{
    ClassChange, ClassOrigin, ClusterMethod, ClusterWish, Example, ImageId, Metric, NeighbourWish, OutlierWish,
    OwnClass, ProjectionMethod, ProjectionWish, StoredLayer,
};
use tiramisu::engine::{
    AnalysisAnswer, AnalysisWish, Asked, ChannelLook, ClassWish, Collection, Event, Finding, Look, NeighbourList,
    NetworkFile, Problem, Request, Thresholds, handwork,
};
use tiramisu::store::Workspace;

use super::refused::copy;
use super::sample;
use crate::support::listener::{Listener, options};

const IMAGES: usize = 12;

/// What makes the tables.
fn wishes(collection: &Collection) -> Vec<AnalysisWish> {
    let source = || collection.stored[0].clone();
    vec![
        AnalysisWish::Cluster(ClusterWish { count: 3, ..ClusterWish::new(ClusterMethod::KMeans, source()) }),
        AnalysisWish::Project(ProjectionWish { source: source(), method: ProjectionMethod::Pca, seed: 0 }),
        AnalysisWish::Embed(Thresholds::default()),
        AnalysisWish::Outliers(OutlierWish { source: source(), k: 3 }),
        AnalysisWish::OddPictures,
        AnalysisWish::Classes(ClassWish::default()),
    ]
}

fn open(listener: &mut Listener, folder: &Path, workspace: &Path) -> (std::sync::Arc<Collection>, Vec<Problem>) {
    listener.open(folder, workspace, NetworkFile::Analytic, true);
    let collection = listener.until_opened();
    let mut told = collection.remarks.clone();
    let was_cancelled = listener.until("the end of the extraction", |event| match event {
        Event::Remark(remark) => {
            told.push(remark.clone());
            None
        }
        Event::Problem { of: Asked::Open | Asked::Extract, problem } => panic!("{problem}"),
        Event::JobEnded { cancelled } => Some(*cancelled),
        _ => None,
    });
    assert!(!was_cancelled, "nobody cancelled");
    (collection, told)
}

fn neighbours(listener: &mut Listener, source: &StoredLayer) -> NeighbourList {
    let wish = NeighbourWish::of(ImageId(4), source.clone(), Metric::Cosine, 5);
    listener.engine.send(Request::Look(Look::Neighbours(wish)));
    listener.until("neighbours", |event| match event {
        Event::Neighbours(list) => Some(list.clone()),
        Event::Problem { of: Asked::Look(_), problem } => panic!("{problem}"),
        _ => None,
    })
}

/// The images that excite the first channel of a layer most, and how much.
fn exemplars(listener: &mut Listener, layer: usize) -> Result<Vec<(ImageId, f32)>, Problem> {
    let look = ChannelLook::Exemplars { layer, channel: Some(0), count: 3 };
    listener.engine.send(Request::Look(Look::Channels(look)));
    listener.until("exemplars", |event| match event {
        Event::Exemplars(list) => {
            Some(Ok(list.lists[0].1.iter().map(|exemplar| (exemplar.image, exemplar.value)).collect()))
        }
        Event::Problem { of: Asked::Look(_), problem } => Some(Err(problem.clone())),
        _ => None,
    })
}

/// How many channels are told that are unusual in an image.
fn unusual(listener: &mut Listener, source: &StoredLayer) -> Result<usize, Problem> {
    let look = ChannelLook::Unusual { image: ImageId(4), source: Some(source.clone()), count: 3 };
    listener.engine.send(Request::Look(Look::Channels(look)));
    listener.until("what is unusual", |event| match event {
        Event::Unusual(list) => Some(Ok(list.channels.len())),
        Event::Problem { of: Asked::Look(_), problem } => Some(Err(problem.clone())),
        _ => None,
    })
}

/// The name of the table of vectors.
fn features_of(workspace: &Path) -> String {
    Workspace::open(workspace).and_then(|workspace| workspace.feature_tables()).expect("tables")[0].table.clone()
}

fn close(listener: &mut Listener) {
    listener.engine.send(Request::Close);
    listener.until("the end", |event| matches!(event, Event::Closed).then_some(()));
}

/// Does it, and gives back what went wrong.
fn analyse(listener: &mut Listener, wish: AnalysisWish) -> Vec<Problem> {
    listener.problems.clear();
    listener.engine.send(Request::Analyse(wish));
    listener.until("its end", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));
    std::mem::take(&mut listener.problems)
}

/// The tables of a workspace but for those of images and vectors.
fn side_tables(workspace: &Path) -> Vec<String> {
    let features = features_of(workspace);
    let entries = fs::read_dir(workspace).expect("a folder").flatten();
    let names = entries.filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".lance").map(str::to_owned));
    let mut names: Vec<String> = names.filter(|name| *name != "images" && *name != features).collect();
    names.sort();
    names
}

type Harm = (&'static str, fn(&Path));

/// What can become of a table.
const HARMS: [Harm; 3] = [
    ("no version of it is whole", |table| in_folder(table, "_versions", |file| fs::write(file, b"").expect("a file"))),
    ("its rows are noise", |table| {
        in_folder(table, "data", |file| {
            let bytes = fs::metadata(file).expect("it is there").len();
            fs::write(file, vec![0xa5; bytes as usize]).expect("a file");
        });
    }),
    ("its rows are gone", |table| in_folder(table, "data", |file| fs::remove_file(file).expect("it is there"))),
];

fn in_folder(table: &Path, name: &str, harm: impl Fn(&PathBuf)) {
    let files: Vec<PathBuf> =
        fs::read_dir(table.join(name)).into_iter().flatten().flatten().map(|it| it.path()).collect();
    files.iter().filter(|path| path.is_file()).for_each(harm);
}

#[test]
fn a_damaged_table_of_results_takes_nothing_with_it_and_is_made_again() {
    let (dir, folder, whole) = sample(IMAGES);
    let mut listener = Listener::start(options(dir.path()));
    let (collection, _) = open(&mut listener, &folder, &whole);
    for wish in wishes(&collection) {
        assert_eq!(analyse(&mut listener, wish), []);
    }
    let source: StoredLayer = collection.stored[0].clone();
    let expected = neighbours(&mut listener, &source).neighbours;
    let layer = collection.layers.iter().position(|layer| layer.name == source.layer).expect("a layer");
    let excited = exemplars(&mut listener, layer).expect("they are kept");
    assert_eq!(excited.len(), 3);
    close(&mut listener);
    let tables = side_tables(&whole);
    assert!(tables.len() >= 8, "{tables:?}");
    let features = features_of(&whole);

    for table in &tables {
        for (number, (harm, do_harm)) in HARMS.iter().enumerate() {
            let when = format!("{table}: {harm}");
            let workspace = dir.path().join(format!("{table} {number}"));
            copy(&whole, &workspace);
            do_harm(&workspace.join(format!("{table}.lance")));
            let (opened_again, told) = open(&mut listener, &folder, &workspace);
            assert_eq!(listener.images.len(), IMAGES, "{when}");
            assert!(listener.images.iter().all(|image| image.problem.is_none()), "{when}");
            let found = neighbours(&mut listener, &source).neighbours;
            assert_eq!(found, expected, "{when}");
            // What lies in the way is told where it is not simply made again.
            if number == 0 {
                let names = told.iter().any(|remark| remark.to_string().contains(table.as_str()));
                assert!(names, "{when}: {told:?}");
            }
            assert_eq!(exemplars(&mut listener, layer), Ok(excited.clone()), "{when}");
            assert_eq!(unusual(&mut listener, &source), Ok(3), "{when}");
            // And from now on it can be read.
            let kept = Workspace::open(&workspace).expect("a workspace");
            assert!(matches!(kept.exemplars(&features, None), Ok(Some(_))), "{when}");
            assert!(matches!(kept.statistics(&features, None), Ok(Some(_))), "{when}");
            for wish in wishes(&opened_again) {
                let kind = wish.kind();
                assert_eq!(analyse(&mut listener, wish), [], "{when}: {kind:?} again");
            }
            close(&mut listener);
            fs::remove_dir_all(&workspace).expect("a folder");
        }
    }
}

#[test]
fn classes_of_ones_own_come_back_from_the_copy_of_handwork_however_their_table_is_damaged() {
    for (harm, do_harm) in HARMS {
        let (dir, folder, workspace) = sample(IMAGES);
        let mut listener = Listener::start(options(dir.path()));
        open(&mut listener, &folder, &workspace);
        let origin = ClassOrigin::Where("id < 4".to_owned());
        let change = Some(ClassChange::Add { name: "mine".to_owned(), origin: origin.clone() });
        assert_eq!(analyse(&mut listener, AnalysisWish::Classes(ClassWish { change, ..ClassWish::default() })), []);
        close(&mut listener);
        // What was done by hand is copied when it is opened again.
        open(&mut listener, &folder, &workspace);
        close(&mut listener);
        let table = workspace.join(format!("classes_{}.lance", features_of(&workspace)));
        do_harm(&table);
        let own = [OwnClass { name: "mine".to_owned(), origin }];
        let (found, remarks) = handwork(&workspace).expect("it is not all lost");
        assert_eq!(found.classes, own, "{harm}");
        assert!(remarks.len() == 1 && remarks[0].why.contains("has 1 class"), "{harm}: {remarks:?}");
        // A copy that is due is made of what the one before has.
        let copy = fs::File::options().append(true).open(workspace.join(".handwork/1.json")).expect("a copy");
        copy.set_modified(std::time::SystemTime::UNIX_EPOCH).expect("its time");

        for turn in ["first", "second"] {
            let (collection, _) = open(&mut listener, &folder, &workspace);
            // It can be asked with before classes are made again, and then it is said whence it comes.
            let of_image = NeighbourWish::of(ImageId(4), collection.stored[0].clone(), Metric::Cosine, 5);
            let wish = NeighbourWish { examples: vec![(Example::Class("mine".to_owned()), 1.0)], ..of_image };
            listener.engine.send(Request::Look(Look::Neighbours(wish)));
            let mut is_said = false;
            let found = listener.until("neighbours", |event| match event {
                Event::Neighbours(list) => Some(list.neighbours.len()),
                Event::Problem { problem, .. } => panic!("{harm}, {turn}: {problem}"),
                Event::Remark(remark) => {
                    is_said |= remark.to_string().contains("newest copy");
                    None
                }
                _ => None,
            });
            assert_eq!((found, is_said), (5, turn == "first"), "{harm}, {turn}");
            listener.engine.send(Request::Analyse(AnalysisWish::Classes(ClassWish::default())));
            let mut remarks = Vec::new();
            let found = listener.until("classes", |event| match event {
                Event::Answered(AnalysisAnswer::Found(Finding::Classes(found))) => Some(found.clone()),
                Event::Problem { problem, .. } => panic!("{harm}, {turn}: {problem}"),
                Event::Remark(remark) => {
                    remarks.push(remark.to_string());
                    None
                }
                _ => None,
            });
            let mine = found.vectors.classes.iter().position(|class| class == "mine").expect("it is there again");
            assert_eq!(found.members[mine][..], [0, 1, 2, 3].map(ImageId), "{harm}, {turn}");
            // It is said once: then they are kept again.
            let said =
                remarks.iter().filter(|remark| remark.contains("classes_") && remark.contains("1 class.")).count();
            assert_eq!(said, usize::from(turn == "first"), "{harm}: {remarks:?}");
            close(&mut listener);
            fs::remove_dir_all(workspace.join(".handwork")).ok();
        }
    }
}
