//! Tags, labels given by hand and names of clusters, kept in a file of their own.

use super::super::support::command::{Answer, Home};

/// What of the tags a listing says.
fn tags(home: &Home, workspace: &str) -> String {
    home.run(["tag", "pictures", "--workspace", workspace, "--list"]).stdout
}

#[test]
fn tags_and_names_of_clusters_survive_the_loss_of_their_workspace() {
    let home = Home::new();
    home.sample("pictures", 24);
    let extract = |workspace: &str| {
        let done = home.run(["extract", "pictures", "--workspace", workspace, "--compute", "cpu"]);
        assert_eq!(done.code, Some(0), "{done:?}");
        let made = home.run(["cluster", "pictures", "--workspace", workspace, "-k", "3", "--compute", "cpu"]);
        assert_eq!(made.code, Some(0), "{made:?}");
    };
    extract("one");
    for (tag, predicate) in [("keep", "id < 5"), ("blurred", "id >= 20")] {
        let done = home.run(["tag", "pictures", tag, "--where", predicate, "--workspace", "one"]);
        assert_eq!(done.code, Some(0), "{done:?}");
    }
    let export = ["tags", "export", "pictures", "tags.json", "--workspace", "one"];
    let done = home.run(export);
    assert_eq!(done.code, Some(0), "{done:?}");
    let again = home.run(export);
    assert!(again.code == Some(1) && again.stderr.contains("--overwrite"), "{again:?}");
    let mut written: serde_json::Value =
        serde_json::from_slice(&std::fs::read(home.path("tags.json")).expect("a file")).expect("JSON");
    assert_eq!(written["tags"]["keep"].as_array().map(Vec::len), Some(5), "{written}");

    // A name that was given in the window, and a picture that is not there yet.
    let members = written["tags"]["keep"].clone();
    written["clusters"] = serde_json::json!([{ "clustering": "nothing", "name": "cats", "images": members }]);
    assert_eq!(written["colours"], serde_json::json!({}), "no colour was chosen");
    written["colours"] = serde_json::json!({ "keep": "teal" });
    written["tags"]["keep"].as_array_mut().expect("a list").push("later/new.png".into());
    std::fs::write(home.path("tags.json"), written.to_string()).expect("written");

    extract("two");
    let import = ["tags", "import", "pictures", "tags.json", "--workspace", "two", "--json"];
    let taken = home.run(import).good_json();
    assert_eq!((&taken["tags_added"], &taken["tags_waiting"]), (&10.into(), &1.into()), "{taken}");
    assert_eq!(taken["clusters_left"].as_array().map(Vec::len), Some(1), "{taken}");
    assert_eq!(tags(&home, "two"), tags(&home, "one"), "what waits is not seen");
    assert_eq!(taken["tags_coloured"], 1, "{taken}");
    let again = home.run(["tags", "export", "pictures", "two.json", "--workspace", "two"]);
    assert_eq!(again.code, Some(0), "{again:?}");
    let two: serde_json::Value =
        serde_json::from_slice(&std::fs::read(home.path("two.json")).expect("a file")).expect("JSON");
    assert_eq!(two["colours"], written["colours"]);
    let taken = home.run(import).good_json();
    assert_eq!(taken["tags_coloured"], 0, "twice is once: {taken}");
    assert_eq!((&taken["tags_added"], &taken["tags_known"]), (&0.into(), &10.into()), "twice is once: {taken}");

    // Whoever waits gets it when the picture comes, and nothing of it was lost on the way.
    std::fs::create_dir(home.path("pictures/later")).expect("a folder");
    let some = Home::files(&home.path("pictures")).into_iter().find(|(path, _)| path.extension().is_some());
    std::fs::write(home.path("pictures/later/new.png"), some.expect("a picture").1).expect("written");
    let done = home.run(["extract", "pictures", "--workspace", "two", "--compute", "cpu"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(tags(&home, "two").contains("6  keep"), "{}", tags(&home, "two"));
    assert_eq!(home.run(["tags", "import", "pictures", "no.json", "--workspace", "two"]).code, Some(1));
}

fn json_of(home: &Home, file: &str) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(home.path(file)).expect("a file")).expect("JSON")
}

