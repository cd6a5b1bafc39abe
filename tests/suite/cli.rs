//! The command line as a person or another program uses it: the real binary, its answers and exit codes.

mod activations;
mod adopting;
mod bench_window;
#[cfg(unix)]
mod beside;
mod brief;
mod camera_raw;
mod centrality;
mod checking;
mod choices;
mod classify;
#[cfg(target_os = "linux")]
mod closing;
mod copies;
mod cut_outs;
mod datasets;
mod features;
mod handwork;
mod key_value;
mod log;
mod manners;
mod mcp;
mod move_files;
mod outside;
mod placing;
mod precision;
mod pull;
mod queries;
mod recipes;
mod relocate;
mod repaired;
mod select;
#[cfg(unix)]
mod stopping;
mod vectors;

use std::path::Path;

use clap::Parser;
use tiramisu::cli::Args;
use tiramisu::domain::{ExportFormat, FormatDescription, Metric, ProjectionMethod};

use super::support::command::{Answer, Home, rows_on_disk};

/// Splits on spaces and puts `paths` in the place of `@0`, `@1` ...
fn run(home: &Home, line: &str, paths: &[&Path]) -> Answer {
    let place = |word: &str| match word.strip_prefix('@').and_then(|n| n.parse::<usize>().ok()) {
        Some(n) => paths[n].as_os_str().to_owned(),
        None => word.into(),
    };
    home.run(line.split_whitespace().map(place))
}

#[test]
fn help_teaches_every_verb_with_examples() {
    let home = Home::new();
    let help = home.run(["--help"]);
    assert_eq!(help.code, Some(0));
    for word in [
        "extract",
        "features",
        "adopt",
        "vectors",
        "info",
        "neighbours",
        "duplicates",
        "outliers",
        "suspicious-labels",
        "odd-pictures",
        "centrality",
        "class",
        "classify",
        "graph",
        "embed",
        "project",
        "cluster",
        "communities",
        "exemplars",
        "unusual",
        "why-similar",
        "import",
        "boxes",
        "export",
        "move",
        "recipe",
        "run",
        "query",
        "tag",
        "tags",
        "select",
        "sample",
        "storage",
        "versions",
        "networks",
        "bench-window",
        "Exit codes:",
    ] {
        assert!(help.stdout.contains(word), "--help says nothing of {word}:\n{}", help.stdout);
    }
    for verb in [
        "extract",
        "adopt",
        "vectors",
        "pull",
        "relocate",
        "select",
        "info",
        "neighbours",
        "suspicious-labels",
        "odd-pictures",
        "centrality",
        "class",
        "classify",
        "graph",
        "embed",
        "project",
        "cluster",
        "communities",
        "exemplars",
        "unusual",
        "why-similar",
        "query",
        "tag",
        "import",
        "boxes",
        "export",
        "move",
        "recipe",
        "run",
        "sample",
        "storage",
        "versions",
        "bench-window",
    ] {
        let help = home.run([verb, "--help"]);
        assert_eq!(help.code, Some(0), "{verb}");
        assert!(help.stdout.contains("--json"), "{verb} --help:\n{}", help.stdout);
    }
}

#[test]
fn a_command_line_without_sense_ends_with_code_2() {
    let home = Home::new();
    for line in [
        "extract",
        "extarct",
        "neighbours a.png -k 0",
        "neighbours a.png --region 0,0,2,1",
        "neighbours a.png --example tom.jpg",
        "neighbours a.png --mix fire9",
        "embed . --quantiles 0.2,1.2",
        "project . --method lda",
        "communities . --method kmeans",
        "export .",
        "query .",
        "tag . blurred",
        "select .",
        "vectors .",
        "recipe",
        "run a.toml",
        "query . id=1 --count-by size",
        "storage . --prefer miracles",
        "bench-window",
        "bench-window . --images 10",
        "bench-window --images 0",
        "versions . tag old --version 3",
        "--compute tpu",
    ] {
        let answer = run(&home, line, &[]);
        assert_eq!(answer.code, Some(2), "`tiramisu {line}`: {answer:?}");
        assert!(!answer.stderr.is_empty(), "`tiramisu {line}` says nothing");
    }
}

#[test]
fn the_same_seed_makes_the_same_sample() {
    let home = Home::new();
    for (folder, seed) in [("a", "7"), ("b", "7"), ("c", "8")] {
        let made = home.run(["sample", folder, "--count", "30", "--seed", seed, "--json"]).good_json();
        assert_eq!(made["written"], 30);
    }
    let [a, b, c] = ["a", "b", "c"].map(|name| Home::files(&home.path(name)));
    assert_eq!(a.len(), 30);
    assert!(a == b, "the same seed gave other files");
    assert!(a != c, "another seed gave the same files");
}

