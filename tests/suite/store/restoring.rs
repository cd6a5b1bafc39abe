//! How much memory it takes to go back to an earlier version: not that of the records of all images, however many tables go back.

use std::path::Path;
use std::process::Command;

use half::f16;
use tiramisu::domain::{ImageId, ImagePath, ImageRecord, Pooling, StoredLayer, VersionName};
use tiramisu::store::{FeatureRows, FeatureSpec, NewImage, Workspace};

use super::{Place, layer};

/// The workspace that the child is to take back.
const RESTORES: &str = "TIRAMISU_TEST_RESTORES";
const IMAGES: u32 = 200_000;
/// As long as paths get: what holds records holds them.
const PATH: usize = 400;
const TABLES: usize = 3;
/// Of each image what tells it from others is held, as it is, as it was and as each table knows it, with the ids of its rows.
const OF_AN_IMAGE: u64 = 3 * 16 + 2 * 8;
/// What a process takes beside it: pieces of tables on their way, what the allocator holds for the next ones, threads, and the pages
/// of its own code that are touched for the first time meanwhile.
const BESIDE: u64 = 160 << 20;

fn path(id: u32) -> String {
    format!("{}/{id}.jpg", "folder".repeat(PATH / 6))
}

fn record(id: u32) -> ImageRecord {
    ImageRecord {
        id: ImageId(id),
        path: ImagePath { text: path(id), raw: None },
        label: None,
        width: 8,
        height: 8,
        file_bytes: u64::from(id),
        modified_unix_secs: 1_700_000_000,
        problem: None,
    }
}

/// Does nothing unless the test below asks it for the memory of going back, in a process of its own.
#[test]
fn a_workspace_that_is_to_be_taken_back_alone() {
    let Some(root) = std::env::var_os(RESTORES) else { return };
    let mut workspace = Workspace::open_to_write(Path::new(&root)).expect("a workspace");
    // From now on the most is counted anew.
    std::fs::write("/proc/self/clear_refs", "5").expect("Linux counts anew when it is told to");
    let before = kib("VmRSS:");
    let done = workspace.restore(None, &VersionName::Name("before".to_owned())).expect("it goes back");
    println!("{RESTORES} {}", (kib("VmHWM:") - before) << 10);
    assert_eq!(done.iter().filter(|table| table.from.is_some()).count(), TABLES + 1, "{done:?}");
    assert_eq!(workspace.image_count(), IMAGES as usize);
}

/// What the system says of this process's memory.
fn kib(what: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("what the system says of this process");
    let line = status.lines().find(|line| line.starts_with(what)).expect("how much it holds");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).expect("a number")
}

fn append(workspace: &mut Workspace, specs: &[FeatureSpec], ids: std::ops::Range<u32>, source: &StoredLayer) {
    for first in ids.clone().step_by(20_000) {
        let ids = first..ids.end.min(first + 20_000);
        let images = ids.clone().map(|id| NewImage { record: record(id), thumbnail: None });
        workspace.append_images(images.collect()).expect("images");
        for spec in specs {
            let rows = FeatureRows {
                ids: ids.clone().map(ImageId).collect(),
                paths: ids.clone().map(path).collect(),
                labels: vec![None; ids.len()],
                values: vec![(source.clone(), vec![f16::ONE; ids.len()].into())],
            };
            workspace.features(spec).and_then(|mut table| table.append(rows)).expect("vectors");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn going_back_takes_no_memory_for_records_however_many_tables_go_back() {
    let records = u64::from(IMAGES) * (size_of::<ImageRecord>() + PATH) as u64;
    let allowed = u64::from(IMAGES) * OF_AN_IMAGE + BESIDE;
    assert!(2 * records > allowed, "whoever held records twice would be seen");
    let place = Place::new();
    let source = layer("conv1", Pooling::Average);
    let of_network = |number: usize| FeatureSpec {
        network: format!("Net {number}"),
        fingerprint: format!("{number:016x}"),
        precision: None,
        preprocessing: "{}".to_owned(),
        columns: vec![(source.clone(), 1)],
    };
    let specs: Vec<FeatureSpec> = (0..TABLES).map(of_network).collect();
    let mut workspace = place.open();
    append(&mut workspace, &specs, 0..IMAGES, &source);
    workspace.tag("before", None, &VersionName::Latest).expect("a name");
    append(&mut workspace, &specs, IMAGES..IMAGES + 10, &source);
    drop(workspace);
    let child = Command::new(std::env::current_exe().expect("these tests"))
        .args(["store::restoring::a_workspace_that_is_to_be_taken_back_alone", "--exact", "--nocapture"])
        .env(RESTORES, place.root())
        .output()
        .expect("the tests start");
    let said = [child.stdout, child.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    assert!(child.status.success(), "{said:?}");
    let told = said[0].lines().find_map(|line| line.split_once(RESTORES)).unwrap_or_else(|| panic!("{said:?}")).1;
    let memory: u64 = told.trim().parse().expect("a number");
    eprintln!(
        "{} MiB more memory, where {} are allowed and all records take {}",
        memory >> 20,
        allowed >> 20,
        records >> 20
    );
    assert!(memory <= allowed, "{memory} bytes, where {allowed} are allowed");
    assert!(memory >= u64::from(IMAGES) * 16, "{memory} bytes cannot tell that many images apart");
    let reader = Workspace::open(&place.root()).expect("a workspace");
    for spec in &specs {
        assert_eq!(reader.read_features(&spec.table_name()).expect("a table").rows(), IMAGES as usize);
    }
}
