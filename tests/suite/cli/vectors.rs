//! Vectors that leave: `export --to FILE.npy|FILE.parquet`; and groups that do: `cluster --out`.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, UInt32Type, UInt64Type};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tiramisu::domain::{ImageId, Pooling, StoredLayer};
use tiramisu::store::Workspace;

use crate::support::command::{Answer, Home};

/// A collection with vectors, one of whose pictures cannot be read.
struct Filled {
    home: Home,
    folder: PathBuf,
    workspace: Workspace,
    layers: Vec<String>,
}

impl Filled {
    fn new() -> Self {
        let home = Home::new();
        let folder = home.sample("pictures", 33);
        fs::write(folder.join("broken.png"), "no picture").expect("a file");
        let filled = |line: &[&str]| home.run(line.iter().copied().chain(END));
        let folder_text = folder.to_str().expect("UTF-8");
        assert_eq!(filled(&["extract", folder_text]).code, Some(3), "one cannot be read");
        let info = home.run(["info", folder_text, "--json"]).good_json();
        let workspace = Workspace::open(Path::new(info["workspace"].as_str().expect("a path"))).expect("a workspace");
        let layers = info["tables"][0]["layers"].as_array().expect("layers").iter();
        let mut layers: Vec<String> = layers.map(|layer| layer["layer"].as_str().expect("a name").to_owned()).collect();
        layers.dedup();
        Self { home, folder, workspace, layers }
    }

    fn run(&self, line: &[&str]) -> Answer {
        let line = line.iter().map(|word| if *word == "@" { self.folder.to_str().expect("UTF-8") } else { word });
        self.home.run(line.chain(END))
    }

    /// The stored vector of an image.
    fn vector(&self, layer: &str, pooling: Pooling, id: u32) -> Vec<f32> {
        let table = self.workspace.feature_tables().expect("tables")[0].table.clone();
        let table = self.workspace.read_features(&table).expect("vectors");
        let source = StoredLayer { layer: layer.to_owned(), pooling };
        table.vector(&source, ImageId(id)).expect("it can be read").expect("it has one")
    }
}

const END: [&str; 5] = ["--network", "filters", "--compute", "cpu", "--json"];

/// Rows and columns of a NumPy file of float32, and its numbers.
fn read_npy(path: &Path) -> ([usize; 2], Vec<f32>) {
    let bytes = fs::read(path).expect("a file");
    assert_eq!(&bytes[..8], b"\x93NUMPY\x01\x00");
    let length = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    assert_eq!((10 + length) % 64, 0, "numbers begin at a multiple of 64");
    let header = std::str::from_utf8(&bytes[10..10 + length]).expect("text");
    assert!(header.contains("'descr': '<f4'") && header.contains("'fortran_order': False") && header.ends_with('\n'));
    let (_, shape) = header.split_once("'shape': (").expect("a shape");
    let shape: Vec<usize> =
        shape.split([',', ')']).take(2).map(|number| number.trim().parse().expect("a number")).collect();
    let numbers = bytes[10 + length..].chunks_exact(4);
    assert!(numbers.remainder().is_empty());
    let numbers = numbers.map(|four| f32::from_le_bytes(four.try_into().expect("four bytes")));
    ([shape[0], shape[1]], numbers.collect())
}

#[test]
fn an_array_for_numpy_has_a_row_for_each_line_of_the_table_beside_it() {
    let filled = Filled::new();
    let layer = filled.layers[0].clone();
    let out = filled.home.path("vectors.npy");
    let line = ["export", "@", "--layer", &layer, "--pooling", "maximum", "--to", "vectors.npy"];
    let done = filled.run(&line);
    assert_eq!(done.code, Some(3), "one picture has no vector: {done:?}");
    let answer = done.json();
    assert_eq!((&answer["written"], &answer["failed"][0][0]), (&33.into(), &"broken.png".into()));
    let ([rows, channels], numbers) = read_npy(&out);
    let mut table = csv::Reader::from_path(filled.home.path("vectors.csv")).expect("the table beside it");
    let ids: Vec<u32> = table
        .deserialize::<HashMap<String, String>>()
        .map(|row| row.expect("a row")["id"].parse().expect("a number"))
        .collect();
    assert_eq!((rows, numbers.len()), (ids.len(), rows * channels));
    for (row, id) in ids.into_iter().enumerate() {
        let expected = filled.vector(&layer, Pooling::Maximum, id);
        assert_eq!(numbers[row * channels..(row + 1) * channels], expected, "row {row}");
    }

    let again = filled.run(&line);
    let named = ["--overwrite", "vectors.npy", "vectors.csv"];
    assert!(again.code == Some(1) && named.iter().all(|word| again.stderr.contains(word)), "{again:?}");
    fs::remove_file(&out).expect("it was there");
    // Without the array it may be anybody's.
    let asked = [&line[..], &["--overwrite"]].concat();
    for line in [&line[..], &asked] {
        let beside = filled.run(line);
        assert!(beside.code == Some(1) && beside.stderr.contains("vectors.csv") && !out.exists(), "{beside:?}");
    }
    fs::remove_file(filled.home.path("vectors.csv")).expect("it was there");
    assert_eq!(filled.run(&line).code, Some(3));
    let some = [&line[..], &["--overwrite", "--where", "id in (4, 2)"]].concat();
    assert_eq!(filled.run(&some).code, Some(0));
    assert_eq!(read_npy(&out).0, [2, channels]);
    let two = filled.run(&["export", "@", "--layer", &layer, "--layer", &filled.layers[1], "--to", "two.npy"]);
    assert!(two.code == Some(1) && two.stderr.contains("parquet"), "{two:?}");
    let none = filled.run(&["export", "@", "--where", "path = 'broken.png'", "--to", "none.npy"]);
    assert!(none.code == Some(1) && !filled.home.path("none.npy").exists(), "{none:?}");
    let idle = filled.run(&["export", "@", "--layer", &layer, "--to", "all.csv"]);
    assert!(idle.code == Some(1) && idle.stderr.contains("--layer"), "{idle:?}");
}

