//! `import`, `boxes`, and `export` of data sets.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::command::{Answer, Home};

mod fiftyone;

const WITH: [&str; 4] = ["--network", "filters", "--compute", "cpu"];

struct Set {
    home: Home,
    folder: PathBuf,
}

impl Set {
    /// Twelve pictures, extracted.
    fn new() -> Self {
        let home = Home::new();
        let folder = home.sample("pictures", 12);
        let set = Self { home, folder };
        assert_eq!(set.run("extract", &[]).code, Some(0));
        set
    }

    fn run(&self, verb: &str, arguments: &[&str]) -> Answer {
        self.run_on(&self.folder, verb, arguments)
    }

    fn run_on(&self, folder: &Path, verb: &str, arguments: &[&str]) -> Answer {
        let folder = folder.to_str().expect("UTF-8");
        self.home.run([verb, folder].iter().chain(arguments).chain(&WITH))
    }

    fn path(&self, name: &str) -> String {
        self.home.path(name).to_str().expect("UTF-8").to_owned()
    }

    fn write(&self, name: &str, content: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).expect("a file");
        path
    }

    /// Everything that is known of the images.
    fn images(&self) -> Vec<Value> {
        let table = self.path("all.json");
        self.run("export", &["--to", &table, "--overwrite", "--json"]).good_json();
        serde_json::from_slice(&std::fs::read(table).expect("a table")).expect("JSON")
    }

    fn found(&self, predicate: &str) -> Vec<u64> {
        let answer = self.run("query", &[predicate, "--json"]).good_json();
        answer["images"].as_array().expect("a list").iter().map(|image| image["id"].as_u64().expect("an id")).collect()
    }

    fn boxes(&self, folder: &Path) -> Vec<Value> {
        self.run_on(folder, "boxes", &["--json"]).good_json()["boxes"].as_array().expect("a list").clone()
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("{key} of {value}"))
}

#[test]
fn imported_labels_and_splits_stand_wherever_labels_do_until_they_are_forgotten() {
    let set = Set::new();
    let images = set.images();
    let folder_label = text(&images[0], "label").to_owned();
    let mut table = String::from("path,label,split\n");
    for (place, image) in images.iter().take(10).enumerate() {
        let (label, split) = (["cat", "dog"][place % 2], ["train", "train", "val", ""][place % 4]);
        table += &format!("{},{label},{split}\n", text(image, "path"));
    }
    table += "../../outside.png,cat,train\nmissing.png,cat,train\n";
    let table = set.write("labels.csv", &table);
    let imported = set.run("import", &["--from", &table, "--json"]);
    assert_eq!(imported.code, Some(3), "some were not found: {imported:?}");
    let imported = imported.json();
    assert_eq!((imported["matched"].as_u64(), imported["labelled"].as_u64()), (Some(10), Some(10)), "{imported}");
    assert_eq!((imported["in_splits"].as_u64(), imported["unmatched"]["count"].as_u64()), (Some(8), Some(2)));

    assert_eq!(set.found("label = 'cat'"), [0, 2, 4, 6, 8]);
    assert_eq!(set.found("label in ('dog') and split = 'train'"), [1, 5, 9]);
    assert_eq!(set.found("not (label = 'cat' or label = 'dog')").len(), 2, "those keep the folder's");
    assert_eq!(set.found("split is null"), [3, 7, 10, 11]);
    assert_eq!(set.found("split <> 'train'"), [2, 6], "what is not known is neither");
    assert_eq!(set.found("label like 'c%' or split = 'val'"), [0, 2, 4, 6, 8]);
    assert!(!set.found(&format!("label = '{folder_label}'")).contains(&0));
    let counts = set.run("query", &["id < 10", "--count-by", "split", "--json"]).good_json();
    assert_eq!(
        counts["counts"],
        json!([{ "name": "train", "images": 6 }, { "name": null, "images": 2 }, { "name": "val", "images": 2 }])
    );
    let counts = set.run("query", &["id < 10", "--count-by", "label"]).stdout;
    assert!(counts.contains("5  cat") && counts.contains("5  dog"), "{counts}");
    let folder = set.folder.to_str().expect("UTF-8");
    let classes = set.home.run(["class", folder].iter().chain(&WITH).chain(&["list", "--json"]));
    assert!(classes.stdout.contains("\"cat\""), "{classes:?}");
    let images = set.images();
    assert_eq!((text(&images[1], "label"), text(&images[1], "split")), ("dog", "train"));

    // A file of splits alone leaves labels as they are.
    let splits = set.write("splits.csv", &format!("image;subset\n{};test\n", text(&images[0], "path")));
    assert_eq!(set.run("import", &["--from", &splits]).code, Some(0));
    assert_eq!(set.found("label = 'cat' and split = 'test'"), [0]);

    assert_eq!(set.run("import", &["--forget"]).code, Some(0));
    assert!(set.found("label = 'cat'").is_empty() && set.found("split is not null").is_empty());
    assert_eq!(text(&set.images()[0], "label"), folder_label);
    let nothing = set.write("none.csv", "path,label\nnowhere.png,cat\n");
    let refused = set.run("import", &["--from", &nothing]);
    assert!(refused.code == Some(1) && refused.stderr.contains("none of its pictures"), "{refused:?}");
    assert_eq!(set.run("import", &[]).code, Some(2));
}

