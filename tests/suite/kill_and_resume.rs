//! A process killed at any moment loses nothing that was committed and doubles nothing when it goes on.

mod held;
mod verbs;
mod whatever_writes;

use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use tiramisu::domain::{Exemplar, ImageId, ImageRecord, Precision, StoredLayer, Vectors};
use tiramisu::store::Workspace;

use super::support::command::{Home, rows_on_disk};

const IMAGES: usize = 198;
const KILLS: usize = 12;

#[test]
fn a_killed_extraction_resumes_without_loss_or_duplicates() {
    let home = Home::new();
    let folder = home.sample("pictures", IMAGES);
    let whole = home.path("whole");
    let mut uninterrupted = start(&home, &folder, &whole, &SIXES);
    assert!(uninterrupted.wait().expect("it ends").success());
    let expected = read(&whole);
    assert_eq!(expected.images.len(), IMAGES);
    assert_eq!(expected.columns[0].1.ids.len(), IMAGES);

    let mut random = fastrand::Rng::with_seed(2016);
    let mut kills = 0;
    let mut partial = 0;
    let mut round = 0;
    while kills < KILLS {
        round += 1;
        assert!(round <= 10, "{kills} kills in {round} rounds: the process ends before it can be killed");
        let pieces = home.path(&format!("pieces{round}"));
        loop {
            let mut running = start(&home, &folder, &pieces, &SIXES);
            if kills < KILLS && kill_at_a_random_moment(&mut running, &pieces, &mut random) {
                kills += 1;
                let rows = rows_on_disk(&pieces);
                partial += usize::from(rows > 0 && rows < IMAGES);
                continue;
            }
            assert!(running.wait().expect("it ends").success());
            break;
        }
        assert_same(&read(&pieces), &expected);
        assert_eq!(exemplars(&pieces), exemplars(&whole), "the exemplars differ");
    }
    eprintln!("{kills} kills in {round} rounds, {partial} of them in the middle of the work");
    assert!(partial >= 3, "only {partial} of {kills} kills left a part of the work behind");
}

/// Six pictures at a time.
const SIXES: [&str; 4] = ["--batch", "6", "--commit-every", "6"];

#[test]
fn a_killed_extraction_of_numbers_beyond_half_precision_resumes_with_all_of_them() {
    let home = Home::new();
    let folder = home.path("pictures");
    std::fs::create_dir(&folder).expect("a folder");
    // One in eight is too bright for half precision, the first of them somewhere in the middle.
    for number in 0..120u8 {
        let grey = if number > 40 && number % 8 == 0 { 255 - number / 8 } else { 60 + number };
        let picture = image::RgbImage::from_pixel(16, 16, image::Rgb([grey; 3]));
        picture.save(folder.join(format!("{number:03}.png"))).expect("a picture");
    }
    let network = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/onnx/loud.onnx");
    let network = network.to_str().expect("UTF-8");
    let further = ["--batch", "2", "--commit-every", "2", "--network", network];
    let whole = home.path("whole");
    assert!(start(&home, &folder, &whole, &further).wait().expect("it ends").success());
    let expected = read(&whole);
    let mut random = fastrand::Rng::with_seed(65_504);
    let pieces = home.path("pieces");
    let mut kills = 0;
    loop {
        let mut running = start(&home, &folder, &pieces, &further);
        if kills < 8 && kill_at_a_random_moment(&mut running, &pieces, &mut random) {
            kills += 1;
            if rows_on_disk(&pieces) > 0 {
                // What is there is right, in either precision.
                assert_alike(&read(&pieces), &expected);
            }
            continue;
        }
        assert!(running.wait().expect("it ends").success());
        break;
    }
    assert!(kills > 0, "it ends before it can be killed");
    let resumed = read(&pieces);
    assert_eq!(resumed.images, expected.images, "the image rows differ");
    assert_alike(&resumed, &expected);
    for (layer, vectors) in &resumed.columns {
        assert_eq!(vectors.ids.len(), 120, "{}", layer.column());
        assert_eq!(vectors.matrix.precision() == Precision::Single, layer.layer == "loud", "{}", layer.column());
    }
    assert_eq!(exemplars(&pieces).len(), exemplars(&whole).len());
}

