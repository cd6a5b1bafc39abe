//! A network whose numbers do not fit into half precision, for bright pictures only.

use std::path::{Path, PathBuf};

use half::f16;
use tempfile::TempDir;
use tiramisu::domain::{
    ImageId, Metric, NeighbourWish, Numbers, Pooling, Precision, ProjectionMethod, ProjectionWish, StoredLayer, Vectors,
};
use tiramisu::engine::{
    ActivationsWish, AnalysisAnswer, AnalysisWish, Event, Look, NeighbourList, NetworkFile, OpenWish, Request,
    Thresholds, describe,
};
use tiramisu::store::{FeatureRows, FeatureTable, NewImage, Workspace};

use crate::support::listener::{Listener, options};

/// The first channel of the layer `loud` is so many times the mean of the prepared colours.
const LOUDNESS: f64 = 40_000.0;

fn network() -> NetworkFile {
    NetworkFile::File(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/onnx/loud.onnx"))
}

/// What `loud` says of a grey picture, by the formula of `make.py` and torchvision's preparation.
fn loudness(grey: u8) -> [f64; 5] {
    let colours = [(123.675, 58.395), (116.28, 57.12), (103.53, 57.375)];
    let [r, g, b] = colours.map(|(mean, deviation)| (f64::from(grey) - mean) / deviation);
    [r + g + b, 3.0 * r, 3.0 * g, 3.0 * b, 2.0 * r + 2.0 * g - b].map(|sum| sum / 3.0 * LOUDNESS)
}

fn loud(pooling: Pooling) -> StoredLayer {
    StoredLayer { layer: "loud".to_owned(), pooling }
}

/// A folder for grey pictures, and a place for what is learned of them.
struct Greys {
    dir: TempDir,
}

impl Greys {
    fn new(greys: impl IntoIterator<Item = u8>) -> Self {
        let this = Self { dir: tempfile::tempdir().expect("a temporary folder") };
        std::fs::create_dir(this.folder()).expect("a folder");
        this.add(greys);
        this
    }

    fn add(&self, greys: impl IntoIterator<Item = u8>) {
        for grey in greys {
            let path = self.folder().join(format!("{grey:03}.png"));
            image::RgbImage::from_pixel(12, 12, image::Rgb([grey; 3])).save(path).expect("a picture");
        }
    }

    fn folder(&self) -> PathBuf {
        self.dir.path().join("pictures")
    }

    fn workspace(&self) -> PathBuf {
        self.dir.path().join("workspace")
    }

    /// Extracts what is missing, and returns the layers that turned out to be too large meanwhile.
    fn extract(&self, listener: &mut Listener) -> Vec<StoredLayer> {
        listener.open(&self.folder(), &self.workspace(), network(), true);
        let mut found = Vec::new();
        let cancelled = listener.until("the end of the extraction", |event| match event {
            Event::InSingle { columns, is_news: true } => {
                found.clone_from(columns);
                None
            }
            Event::JobEnded { cancelled } => Some(*cancelled),
            _ => None,
        });
        assert!(!cancelled);
        assert_eq!(listener.problems, []);
        found
    }

    fn listener(&self) -> Listener {
        Listener::start(options(self.dir.path()))
    }

    fn table(&self) -> FeatureTable {
        let workspace = Workspace::open(&self.workspace()).expect("a workspace");
        let name = workspace.feature_tables().expect("tables")[0].table.clone();
        workspace.read_features(&name).expect("vectors")
    }

    /// The grey of each picture, by its id.
    fn greys(&self) -> Vec<u8> {
        let images = Workspace::open(&self.workspace()).and_then(|workspace| workspace.images()).expect("images");
        images.iter().map(|image| image.path.text[..3].parse().expect("a grey")).collect()
    }
}

/// Every vector at `loud` is what the formula says, to half precision's rounding.
fn assert_right(greys: &Greys) {
    let (table, of_ids) = (greys.table(), greys.greys());
    for pooling in Pooling::ALL {
        let vectors = table.vectors(&loud(pooling)).expect("vectors");
        assert_eq!(vectors.ids, (0..of_ids.len() as u32).map(ImageId).collect::<Vec<_>>());
        assert_eq!(vectors.matrix.precision(), Precision::Single);
        for (row, grey) in of_ids.iter().enumerate() {
            for (number, right) in vectors.matrix.row(row).iter().zip(loudness(*grey)) {
                let off = (f64::from(number) - right).abs();
                assert!(off <= 1e-3 * right.abs().max(1000.0), "{grey}: {number} instead of {right}");
            }
        }
    }
}

/// Exemplars and statistics are those of the vectors as they are stored.
fn assert_gathered(greys: &Greys) {
    let workspace = Workspace::open(&greys.workspace()).expect("a workspace");
    let (table, source) = (greys.table(), loud(Pooling::Maximum));
    let name = workspace.feature_tables().expect("tables")[0].table.clone();
    let exemplars = workspace.exemplars(&name, None).expect("they can be read").expect("they are kept");
    let statistics = workspace.statistics(&name, Some(&source)).expect("they can be read").expect("they are kept");
    assert_eq!((exemplars.covers, statistics.covers), (Some(table.stamp()), Some(table.stamp())));
    let vectors = table.vectors(&source).expect("vectors");
    let rows = vectors.matrix.rows();
    let lists = &exemplars.layers.iter().find(|layer| layer.layer == "loud").expect("the layer").lists;
    for (channel, list) in lists.iter().enumerate() {
        let mut values: Vec<f32> = (0..rows).map(|row| vectors.matrix.row(row).get(channel)).collect();
        let mean = values.iter().copied().map(f64::from).sum::<f64>() / rows as f64;
        assert!((statistics.layers[0].means[channel] - mean).abs() <= 1e-9 * mean.abs(), "channel {channel}");
        values.sort_unstable_by(|a, b| b.total_cmp(a));
        let listed: Vec<f32> = list.iter().map(|exemplar| exemplar.value).collect();
        assert_eq!(listed, values[..listed.len()], "channel {channel}");
    }
}

fn ask(listener: &mut Listener, image: ImageId, metric: Metric, k: usize) -> NeighbourList {
    let wish = NeighbourWish::of(image, loud(Pooling::Average), metric, k);
    listener.engine.send(Request::Look(Look::Neighbours(wish)));
    listener.until("neighbours", |event| match event {
        Event::Neighbours(list) => Some(list.clone()),
        Event::Problem { problem, .. } => panic!("{problem}"),
        _ => None,
    })
}

#[test]
fn bright_pictures_are_told_apart_by_a_layer_that_half_precision_does_not_hold() {
    let greys = Greys::new([60, 90, 120, 150, 180, 225, 235, 245, 255]);
    let mut listener = greys.listener();
    let found = greys.extract(&mut listener);
    assert_eq!(found, Pooling::ALL.map(loud), "both poolings, and no other layer");
    assert_right(&greys);
    assert_gathered(&greys);
    let described = describe(&greys.workspace()).expect("a workspace");
    for layer in &described.tables[0].layers {
        assert_eq!(layer.precision, if layer.layer == "loud" { "single" } else { "half" });
    }
    // Cut off at the largest half all bright pictures would be the same.
    let of_ids = greys.greys();
    let id = |grey: u8| ImageId(of_ids.iter().position(|known| *known == grey).expect("the grey") as u32);
    let list = ask(&mut listener, id(255), Metric::Euclidean, 8);
    let found: Vec<u8> = list.neighbours.iter().map(|neighbour| of_ids[neighbour.image.index()]).collect();
    assert_eq!(found, [245, 235, 225, 180, 150, 120, 90, 60]);
    for (neighbour, grey) in list.neighbours.iter().zip(found) {
        let squares = loudness(255).into_iter().zip(loudness(grey)).map(|(a, b)| (a - b).powi(2));
        let right = squares.sum::<f64>().sqrt();
        assert!((neighbour.score - right).abs() <= 1e-2 * right, "{grey}: {} {right}", neighbour.score);
    }
}

#[test]
fn a_layer_that_is_too_large_only_in_a_later_run_loses_nothing_and_is_told() {
    let greys = Greys::new((60..200).step_by(5));
    let mut listener = greys.listener();
    assert_eq!(greys.extract(&mut listener), []);
    assert_eq!(greys.table().in_single(), []);
    let before = greys.table().vectors(&loud(Pooling::Average)).expect("vectors");
    // Something that was made of the vectors and knows them by their digest.
    let wish = ProjectionWish { source: loud(Pooling::Average), method: ProjectionMethod::Umap, seed: 0 };
    let map = |listener: &mut Listener, wish: AnalysisWish| {
        listener.engine.send(Request::Analyse(wish));
        let made = listener.until("the map", |event| match event {
            Event::Answered(AnalysisAnswer::Map(map)) if map.is_finished() => {
                Some((map.ids.len(), map.made_of.is_some()))
            }
            Event::Answered(AnalysisAnswer::Placed { projection, images }) => {
                Some((*images, projection.made_of.is_some()))
            }
            Event::Problem { problem, .. } => panic!("{problem}"),
            _ => None,
        });
        listener.until("the end of the analysis", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));
        made
    };
    assert_eq!(map(&mut listener, AnalysisWish::Project(wish.clone())), (28, true));
    greys.add([225, 240, 255]);
    assert_eq!(greys.extract(&mut listener), Pooling::ALL.map(loud));
    assert_right(&greys);
    assert_gathered(&greys);
    let after = greys.table().vectors(&loud(Pooling::Average)).expect("vectors");
    for row in 0..before.ids.len() {
        assert!(before.matrix.row(row).iter().eq(after.matrix.row(row).iter()), "image {row} is as it was");
    }
    assert_eq!(map(&mut listener, AnalysisWish::Place(wish)), (3, true), "the old map is still one of these vectors");
    // It is told when the folder is opened again, and new pictures go on in single precision.
    greys.add([250]);
    listener.open(&greys.folder(), &greys.workspace(), network(), true);
    let told = listener.until("the layers", |event| match event {
        Event::InSingle { columns, is_news } => Some((columns.clone(), *is_news)),
        Event::JobEnded { .. } => panic!("nothing was told"),
        _ => None,
    });
    assert_eq!(told, (Pooling::ALL.map(loud).to_vec(), false));
    listener.until_extracted();
    assert_right(&greys);
}