#[test]
fn an_array_stays_as_it_is_when_the_table_beside_it_cannot_be_written() {
    let filled = Filled::new();
    let layer = filled.layers[0].clone();
    let line = ["export", "@", "--layer", &layer, "--to", "vectors.npy", "--overwrite"];
    fs::write(filled.home.path("vectors.npy"), "an older array").expect("a file");
    fs::create_dir(filled.home.path("vectors.csv")).expect("a folder");
    let refused = filled.run(&line);
    assert!(refused.code == Some(1) && refused.stderr.contains("vectors.csv"), "{refused:?}");
    assert_eq!(fs::read_to_string(filled.home.path("vectors.npy")).expect("it is there"), "an older array");
    let left = fs::read_dir(filled.home.path("")).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    let hidden: Vec<_> = left.filter(|name| name.to_string_lossy().starts_with(".tiramisu-")).collect();
    assert!(hidden.is_empty(), "{hidden:?}");

    fs::remove_dir(filled.home.path("vectors.csv")).expect("it was there");
    fs::write(filled.home.path("vectors.csv"), "somebody's own table").expect("a file");
    for line in [&line[..line.len() - 1], &line] {
        let refused = filled.run(line);
        assert!(refused.code == Some(1) && refused.stderr.contains("would replace this file"), "{refused:?}");
        assert!(refused.stderr.contains("vectors.csv"), "{refused:?}");
        assert_eq!(fs::read_to_string(filled.home.path("vectors.csv")).expect("a file"), "somebody's own table");
        assert_eq!(fs::read_to_string(filled.home.path("vectors.npy")).expect("it is there"), "an older array");
    }
    // A table of images that lies there for itself is nobody's to replace, either.
    fs::remove_file(filled.home.path("vectors.npy")).expect("it was there");
    fs::remove_file(filled.home.path("vectors.csv")).expect("it was there");
    assert_eq!(filled.run(&["export", "@", "--to", "vectors.csv"]).code, Some(0));
    let own = fs::read(filled.home.path("vectors.csv")).expect("a table");
    assert_eq!(filled.run(&line).code, Some(1));
    assert_eq!(fs::read(filled.home.path("vectors.csv")).expect("a table"), own);
    fs::remove_file(filled.home.path("vectors.csv")).expect("it was there");
    assert_eq!(filled.run(&line).code, Some(3), "one picture has no vector");
    assert_eq!(filled.run(&line).code, Some(3), "one picture has no vector");
    let ([rows, _], _) = read_npy(&filled.home.path("vectors.npy"));
    assert_eq!(csv::Reader::from_path(filled.home.path("vectors.csv")).expect("a table").records().count(), rows);
}

#[test]
fn nothing_is_computed_for_a_file_that_could_not_be_written() {
    let filled = Filled::new();
    fs::create_dir(filled.home.path("taken")).expect("a folder");
    for [verb, flag] in [["cluster", "--out"], ["project", "--out"], ["graph", "--to"]] {
        for (out, reason) in [("taken", "a folder of this name"), ("missing/here.csv", "no such folder")] {
            let refused = filled.run(&[verb, "@", flag, out, "--overwrite"]);
            assert!(refused.code == Some(1) && refused.stderr.contains(reason), "{verb} {out}: {refused:?}");
        }
    }
    let info = filled.home.run(["info", filled.folder.to_str().expect("UTF-8"), "--json"]).good_json();
    let workspace = Path::new(info["workspace"].as_str().expect("a path"));
    let kept = fs::read_dir(workspace).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    let results: Vec<_> = kept
        .filter(|name| ["clusters_", "map_"].iter().any(|start| name.to_string_lossy().starts_with(start)))
        .collect();
    assert!(results.is_empty(), "{results:?}");
}