/// Runs a verb on the pictures that the filters looked at.
fn run(home: &Home, verb: &str, more: &[&str]) -> Answer {
    let with = ["--workspace", "one", "--network", "filters", "--compute", "cpu"];
    home.run([&[verb, "pictures"], more, &with].concat())
}

/// The pictures that have a label, in order.
fn labelled(home: &Home, label: &str) -> Vec<String> {
    let found = run(home, "query", &[&format!("label = '{label}'"), "--json"]).good_json();
    let images = found["images"].as_array().unwrap_or_else(|| panic!("{found}"));
    images.iter().map(|image| image["path"].as_str().expect("a path").to_owned()).collect()
}

#[test]
fn labels_given_by_hand_come_from_a_file_outlive_imports_and_leave_again() {
    let home = Home::new();
    home.sample("pictures", 12);
    let extract = || {
        let done = run(&home, "extract", &[]);
        assert_eq!(done.code, Some(0), "{done:?}");
    };
    let tags =
        |verb: &str, file: &str| home.run(["tags", verb, "pictures", file, "--workspace", "one", "--json"]).good_json();
    extract();
    let done = run(&home, "tag", &["some", "--where", "id < 3"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(tags("export", "tags.json")["labels_by_hand"], 0);
    let mut written = json_of(&home, "tags.json");
    assert!(written["format"] == 1 && written.get("labels").is_none(), "versions before read it, too: {written}");
    let some: Vec<String> = serde_json::from_value(written["tags"]["some"].clone()).expect("paths");
    written["format"] = 2.into();
    written["labels"] = serde_json::json!({ "mended": [some[0], some[1], "later/new.png"] });
    std::fs::write(home.path("tags.json"), written.to_string()).expect("written");
    let taken = tags("import", "tags.json");
    assert_eq!((&taken["labels_added"], &taken["labels_waiting"]), (&3.into(), &1.into()), "{taken}");
    assert_eq!(labelled(&home, "mended"), some[..2]);

    // An import says otherwise of one of them.
    std::fs::write(home.path("labels.csv"), format!("path,label\n{},cat\n{},cat\n", some[0], some[2]))
        .expect("written");
    let import = |more: &[&str]| {
        let table = home.path("labels.csv");
        run(&home, "import", &[&["--from", table.to_str().expect("UTF-8")], more].concat())
    };
    let imported = import(&[]);
    let words = ["1 label given by hand kept", "--over-hand"];
    assert!(imported.code == Some(0) && words.iter().all(|it| imported.stdout.contains(it)), "{imported:?}");
    assert_eq!((labelled(&home, "mended"), labelled(&home, "cat")), (some[..2].to_vec(), some[2..].to_vec()));
    let forget = |more: &[&str]| run(&home, "import", &[&["--forget"], more].concat());
    let forgotten = forget(&["--json"]).good_json();
    assert_eq!(forgotten["labels_by_hand_kept"], 3, "one of them waits: {forgotten}");
    assert_eq!((labelled(&home, "mended"), labelled(&home, "cat").len()), (some[..2].to_vec(), 0));

    // Who waits gets it when the picture comes.
    std::fs::create_dir(home.path("pictures/later")).expect("a folder");
    let one = Home::files(&home.path("pictures")).into_iter().find(|(path, _)| path.extension().is_some());
    std::fs::write(home.path("pictures/later/new.png"), one.expect("a picture").1).expect("written");
    extract();
    assert_eq!(labelled(&home, "mended").len(), 3);
    assert_eq!(tags("export", "again.json")["labels_by_hand"], 3);
    let sorted = |labels: &serde_json::Value| {
        let mut paths: Vec<String> = serde_json::from_value(labels["mended"].clone()).expect("paths");
        paths.sort();
        paths
    };
    assert_eq!(sorted(&json_of(&home, "again.json")["labels"]), sorted(&written["labels"]));

    let over = import(&["--over-hand", "--json"]).good_json();
    assert_eq!(over["labels_by_hand_kept"], 0, "{over}");
    assert_eq!(labelled(&home, "mended").len(), 2);
    assert_eq!(forget(&["--over-hand"]).code, Some(0));
    assert_eq!(labelled(&home, "mended").len(), 0);
}
