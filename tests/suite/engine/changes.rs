//! Pictures that change or vanish between two extractions.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tiramisu::domain::{ImageId, VersionName};
use tiramisu::engine::{
    ActivationsWish, AnalysisWish, EngineOptions, Event, NetworkFile, Request, Thresholds, describe,
};
use tiramisu::store::Workspace;

use super::{first_picture, sample};
use crate::support::collection::image;
use crate::support::listener::{Listener, options};

fn extract(listener: &mut Listener, folder: &Path, workspace: &Path) {
    listener.images.clear();
    listener.open(folder, workspace, NetworkFile::Analytic, true);
    assert!(!listener.until_extracted());
    assert_eq!(listener.problems, []);
}

/// The vector of an image at the first stored layer, and its thumbnail.
fn known(workspace: &Path, id: ImageId) -> (Option<Vec<f32>>, Option<Vec<u8>>) {
    let table = describe(workspace).expect("a workspace").tables.remove(0).name;
    let workspace = Workspace::open(workspace).expect("a workspace");
    let table = workspace.read_features(&table).expect("a table");
    let vector = table.vector(&table.columns()[0].0, id).expect("a table that can be read");
    let mut thumbnails = workspace.thumbnails(&[id]).expect("thumbnails");
    (vector, thumbnails.remove(0).1)
}

/// Writes `bytes` as another program would, at another time.
pub fn overwrite(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).expect("a file");
    let later = SystemTime::now() + Duration::from_secs(10);
    fs::File::options().write(true).open(path).and_then(|file| file.set_modified(later)).expect("a time");
}

#[test]
fn a_picture_that_was_changed_is_extracted_again_and_keeps_its_id() {
    let (dir, folder, workspace) = sample(40);
    let mut listener = Listener::start(options(dir.path()));
    extract(&mut listener, &folder, &workspace);
    let (changed, model) = (listener.images[3].clone(), listener.images[30].clone());
    let before = known(&workspace, changed.id);
    overwrite(&changed.path.below(&folder), &fs::read(model.path.below(&folder)).expect("a picture"));
    extract(&mut listener, &folder, &workspace);
    let after = known(&workspace, changed.id);
    assert_ne!(before.0, after.0);
    assert_eq!(after, known(&workspace, model.id), "it is a copy of another picture now");
    let description = describe(&workspace).expect("a workspace");
    assert_eq!((description.images, description.tables[0].rows), (40, 40));
    let record = Workspace::open(&workspace).and_then(|w| w.images()).expect("records")[3].clone();
    assert_eq!((record.path, record.file_bytes), (changed.path, model.file_bytes));
    assert_eq!((record.width, record.height), (model.width, model.height));

    let version = description.tables[0].version;
    extract(&mut listener, &folder, &workspace);
    assert_eq!(describe(&workspace).expect("a workspace").tables[0].version, version, "nothing is left to do");
}

#[test]
fn a_picture_that_was_overwritten_with_nonsense_loses_its_vectors_until_it_is_whole_again() {
    let (dir, folder, workspace) = sample(24);
    let mut listener = Listener::start(options(dir.path()));
    extract(&mut listener, &folder, &workspace);
    let image = listener.images[5].clone();
    let path = image.path.below(&folder);
    let whole = fs::read(&path).expect("a picture");
    let before = known(&workspace, image.id);
    overwrite(&path, b"nonsense");
    extract(&mut listener, &folder, &workspace);
    let description = describe(&workspace).expect("a workspace");
    assert_eq!((description.problems, description.gone, description.tables[0].rows), (1, 0, 23));
    assert_eq!(known(&workspace, image.id), (None, None));
    overwrite(&path, &whole);
    extract(&mut listener, &folder, &workspace);
    let description = describe(&workspace).expect("a workspace");
    assert_eq!((description.problems, description.tables[0].rows), (0, 24));
    assert_eq!(known(&workspace, image.id), before);
}

