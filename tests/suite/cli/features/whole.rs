//! What comes out is what `extract` stores.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Float16Type;
use arrow_array::{Array, ArrayRef, BinaryArray, RecordBatch, StringArray};
use half::f16;
use tiramisu::domain::{ImageRecord, StoredLayer};
use tiramisu::store::Workspace;

use super::{Ran, batch, problems, run_plain, stream};
use crate::support::command::Home;

/// A network whose numbers are anything but round, and a small one with an average of its own.
const NETWORKS: [&str; 2] = ["builtin", "tests/golden/caffe/old.prototxt"];

#[test]
fn the_vectors_are_those_that_an_extraction_stores_bit_for_bit() {
    let home = Home::new();
    let folder = home.sample("pictures", 30);
    std::fs::write(folder.join("broken.png"), "no picture").expect("a file");
    for network in NETWORKS {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(network);
        let network = if file.is_file() { file.to_str().expect("UTF-8") } else { network };
        let workspace = home.path(&format!("workspace_{}", network.len()));
        let workspace = workspace.to_str().expect("UTF-8");
        let network = ["--network", network];
        let line = ["extract", folder.to_str().expect("UTF-8"), "--workspace", workspace, "--compute", "cpu"];
        let done = home.run(line.iter().chain(&network));
        assert_eq!(done.code, Some(3), "{done:?}");

        let workspace = Workspace::open(Path::new(workspace)).expect("the workspace");
        let mut records = workspace.images().expect("its images");
        // In another order than the folder's, and in batches of another size than an extraction's.
        records.reverse();
        records.rotate_left(11);
        let relative = ["--folder", folder.to_str().expect("UTF-8"), "--quiet"];
        let by_paths = run_plain(&home, &[&network[..], &relative].concat(), &stream(&by_path(&records, 7)));
        let all_at_once = stream(&by_path(&records, records.len()));
        let alone = run_plain(&home, &[&network[..], &relative, &["--batch", "1"]].concat(), &all_at_once);
        let contents = stream(&[by_content(&records, &folder)]);
        let by_contents = run_plain(&home, &[&network[..], &["--thumbnails"]].concat(), &contents);
        expect_thumbnails(&by_contents, &records, &workspace);
        for ran in [by_paths, alone, by_contents] {
            expect_stored(&ran, &records, &workspace);
        }
    }
}

fn by_path(records: &[ImageRecord], rows: usize) -> Vec<RecordBatch> {
    let paths = |records: &[ImageRecord]| StringArray::from_iter_values(records.iter().map(|record| &record.path.text));
    records.chunks(rows).map(|records| batch([("path", Arc::new(paths(records)) as ArrayRef)])).collect()
}

fn by_content(records: &[ImageRecord], folder: &Path) -> RecordBatch {
    let read = |record: &ImageRecord| std::fs::read(record.path.below(folder)).expect("a file");
    batch([("bytes", Arc::new(BinaryArray::from_iter_values(records.iter().map(read))) as ArrayRef)])
}

/// Every vector of every row, and what is said of the network.
fn expect_stored(ran: &Ran, records: &[ImageRecord], workspace: &Workspace) {
    let (schema, batches) = ran.good();
    let table = workspace.feature_tables().expect("the tables").remove(0);
    let spec = &table.spec;
    let said: serde_json::Value = serde_json::from_str(&schema.metadata()["tiramisu"]).expect("JSON");
    let preprocessing: serde_json::Value = serde_json::from_str(&spec.preprocessing).expect("JSON");
    assert_eq!(
        (&said["network"], &said["fingerprint"]),
        (&spec.network.as_str().into(), &spec.fingerprint.as_str().into())
    );
    assert_eq!((&said["preprocessing"], &said["version"]), (&preprocessing, &env!("CARGO_PKG_VERSION").into()));
    let vectors = |field: &&Arc<arrow_schema::Field>| field.metadata().contains_key("layer");
    let columns: Vec<_> = schema.fields().iter().filter(vectors).collect();
    assert_eq!(columns.len(), spec.columns.len(), "a column for each layer and pooling");
    assert_eq!(said["columns"].as_array().map(Vec::len), Some(columns.len()));
    assert_eq!(batches.iter().map(RecordBatch::num_rows).sum::<usize>(), records.len());

    let table = workspace.read_features(&table.table).expect("the table");
    let mut compared = 0;
    for (field, (stored, channels)) in columns.iter().zip(&spec.columns) {
        assert_eq!(field.metadata()["layer"], stored.layer);
        assert_eq!((field.name(), &field.metadata()["pooling"]), (&stored.column(), &stored.pooling.word().to_owned()));
        let wanted = of_images(&table, stored);
        let mut records = records.iter();
        for batch in &batches {
            let lists = batch.column_by_name(field.name()).expect("the column").as_fixed_size_list();
            assert_eq!(lists.value_length() as usize, *channels);
            let halves = lists.values().as_primitive::<Float16Type>().values();
            for row in 0..batch.num_rows() {
                let record = records.next().expect("a record for each row");
                let found = lists.is_valid(row).then(|| bits(&halves[row * channels..][..*channels]));
                assert!(found == wanted.get(&record.id.0).cloned(), "{} at {}", record.path.text, field.name());
                compared += usize::from(found.is_some());
            }
        }
    }
    assert_eq!(compared, (records.len() - 1) * spec.columns.len(), "all but the broken one");
    expect_sizes(records, &batches);
}