#[test]
fn parquet_has_a_list_of_numbers_for_every_layer_that_is_asked_for() {
    let filled = Filled::new();
    let layers = [filled.layers[0].as_str(), filled.layers[1].as_str()];
    let line = ["export", "@", "--layer", layers[0], "--layer", layers[1], "--to", "vectors.parquet"];
    assert_eq!(filled.run(&line).code, Some(3));
    let open = |name: &str| {
        let file = fs::File::open(filled.home.path(name)).expect("a file");
        ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet")
    };
    let reader = open("vectors.parquet");
    let about = reader.metadata().file_metadata().key_value_metadata().expect("metadata").iter();
    let about = about.filter(|entry| entry.key == "tiramisu").find_map(|entry| entry.value.clone()).expect("ours");
    assert!(about.contains(layers[1]), "{about}");
    let mut rows = 0;
    for batch in reader.build().expect("a reader") {
        let batch = batch.expect("rows");
        let ids = batch.column_by_name("id").expect("ids").as_primitive::<UInt32Type>();
        let paths = batch.column_by_name("path").expect("paths").as_string::<i32>();
        assert!(paths.iter().all(|path| path != Some("broken.png")));
        for layer in layers {
            let column = StoredLayer { layer: layer.to_owned(), pooling: Pooling::Average }.column();
            let lists = batch.column_by_name(&column).expect("the column").as_fixed_size_list();
            for row in 0..batch.num_rows() {
                let found = lists.value(row);
                let found = found.as_primitive::<Float32Type>().values().to_vec();
                assert_eq!(found, filled.vector(layer, Pooling::Average, ids.value(row)));
            }
        }
        rows += batch.num_rows();
    }
    assert_eq!(rows, 33);

    assert_eq!(filled.run(&["export", "@", "--layer", "all", "--to", "all.parquet"]).code, Some(3));
    assert_eq!(filled.run(&["export", "@", "--to", "all.csv"]).code, Some(0));
    let mut table = csv::Reader::from_path(filled.home.path("all.csv")).expect("a table");
    let header = table.headers().expect("a header").clone();
    // What the network says they show stands in the table alone.
    let header: Vec<&str> =
        header.iter().filter(|name| !name.starts_with("class_") && !name.starts_with("probability_")).collect();
    let schema = open("all.parquet").schema().clone();
    let columns: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    assert_eq!(columns[..header.len()], header);
    assert_eq!(columns.len(), header.len() + filled.layers.len());
    let all = open("all.parquet").build().expect("a reader").next().expect("rows").expect("rows");
    // The picture that cannot be read has no row there.
    let id = all.column_by_name("id").expect("ids").as_primitive::<UInt32Type>().value(0).to_string();
    let mut rows = table.deserialize::<HashMap<String, String>>().map(|row| row.expect("a row"));
    let of_table = rows.find(|row| row["id"] == id).expect("the same image");
    let (widths, sizes) =
        (all.column_by_name("width").expect("widths"), all.column_by_name("file_bytes").expect("sizes"));
    assert_eq!(widths.as_primitive::<UInt32Type>().value(0).to_string(), of_table["width"]);
    assert_eq!(sizes.as_primitive::<UInt64Type>().value(0).to_string(), of_table["file_bytes"]);
    assert_eq!(all.column_by_name("source").expect("sources").as_string::<i32>().value(0), of_table["source"]);
    let probe = filled.folder.join(&Home::files(&filled.folder)[3].0);
    let probe = probe.to_str().expect("UTF-8");
    let like = ["export", "@", "--like", probe, "-k", "5", "--layer", layers[0], "--to", "like.parquet"];
    assert_eq!(filled.run(&like).good_json()["written"], 6);
    assert!(open("like.parquet").schema().field_with_name("score").is_ok());
    let unknown = filled.run(&["export", "@", "--layer", "conv99", "--layer", layers[0], "--to", "x.parquet"]);
    assert!(unknown.code == Some(1) && unknown.stderr.contains("conv99"), "{unknown:?}");
}

#[test]
fn the_group_of_every_image_can_be_taken_away() {
    let filled = Filled::new();
    let answer = filled.run(&["cluster", "@", "--count", "4", "--out", "groups.csv"]).good_json();
    let assignments = answer["assignments"].as_array().expect("a list");
    assert_eq!(assignments.len(), 33);
    let mut table = csv::Reader::from_path(filled.home.path("groups.csv")).expect("a table");
    let header: Vec<String> = table.headers().expect("a header").iter().map(str::to_owned).collect();
    assert_eq!(header, ["path", "label", "cluster", "name"]);
    let mut sizes = [0; 4];
    for (row, assignment) in table.records().zip(assignments) {
        let row = row.expect("a row");
        assert_eq!((row.get(0), row.get(1)), (assignment["path"].as_str(), assignment["label"].as_str()));
        let cluster: usize = row.get(2).expect("a cell").parse().expect("k-means leaves nobody out");
        assert_eq!(assignment["cluster"], cluster);
        sizes[cluster] += 1;
    }
    let told: Vec<u64> = answer["clusters"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| row["size"].as_u64().expect("a size"))
        .collect();
    assert_eq!(told, sizes);
    let again = filled.run(&["cluster", "@", "--count", "4", "--out", "groups.csv"]);
    assert!(again.code == Some(1) && again.stderr.contains("--overwrite"), "{again:?}");
    let communities = filled.run(&["communities", "@", "--out", "communities.csv"]).good_json();
    assert_eq!(communities["assignments"].as_array().map(Vec::len), Some(33));
    assert!(filled.home.path("communities.csv").is_file());
}