#[test]
fn a_file_that_says_nothing_of_the_pictures_is_refused_and_takes_nothing_away() {
    let set = Set::new();
    let path = text(&set.images()[0], "path").to_owned();
    let table = set.write("labels.csv", &format!("path,label\n{path},cat\n"));
    assert_eq!(set.run("import", &["--from", &table]).code, Some(0));
    // Its cell is empty: what was imported for the picture would go.
    let silent = set.write("silent.csv", &format!("path,label\n{path},\n"));
    for json in [&[][..], &["--json"]] {
        let refused = set.run("import", &[&["--from", &*silent][..], json].concat());
        let words = "What was recognised says nothing of these pictures, so nothing was imported";
        assert!(refused.code == Some(1) && refused.stderr.contains(words), "{refused:?}");
    }
    assert_eq!(set.found("label = 'cat'"), [0]);
}

#[test]
fn imported_labels_follow_their_pictures_by_their_paths() {
    let set = Set::new();
    let images = set.images();
    let path = |place: usize| text(&images[place], "path");
    let rows: String = (0..12).map(|place| format!("{},label {place},train\n", path(place))).collect();
    let table = set.write("labels.csv", &format!("path,label,split\n{rows}"));
    assert_eq!(set.run("import", &["--from", &table]).code, Some(0));
    // An empty workspace but for what nobody can make again: every picture gets another number.
    let root = PathBuf::from(text(
        &set.home.run(["info", set.folder.to_str().expect("UTF-8"), "--json"]).good_json(),
        "workspace",
    ));
    for entry in std::fs::read_dir(&root).expect("the workspace").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".lance") && name != "labels.lance" {
            std::fs::remove_dir_all(entry.path()).expect("a table");
        }
    }
    let first = set.folder.join(path(0));
    let moved = first.with_file_name("zzz.png");
    std::fs::rename(&first, &moved).expect("a file");
    assert_eq!(set.run("extract", &[]).code, Some(0));
    let images = set.images();
    for image in &images {
        let place = (0..12).find(|place| path(*place) == text(image, "path"));
        match place {
            Some(place) => assert_eq!(text(image, "label"), format!("label {place}")),
            None => assert!(!text(image, "label").starts_with("label "), "the moved one is another: {image}"),
        }
    }
    std::fs::rename(&moved, &first).expect("a file");
    assert_eq!(set.run("extract", &[]).code, Some(0));
    assert_eq!(set.found("label = 'label 0' and split = 'train'").len(), 1, "it waited");
}

/// Boxes of four pictures, in pixels; the last of the first is of a crowd.
fn coco(images: &[Value]) -> Value {
    let mut annotations = Vec::new();
    for (place, image) in images.iter().take(4).enumerate() {
        let (width, height) = (image["width"].as_f64().expect("a width"), image["height"].as_f64().expect("a height"));
        for part in 0..=place {
            // With as many digits as COCO's own.
            let frame = [width * 0.1 * part as f64, height / 3.0, width * 0.25, height * 0.3 + 0.125]
                .map(|at| (at * 1e3).round() / 1e3);
            annotations.push(json!({
                "id": annotations.len() + 1, "image_id": 50 + place, "category_id": 7 + part % 2, "bbox": frame,
                "area": frame[2] * frame[3], "iscrowd": u8::from(part == 3),
            }));
        }
    }
    let listed = images.iter().take(5).enumerate().map(|(place, image)| {
        json!({ "id": 50 + place, "file_name": image["path"], "width": image["width"], "height": image["height"] })
    });
    json!({
        "images": listed.collect::<Vec<_>>(),
        "categories": [{ "id": 7, "name": "wheel" }, { "id": 8, "name": "door, \"blue\"" }],
        "annotations": annotations,
    })
}

