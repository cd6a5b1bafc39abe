//! `boxes --cut-out`: boxes become pictures of their own.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tiramisu::domain::{ImageId, Pooling, StoredLayer};
use tiramisu::store::Workspace;

use crate::support::command::{Answer, Home};

const WITH: [&str; 4] = ["--network", "filters", "--compute", "cpu"];
const LAYER: &str = "textures/relu";
const BOXES: &str = "boxes of analytic filters";

/// Twelve pictures, extracted, with six boxes in four of them: the first covers the whole of its picture.
struct Marked {
    home: Home,
    folder: PathBuf,
    cut: PathBuf,
}

impl Marked {
    fn new() -> Self {
        let home = Home::new();
        let folder = home.sample("pictures", 12);
        let cut = home.path("cut");
        let marked = Self { home, folder, cut };
        assert_eq!(marked.run("extract", &marked.folder, &WITH).code, Some(0));
        let set = marked.coco().to_string();
        let file = marked.home.path("instances_val.json");
        std::fs::write(&file, set).expect("a file");
        let import = [&["--from", file.to_str().expect("UTF-8")], &WITH[..]].concat();
        assert_eq!(marked.run("import", &marked.folder, &import).code, Some(0));
        marked
    }

    fn run(&self, verb: &str, folder: &Path, more: &[&str]) -> Answer {
        self.home.run([verb, folder.to_str().expect("UTF-8")].iter().chain(more))
    }

    fn cut_out(&self, to: &Path, more: &[&str]) -> Answer {
        let to = ["--cut-out", to.to_str().expect("UTF-8"), "--layer", LAYER, "--json"];
        self.run("boxes", &self.folder, &[&to[..], &WITH, more].concat())
    }

    fn images(&self) -> Vec<Value> {
        let table = self.home.path("all.json");
        let to = ["--to", table.to_str().expect("UTF-8"), "--overwrite"];
        assert_eq!(self.run("export", &self.folder, &[&to[..], &WITH].concat()).code, Some(0));
        serde_json::from_slice(&std::fs::read(table).expect("a table")).expect("JSON")
    }

    fn coco(&self) -> Value {
        let images = self.images();
        let size = |image: &Value| [&image["width"], &image["height"]].map(|side| side.as_f64().expect("a side"));
        let mark = |(place, share, category): (usize, [f64; 4], u8)| {
            let [width, height] = size(&images[place]);
            let [left, top, wide, high] = share;
            json!({ "image_id": place, "category_id": category, "bbox": [left * width, top * height, wide * width, high * height] })
        };
        let marks = [
            (0, [0.0, 0.0, 1.0, 1.0], 1),
            (1, [0.1, 0.2, 0.5, 0.5], 1),
            (1, [0.5, 0.5, 0.5, 0.5], 2),
            (2, [0.25, 0.25, 0.5, 0.5], 2),
            (3, [0.0, 0.5, 0.75, 0.5], 1),
            // The same once more: it is one picture.
            (3, [0.0, 0.5, 0.75, 0.5], 1),
        ];
        let mut annotations: Vec<Value> = marks.into_iter().map(mark).collect();
        annotations.iter_mut().enumerate().for_each(|(place, one)| one["id"] = json!(place + 1));
        let listed = images.iter().enumerate().map(|(place, image)| {
            json!({ "id": place, "file_name": image["path"], "width": image["width"], "height": image["height"] })
        });
        json!({
            "images": listed.collect::<Vec<_>>(),
            "categories": [{ "id": 1, "name": "wheel" }, { "id": 2, "name": "left/right" }],
            "annotations": annotations,
        })
    }

    /// The rows of the list, by the numbers of boxes.
    fn list(&self) -> Vec<csv::StringRecord> {
        let mut list = csv::Reader::from_path(self.cut.join("boxes.csv")).expect("a list");
        let header: Vec<&str> = list.headers().expect("a header").iter().collect();
        assert_eq!(header[..6], ["path", "label", "split", "box", "image_id", "image"]);
        let mut rows: Vec<csv::StringRecord> = list.records().collect::<Result<_, _>>().expect("rows");
        rows.sort_by_key(|row| row[3].parse::<u32>().expect("a number"));
        rows
    }
}

