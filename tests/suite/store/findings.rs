//! What analyses found of images, in tables that no analysis is named in.

use serde::{Deserialize, Serialize};
use tiramisu::domain::{ImageId, ImageRecord};
use tiramisu::store::{FoundColumn, FoundTable, Workspace};

use super::{Place, image, images};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct About {
    by: String,
    #[serde(default)]
    within: Option<f32>,
}

fn record(id: ImageId) -> Option<ImageRecord> {
    Some(image(id.0).record)
}

/// Images 6, 2 and 4, in this order.
fn found(name: &str, by: &str) -> FoundTable<About> {
    FoundTable {
        name: name.to_owned(),
        about: About { by: by.to_owned(), within: Some(0.0213) },
        ids: [6, 2, 4].map(ImageId).to_vec(),
        columns: vec![
            ("group".to_owned(), FoundColumn::Groups(vec![1, 0, 1])),
            ("score".to_owned(), FoundColumn::Numbers(vec![0.6, 0.2, 0.4])),
            ("far".to_owned(), FoundColumn::SomeNumbers(vec![None, Some(2.0), None])),
            ("why".to_owned(), FoundColumn::Words(["content", "", "appearance features"].map(str::to_owned).to_vec())),
        ],
    }
}

fn read(workspace: &Workspace, name: &str) -> FoundTable<About> {
    workspace.found(name).unwrap().expect("it is kept")
}

#[test]
fn what_was_found_is_read_back_in_the_order_of_images() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..8)).unwrap();
    assert_eq!(workspace.found::<About>("odd_net").unwrap(), None, "nothing was found yet");
    workspace.recorder().unwrap().save_found(&found("odd_net", "size"), record).unwrap();
    let read = read(&workspace, "odd_net");
    assert_eq!((&*read.name, &read.about), ("odd_net", &found("odd_net", "size").about));
    assert_eq!(read.ids, [2, 4, 6].map(ImageId));
    assert_eq!(read.groups("group"), Some(&[0, 1, 1][..]));
    assert_eq!(read.numbers("score"), Some(vec![0.2, 0.4, 0.6]));
    assert_eq!(read.some_numbers("score"), Some(vec![Some(0.2), Some(0.4), Some(0.6)]));
    assert_eq!(read.some_numbers("far"), Some(vec![Some(2.0), None, None]));
    assert_eq!(read.numbers("far"), None, "two images lack one");
    assert_eq!(read.words("why").map(<[String]>::concat), Some("appearance featurescontent".to_owned()));
    assert_eq!((read.words("score"), read.groups("nothing")), (None, None));
}

#[test]
fn what_was_found_of_pictures_that_are_others_now_is_left_out() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..8)).unwrap();
    workspace.recorder().unwrap().save_found(&found("odd_net", "size"), record).unwrap();
    let mut changed = image(4);
    changed.record.modified_unix_secs += 1;
    workspace.replace_images(&[changed]).unwrap();
    let read = read(&workspace, "odd_net");
    assert_eq!((read.ids.clone(), read.numbers("score")), ([2, 6].map(ImageId).to_vec(), Some(vec![0.2, 0.6])));
}

#[test]
fn of_several_tables_the_one_that_was_written_last_counts_and_those_without_a_moment_are_old() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..8)).unwrap();
    let recorder = workspace.recorder().unwrap();
    for (layer, by) in [("conv3", "first"), ("conv1", "second"), ("conv2", "third")] {
        recorder.save_found(&found(&format!("odd_net_{layer}"), by), record).unwrap();
    }
    let latest = |workspace: &Workspace| workspace.latest_found::<About>("odd_net_").unwrap().expect("three are kept");
    let newest = latest(&workspace);
    assert_eq!((&*newest.name, &*newest.about.by), ("odd_net_conv2", "third"));
    // As earlier versions wrote it.
    describe_anew(&place, "odd_net_conv2", r#"{"by":"third"}"#);
    assert_eq!(latest(&place.open_to_read()).about.by, "second");
    assert_eq!(read(&place.open_to_read(), "odd_net_conv2").about, About { by: "third".to_owned(), within: None });
}

/// Writes other words into the metadata of a table.
fn describe_anew(place: &Place, table: &str, about: &str) {
    let path = place.root().join(format!("{table}.lance"));
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut dataset = lance::Dataset::open(path.to_str().unwrap()).await.unwrap();
        dataset.update_schema_metadata([("result".to_owned(), Some(about.to_owned()))]).await.unwrap();
    });
}

impl Place {
    fn open_to_read(&self) -> Workspace {
        Workspace::open(&self.root()).unwrap()
    }
}