#[test]
#[cfg(all(unix, not(target_os = "macos")))]
fn a_window_without_a_display_is_refused_in_one_line_of_our_own() {
    let home = Home::new();
    let folder = home.sample("pictures", 2);
    let mut command = home.command([&folder]);
    for name in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
        command.env_remove(name);
    }
    let refused = Answer::of(&command.output().expect("the binary starts"));
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.starts_with("tiramisu: There is no display for the window"), "{refused:?}");
    assert!(refused.stderr.trim_end().lines().count() == 1 && !refused.stderr.contains("winit"), "{refused:?}");
}

#[test]
fn the_main_job_runs_without_a_display() {
    let home = Home::new();
    let folder = home.sample("pictures", 88);

    let done = run(&home, "extract @0 --compute cpu --json", &[&folder]).good_json();
    assert_eq!(done["images"], 88);
    assert_eq!(done["with_vectors"], 88);
    assert_eq!(done["done_now"], 88);
    let again = run(&home, "extract @0 --compute cpu --json", &[&folder]).good_json();
    assert_eq!(again["done_now"], 0, "a second run has nothing left to do");
    assert_eq!(again["with_vectors"], 88);

    let info = run(&home, "info @0 --json", &[&folder]).good_json();
    assert_eq!(info["images"], 88);
    assert_eq!(info["problems"], 0);
    assert_eq!(info["tables"][0]["rows"], 88);
    let workspace = info["workspace"].as_str().expect("the workspace is named").to_owned();
    let by_workspace = run(&home, "info @0 --json", &[workspace.as_ref()]).good_json();
    assert_eq!(by_workspace, info, "a workspace is named by its folder or by itself");

    let probe = Home::files(&folder)[5].0.clone();
    let found = run(&home, "neighbours @0 -k 5 --json", &[&folder.join(&probe)]).good_json();
    let rows = found["neighbours"].as_array().expect("a list");
    let scores: Vec<f64> = rows.iter().map(|row| row["score"].as_f64().expect("a score")).collect();
    assert_eq!(rows.len(), 5);
    assert!(scores.is_sorted_by(|a, b| a >= b), "nearest first: {scores:?}");
    assert!(rows.iter().all(|row| row["path"] != found["probe"]), "the probe is no neighbour of its own");
    assert_eq!(found["searched"], 88, "every stored vector is compared");

    let map = home.path("map.csv");
    run(&home, "project @0 --out @1 --json", &[&folder, &map]).good_json();
    let table = std::fs::read_to_string(&map).expect("the map was written");
    assert_eq!(table.lines().next(), Some("path,label,x,y,kept,placed"));
    assert_eq!(table.lines().count(), 1 + 88);
    let refused = run(&home, "project @0 --out @1", &[&folder, &map]);
    assert_eq!(refused.code, Some(1), "a file is not replaced unasked: {refused:?}");
}

#[test]
fn neighbours_are_asked_with_many_examples_by_many_layers_and_by_the_whole_network() {
    let home = Home::new();
    let folder = home.sample("pictures", 66);
    run(&home, "extract @0 --compute cpu --json", &[&folder]).good_json();
    let pictures: Vec<_> = Home::files(&folder).into_iter().map(|(path, _)| folder.join(path)).collect();
    let [a, b] = [pictures[3].as_path(), pictures[40].as_path()];
    let paths = |answer: &serde_json::Value| -> Vec<String> {
        let rows = answer["neighbours"].as_array().expect("a list");
        rows.iter().map(|row| row["path"].as_str().expect("a path").to_owned()).collect()
    };
    let both = run(&home, "neighbours @0 --against @1 -k 64 --json", &[a, b]).good_json();
    assert_eq!((paths(&both).len(), &both["examples"]), (64, &serde_json::json!(2)));
    let weighed = run(&home, "neighbours @0 --example -1:@1 -k 64 --json", &[a, b]);
    assert_eq!(weighed.code, Some(1), "a path with its weight is one word: {weighed:?}");
    let same = home.run([
        "neighbours".into(),
        a.as_os_str().into(),
        "--example".into(),
        weigh(-1.0, b),
        "-k".into(),
        "64".into(),
        "--json".into(),
    ]);
    assert_eq!(paths(&same.good_json()), paths(&both));

    let label = both["neighbours"][0]["label"].as_str().expect("a label").to_owned();
    let among = run(&home, &format!("neighbours @0 --among {label} -k 64 --json"), &[a]).good_json();
    assert!(among["neighbours"].as_array().expect("a list").iter().all(|row| row["label"] == label.as_str()));
    let mut words: Vec<std::ffi::OsString> = ["neighbours", "-k", "64", "--json", "--where"].map(Into::into).into();
    words.extend([format!("label = '{label}'").into(), a.into()]);
    assert_eq!(home.run(words).good_json()["neighbours"], among["neighbours"], "a predicate says the same");
    let class = run(&home, &format!("neighbours --class {label} --folder @0 -k 3 --json"), &[&folder]).good_json();
    assert_eq!((paths(&class).len(), class["probe"].is_null()), (3, true));

    let info = run(&home, "info @0 --json", &[&folder]).good_json();
    let layers = info["tables"][0]["layers"].as_array().expect("layers");
    let [first, last] = [&layers[0], &layers[layers.len() - 1]].map(|layer| layer["layer"].as_str().expect("a name"));
    let mix = run(&home, &format!("neighbours @0 --mix {first}=0.5 --mix {last}=1 --json"), &[a]).good_json();
    assert_eq!(mix["layer"], format!("{first} × 0.5 + {last}"));
    let part = run(&home, "neighbours @0 --region 0,0,0.5,0.5 --json", &[a]).good_json();
    assert_eq!(paths(&part).len(), 10);

    let none = run(&home, "neighbours @0 --embedding", &[a]);
    assert!(none.code == Some(1) && none.stderr.contains("tiramisu embed"), "{none:?}");
    let made = run(&home, "embed @0 --json", &[&folder]).good_json();
    assert_eq!(made["images"], 66);
    assert!(made["bytes"].as_u64() < made["bytes_of_vectors"].as_u64());
    let whole = run(&home, "neighbours @0 --embedding --json", &[a]).good_json();
    assert_eq!((paths(&whole).len(), &whole["metric"]), (10, &serde_json::json!("features that differ")));
}