#[test]
fn analyses_of_a_layer_in_single_precision_are_those_of_its_numbers() {
    let greys = Greys::new((60..=255).step_by(5));
    let mut listener = greys.listener();
    greys.extract(&mut listener);
    listener.engine.send(Request::Analyse(AnalysisWish::Embed(Thresholds::Fixed { low: -0.5, high: 0.5 })));
    let summary = listener.until("the embedding", |event| match event {
        Event::Answered(AnalysisAnswer::Embedding(summary)) => Some(summary.clone()),
        Event::Problem { problem, .. } => panic!("{problem}"),
        _ => None,
    });
    listener.until("the end of the analysis", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));
    assert_eq!(summary.bytes_of_vectors, summary.images * (5 * 4 + 4 * 2));
    // Bright pictures differ as they should: the brightest have the strongest codes, not the same as all that are bright.
    let workspace = Workspace::open(&greys.workspace()).expect("a workspace");
    let name = workspace.feature_tables().expect("tables")[0].table.clone();
    let (embedding, _) = workspace.embedding(&name).expect("it can be read").expect("it was made");
    let numbers = embedding.layers.iter().find(|layer| layer.layer == "loud").expect("the layer");
    let values: Vec<f64> = greys.greys().iter().map(|grey| loudness(*grey)[0]).collect();
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    assert!((numbers.means[0] - mean).abs() <= 1e-3 * mean.abs().max(1000.0), "{} {mean}", numbers.means[0]);
    // Whole activations.
    listener.engine.send(Request::Analyse(AnalysisWish::Activations(ActivationsWish::Store(vec!["loud".to_owned()]))));
    listener.until("the activations", |event| match event {
        Event::Answered(AnalysisAnswer::Activations(kept)) => (kept[0].images == 40).then_some(()),
        Event::Problem { problem, .. } => panic!("{problem}"),
        _ => None,
    });
    let table = workspace.activations(&name, "loud").expect("they can be read").expect("they are kept");
    let of_ids = greys.greys();
    for record in workspace.images().expect("images") {
        let found = table.get(&record).expect("it can be read").expect("it is kept");
        let right = loudness(of_ids[record.id.index()])[0];
        let off = (f64::from(found.as_ref().get(0)) - right).abs();
        assert!(off <= 1e-3 * right.abs().max(1000.0), "{} {right}", found.as_ref().get(0));
    }
}