/// The vectors of some images are those of all, but for the rounding of those that came before the first large number.
fn assert_alike(some: &Contents, all: &Contents) {
    for ((layer, ours), (_, theirs)) in some.columns.iter().zip(&all.columns) {
        for (row, id) in ours.ids.iter().enumerate() {
            let other = theirs.matrix.row(theirs.row_of(*id).expect("all have one"));
            for (a, b) in ours.matrix.row(row).iter().zip(other.iter()) {
                assert!((a - b).abs() <= 1e-3 * b.abs().max(1e-3), "{} of {id:?}: {a} {b}", layer.column());
            }
        }
    }
}

/// Starts an extraction that commits as often as it can.
fn start(home: &Home, folder: &Path, workspace: &Path, further: &[&str]) -> Child {
    let mut command =
        home.command(["extract".as_ref(), folder.as_os_str(), "--workspace".as_ref(), workspace.as_os_str()]);
    command.args(["--compute", "cpu", "--json"]).args(further);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary starts")
}

/// Waits for up to four more commits and a moment longer, then kills the process the hard way. Says whether it was alive.
fn kill_at_a_random_moment(running: &mut Child, workspace: &Path, random: &mut fastrand::Rng) -> bool {
    let commits = manifests(workspace) + random.usize(0..5);
    let begun = Instant::now();
    while manifests(workspace) < commits && running.try_wait().expect("it can be asked").is_none() {
        assert!(begun.elapsed() < Duration::from_secs(120), "nothing was committed in two minutes");
        std::thread::sleep(Duration::from_millis(1));
    }
    std::thread::sleep(Duration::from_millis(random.u64(0..150)));
    let was_alive = running.try_wait().expect("it can be asked").is_none();
    if was_alive {
        running.kill().expect("it can be killed");
        running.wait().expect("it ends");
    }
    was_alive
}

/// How many versions the tables of a workspace have, counted from outside while it is being written.
fn manifests(workspace: &Path) -> usize {
    let Ok(tables) = std::fs::read_dir(workspace) else { return 0 };
    tables.flatten().map(|table| std::fs::read_dir(table.path().join("_versions")).map_or(0, Iterator::count)).sum()
}

/// The images of a channel with their values.
type Ranked = Vec<(ImageId, f32)>;

/// The exemplars of every layer, without their places: of what was committed just before a kill those are not known.
fn exemplars(root: &Path) -> Vec<(String, Vec<Ranked>)> {
    let workspace = Workspace::open(root).expect("the workspace opens");
    let table = workspace.feature_tables().expect("the tables can be read").remove(0).table;
    let kept = workspace.exemplars(&table, None).expect("they can be read").expect("they were kept");
    let stamp = workspace.read_features(&table).expect("the vectors can be read").stamp();
    assert_eq!(kept.covers, Some(stamp), "all images were considered");
    let list = |list: Vec<Exemplar>| list.into_iter().map(|exemplar| (exemplar.image, exemplar.value)).collect();
    kept.layers.into_iter().map(|layer| (layer.layer, layer.lists.into_iter().map(list).collect())).collect()
}

struct Contents {
    images: Vec<ImageRecord>,
    thumbnails: Vec<Option<Vec<u8>>>,
    columns: Vec<(StoredLayer, Vectors)>,
}

fn read(root: &Path) -> Contents {
    let workspace = Workspace::open(root).expect("the workspace opens");
    let images = workspace.images().expect("the images can be read");
    let ids: Vec<_> = images.iter().map(|image| image.id).collect();
    let thumbnails = workspace.thumbnails(&ids).expect("the thumbnails can be read");
    let tables = workspace.feature_tables().expect("the tables can be read");
    assert_eq!(tables.len(), 1, "one network, one table");
    let table = workspace.read_features(&tables[0].table).expect("the vectors can be read");
    let columns = table.columns().into_iter().map(|(layer, _)| {
        let vectors = table.vectors(&layer).expect("the vectors can be read");
        (layer, vectors)
    });
    Contents { thumbnails: thumbnails.into_iter().map(|(_, jpeg)| jpeg).collect(), columns: columns.collect(), images }
}

fn assert_same(pieces: &Contents, whole: &Contents) {
    assert_eq!(pieces.images, whole.images, "the image rows differ");
    assert!(pieces.thumbnails == whole.thumbnails, "the thumbnails differ");
    assert_eq!(pieces.columns.len(), whole.columns.len());
    for ((layer, ours), (other_layer, theirs)) in pieces.columns.iter().zip(&whole.columns) {
        assert_eq!(layer, other_layer);
        assert_eq!(ours.ids, theirs.ids, "{}: not the same images have vectors", layer.column());
        assert!(ours.matrix == theirs.matrix, "{}: the vectors differ", layer.column());
    }
}