fn weigh(weight: f32, path: &Path) -> std::ffi::OsString {
    let mut word = std::ffi::OsString::from(format!("{weight}:"));
    word.push(path);
    word
}

#[test]
fn classes_are_compared_and_graphs_written_without_a_display() {
    let home = Home::new();
    let folder = home.sample("pictures", 66);
    run(&home, "extract @0 --compute cpu --json", &[&folder]).good_json();
    let list = run(&home, "class @0 list --json", &[&folder]).good_json();
    let rows = list.as_array().expect("a list");
    assert_eq!(rows.len(), 22);
    let [a, b] = [0, 1].map(|row| rows[row]["class"].as_str().expect("a name").to_owned());
    let near = run(&home, &format!("class @0 nearest {a} -k 3 --json"), &[&folder]).good_json();
    assert_eq!(near["nearest"][0]["class"], rows[0]["nearest"]);
    let apart = home.run(["class".as_ref(), folder.as_os_str(), "arithmetic".as_ref(), format!("{a} - {b}").as_ref()]);
    assert!(apart.code == Some(0) && !apart.stdout.contains(&format!(" {a} (")), "{apart:?}");
    let table = run(&home, "class @0 distances", &[&folder]);
    assert_eq!((table.code, table.stdout.lines().count()), (Some(0), 23));
    let files = home.path("vectors");
    run(&home, "class @0 export @1 --json", &[&folder, &files]).good_json();
    let [ivf, cfg] = [format!("{a}.ivf"), "layers.cfg".to_owned()].map(|name| files.join(name));
    let back = run(&home, "class @0 import @1 @2 --json", &[&folder, &ivf, &cfg]).good_json();
    assert_eq!(back["nearest"][0]["class"], a.as_str());
    let unknown = run(&home, "class @0 nearest nonsense", &[&folder]);
    assert!(unknown.code == Some(1) && unknown.stderr.contains("There are "), "{unknown:?}");

    std::fs::copy(folder.join(&Home::files(&folder)[0].0), folder.join("copy.png")).expect("a copy");
    run(&home, "extract @0 --compute cpu --json", &[&folder]).good_json();
    let twice = run(&home, "duplicates @0 --only content --json", &[&folder]).good_json();
    assert_eq!(twice["groups"][0]["images"].as_array().map(Vec::len), Some(2), "{twice}");
    let unlike = run(&home, "outliers @0 --by factor --top 5 --json", &[&folder]).good_json();
    assert_eq!((unlike["outliers"].as_array().map(Vec::len), &unlike["images"]), (Some(5), &serde_json::json!(67)));
    std::fs::remove_file(folder.join("copy.png")).expect("it was there");
    let out = home.path("near.graphml");
    let graph = run(&home, "graph @0 --to @1 -k 5 --json", &[&folder, &out]).good_json();
    let text = std::fs::read_to_string(&out).expect("it was written");
    assert_eq!(text.matches("<node ").count(), 67);
    assert_eq!(Some(text.matches("<edge ").count() as u64), graph["edges"].as_u64());
    assert_eq!(run(&home, "graph @0 --to @1", &[&folder, &out]).code, Some(1), "nothing is replaced unasked");
}