#[test]
fn a_picture_that_was_changed_loses_its_vectors_at_every_network() {
    let (dir, folder, workspace) = sample(12);
    let mut listener = Listener::start(options(dir.path()));
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/caffe/residual.prototxt");
    let other = NetworkFile::File(golden);
    for network in [&other, &NetworkFile::Analytic] {
        listener.open(&folder, &workspace, network.clone(), true);
        listener.until_extracted();
    }
    let changed = listener.images[3].path.below(&folder);
    overwrite(&changed, &fs::read(listener.images[7].path.below(&folder)).expect("a picture"));
    extract(&mut listener, &folder, &workspace);
    let rows = || {
        let tables = describe(&workspace).expect("a workspace").tables;
        let of = |name: &str| tables.iter().find(|table| table.network.contains(name)).expect("a table").rows;
        [of("esidual"), tables.iter().map(|table| table.rows).sum::<usize>()]
    };
    assert_eq!(rows(), [11, 23], "the other network has not seen the new picture");
    listener.open(&folder, &workspace, other, true);
    listener.until_extracted();
    assert_eq!(rows(), [12, 24]);
    assert_eq!(listener.problems, []);
}

/// Writes `bitmap.bmp`, which has one number of bytes whatever its colour, so many nanoseconds after a certain second.
fn save_bitmap(folder: &Path, red: u8, nanos: u32) {
    let path = folder.join("bitmap.bmp");
    let picture = image::RgbImage::from_fn(40, 40, |x, y| image::Rgb([red, (x * 6) as u8, (y * 6) as u8]));
    picture.save(&path).expect("a bitmap");
    let moment = SystemTime::UNIX_EPOCH + Duration::new(1_700_000_000, nanos);
    fs::File::options().write(true).open(&path).and_then(|file| file.set_modified(moment)).expect("a time");
}

#[test]
fn a_picture_that_was_changed_before_a_second_network_saw_it_loses_what_the_first_made_of_it() {
    let (dir, folder, workspace) = sample(3);
    // Of one size, and within one second: once the new time is known, nothing else tells the two apart.
    let save = |red, nanos| save_bitmap(&folder, red, nanos);
    let mut listener = Listener::start(options(dir.path()));
    save(250, 111_222_333);
    extract(&mut listener, &folder, &workspace);
    let id = listener.id("bitmap.bmp");
    let before = known(&workspace, id);
    save(10, 111_999_333);
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/caffe/residual.prototxt");
    listener.open(&folder, &workspace, NetworkFile::File(golden), true);
    assert!(!listener.until_extracted());
    let tables = describe(&workspace).expect("a workspace").tables;
    let mut rows: Vec<usize> = tables.iter().map(|table| table.rows).collect();
    rows.sort_unstable();
    assert_eq!(rows, [3, 4], "the first network has not seen the new picture");
    let thumbnails = Workspace::open(&workspace).and_then(|it| it.thumbnails(&[id])).expect("thumbnails");
    assert!(thumbnails[0].1.is_some() && thumbnails[0].1 != before.1, "the thumbnail is of the old picture");
    extract(&mut listener, &folder, &workspace);
    let tables = describe(&workspace).expect("a workspace").tables;
    assert!(tables.iter().all(|table| table.rows == 4));
    let first = tables.iter().find(|table| !table.network.contains("esidual")).expect("a table");
    let table = Workspace::open(&workspace).and_then(|it| it.read_features(&first.name)).expect("a table");
    let vector = table.vector(&table.columns()[0].0, id).expect("a table that can be read");
    assert!(vector.is_some() && vector != before.0);
}

#[test]
fn a_picture_that_was_deleted_is_told_apart_from_a_broken_one_and_comes_back_unchanged() {
    let (dir, folder, workspace) = sample(24);
    let mut listener = Listener::start(options(dir.path()));
    extract(&mut listener, &folder, &workspace);
    let picture = first_picture(&folder);
    let away = dir.path().join("away.png");
    fs::rename(&picture, &away).expect("the picture is moved away");
    let name = picture.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
    for _ in 0..2 {
        extract(&mut listener, &folder, &workspace);
        assert!(listener.image(&name).is_gone());
        let description = describe(&workspace).expect("a workspace");
        assert_eq!((description.images, description.problems, description.gone), (24, 0, 1));
        assert_eq!(description.tables[0].rows, 24, "what was learned is kept");
        assert!(known(&workspace, listener.id(&name)).1.is_some(), "the thumbnail is kept");
    }
    fs::rename(&away, &picture).expect("the picture is back");
    let version = describe(&workspace).expect("a workspace").tables[0].version;
    extract(&mut listener, &folder, &workspace);
    let description = describe(&workspace).expect("a workspace");
    assert_eq!((description.gone, description.tables[0].rows), (0, 24));
    assert_eq!(description.tables[0].version, version, "nothing had to be computed again");
}