/// Puts vectors that were cut off in the place of the workspace's, as earlier versions of the program wrote them.
fn cut_off(greys: &Greys) {
    let table = greys.table();
    let (spec, ids, path) = (table.spec(), table.ids().to_vec(), table.path().to_owned());
    let cut = |vectors: Vectors| -> Numbers {
        let half = |value: f32| f16::from_f32(value.clamp(f16::MIN.to_f32(), f16::MAX.to_f32()));
        vectors.matrix.values().iter().map(half).collect()
    };
    let values: Vec<_> =
        spec.columns.iter().map(|(stored, _)| (stored.clone(), cut(table.vectors(stored).unwrap()))).collect();
    drop(table);
    std::fs::remove_dir_all(&path).expect("the table goes");
    let mut workspace = Workspace::open_or_create(&greys.workspace(), &greys.folder()).expect("a workspace");
    let paths = workspace.images().expect("images").into_iter().map(|image| image.path.text).collect();
    let labels = ids.iter().map(|_| None).collect();
    workspace.features(&spec).unwrap().append(FeatureRows { ids, paths, labels, values }).unwrap();
    drop(workspace);
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut dataset = lance::Dataset::open(path.to_str().unwrap()).await.unwrap();
        let fields = dataset.schema().fields.clone();
        let without = fields.iter().filter(|field| field.metadata.contains_key("range")).map(|field| {
            let mut metadata = field.metadata.clone();
            metadata.remove("range");
            (u32::try_from(field.id).unwrap(), metadata)
        });
        dataset.replace_field_metadata(without.collect::<Vec<_>>()).await.unwrap();
    });
}