#[test]
fn channels_are_looked_at_without_a_display() {
    let home = Home::new();
    let folder = home.sample("pictures", 44);
    run(&home, "extract @0 --compute cpu --json", &[&folder]).good_json();

    let one = run(&home, "exemplars @0 --channel 2 -k 5 --json", &[&folder]).good_json();
    let rows = one["exemplars"].as_array().expect("a list");
    let values: Vec<f64> = rows.iter().map(|row| row["value"].as_f64().expect("a value")).collect();
    assert!(values.len() <= 5 && values.is_sorted_by(|a, b| a >= b) && values.iter().all(|value| *value > 0.0));
    assert_eq!(one["is_current"], true);
    let [height, width] = [0, 1].map(|place| one["map"][place].as_u64().expect("a number"));
    for row in rows {
        assert_eq!(row["channel"], 2);
        assert!(row["row"].as_u64().expect("a row") < height && row["column"].as_u64().expect("a column") < width);
        assert!(folder.join(row["path"].as_str().expect("a path")).is_file());
    }
    let all = run(&home, "exemplars @0 --json", &[&folder]).good_json();
    let of_two = all["exemplars"].as_array().expect("a list").iter().find(|row| row["channel"] == 2);
    assert_eq!(of_two, rows.first(), "the strongest of each channel");
    let beyond = run(&home, "exemplars @0 --channel 99999", &[&folder]);
    assert_eq!(beyond.code, Some(1));
    assert!(beyond.stderr.contains("99999") && beyond.stderr.contains("counted from 0"), "{beyond:?}");

    let pictures = Home::files(&folder);
    let [a, b] = [3, 17].map(|place: usize| folder.join(&pictures[place].0));
    let unusual = run(&home, "unusual @0 -k 7 --json", &[&a]).good_json();
    let z: Vec<f64> =
        unusual["channels"].as_array().expect("a list").iter().map(|c| c["z"].as_f64().unwrap()).collect();
    assert!(z.len() == 7 && z.is_sorted_by(|a, b| a.abs() >= b.abs()), "{z:?}");
    let why = run(&home, "why-similar @0 @1 -k 4 --json", &[&a, &b]).good_json();
    let score = why["score"].as_f64().expect("a score");
    let shares: Vec<f64> =
        why["channels"].as_array().expect("a list").iter().map(|c| c["share"].as_f64().unwrap()).collect();
    assert!(shares.len() == 4 && shares.is_sorted_by(|a, b| a >= b) && (0.0..=1.0 + 1e-9).contains(&score), "{why}");
    let found = run(&home, "neighbours @0 -k 43 --json", &[&a]).good_json();
    let same = found["neighbours"].as_array().expect("a list").iter().find(|row| row["path"] == why["b"]).expect("b");
    assert!((same["score"].as_f64().expect("a score") - score).abs() < 1e-3, "the score that neighbours are ranked by");
    let words = run(&home, "why-similar @0 @1 --difference", &[&a, &b]);
    assert!(words.code == Some(0) && words.stdout.contains("difference"), "{words:?}");
}

#[test]
fn groups_and_maps_are_made_without_a_display_and_kept() {
    let home = Home::new();
    let folder = home.sample("pictures", 88);
    run(&home, "extract @0 --compute cpu --json", &[&folder]).good_json();

    let made = run(&home, "cluster @0 -k 6 --json", &[&folder]).good_json();
    let clusters = made["clusters"].as_array().expect("a list");
    assert_eq!((clusters.len(), &made["images"]), (6, &serde_json::json!(88)));
    assert_eq!(clusters.iter().filter_map(|cluster| cluster["size"].as_u64()).sum::<u64>(), 88);
    assert!(made["agreement_with_labels"]["nmi"].as_f64().is_some_and(|nmi| nmi > 0.2), "{made}");
    assert!(clusters[0]["telling"][0]["mean_z"].as_f64().is_some_and(|z| z > 0.0), "{made}");
    let words = run(&home, "communities @0 --method fluid -k 5", &[&folder]);
    assert_eq!(words.code, Some(0), "{words:?}");
    assert!(words.stdout.starts_with("5 clusters of 88 images by fluid"), "{}", words.stdout);
    let over = "agreement with the labels, over the 88 of 88 images that have a label and a cluster: NMI";
    assert!(words.stdout.contains(over), "{}", words.stdout);
    for (command, option) in [
        ("cluster @0 --method hdbscan --count 5", "--count"),
        ("cluster @0 --least 5", "--least"),
        ("cluster @0 --neighbours 5", "--neighbours"),
        ("communities @0 -k 5", "--count"),
        ("communities @0 --method fluid --resolution 2", "--resolution"),
    ] {
        let refused = run(&home, command, &[&folder]);
        assert_eq!(refused.code, Some(2), "{command}: {refused:?}");
        assert!(refused.stderr.contains(&format!("{option} means nothing to")), "{command}: {}", refused.stderr);
    }
    let dense = run(&home, "cluster @0 --method hdbscan --least 4 --neighbours 3 --json", &[&folder]).good_json();
    let (images, outside) =
        (dense["images"].as_u64().expect("a count"), dense["unassigned"].as_u64().expect("a count"));
    let over = &dense["agreement_with_labels"]["images"];
    assert!(outside > 0 && over.as_u64() == Some(images - outside), "labels are of those in a group: {dense}");

    let map = home.path("map.csv");
    let made = run(&home, "project @0 --method umap --out @1 --json", &[&folder, &map]).good_json();
    assert!(made["trustworthiness"].as_f64().is_some_and(|trust| trust > 0.7), "{made}");
    assert_eq!(std::fs::read_to_string(&map).expect("the map was written").lines().count(), 1 + 88);
    let workspace =
        run(&home, "info @0 --json", &[&folder]).good_json()["workspace"].as_str().expect("a path").to_owned();
    let tables: Vec<String> = std::fs::read_dir(workspace)
        .expect("the workspace")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    for prefix in
        [("clusters_ladyfinger_", "_kmeans_6_"), ("clusters_ladyfinger_", "_fluid_5_"), ("map_ladyfinger_", "_umap_")]
    {
        let (start, middle) = prefix;
        assert!(tables.iter().any(|table| table.starts_with(start) && table.contains(middle)), "{tables:?}");
    }
}

