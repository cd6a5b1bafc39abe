//! Tags and names of clusters, kept in a file of their own.

use super::super::support::command::Home;

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
