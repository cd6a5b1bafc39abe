//! Vectors, tags and findings of other pictures than those on record, after a table was restored from a backup.

use std::fs;
use std::path::Path;

use tiramisu::domain::{
    Cluster, ClusterMethod, ClusterWish, Clustering, ImageId, ImageRecord, Pooling, Projection, ProjectionMethod,
    ProjectionWish, VersionName,
};
use tiramisu::store::{NewImage, Recorder, StoreError, TagsApart, Workspace};

use super::{Place, assert_holds, image, images, layer, path, rows, spec};

fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.unwrap();
        let target = to.join(entry.path().strip_prefix(from).unwrap());
        match entry.file_type().is_dir() {
            true => fs::create_dir_all(target).unwrap(),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

/// A workspace with vectors of eight images whose images were restored from when there were five.
fn restored() -> Place {
    let place = Place::new();
    let spec = spec(&[("conv1", 4)]);
    let (table, backup) = (place.root().join("images.lance"), place.folder.path().join("backup"));
    let mut workspace = place.open();
    workspace.append_images(images(0..5)).unwrap();
    copy(&table, &backup);
    workspace.append_images(images(5..8)).unwrap();
    workspace.features(&spec).unwrap().append(rows(&spec.columns, 0..8)).unwrap();
    let recorder = workspace.recorder().unwrap();
    recorder.add_tag(&ids([2, 6, 7]), "mine", record).unwrap();
    recorder.add_tag(&ids([6]), "rare", record).unwrap();
    save_findings(&recorder, &spec.table_name());
    drop((recorder, workspace));
    fs::remove_dir_all(&table).unwrap();
    copy(&backup, &table);
    place
}

fn record(id: ImageId) -> Option<ImageRecord> {
    Some(image(id.0).record)
}

fn cluster_wish() -> ClusterWish {
    ClusterWish { count: 2, ..ClusterWish::new(ClusterMethod::KMeans, layer("conv1", Pooling::Average)) }
}

fn map_wish() -> ProjectionWish {
    ProjectionWish { source: layer("conv1", Pooling::Average), method: ProjectionMethod::Pca, seed: 0 }
}

/// Groups and a map of images 0 to 7.
fn save_findings(recorder: &Recorder, features: &str) {
    let cluster = |middle: [u32; 2]| Cluster { size: 4, exemplars: ids(middle), ..Cluster::default() };
    let clustering = Clustering {
        features: features.to_owned(),
        wish: cluster_wish(),
        ids: ids(0..8).into(),
        of: (0..8).map(|id| Some(id % 2)).collect(),
        clusters: vec![cluster([6, 2]), cluster([7, 3])],
        agreement: None,
        quality: None,
        elapsed_secs: 0.0,
    };
    recorder.save_clustering(&clustering, record).unwrap();
    let projection = Projection {
        wish: map_wish(),
        ids: ids(0..8).into(),
        points: (0..8u8).map(|id| [f32::from(id), 0.0]).collect(),
        placed: ids([6]).into(),
        explained: None,
        faithfulness: None,
        share_done: 1.0,
        made_of: None,
    };
    recorder.save_projection(features, &projection, record).unwrap();
}

/// Groups and map hold those of images 0 to 7 that these ids mean today, and nothing else.
fn assert_found(workspace: &Workspace, features: &str, expected: &[u32]) {
    let clustering = workspace.clustering(features, &cluster_wish().name()).unwrap().unwrap();
    let of = expected.iter().map(|id| Some(id % 2)).collect::<Vec<_>>();
    assert_eq!(clustering.ids, ids(expected.iter().copied()));
    assert_eq!(clustering.of, of);
    for (index, cluster) in (0..).zip(&clustering.clusters) {
        assert_eq!(cluster.size, expected.iter().filter(|id| *id % 2 == index).count());
        assert!(cluster.exemplars.iter().all(|id| expected.contains(&id.0)), "{cluster:?}");
    }
    let map = workspace.projection(features, &map_wish().name()).unwrap().unwrap();
    assert_eq!(map.ids, ids(expected.iter().copied()));
    assert_eq!(map.points, expected.iter().map(|id| [*id as f32, 0.0]).collect::<Vec<_>>());
    assert!(map.placed.iter().all(|id| expected.contains(&id.0)));
}

/// Images 5, 6 and 7 met in another order: 5 is what 7 was, 6 a new one, and 7 what 6 was.
fn met_in_another_order() -> Vec<NewImage> {
    let mut met = images(5..8);
    for (image, path) in met.iter_mut().zip([path(7), "folder/new.jpg".to_owned(), path(6)]) {
        image.record.path.text = path;
    }
    met
}

fn ids(ids: impl IntoIterator<Item = u32>) -> Vec<ImageId> {
    ids.into_iter().map(ImageId).collect()
}

#[test]
fn vectors_of_images_that_are_not_on_record_are_found_and_removed() {
    let (place, spec) = (restored(), spec(&[("conv1", 4)]));
    let mut reader = Workspace::open(&place.root()).unwrap();
    assert_eq!(reader.misfits(&spec.table_name()).unwrap(), ids(5..8));
    assert!(matches!(reader.repair(), Err(StoreError::OpenedForReading { .. })));
    let mut workspace = place.open();
    assert_eq!(workspace.repair().unwrap().vectors, [(spec.table_name(), 3)]);
    assert_eq!(workspace.repair().unwrap().vectors, []);
    assert_holds(&workspace.features(&spec).unwrap(), &spec.columns, &[0, 1, 2, 3, 4]);
}

#[test]
fn vectors_of_another_picture_with_the_same_id_are_found_by_its_path() {
    let (place, spec) = (restored(), spec(&[("conv1", 4)]));
    let mut workspace = place.open();
    // Met in another order this time: 5 is another picture, 6 the one it was.
    let mut met = images(5..8);
    met[0].record.path.text = "folder/new.jpg".to_owned();
    met[2].record.path.text = path(5);
    workspace.append_images(met).unwrap();
    assert_eq!(workspace.misfits(&spec.table_name()).unwrap(), ids([5, 7]));
    assert_eq!(workspace.repair().unwrap().vectors, [(spec.table_name(), 2)]);
    assert_eq!(workspace.features(&spec).unwrap().ids(), ids([0, 1, 2, 3, 4, 6]));
}

#[test]
fn what_fits_is_left_alone() {
    let place = Place::new();
    let spec = spec(&[("conv1", 4)]);
    let mut workspace = place.open();
    workspace.append_images(images(0..8)).unwrap();
    workspace.features(&spec).unwrap().append(rows(&spec.columns, [1, 4, 6])).unwrap();
    // Images that were written anew lie at the end of their table.
    workspace.replace_images(&images([2, 4])).unwrap();
    assert_eq!(workspace.misfits(&spec.table_name()).unwrap(), []);
    let version = workspace.read_features(&spec.table_name()).unwrap().version();
    assert_eq!(workspace.repair().unwrap().vectors, []);
    assert_eq!(workspace.read_features(&spec.table_name()).unwrap().version(), version);
}

#[test]
fn tags_are_on_the_pictures_they_were_given_to_whatever_their_ids_are_now() {
    let place = restored();
    let reader = Workspace::open(&place.root()).unwrap();
    let tags = reader.tags().unwrap();
    assert_eq!((tags.bearers("mine"), tags.is_known("rare")), (&ids([2])[..], false), "the others are not on record");
    assert_eq!(reader.misfit_report().unwrap().tags, TagsApart { moved: 0, waiting: 2 });
    let mut workspace = place.open();
    assert_eq!(workspace.repair().unwrap().tags, TagsApart { moved: 0, waiting: 2 });

    workspace.append_images(met_in_another_order()).unwrap();
    let expect = |workspace: &Workspace| {
        let tags = workspace.tags().unwrap();
        assert_eq!((tags.bearers("mine"), tags.bearers("rare")), (&ids([2, 5, 7])[..], &ids([7])[..]));
    };
    expect(&Workspace::open(&place.root()).unwrap());
    assert_eq!(workspace.repair().unwrap().tags, TagsApart { moved: 2, waiting: 0 });
    expect(&workspace);
    assert_eq!(workspace.repair().unwrap().tags, TagsApart::default(), "they have their ids");
    // And they are tags like others.
    let recorder = workspace.recorder().unwrap();
    assert_eq!(recorder.remove_tag(&ids([6, 7]), "mine").unwrap(), ids([7]));
    assert_eq!(workspace.tags().unwrap().bearers("mine"), ids([2, 5]));
}

#[test]
fn a_tag_that_waits_for_its_picture_outlives_whatever_happens_to_the_tag_meanwhile() {
    let place = restored();
    let mut workspace = place.open();
    let mut met = met_in_another_order();
    let six = met.pop().unwrap();
    workspace.append_images(met).unwrap();
    let known = workspace.images().unwrap();
    let recorder = workspace.recorder().unwrap();
    // Image 6 is another picture now than the one that has the tag.
    assert_eq!(recorder.add_tag(&ids([6]), "mine", |id| known.get(id.index()).cloned()).unwrap(), ids([6]));
    assert_eq!(workspace.tags().unwrap().bearers("mine"), ids([2, 5, 6]));
    assert_eq!(recorder.remove_tag(&ids([6]), "mine").unwrap(), ids([6]));
    assert_eq!(workspace.tags().unwrap().bearers("mine"), ids([2, 5]));
    assert_eq!(recorder.remove_tag(&ids(0..8), "mine").unwrap(), ids([2, 5]), "all that are to be seen");
    assert!(!workspace.tags().unwrap().is_known("mine"));
    workspace.append_images(vec![six]).unwrap();
    let tags = workspace.tags().unwrap();
    assert_eq!((tags.bearers("mine"), tags.bearers("rare")), (&ids([7])[..], &ids([7])[..]));
}

#[test]
fn who_goes_back_to_earlier_images_loses_no_tag() {
    let place = Place::new();
    let mut workspace = place.open();
    let five = workspace.append_images(images(0..5)).unwrap();
    workspace.append_images(images(5..8)).unwrap();
    workspace.recorder().unwrap().add_tag(&ids([2, 6]), "mine", record).unwrap();
    workspace.restore(Some("images"), &VersionName::Number(five)).unwrap();
    assert_eq!(workspace.tags().unwrap().bearers("mine"), ids([2]));
    workspace.append_images(met_in_another_order()).unwrap();
    assert_eq!(workspace.tags().unwrap().bearers("mine"), ids([2, 7]));
}

#[test]
fn a_tag_finds_its_picture_that_was_moved_before_earlier_images_came_back() {
    let place = Place::new();
    let mut workspace = place.open();
    let five = workspace.append_images(images(0..5)).unwrap();
    workspace.append_images(images(5..8)).unwrap();
    let recorder = workspace.recorder().unwrap();
    recorder.add_tag(&ids([2, 5, 6]), "mine", record).unwrap();
    let mut six = image(6);
    six.record.path.text = "elsewhere/six.jpg".to_owned();
    workspace.move_images(vec![six.record.clone()]).unwrap();
    assert_eq!(workspace.tags().unwrap().bearers("mine"), ids([2, 5, 6]));
    // Nothing is known of its new place then, nor that it was image 6.
    workspace.restore(Some("images"), &VersionName::Number(five)).unwrap();
    assert_eq!(workspace.tags().unwrap().bearers("mine"), ids([2]));
    let mut met = images([5, 6]);
    met[0].record.path.text = "folder/new.jpg".to_owned();
    met[1].record.path.text = "folder/other.jpg".to_owned();
    met.push(NewImage { record: ImageRecord { id: ImageId(7), ..six.record }, thumbnail: None });
    workspace.append_images(met).unwrap();
    let tags = |workspace: &Workspace| workspace.tags().unwrap().bearers("mine").to_vec();
    assert_eq!(tags(&workspace), ids([2, 7]), "5 is another picture, and that which was is not there");
    assert_eq!(workspace.repair().unwrap().tags, TagsApart { moved: 1, waiting: 1 });
    assert_eq!(workspace.repair().unwrap().tags, TagsApart { moved: 0, waiting: 1 }, "once");
    assert_eq!(tags(&workspace), ids([2, 7]));
    // Images that it never was may come and go by its former id and name.
    let mut again = image(8);
    again.record.path.text = path(6);
    workspace.append_images(vec![again]).unwrap();
    assert_eq!(tags(&workspace), ids([2, 7]));
    let recorder = workspace.recorder().unwrap();
    assert_eq!(recorder.remove_tag(&ids([6, 7, 8]), "mine").unwrap(), ids([7]));
    assert_eq!(tags(&workspace), ids([2]));
}

#[test]
fn groups_and_maps_hold_no_image_that_is_another_picture_now() {
    let (place, features) = (restored(), spec(&[("conv1", 4)]).table_name());
    assert_found(&Workspace::open(&place.root()).unwrap(), &features, &[0, 1, 2, 3, 4]);
    let mut workspace = place.open();
    workspace.append_images(met_in_another_order()).unwrap();
    let reader = Workspace::open(&place.root()).unwrap();
    assert_found(&reader, &features, &[0, 1, 2, 3, 4]);
    let misfit_report = reader.misfit_report().unwrap();
    assert_eq!(misfit_report.vectors, [(features.clone(), 3)]);
    let names: Vec<_> = misfit_report.results.iter().map(|(name, images)| (name.as_str(), *images)).collect();
    let [clusters, map] =
        [format!("clusters_{features}_{}", cluster_wish().name()), format!("map_{features}_{}", map_wish().name())];
    assert_eq!(names, [(clusters.as_str(), 3), (map.as_str(), 3)]);
    assert_eq!(workspace.repair().unwrap().results, misfit_report.results);
    let left = workspace.misfit_report().unwrap();
    assert!(left.results.is_empty() && left.vectors.is_empty(), "{left:?}");
    assert_found(&workspace, &features, &[0, 1, 2, 3, 4]);
}

#[test]
fn a_table_that_was_found_to_fit_is_not_compared_again_until_it_or_the_images_change() {
    let place = Place::new();
    let spec = spec(&[("conv1", 4)]);
    let mut workspace = place.open();
    workspace.append_images(images(0..8)).unwrap();
    workspace.features(&spec).unwrap().append(rows(&spec.columns, 0..8)).unwrap();
    workspace.repair().unwrap();
    // Nothing can be compared from now on.
    let data = place.root().join(format!("{}.lance/data", spec.table_name()));
    fs::rename(&data, data.with_file_name("elsewhere")).unwrap();
    let reader = Workspace::open(&place.root()).unwrap();
    assert_eq!(reader.misfits(&spec.table_name()).unwrap(), []);
    assert_eq!(workspace.repair().unwrap().vectors, []);
    workspace.append_images(images(8..9)).unwrap();
    assert!(Workspace::open(&place.root()).unwrap().misfits(&spec.table_name()).is_err(), "it has to be read now");
    fs::rename(data.with_file_name("elsewhere"), &data).unwrap();
    assert_eq!(workspace.repair().unwrap().vectors, []);
    // What cannot be read is not believed.
    fs::write(place.root().join(".checked.json"), b"{ \"images\"").unwrap();
    assert_eq!(Workspace::open(&place.root()).unwrap().misfits(&spec.table_name()).unwrap(), []);
}

#[test]
fn where_nothing_was_amiss_no_table_is_opened_again_until_one_is_another() {
    let place = Place::new();
    let spec = spec(&[("conv1", 4)]);
    let (table, backup) = (place.root().join("images.lance"), place.folder.path().join("backup"));
    let mut workspace = place.open();
    workspace.append_images(images(0..5)).unwrap();
    copy(&table, &backup);
    workspace.append_images(images(5..8)).unwrap();
    workspace.features(&spec).unwrap().append(rows(&spec.columns, 0..8)).unwrap();
    let recorder = workspace.recorder().unwrap();
    recorder.add_tag(&ids([2]), "mine", record).unwrap();
    drop((recorder, workspace));
    let look = || {
        let reader = Workspace::open(&place.root()).unwrap();
        let before = reader.reads().opens;
        let found = reader.misfit_report().unwrap();
        reader.remember_fitting(&found);
        (reader.reads().opens - before, found)
    };
    let (opened, found) = look();
    assert!(opened > 0 && found.vectors.is_empty(), "{opened} tables were opened");
    let (opened, found) = look();
    assert!(opened == 0 && found.vectors.is_empty(), "{opened} tables were opened again");
    // A tag more is another state of its table.
    place.open().recorder().unwrap().add_tag(&ids([3]), "mine", record).unwrap();
    assert!(look().0 > 0);
    assert_eq!(look().0, 0);
    fs::remove_dir_all(&table).unwrap();
    copy(&backup, &table);
    let (opened, found) = look();
    assert!(opened > 0);
    assert_eq!(found.vectors, [(spec.table_name(), 3)]);
    assert_eq!(look().1.vectors, found.vectors, "what is amiss is said as often as it is looked at");
}