/// Has the table say that its vectors were made in another precision, as a machine with another GPU leaves it, or say nothing of it,
/// as earlier versions did; without its rows if it is to be `emptied`.
fn declare(greys: &Greys, precision: Option<Precision>, emptied: bool) {
    let path = greys.table().path().to_owned();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut dataset = lance::Dataset::open(path.to_str().unwrap()).await.unwrap();
        let mut made: serde_json::Value = serde_json::from_str(&dataset.schema().metadata["tiramisu"]).unwrap();
        assert_eq!(made["precision"], "single", "{made}");
        match precision {
            Some(precision) => made["precision"] = precision.word().into(),
            None => drop(made.as_object_mut().unwrap().remove("precision")),
        }
        dataset.update_schema_metadata([("tiramisu".to_owned(), Some(made.to_string()))]).await.unwrap();
        if emptied {
            dataset.delete("id >= 0").await.unwrap();
        }
    });
}

fn precision_of_recipe(listener: &mut Listener) -> Option<Precision> {
    listener.engine.send(Request::TellRecipe);
    listener.until("the recipe", |event| match event {
        Event::Recipe(recipe) => Some(recipe.precision),
        _ => None,
    })
}

#[test]
fn a_recipe_tells_the_precision_of_the_vectors_and_who_adds_others_to_them_is_told() {
    let extracted = || {
        let greys = Greys::new([60, 120, 180]);
        let mut listener = greys.listener();
        greys.extract(&mut listener);
        assert_eq!(precision_of_recipe(&mut listener), Some(Precision::Single));
        greys
    };
    let opened = |greys: &Greys, extract: bool| {
        let mut listener = greys.listener();
        listener.open(&greys.folder(), &greys.workspace(), network(), extract);
        let collection = listener.until_opened();
        (listener, collection.remarks.iter().map(ToString::to_string).collect::<String>())
    };
    let greys = extracted();
    declare(&greys, Some(Precision::Half), false);
    let (mut listener, remarks) = opened(&greys, false);
    assert_eq!((precision_of_recipe(&mut listener), &*remarks), (Some(Precision::Half), ""), "nothing is added");
    drop(listener);
    let (mut listener, remarks) = opened(&greys, true);
    assert!(
        remarks.contains("in single precision, those here in half") && remarks.contains("--precision half"),
        "{remarks}"
    );
    listener.until_extracted();
    // While the program runs that is not told again.
    listener.open(&greys.folder(), &greys.workspace(), network(), true);
    assert_eq!(listener.until_opened().remarks, []);
    listener.until_extracted();
    drop(listener);
    assert_eq!(greys.table().precisions(), [Precision::Half], "nothing was added");

    let of_earlier = extracted();
    declare(&of_earlier, None, false);
    let (mut listener, remarks) = opened(&of_earlier, true);
    assert_eq!((precision_of_recipe(&mut listener), &*remarks), (None, ""), "nobody knows");
    drop(listener);

    // Nothing was made yet: it is made as it is now.
    let empty = extracted();
    declare(&empty, Some(Precision::Half), true);
    let (mut listener, remarks) = opened(&empty, true);
    assert!(!listener.until_extracted());
    assert_eq!((precision_of_recipe(&mut listener), &*remarks), (Some(Precision::Single), ""));
    assert_eq!(empty.table().rows(), 3);
}