#[test]
fn boxes_come_in_without_the_labels_of_the_same_file_and_labels_without_its_boxes() {
    let set = Set::new();
    let images = set.images();
    let file = set.write("instances_val.json", &coco(&images).to_string());
    let labels = || (set.found("label is null"), set.found("split = 'val'"), set.found("tag('label:wheel')"));
    let before = labels();
    let imported = set.run("import", &["--from", &file, "--only", "boxes", "--json"]).good_json();
    let counts =
        |answer: &Value| ["boxes", "labelled", "with_several_labels", "in_splits"].map(|it| answer[it].as_u64());
    assert_eq!(counts(&imported), [Some(10), Some(0), Some(0), Some(0)], "{imported}");
    assert_eq!(set.boxes(&set.folder).len(), 10);
    assert_eq!(labels(), before, "the folders' names are still the labels");
    assert_eq!(set.run("import", &["--forget"]).code, Some(0));
    let imported = set.run("import", &["--from", &file, "--only", "labels", "--json"]).good_json();
    assert_eq!(counts(&imported)[..3], [Some(0), Some(1), Some(3)], "{imported}");
    assert_eq!(set.boxes(&set.folder).len(), 0);
    assert_eq!(set.found("label is null"), [1, 2, 3], "of several none is the label");
}

/// What a box is, however it is numbered.
fn facts(boxes: &[Value]) -> Vec<(String, String, [i64; 4], bool)> {
    let mut facts: Vec<_> = boxes
        .iter()
        .map(|it| {
            let name = text(it, "path").rsplit('/').next().expect("a name").to_owned();
            let frame = ["left", "top", "width", "height"]
                .map(|key| (it[key].as_f64().expect("a number") * 1e4).round() as i64);
            (name, text(it, "label").to_owned(), frame, it["is_crowd"].as_bool().expect("a truth"))
        })
        .collect();
    facts.sort();
    facts
}