/// Those that the gallery shows.
fn expect_thumbnails(ran: &Ran, records: &[ImageRecord], workspace: &Workspace) {
    let ids: Vec<_> = records.iter().map(|record| record.id).collect();
    let stored: HashMap<_, _> = workspace.thumbnails(&ids).expect("they are stored").into_iter().collect();
    let rows = ran.rows();
    assert_eq!(rows.len(), records.len());
    for (record, row) in records.iter().zip(rows) {
        let column = row.column_by_name("thumbnail").expect("the column").as_binary::<i32>();
        let found = column.is_valid(0).then(|| column.value(0).to_vec());
        assert!(found == stored[&record.id], "{}", record.path.text);
        assert_eq!(found.is_none(), record.problem.is_some());
    }
}

/// For each image the bits of its vector.
fn of_images(table: &tiramisu::store::FeatureTable, stored: &StoredLayer) -> HashMap<u32, Vec<u16>> {
    let vectors = table.vectors(stored).expect("the layer is stored");
    let row = |row: usize| bits(vectors.matrix.row(row).as_half().expect("halves"));
    vectors.ids.iter().enumerate().map(|(at, id)| (id.0, row(at))).collect()
}

fn expect_sizes(records: &[ImageRecord], batches: &[RecordBatch]) {
    let mut records = records.iter();
    for batch in batches {
        let [widths, heights] = ["width", "height"].map(|name| super::numbers(batch, name));
        for (row, problem) in problems(batch).into_iter().enumerate() {
            let record = records.next().expect("a record for each row");
            assert_eq!((problem, [widths[row], heights[row]]), (record.problem.clone(), [record.width, record.height]));
        }
    }
}

fn bits(halves: &[f16]) -> Vec<u16> {
    halves.iter().map(|half| half.to_bits()).collect()
}

#[test]
fn a_number_that_halves_do_not_hold_is_told_in_its_row_and_is_there_in_single_precision() {
    let home = Home::new();
    let network = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/onnx/loud.onnx");
    let network = ["--network", network.to_str().expect("UTF-8"), "--pooling", "maximum"];
    let grey = |grey: u8| {
        let mut png = std::io::Cursor::new(Vec::new());
        let picture = image::RgbImage::from_pixel(9, 9, image::Rgb([grey; 3]));
        picture.write_to(&mut png, image::ImageFormat::Png).expect("it is encoded");
        png.into_inner()
    };
    let contents = BinaryArray::from_iter_values([grey(124), grey(255), grey(0)]);
    let input = stream(&[batch([("content", Arc::new(contents) as ArrayRef)])]);

    let single = run_plain(&home, &[&network[..], &["--vectors", "single"]].concat(), &input);
    let (_, batches) = single.good();
    assert_eq!(problems(&batches[0]), [None, None, None]);
    let loud = batches[0].column_by_name("loud_maximum").expect("the column").as_fixed_size_list();
    let loudest = |row: usize| {
        let numbers = loud.value(row);
        numbers
            .as_primitive::<arrow_array::types::Float32Type>()
            .values()
            .iter()
            .fold(0.0, |most: f32, number| most.max(number.abs()))
    };
    assert!(loudest(0) < 65_000.0 && loudest(1) > 65_600.0, "{} and {}", loudest(0), loudest(1));

    let half = run_plain(&home, &network, &input);
    let (_, batches) = half.good();
    let (lists, said) = (batches[0].column_by_name("loud_maximum").expect("the column"), problems(&batches[0]));
    for row in 0..3 {
        assert_eq!(lists.is_valid(row), loudest(row) <= 65_504.0, "row {row}: {}", loudest(row));
        assert_eq!(said[row].is_none(), lists.is_valid(row), "{said:?}");
    }
    assert!(
        said[1].as_ref().is_some_and(|said| said.contains("loud") && said.contains("--vectors single")),
        "{said:?}"
    );
    assert!(half.stderr.contains("with a reason in the column `problem`"), "{}", half.stderr);
}