#[test]
fn pictures_that_an_earlier_version_marked_as_gone_are_known_to_be_gone() {
    let marked = |problem: &str| tiramisu::domain::ImageRecord { problem: Some(problem.to_owned()), ..image(0, 1) };
    // As workspaces hold it.
    let whole = marked("the file is not in the folder any more");
    let incomplete = marked("the file is not in the folder any more, and was not when layers were added");
    assert!(whole.is_gone() && whole.is_gone_and_whole());
    assert!(incomplete.is_gone() && !incomplete.is_gone_and_whole());
    assert!(!marked("the file cannot be read").is_gone());
}

/// Where the system says when anything of a file was changed.
#[cfg(unix)]
#[test]
fn a_picture_that_was_overwritten_and_given_its_time_back_is_extracted_again() {
    let (dir, folder, workspace) = sample(3);
    let path = folder.join("bitmap.bmp");
    let moment = SystemTime::UNIX_EPOCH + Duration::new(1_700_000_000, 111_222_333);
    let set_time = || {
        fs::File::options().write(true).open(&path).and_then(|file| file.set_modified(moment)).expect("a time");
    };
    let save = |red: u8| {
        image::RgbImage::from_fn(40, 40, |x, y| image::Rgb([red, (x * 6) as u8, (y * 6) as u8]))
            .save(&path)
            .expect("a bitmap");
        set_time();
    };
    let mut listener = Listener::start(options(dir.path()));
    save(250);
    extract(&mut listener, &folder, &workspace);
    let id = listener.id("bitmap.bmp");
    let before = known(&workspace, id);
    save(10);
    extract(&mut listener, &folder, &workspace);
    let after = known(&workspace, id);
    assert_ne!(before, after, "it is another picture of the same size and time");

    // Something of the file was changed, and not its content.
    let version = || describe(&workspace).expect("a workspace").tables[0].version;
    let as_it_is = version();
    save(10);
    extract(&mut listener, &folder, &workspace);
    assert_eq!(version(), as_it_is, "the same bytes, written again");
    let other = folder.join("other name.bmp");
    fs::rename(&path, &other).and_then(|()| fs::rename(&other, &path)).expect("its own name again");
    extract(&mut listener, &folder, &workspace);
    assert_eq!(version(), as_it_is, "renamed twice");
    // And it is seen again after that.
    save(77);
    extract(&mut listener, &folder, &workspace);
    assert_ne!(known(&workspace, id), after, "another one once more");
}