#[test]
fn vectors_of_two_precisions_are_told_to_be_some_of_each_whatever_they_were_begun_with() {
    let greys = Greys::new([60, 120]);
    let mut listener = greys.listener();
    greys.extract(&mut listener);
    drop(listener);
    declare(&greys, Some(Precision::Half), false);
    greys.add([180]);
    let mut listener = greys.listener();
    greys.extract(&mut listener);
    drop(listener);
    let table = greys.table();
    assert_eq!((table.rows(), table.precisions()), (3, vec![Precision::Half, Precision::Single]));
    // Said once by whoever opens it, and noted once by who adds more.
    greys.add([200]);
    let mut listener = greys.listener();
    for expected in ["The vectors here may have been made in half and single precision, some in each", ""] {
        listener.open(&greys.folder(), &greys.workspace(), network(), true);
        let remarks = listener.until_opened().remarks.clone();
        assert_eq!(remarks.iter().map(|remark| remark.what.as_str()).collect::<String>(), expected);
        listener.until_extracted();
    }
    assert_eq!(precision_of_recipe(&mut listener), None, "no one precision makes them all again");
    drop(listener);
    let table = greys.table();
    assert_eq!((table.rows(), table.precisions()), (4, vec![Precision::Half, Precision::Single]));
    assert_eq!(table.spec().precision, None);
    // A layer that is added beside vectors of another precision is of the other one all the same.
    let greys = Greys::new([60, 120]);
    let mut listener = greys.listener();
    listener.engine.send(Request::Open(OpenWish {
        folder: greys.folder(),
        workspace: Some(greys.workspace()),
        network: network(),
        layers: Some(vec!["loud".to_owned()]),
        extract: true,
    }));
    listener.until_extracted();
    drop(listener);
    declare(&greys, Some(Precision::Half), false);
    let layers = greys.table().columns().len();
    let mut listener = greys.listener();
    listener.engine.send(Request::Open(OpenWish {
        folder: greys.folder(),
        workspace: Some(greys.workspace()),
        network: network(),
        layers: Some(vec!["loud".to_owned(), "quiet".to_owned()]),
        extract: true,
    }));
    listener.until_extracted();
    drop(listener);
    let table = greys.table();
    assert!(table.columns().len() > layers, "{:?}", table.columns());
    assert_eq!(table.precisions(), [Precision::Half, Precision::Single]);
}

#[test]
fn vectors_that_an_earlier_version_cut_off_are_extracted_again_and_the_others_are_not() {
    let greys = Greys::new([60, 90, 120, 150, 180, 225, 235, 245, 255]);
    let mut listener = greys.listener();
    greys.extract(&mut listener);
    drop(listener);
    cut_off(&greys);
    assert_eq!(greys.table().in_single(), []);
    let mut listener = greys.listener();
    assert_eq!(greys.extract(&mut listener), Pooling::ALL.map(loud));
    assert_right(&greys);
    assert_gathered(&greys);
    // A third run finds nothing to do.
    let version = greys.table().version();
    greys.extract(&mut listener);
    assert_eq!(greys.table().version(), version);
}

#[test]
fn vectors_that_were_cut_off_stay_until_their_pictures_are_back_and_that_is_said() {
    let greys = Greys::new([60, 90, 120, 225, 255]);
    let mut listener = greys.listener();
    greys.extract(&mut listener);
    drop(listener);
    cut_off(&greys);
    // Gone before anybody could look again.
    let mut workspace = Workspace::open_or_create(&greys.workspace(), &greys.folder()).expect("a workspace");
    let mut record =
        workspace.images().expect("images").into_iter().find(|image| image.path.text == "255.png").unwrap();
    let id = record.id;
    record.set_gone();
    workspace.replace_images(&[NewImage { record, thumbnail: None }]).expect("it is noted");
    drop(workspace);
    let (away, back) = (greys.dir.path().join("255.png"), greys.folder().join("255.png"));
    std::fs::rename(&back, &away).expect("it goes");
    let mut listener = greys.listener();
    listener.open(&greys.folder(), &greys.workspace(), network(), true);
    listener.until_extracted();
    let told: Vec<String> = listener.problems.iter().map(ToString::to_string).collect();
    assert!(told.len() == 1 && told[0].contains("255.png") && told[0].contains("cut"), "{told:?}");
    let vector = greys.table().vector(&loud(Pooling::Average), id).expect("it can be read").expect("it is there");
    assert_eq!(vector[0], 65_504.0, "it is no better, and not lost");
    std::fs::rename(&away, &back).expect("it comes back");
    listener.problems.clear();
    listener.open(&greys.folder(), &greys.workspace(), network(), true);
    listener.until_extracted();
    listener.problems.clear();
    listener.open(&greys.folder(), &greys.workspace(), network(), true);
    listener.until_extracted();
    assert_eq!(listener.problems, []);
    assert_right(&greys);
}