/// The vector of a picture, by the name of its file.
fn vector(root: &Path, name: &str) -> Vec<f32> {
    let workspace = Workspace::open(root).expect("a workspace");
    let images = workspace.images().expect("images");
    let image = images.iter().find(|image| image.path.text == name).unwrap_or_else(|| panic!("{name} is on record"));
    let tables = workspace.feature_tables().expect("tables");
    let [table] = &tables[..] else { panic!("{tables:?}") };
    let table = workspace.read_features(&table.table).expect("a table");
    let source = StoredLayer { layer: LAYER.to_owned(), pooling: Pooling::Average };
    table.vector(&source, image.id).expect("it is read").expect("it is stored")
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

fn root_of(answer: &Value) -> PathBuf {
    PathBuf::from(answer["workspace"].as_str().expect("a path"))
}

#[test]
fn boxes_become_pictures_with_what_the_layer_sees_under_them() {
    let marked = Marked::new();
    let made = marked.cut_out(&marked.cut, &[]);
    assert_eq!(made.code, Some(3), "one box is there twice: {made:?}");
    let made = made.json();
    assert_eq!((made["boxes"].as_u64(), made["already"].as_u64()), (Some(5), Some(0)), "{made}");
    assert_eq!((made["network"].as_str(), &made["layers"]), (Some(BOXES), &json!([LAYER])));
    assert_eq!(made["left_out"]["count"], 1, "{made}");
    let list = marked.list();
    assert_eq!(list.len(), 5);

    // A box as large as its picture sees what the picture sees.
    let (here, there) = (root_of(&made), root_of(&marked.run("info", &marked.folder, &["--json"]).good_json()));
    let (whole, picture) = (vector(&here, &list[0][0]), vector(&there, &list[0][5]));
    assert_eq!(whole.len(), picture.len());
    let most = picture.iter().fold(0.0f32, |most, value| most.max(value.abs()));
    whole.iter().zip(&picture).for_each(|(a, b)| assert!((a - b).abs() <= 2e-3 * most, "{a} is not {b}"));

    // And any other what a search with the box sees.
    let number = &list[2][3];
    let words = ["neighbours", "--folder", marked.folder.to_str().expect("UTF-8"), "--box", number, "--layer", LAYER];
    let found = marked.home.run(words.iter().chain(&["-k", "5", "--json"]).chain(&WITH)).good_json();
    let part = vector(&here, &list[2][0]);
    for near in found["neighbours"].as_array().expect("a list") {
        let score = cosine(&part, &vector(&there, near["path"].as_str().expect("a path")));
        assert!((score - near["score"].as_f64().expect("a score")).abs() < 1e-3, "{score}: {near}");
    }
    let other = cosine(&part, &vector(&here, &list[1][0]));
    assert!(other < 0.9999, "two boxes of a picture are not one: {other}");

    // The pixels are those of the box.
    let size = |path: &Path| tiramisu::images::upright_size(path).expect("a picture");
    let [width, height] = size(&marked.folder.join(&list[3][5]));
    let [wide, high] = size(&marked.cut.join(&list[3][0]));
    assert!(wide.abs_diff(width / 2) <= 1 && high.abs_diff(height / 2) <= 1, "{wide} x {high} of {width} x {height}");
}

#[test]
fn boxes_that_were_cut_out_are_searched_mapped_and_told_apart_like_pictures() {
    let marked = Marked::new();
    let made = marked.cut_out(&marked.cut, &[]).json();
    let by = |more: &[&'static str]| [&["--network", BOXES, "--json"], more].concat();
    let found = marked.run("query", &marked.cut, &by(&["label = 'left/right' and split = 'val'"])).good_json();
    assert_eq!(found["images"].as_array().map(Vec::len), Some(2), "{found}");
    let picture = marked.cut.join(&marked.list()[1][0]);
    let near = marked.run("neighbours", &picture, &by(&["-k", "3"])).good_json();
    assert_eq!((near["layer"].as_str(), near["searched"].as_u64()), (Some(LAYER), Some(5)), "{near}");
    assert_eq!(near["neighbours"].as_array().map(Vec::len), Some(3));
    let map = marked.run("project", &marked.cut, &by(&["--method", "pca"])).good_json();
    assert_eq!(map["points"].as_array().map(Vec::len), Some(5), "{map}");
    assert_eq!(marked.run("tag", &marked.cut, &by(&["odd", "--where", "label = 'wheel'"])).code, Some(0));
    // Its files are pictures like any other, and can be extracted by themselves.
    assert_eq!(marked.run("extract", &marked.cut, &WITH).code, Some(0));
    let info = marked.run("info", &marked.cut, &["--json"]).good_json();
    assert_eq!(root_of(&info), root_of(&made));
    assert_eq!(info["images"], 5, "{info}");
}

#[test]
fn boxes_are_cut_out_once_and_those_that_came_later_are_added() {
    let marked = Marked::new();
    let some = marked.cut_out(&marked.cut, &["--label", "left/right"]).good_json();
    assert_eq!((some["boxes"].as_u64(), some["already"].as_u64()), (Some(2), Some(0)), "{some}");
    let before = Home::files(&marked.cut);
    let all = marked.cut_out(&marked.cut, &[]).json();
    assert_eq!((all["boxes"].as_u64(), all["already"].as_u64()), (Some(5), Some(2)), "{all}");
    let after = Home::files(&marked.cut);
    assert!(before.iter().filter(|(path, _)| !path.ends_with("boxes.csv")).all(|file| after.contains(file)));
    assert_eq!(marked.list().len(), 5);
    // Of another part alone: what was said of the first stays.
    let wheels = marked.cut_out(&marked.cut, &["--label", "wheel"]).json();
    assert_eq!((wheels["boxes"].as_u64(), wheels["already"].as_u64()), (Some(3), Some(3)), "{wheels}");
    assert_eq!(marked.list().len(), 5);
    // Imported again they have other numbers, and are the same pictures.
    let file = marked.home.path("instances_val.json");
    let import = [&["--from", file.to_str().expect("UTF-8")], &WITH[..]].concat();
    assert_eq!(marked.run("import", &marked.folder, &import).code, Some(0));
    let again = marked.cut_out(&marked.cut, &[]).json();
    assert_eq!((again["boxes"].as_u64(), again["already"].as_u64()), (Some(5), Some(5)), "{again}");
    let images = Workspace::open(&root_of(&again)).expect("a workspace").images().expect("images");
    assert_eq!(images.iter().map(|image| image.id).collect::<Vec<_>>(), (0..5).map(ImageId).collect::<Vec<_>>());
}

#[test]
fn what_boxes_cannot_be_cut_out_into_is_refused_before_anything_is_written() {
    let marked = Marked::new();
    let expect = |answer: Answer, why: &str| {
        assert!(answer.code == Some(1) && answer.stderr.contains(why), "{why}: {answer:?}");
    };
    expect(marked.cut_out(&marked.folder.join("cut"), &[]), "lies in that of the pictures");
    let full = marked.home.path("full");
    std::fs::create_dir(&full).expect("a folder");
    std::fs::write(full.join("boxes.csv"), "mine\n1\n").expect("a file");
    expect(marked.cut_out(&full, &[]), "lies in this folder already");
    assert_eq!(Home::files(&full), [(PathBuf::from("boxes.csv"), b"mine\n1\n".to_vec())]);
    expect(marked.cut_out(&marked.cut, &["--layer", "nonsense"]), "no layer nonsense");
    expect(marked.cut_out(&marked.cut, &["--name", "ladyfinger"]), "is a network");
    expect(marked.cut_out(&marked.cut, &["--label", "no such label"]), "no box matches");
    assert_eq!(marked.cut_out(&marked.cut, &["--list"]).code, Some(2));
    assert_eq!(marked.run("boxes", &marked.folder, &["--layer", LAYER]).code, Some(2));
    marked.cut_out(&marked.cut, &[]).json();
    expect(marked.cut_out(&marked.cut, &["--layer", "edges"]), "has other layers");
    // Under another name they stand beside the first.
    let beside = marked.cut_out(&marked.cut, &["--layer", "edges", "--name", "edges of boxes"]).json();
    assert_eq!(beside["already"], 0, "{beside}");
}