/// The same: size and second of all of them stay.
#[cfg(unix)]
#[test]
fn changed_pictures_whose_extraction_was_stopped_are_extracted_the_next_time() {
    const PICTURES: usize = 48;
    let (dir, folder, workspace) = sample(3);
    let moment = SystemTime::UNIX_EPOCH + Duration::new(1_700_000_000, 111_222_333);
    let names: Vec<String> = (0..PICTURES).map(|number| format!("bitmap{number:02}.bmp")).collect();
    let save = |red: u8| {
        for (number, name) in names.iter().enumerate() {
            let path = folder.join(name);
            image::RgbImage::from_fn(40, 40, |x, y| image::Rgb([red, (x * 6) as u8, (y * 4) as u8 + number as u8]))
                .save(&path)
                .expect("a bitmap");
            fs::File::options().write(true).open(&path).and_then(|file| file.set_modified(moment)).expect("a time");
        }
    };
    let mut listener = Listener::start(EngineOptions { batch_images: Some(2), ..options(dir.path()) });
    save(250);
    extract(&mut listener, &folder, &workspace);
    let ids: Vec<ImageId> = names.iter().map(|name| listener.id(name)).collect();
    let all = || ids.iter().map(|id| known(&workspace, *id)).collect::<Vec<_>>();
    let before = all();
    save(10);
    let begin = |listener: &mut Listener| {
        listener.open(&folder, &workspace, NetworkFile::Analytic, true);
        listener.until("a job", |event| match event {
            Event::JobStarted(progress) => Some(progress.clone()),
            _ => None,
        })
    };
    let stopped = begin(&mut listener);
    while stopped.done_now() < 2 {
        std::thread::sleep(Duration::from_millis(2));
    }
    stopped.cancel();
    assert!(listener.until_extracted(), "it was stopped in time");
    let rest = begin(&mut listener);
    assert!(!listener.until_extracted());
    assert_eq!(listener.problems, []);
    assert_eq!(stopped.done_now() + rest.done_now(), PICTURES, "nothing twice, nothing left out");
    assert!(before.iter().zip(&all()).all(|(before, after)| before != after), "vectors of pictures that are no more");
}

#[test]
fn a_picture_that_was_saved_twice_within_a_second_is_extracted_again() {
    let (dir, folder, workspace) = sample(3);
    let save = |red, nanos| save_bitmap(&folder, red, nanos);
    let mut listener = Listener::start(options(dir.path()));
    save(250, 111_222_333);
    extract(&mut listener, &folder, &workspace);
    let id = listener.id("bitmap.bmp");
    let before = known(&workspace, id);
    save(10, 111_999_333);
    extract(&mut listener, &folder, &workspace);
    let after = known(&workspace, id);
    assert_ne!(before, after, "it is another picture");

    // Other disks round times down, and nothing was changed by that.
    let version = || describe(&workspace).expect("a workspace").tables[0].version;
    for nanos in [111_999_300, 111_999_000, 111_000_000, 110_000_000, 0] {
        let as_it_is = version();
        save(10, nanos);
        extract(&mut listener, &folder, &workspace);
        assert_eq!(version(), as_it_is, "{nanos}");
        save(10, 111_999_333);
        extract(&mut listener, &folder, &workspace);
    }
}

/// A picture of which results are kept: its folder and its workspace, its id, and of which table and layer they are.
struct Told {
    _dir: tempfile::TempDir,
    folder: PathBuf,
    workspace: PathBuf,
    listener: Listener,
    id: ImageId,
    table: String,
    layer: String,
}

impl Told {
    /// Extracted and analysed, saved in that part of a second.
    fn new(nanos: u32) -> Self {
        let (dir, folder, workspace) = sample(24);
        let mut listener = Listener::start(options(dir.path()));
        save_bitmap(&folder, 250, nanos);
        extract(&mut listener, &folder, &workspace);
        let id = listener.id("bitmap.bmp");
        let table = describe(&workspace).expect("a workspace").tables.remove(0);
        let layer = table.layers.last().expect("a layer").layer.clone();
        let mut told = Self { _dir: dir, folder, workspace, listener, id, table: table.name, layer };
        told.analyse(AnalysisWish::OddPictures);
        told.analyse(AnalysisWish::Embed(Thresholds::default()));
        told.store_activations();
        assert_eq!(told.kept(), [true; 3]);
        told
    }

    fn analyse(&mut self, wish: AnalysisWish) {
        self.listener.engine.send(Request::Analyse(wish));
        let ended = |event: &Event| matches!(event, Event::AnalysisEnded { .. }).then_some(());
        self.listener.until("the end of an analysis", ended);
        assert_eq!(self.listener.problems, []);
    }

    fn store_activations(&mut self) {
        self.analyse(AnalysisWish::Activations(ActivationsWish::Store(vec![self.layer.clone()])));
    }

    fn save_and_extract(&mut self, red: u8, nanos: u32) {
        save_bitmap(&self.folder, red, nanos);
        extract(&mut self.listener, &self.folder, &self.workspace);
    }