#[test]
fn layers_can_be_chosen_by_name_or_all_of_them() {
    let home = Home::new();
    let folder = home.sample("pictures", 22);
    let [some, every] = ["some", "every"].map(|name| home.path(name));
    let all = run(&home, "extract @0 --workspace @1 --compute cpu --layers all --json", &[&folder, &every]);
    assert_eq!(all.code, Some(0), "{all:?}");
    let info = run(&home, "info @0 --json", &[&every]).good_json();
    let columns = info["tables"][0]["layers"].as_array().expect("a list").clone();
    let name = columns[0]["layer"].as_str().expect("a name").to_owned();
    let line = format!("extract @0 --workspace @1 --compute cpu --layers {name} --json");
    run(&home, &line, &[&folder, &some]).good_json();
    let info = run(&home, "info @0 --json", &[&some]).good_json();
    let kept = info["tables"][0]["layers"].as_array().expect("a list").clone();
    assert_eq!(kept.len(), 2, "one layer, two poolings: {kept:?}");
    assert!(columns.len() > 4, "all layers are more than one: {columns:?}");
    let wrong = run(&home, "extract @0 --workspace @1 --layers nonsense", &[&folder, &some]);
    assert_eq!(wrong.code, Some(1));
    assert!(wrong.stderr.contains("nonsense") && wrong.stderr.contains("such as"), "names what there is: {wrong:?}");
    for written in ["concat12", "Features.12.conct"] {
        let wrong = run(&home, &format!("extract @0 --workspace @1 --layers {written}"), &[&folder, &some]);
        assert!(wrong.stderr.contains("did you mean features.12.concat"), "{wrong:?}");
        assert!(wrong.stderr.contains("`tiramisu networks show NAME` lists them"), "{wrong:?}");
    }
}

#[test]
fn a_sample_goes_into_a_folder_of_its_own_or_nowhere() {
    let home = Home::new();
    let folder = home.path("mine");
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(folder.join(".hidden"), b"of a file manager").expect("a file");
    std::fs::write(folder.join("thumbs.db"), b"of another").expect("a file");
    std::fs::write(folder.join("holidays.jpg"), b"mine").expect("a file");
    let refused = run(&home, "sample @0 --count 30 --json", &[&folder]);
    assert!(refused.code == Some(1) && refused.stderr.contains("holidays.jpg"), "{refused:?}");
    assert_eq!(Home::files(&folder).len(), 3, "nothing was written");

    std::fs::remove_file(folder.join("holidays.jpg")).expect("it was there");
    run(&home, "sample @0 --count 22 --json", &[&folder]).good_json();
    let first = Home::files(&folder);
    run(&home, "sample @0 --count 22 --json", &[&folder]).good_json();
    assert_eq!(Home::files(&folder), first);
    run(&home, "sample @0 --count 30 --json", &[&folder]).good_json();
    assert_eq!(Home::files(&folder).len(), first.len() + 8);

    // The last of them is another one, and still the first is not written.
    let before = Home::files(&folder);
    let (gone, other) = (folder.join(&before[1].0), folder.join(&before[before.len() - 1].0));
    std::fs::remove_file(&gone).expect("it was there");
    std::fs::write(&other, b"mine").expect("a file");
    let refused = run(&home, "sample @0 --count 30 --json", &[&folder]);
    assert!(refused.code == Some(1) && refused.stderr.contains(other.to_str().expect("UTF-8")), "{refused:?}");
    assert!(!gone.exists());
    std::fs::remove_file(&other).expect("it was there");
    std::fs::write(folder.join("stripes/sea.jpg"), b"mine").expect("a file");
    let refused = run(&home, "sample @0 --count 30 --json", &[&folder]);
    assert!(refused.code == Some(1) && refused.stderr.contains("sea.jpg") && !gone.exists(), "{refused:?}");
}