#[test]
fn boxes_go_in_and_out_as_coco_and_yolo_have_them_and_are_searched_with() {
    let set = Set::new();
    let images = set.images();
    let file = set.write("instances_val.json", &coco(&images).to_string());
    let imported = set.run("import", &["--from", &file, "--json"]).good_json();
    assert_eq!(
        (imported["boxes"].as_u64(), imported["with_several_labels"].as_u64()),
        (Some(10), Some(3)),
        "{imported}"
    );
    let boxes = set.boxes(&set.folder);
    assert_eq!(boxes.len(), 10);
    assert_eq!(boxes[9]["is_crowd"], true);
    assert_eq!(set.found("label = 'wheel'"), [0], "the only one with a single label");
    assert_eq!(set.found("tag('label:wheel')"), [0, 1, 2, 3], "all labels are tags where some have several");
    assert_eq!(set.found("tag('label:door, \"blue\"')"), [1, 2, 3]);
    assert_eq!(set.found("label is null"), [1, 2, 3], "of several none is the label");
    assert_eq!(set.found("split = 'val'"), [0, 1, 2, 3, 4]);
    let of_one = set.run("boxes", &["--label", "wheel", "--where", "id = 3", "--json"]).good_json();
    assert_eq!(of_one["count"], 2);

    // The same again changes nothing.
    set.run("import", &["--from", &file, "--json"]).good_json();
    assert_eq!(facts(&set.boxes(&set.folder)), facts(&boxes));

    // Nor does one whose boxes do not fit the pictures.
    let mut other = coco(&images);
    for picture in other["images"].as_array_mut().expect("a list") {
        picture["width"] = json!(picture["width"].as_u64().expect("a number") + 1);
    }
    let other = set.write("instances_other.json", &other.to_string());
    let told = set.run("import", &["--from", &other, "--json"]).json();
    assert_eq!(told["boxes"], 0, "{told}");
    assert_eq!(facts(&set.boxes(&set.folder)), facts(&boxes), "the boxes that were there stay");

    let out = set.path("out.coco.json");
    set.run("export", &["--where", "split = 'val'", "--to", &out, "--json"]).good_json();
    let written: Value = serde_json::from_slice(&std::fs::read(&out).expect("a file")).expect("JSON");
    let named = |document: &Value| -> Vec<String> {
        let name = |list: &str, id: &Value, key: &str| {
            let found = document[list].as_array().expect("a list").iter().find(|entry| entry["id"] == *id);
            found.map(|entry| entry[key].to_string())
        };
        let annotations =
            document["annotations"].as_array().expect("a list").iter().filter(|it| it.get("bbox").is_some());
        let mut all: Vec<String> = annotations
            .map(|it| {
                let (image, category) =
                    (name("images", &it["image_id"], "file_name"), name("categories", &it["category_id"], "name"));
                format!("{image:?} {category:?} {} {}", it["bbox"], it["iscrowd"])
            })
            .collect();
        all.sort();
        all
    };
    assert_eq!(named(&written), named(&coco(&images)), "to the last digit");

    // YOLO takes the pictures along, and comes in again from there.
    let yolo = set.home.path("yolo");
    let exported = set.run(
        "export",
        &[
            "--where",
            "split = 'val'",
            "--format",
            "yolo",
            "--to",
            yolo.to_str().expect("UTF-8"),
            "--link",
            "hard",
            "--json",
        ],
    );
    assert_eq!(exported.good_json()["written"], 5);
    assert_eq!(set.run_on(&yolo, "extract", &[]).code, Some(0));
    let again = set.run_on(&yolo, "import", &["--from", yolo.join("data.yaml").to_str().expect("UTF-8"), "--json"]);
    let again = again.good_json();
    assert_eq!(
        (again["matched"].as_u64(), again["matched_by_name"].as_u64(), again["boxes"].as_u64()),
        (Some(5), Some(0), Some(10))
    );
    let without_crowd = |boxes: &[Value]| {
        facts(boxes).into_iter().map(|(name, label, frame, _)| (name, label, frame)).collect::<Vec<_>>()
    };
    assert_eq!(without_crowd(&set.boxes(&yolo)), without_crowd(&boxes));
    let twice = set.run("export", &["--format", "yolo", "--to", yolo.to_str().expect("UTF-8")]);
    assert!(twice.code == Some(1) && twice.stderr.contains("lie in this folder already"), "{twice:?}");

    // A box is a region: the same neighbours, number for number.
    // What is imported again is numbered anew.
    let boxes = set.boxes(&set.folder);
    let number = boxes[0]["box"].to_string();
    let region = &boxes[0]["region"];
    let corners = ["left", "top", "right", "bottom"].map(|key| region[key].to_string()).join(",");
    let folder = set.folder.to_str().expect("UTF-8");
    let picture = format!("{folder}/{}", text(&boxes[0], "path"));
    let neighbours = |arguments: &[&str]| {
        let answer =
            set.home.run(["neighbours"].iter().chain(arguments).chain(&["--folder", folder, "--json"]).chain(&WITH));
        answer.good_json()["neighbours"].clone()
    };
    assert_eq!(neighbours(&["--box", &number]), neighbours(&[&picture, "--region", &corners]));
    let missing = set.home.run(["neighbours", "--box", "99", "--folder", folder].iter().chain(&WITH));
    assert!(missing.code == Some(1) && missing.stderr.contains("there is no box 99"), "{missing:?}");
}

#[test]
fn image_folders_have_one_for_each_class_in_one_for_each_split() {
    let set = Set::new();
    let images = set.images();
    let rows: String = images
        .iter()
        .enumerate()
        .map(|(place, image)| {
            format!("{},{},{}\n", text(image, "path"), ["a/b", "..", "A/B"][place % 3], ["train", "val"][place / 6])
        })
        .collect();
    let table = set.write("labels.csv", &format!("path,label,split\n{rows}"));
    assert_eq!(set.run("import", &["--from", &table]).code, Some(0));
    let at = |name: &str| set.home.path(name);
    let export = |name: &str, more: &[&str]| {
        let target = set.path(name);
        let answer = set.run("export", &[&["--format", "folders", "--to", &target, "--json"], more].concat());
        (answer.code, Home::files(&at(name)).into_iter().map(|(path, _)| path).collect::<Vec<_>>())
    };
    let (code, files) = export("copies", &[]);
    assert_eq!((code, files.len()), (Some(0), 12));
    let folders: std::collections::BTreeSet<_> =
        files.iter().map(|file| file.parent().expect("a folder").to_owned()).collect();
    assert_eq!(folders.len(), 6, "two splits of three classes, none of which leads elsewhere: {folders:?}");
    assert!(folders.iter().all(|folder| folder.components().count() == 2), "{folders:?}");

    set.run("tag", &["keep", "--where", "id < 3", "--json"]).good_json();
    let (code, files) = export("tags", &["--by", "tag", "--link", "symbolic"]);
    assert_eq!((code, files.len()), (Some(3), 0), "nine bear no tag, and links are no files of their own");
    let linked = at("tags/train/keep").read_dir().expect("a folder").flatten().map(|entry| entry.path());
    let linked: Vec<PathBuf> = linked.collect();
    assert!(linked.len() == 3 && linked.iter().all(|link| link.is_symlink() && link.is_file()), "{linked:?}");

    let refused = set.run("export", &["--to", &set.path("x.csv"), "--link", "hard"]);
    assert!(refused.code == Some(1) && refused.stderr.contains("are for data sets"), "{refused:?}");
    let no_boxes = set.run("export", &["--format", "yolo", "--to", &set.path("none")]);
    assert!(no_boxes.stderr.contains("no image has a box"), "{no_boxes:?}");
}

