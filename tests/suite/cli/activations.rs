//! `activations` and `neighbours --anywhere`.

use crate::support::command::Home;

#[test]
fn activations_are_kept_asked_and_removed_from_the_command_line() {
    let home = Home::new();
    let folder = home.sample("pictures", 12);
    let folder = folder.to_str().expect("UTF-8");
    let run =
        |arguments: &[&str]| home.run(arguments.iter().copied().chain(["--network", "filters", "--compute", "cpu"]));
    assert_eq!(run(&["extract", folder]).code, Some(0));
    let none = run(&["activations", folder, "list"]);
    assert!(none.stdout.contains("no activations are stored"), "{none:?}");
    let layer = "textures/relu";

    let cost = run(&["activations", folder, "--json", "keep", "--layer", layer, "--dry-run"]).good_json();
    let sides: Vec<u64> =
        cost[0]["shape"].as_array().expect("a shape").iter().map(|side| side.as_u64().unwrap()).collect();
    assert_eq!(cost[0]["bytes"].as_u64(), Some(12 * 2 * sides.iter().product::<u64>()), "{cost}");
    assert!(run(&["activations", folder, "list"]).stdout.contains("no activations are stored"), "only said, not done");

    let kept = run(&["activations", folder, "--json", "keep", "--layer", layer]).good_json();
    assert_eq!((kept[0]["layer"].as_str(), kept[0]["images"].as_u64()), (Some(layer), Some(12)));
    let storage = home.run(["storage", folder, "--json"]).good_json().to_string();
    assert!(storage.contains("activations_"), "what it costs is counted: {storage}");

    let picture = Home::files(std::path::Path::new(folder)).remove(0).0;
    let picture = format!("{folder}/{}", picture.display());
    let ask = |more: &[&str]| {
        let words =
            ["neighbours", picture.as_str(), "--layer", layer, "--region", "0.1,0.1,0.5,0.5", "-k", "3", "--json"];
        run(&[&words[..], more].concat())
    };
    let anywhere = ask(&["--anywhere"]).good_json();
    let first = &anywhere["neighbours"][0];
    assert!(first["region"]["right"].as_f64() > first["region"]["left"].as_f64(), "{anywhere}");
    assert!(ask(&[]).good_json()["neighbours"][0]["region"].is_null());

    let left = run(&["activations", folder, "--json", "drop", "--layer", layer]).good_json();
    assert_eq!(left, serde_json::json!([]));
    let gone = ask(&["--anywhere"]);
    assert!(gone.code == Some(1) && gone.stderr.contains("tiramisu activations"), "{gone:?}");
    let unknown = run(&["activations", folder, "keep", "--layer", "nonsense"]);
    assert!(unknown.code == Some(1) && unknown.stderr.contains("no layer nonsense"), "{unknown:?}");
}

#[test]
fn activations_that_cannot_all_be_stored_are_a_failure_and_those_that_are_stay() {
    let home = Home::new();
    let folder = home.sample("pictures", 12);
    let folder = folder.to_str().expect("UTF-8");
    let run =
        |arguments: &[&str]| home.run(arguments.iter().copied().chain(["--network", "filters", "--compute", "cpu"]));
    let store = ["activations", folder, "store", "--layer", "textures/relu", "--json"];
    assert_eq!(run(&["extract", folder]).code, Some(0));
    assert_eq!(run(&store).good_json()[0]["images"], 12);
    let first = Home::files(std::path::Path::new(folder)).remove(0).0;
    let folder_path = std::path::Path::new(folder);
    std::fs::copy(folder_path.join(&first), folder_path.join("one more.png")).expect("a picture");
    assert_eq!(run(&["extract", folder]).code, Some(0));
    // Rows are written, and then the disk does not let them be committed.
    let info = home.run(["info", folder, "--json"]).good_json();
    let root = std::path::PathBuf::from(info["workspace"].as_str().expect("a path"));
    let is_of_activations = |path: &std::path::PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("activations_"))
    };
    let mut tables = std::fs::read_dir(&root).expect("a workspace").flatten().map(|entry| entry.path());
    let transactions = tables.find(is_of_activations).expect("a table").join("_transactions");
    let aside = root.join(".aside");
    std::fs::rename(&transactions, &aside).expect("it is moved away");
    std::fs::write(&transactions, "in the way").expect("a file");

    let failed = run(&store);
    assert_eq!(failed.code, Some(1), "{failed:?}");
    assert!(failed.json()["error"].as_str().is_some_and(|why| why.contains("could not be stored")), "{failed:?}");
    assert!(failed.stderr.contains("12 images"), "what is stored is told: {failed:?}");

    std::fs::remove_file(&transactions).expect("it is taken away");
    std::fs::rename(&aside, &transactions).expect("it is moved back");
    assert_eq!(run(&store).good_json()[0]["images"], 13);
}