#[test]
fn exports_hold_what_was_asked_for_and_replace_nothing() {
    let home = Home::new();
    let folder = home.sample("pictures", 44);
    run(&home, "extract @0 --compute cpu --json", &[&folder]).good_json();

    let csv = home.path("stripes.csv");
    let written = run(&home, "export @0 --label stripes --to @1 --json", &[&folder, &csv]).good_json();
    assert_eq!(written["written"], 2);
    let before = std::fs::read(&csv).expect("the table was written");
    assert_eq!(String::from_utf8_lossy(&before).lines().count(), 1 + 2);
    let refused = run(&home, "export @0 --to @1 --json", &[&folder, &csv]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.json()["error"].as_str().is_some_and(|why| why.contains("--overwrite")), "{refused:?}");
    assert_eq!(std::fs::read(&csv).expect("still there"), before, "the table was replaced unasked");
    run(&home, "export @0 --to @1 --overwrite --json", &[&folder, &csv]).good_json();
    assert_eq!(std::fs::read_to_string(&csv).expect("still there").lines().count(), 1 + 44);

    let probe = folder.join(&Home::files(&folder)[0].0);
    let copies = home.path("copies");
    let line = "export @0 --like @1 -k 3 --to @2 --json";
    let written = run(&home, line, &[&folder, &probe, &copies]).good_json();
    assert_eq!(written["written"], 4, "itself and three like it");
    assert_eq!(Home::files(&copies).len(), 4);
    let taken = Home::files(&copies);
    let again = run(&home, line, &[&folder, &probe, &copies]);
    assert!(again.code == Some(1) && again.stderr.contains("add --overwrite"), "{again:?}");
    assert_eq!(Home::files(&copies), taken, "nothing was copied");
    std::fs::write(copies.join(&taken[0].0), b"changed").expect("a file");
    std::fs::write(copies.join("mine.txt"), b"mine").expect("a file");
    run(&home, &format!("{line} --overwrite"), &[&folder, &probe, &copies]).good_json();
    std::fs::remove_file(copies.join("mine.txt")).expect("nobody replaced it");
    assert_eq!(Home::files(&copies), taken, "those of the same names were replaced");

    // Both have one name in one folder: each export makes the same two files of them.
    std::fs::create_dir(folder.join("twins")).expect("a folder");
    let first = std::path::PathBuf::from(&Home::files(&folder)[0].0);
    let twin = folder.join("twins").join(first.file_name().expect("a name"));
    std::fs::copy(folder.join(&Home::files(&folder)[1].0), &twin).expect("copied");
    run(&home, "extract @0 --compute cpu --json", &[&folder]).good_json();
    let both = home.path("both");
    let line = "export @0 --images @1 --to @2 --overwrite --json";
    let list = home.path("both.txt");
    std::fs::write(&list, format!("{}\n{}", folder.join(first).display(), twin.display())).expect("a list");
    assert_eq!(run(&home, line, &[&folder, &list, &both]).good_json()["renamed"], 1);
    let taken = Home::files(&both);
    assert!(taken.len() == 2 && taken[0].1 != taken[1].1, "{:?}", taken.iter().map(|file| &file.0).collect::<Vec<_>>());
    run(&home, line, &[&folder, &list, &both]).good_json();
    assert_eq!(Home::files(&both), taken);
    let inside = run(&home, line, &[&folder, &list, &folder.join("stripes")]);
    assert!(inside.code == Some(1) && inside.stderr.contains("pictures of the collection"), "{inside:?}");

    for name in ["pictures.xlsx", "notes.TXT"] {
        let unknown = run(&home, "export @0 --to @1", &[&folder, &home.path(name)]);
        let told = ["FILE.csv", "FILE.parquet", "--format files", name];
        assert!(unknown.code == Some(2) && told.iter().all(|word| unknown.stderr.contains(word)), "{unknown:?}");
        assert!(!home.path(name).exists());
    }
    let named = run(&home, "export @0 --label stripes --format files --to @1", &[&folder, &home.path("called.xlsx")]);
    assert_eq!(named.code, Some(0), "{named:?}");
    assert_eq!(Home::files(&home.path("called.xlsx")).len(), 2);

    let nothing = run(&home, "export @0 --label unicorns --to @1", &[&folder, &home.path("none.csv")]);
    assert_eq!(nothing.code, Some(1));
    assert!(!home.path("none.csv").exists());
}