#[test]
fn chance_fills_splits_by_their_shares_of_every_class_and_the_same_way_again() {
    let set = Set::new();
    let rows: String = set
        .images()
        .iter()
        .enumerate()
        .map(|(place, image)| format!("{},{},imported\n", text(image, "path"), ["cat", "dog"][place % 2]))
        .collect();
    let table = set.write("labels.csv", &format!("path,label,split\n{rows}"));
    assert_eq!(set.run("import", &["--from", &table]).code, Some(0));
    let export = |name: &str, split: &str, seed: &str| {
        let target = set.path(name);
        let line = ["--format", "folders", "--to", &target, "--split", split, "--seed", seed, "--json"];
        assert_eq!(set.run("export", &line).good_json()["written"], 12);
        let files = Home::files(&set.home.path(name)).into_iter();
        files.map(|(path, _)| path.to_str().expect("UTF-8").to_owned()).collect::<Vec<_>>()
    };
    let first = export("first", "50,34,16", "0");
    let count = |folder: &str| first.iter().filter(|path| path.starts_with(folder)).count();
    assert_eq!([count("train/cat/"), count("val/cat/"), count("test/cat/")], [3, 2, 1], "{first:?}");
    assert_eq!([count("train/dog/"), count("val/dog/"), count("test/dog/")], [3, 2, 1], "{first:?}");
    assert_eq!(export("again", "50,34,16", "0"), first);
    assert_ne!(export("otherwise", "50,34,16", "1"), first, "another seed");
    let none = export("none", "none", "0");
    assert!(none.iter().all(|path| path.starts_with("cat/") || path.starts_with("dog/")), "{none:?}");
    assert!(export("imported", "imported", "0").iter().all(|path| path.starts_with("imported/")));

    for (split, said) in [("80,10", "per cent"), ("80,10,20", "110 per cent"), ("0,50,50", "train with")] {
        let wrong = set.run("export", &["--format", "folders", "--to", &set.path("wrong"), "--split", split]);
        assert!(wrong.code == Some(2) && wrong.stderr.contains(said), "{split}: {wrong:?}");
    }
    let full = set.run("export", &["--format", "folders", "--to", &set.path("none")]);
    assert!(full.code == Some(1) && full.stderr.contains("and another lie in this folder"), "{full:?}");
    assert_eq!(Home::files(&set.home.path("none")).len(), 12, "nothing came to it");

    let line = ["--to", &set.path("moved"), "--split", "50,34,16", "--json"];
    let counted = set.run("move", &line).good_json();
    assert_eq!(counted["splits"], json!({"train": 6, "val": 4, "test": 2}), "{counted}");
}

#[test]
fn a_clustering_is_not_named_for_what_has_no_column_for_it() {
    let set = Set::new();
    for (format, to, says) in [
        ("sheet", "sheet.pdf", "--clustering says whose clusters stand in the column `cluster`"),
        ("files", "copies", "FILE.csv"),
        ("folders", "folders", "--by cluster:NAME"),
    ] {
        let to = set.path(to);
        let refused = set.run("export", &["--to", &to, "--format", format, "--clustering", "kmeans_3"]);
        assert!(refused.code == Some(1) && refused.stderr.contains(says), "{format}: {refused:?}");
        assert!(!Path::new(&to).exists(), "{format}");
    }
}