    /// What is kept of it: whether it was measured, whether it has an embedding, whether its activation is there.
    fn kept(&self) -> [bool; 3] {
        let workspace = Workspace::open(&self.workspace).expect("a workspace");
        let odd = workspace.found::<serde_json::Value>(&format!("odd_{}", self.table)).expect("it can be read");
        let (embedding, _) = workspace.embedding(&self.table).expect("it can be read").expect("there is one");
        let activations =
            workspace.activations(&self.table, &self.layer).expect("they can be read").expect("there are some");
        let record = &workspace.images().expect("images")[self.id.index()];
        let others = odd.as_ref().map_or(0, |odd| odd.ids.len());
        let is_measured = odd.is_some_and(|odd| odd.ids.contains(&self.id));
        assert_eq!(others, 24 + usize::from(is_measured), "all others are");
        [is_measured, !embedding.changed.contains(&self.id), activations.holds(record)]
    }
}

#[test]
fn nothing_is_told_of_a_picture_that_another_took_the_place_of_within_a_second() {
    let mut told = Told::new(111_222_333);
    // Copied to a disk that knows times less well, it is what it was.
    told.save_and_extract(250, 111_222_000);
    assert_eq!(told.kept(), [true; 3]);
    told.save_and_extract(10, 111_999_333);
    assert_eq!(told.kept(), [false; 3], "that was the picture before");
    told.analyse(AnalysisWish::OddPictures);
    told.store_activations();
    assert_eq!(told.kept(), [true, false, true]);
    // Where nobody knows the parts of a second any more, whole ones count.
    fs::remove_file(told.workspace.join(".times")).expect("it can be forgotten");
    assert_eq!(told.kept(), [true; 3]);
}

/// Size and time are the same to the nanosecond: only the system's own time of change, and the content, tell the two apart.
#[cfg(unix)]
#[test]
fn nothing_is_told_of_a_picture_that_another_took_the_place_and_the_time_of() {
    let mut told = Told::new(111_222_333);
    told.save_and_extract(250, 111_222_333);
    assert_eq!(told.kept(), [true; 3], "the same bytes, written again");
    told.save_and_extract(10, 111_222_333);
    assert_eq!(told.kept(), [false; 3], "that was the picture before");
    told.analyse(AnalysisWish::OddPictures);
    told.store_activations();
    assert_eq!(told.kept(), [true, false, true]);
    // It is still the same one: met again, and on a disk that knows times less well.
    told.save_and_extract(10, 111_222_333);
    told.save_and_extract(10, 111_000_000);
    assert_eq!(told.kept(), [true, false, true]);
    // And what it was first is another one, once more.
    told.save_and_extract(250, 111_000_000);
    assert_eq!(told.kept(), [false; 3], "seen by its content alone");
}

/// Of the records of both pictures nothing differs.
#[cfg(unix)]
#[test]
fn going_back_to_vectors_brings_none_of_a_picture_that_another_took_the_place_of_within_a_second() {
    for later in [111_999_333, 111_222_333] {
        let (dir, folder, workspace) = sample(3);
        let mut listener = Listener::start(options(dir.path()));
        save_bitmap(&folder, 250, 111_222_333);
        extract(&mut listener, &folder, &workspace);
        let id = listener.id("bitmap.bmp");
        let table = describe(&workspace).expect("a workspace").tables.remove(0);
        let before = known(&workspace, id);
        save_bitmap(&folder, 10, later);
        extract(&mut listener, &folder, &workspace);
        let after = known(&workspace, id);
        assert_ne!(before.0, after.0, "it is another picture");
        drop(listener);

        let mut writer = Workspace::open_to_write(&workspace).expect("nobody has it");
        let done = writer.restore(Some(&table.name), &VersionName::Number(table.version)).expect("it is there");
        assert_eq!((done[0].from, done[0].rows_removed), (Some(table.version), 1), "{later}");
        drop(writer);
        assert_eq!(known(&workspace, id).0, None, "{later}: neither of the two, until it is looked at");
        let mut listener = Listener::start(options(dir.path()));
        extract(&mut listener, &folder, &workspace);
        assert_eq!(known(&workspace, id), after, "{later}");
    }
}