#[test]
fn unreadable_pictures_end_with_code_3_and_keep_the_others() {
    let home = Home::new();
    let folder = home.sample("pictures", 22);
    std::fs::write(folder.join("letter.jpg"), "Dear aunt, this is no picture.").expect("written");
    std::fs::write(folder.join("empty.png"), "").expect("written");
    let done = run(&home, "extract @0 --compute cpu --json", &[&folder]);
    assert_eq!(done.code, Some(3), "{done:?}");
    let done = done.json();
    assert_eq!(done["images"], 24);
    assert_eq!(done["with_vectors"], 22);
    let unreadable: Vec<&str> =
        done["unreadable"].as_array().expect("a list").iter().filter_map(|bad| bad["path"].as_str()).collect();
    assert_eq!(unreadable, ["empty.png", "letter.jpg"]);
    let info = run(&home, "info @0 --json", &[&folder]).good_json();
    assert_eq!(info["problems"], 2);
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf8_are_no_obstacle() {
    use std::os::unix::ffi::OsStrExt;

    let home = Home::new();
    let folder = home.path("x").with_file_name(std::ffi::OsStr::from_bytes(b"f\xf6lder"));
    run(&home, "sample @0 --count 22 --json", &[&folder]).good_json();
    let odd = folder.join("stripes").join(std::ffi::OsStr::from_bytes(b"na\xefve.png"));
    let first = Home::files(&folder)[0].0.clone();
    std::fs::copy(folder.join(first), &odd).expect("copied");
    let done = run(&home, "extract @0 --compute cpu --json", &[&folder]).good_json();
    assert_eq!(done["with_vectors"], 23);
    run(&home, "info @0 --json", &[&folder]).good_json();
    let found = run(&home, "neighbours @0 -k 1 --json", &[&odd]).good_json();
    assert_eq!(found["neighbours"][0]["score"].as_f64().map(|score| score > 0.999), Some(true), "its twin: {found}");
    let copies = home.path("copies");
    run(&home, "export @0 --like @1 -k 1 --to @2 --json", &[&folder, &odd, &copies]).good_json();
    assert_eq!(Home::files(&copies).len(), 2);
}

#[test]
fn what_cannot_be_done_is_said_with_its_reason() {
    let home = Home::new();
    let folder = home.sample("pictures", 22);
    let probe = folder.join(&Home::files(&folder)[0].0);
    let missing = home.path("nowhere");
    for (line, word) in [
        ("extract @0", "nowhere"),
        ("extract @0 --network @0", "nowhere"),
        ("info @1", "tiramisu extract"),
        ("neighbours @2", "tiramisu extract"),
        ("neighbours @0", "nowhere"),
        ("project @1", "extract"),
    ] {
        let answer = run(&home, line, &[&missing, &folder, &probe]);
        assert_eq!(answer.code, Some(1), "`{line}`: {answer:?}");
        assert!(answer.stderr.contains(word), "`{line}` should say {word}: {answer:?}");
        assert_eq!(answer.stdout, "", "`{line}` has no answer");
        let answer = run(&home, &format!("{line} --json"), &[&missing, &folder, &probe]);
        assert!(answer.json()["error"].is_string(), "`{line} --json`: {answer:?}");
    }
    run(&home, "extract @0 --compute cpu", &[&folder]);
    let wrong = run(&home, "neighbours @0 --layer nonsense", &[&probe]);
    assert_eq!(wrong.code, Some(1));
    assert!(wrong.stderr.contains("such as features.0, "), "names layers there are: {wrong:?}");
    let mistyped = run(&home, "neighbours @0 --layer feature.3.sqeeze", &[&probe]);
    assert!(mistyped.stderr.contains("did you mean features.3.squeeze"), "names what was meant: {mistyped:?}");
    let unstored = run(&home, "neighbours @0 --layer features.3.squeeze", &[&probe]);
    assert!(unstored.stderr.contains("--layers"), "says how it can be stored: {unstored:?}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_in_order_and_the_next_run_goes_on() {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    let home = Home::new();
    let folder = home.sample("pictures", 220);
    let workspace = home.path("workspace");
    let small_steps = ["--batch", "2", "--commit-every", "2", "--compute", "cpu", "--json", "--workspace"];
    let mut running = home.command(["extract".as_ref(), folder.as_os_str()]);
    let running = running.args(small_steps).arg(&workspace).stdout(Stdio::piped()).stderr(Stdio::piped());
    let running = running.spawn().expect("the binary starts");
    let begun = Instant::now();
    while rows_on_disk(&workspace) == 0 {
        assert!(begun.elapsed() < Duration::from_secs(120), "nothing was committed in two minutes");
        std::thread::sleep(Duration::from_millis(5));
    }
    let told = Command::new("kill").args(["-INT", &running.id().to_string()]).status().expect("kill is there");
    assert!(told.success());
    let stopped = running.wait_with_output().expect("it ends");
    assert_eq!(stopped.status.code(), Some(130), "{}", String::from_utf8_lossy(&stopped.stderr));
    let report: serde_json::Value = serde_json::from_slice(&stopped.stdout).expect("one JSON document");
    let kept = report["with_vectors"].as_u64().expect("a number");
    assert_eq!(report["cancelled"], true);
    assert!((1..220).contains(&kept), "{kept} images were kept");

    let done = run(&home, "extract @0 --workspace @1 --compute cpu --json", &[&folder, &workspace]).good_json();
    assert_eq!(done["with_vectors"], 220);
    assert_eq!(done["done_now"], 220 - kept, "only what was missing is done");
}

#[test]
fn the_program_calls_itself_by_its_name_whatever_it_is_started_as() {
    let refused = Args::try_parse_from(["./AppRun", "tag", "--nonsense"]).expect_err("it makes no sense");
    let said = refused.to_string();
    assert!(said.contains("Usage: tiramisu tag") && !said.contains("AppRun"), "{said}");
}

#[test]
fn the_help_of_export_tells_of_every_format() {
    let help = Home::new().run(["export", "--help"]);
    let told = help.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for format in ExportFormat::ALL {
        let FormatDescription { word, about, place, .. } = format.description();
        for what in [word, about, place] {
            assert!(told.contains(what), "nothing of {what:?} in {told}");
        }
    }
}

#[test]
fn a_word_that_is_no_choice_is_refused_and_those_there_are_are_told() {
    let home = Home::new();
    let formats = ExportFormat::ALL.map(|format| format.description().word);
    let choices: [(&[&str], &[&str]); 5] = [
        (&["neighbours", "a.jpg", "--metric"], &Metric::ALL.map(Metric::word)),
        (&["project", ".", "--method"], &ProjectionMethod::ALL.map(ProjectionMethod::word)),
        (&["export", ".", "--to", "x", "--format"], &formats),
        (&["extract", ".", "--compute"], &["auto", "gpu", "cpu"]),
        (&["networks", "add", "a.onnx", "--channels"], &["rgb", "bgr"]),
    ];
    for (line, words) in choices {
        let refused = home.run(line.iter().chain(&["nonsense"]));
        let are_told = words.iter().all(|word| refused.stderr.contains(word));
        assert!(refused.code == Some(2) && are_told, "{line:?}: {refused:?}");
    }
}

#[test]
fn verbs_and_options_answer_to_the_names_that_they_once_had() {
    let home = Home::new();
    let folder = home.path("nowhere");
    let folder = folder.to_str().expect("a plain name");
    for (new, old) in [
        ("why-similar --help", "explain --help"),
        ("networks download --help", "networks fetch --help"),
        ("versions @ name before --help", "versions @ tag before --help"),
        ("versions @ name before", "versions @ tag before"),
        ("versions @ forget-name before", "versions @ untag before"),
        ("versions @ restore before", "versions @ checkout before"),
        ("activations @ store --layer x", "activations @ keep --layer x"),
        ("activations @ remove --layer x", "activations @ drop --layer x"),
        ("index @ --remove", "index @ --drop"),
        ("storage @ --keep-versions 3", "storage @ --forget-versions 3"),
    ] {
        let [new, old] = [new, old].map(|line| home.run(line.replace('@', folder).split_whitespace()));
        assert_ne!(new.code, Some(2), "it is understood: {new:?}");
        assert_eq!((new.code, &new.stdout, &new.stderr), (old.code, &old.stdout, &old.stderr));
    }
}

#[test]
fn a_picture_that_is_opened_stands_for_its_folder() {
    let home = Home::new();
    let (folder, picture) = (home.path("of birds.jpg"), home.path("of birds.jpg/a wren.JPG"));
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(&picture, "a picture, by its name").expect("a file");
    let opened = |path: &Path| {
        let words = [std::ffi::OsStr::new("tiramisu"), path.as_os_str()];
        Args::try_parse_from(words).expect("a path").folder_to_open()
    };
    assert_eq!(opened(&picture), Some(folder.clone()));
    assert_eq!(opened(&folder), Some(folder.clone()));
    // What is not there, or no picture, is complained about by the name that it was given.
    for other in [folder.join("gone.jpg"), folder.join("notes.txt")] {
        assert_eq!(opened(&other), Some(other));
    }
    assert_eq!(Args::try_parse_from(["tiramisu"]).expect("nothing").folder_to_open(), None);
}
