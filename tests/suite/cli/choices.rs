//! Classes of anything on the command line, and the reason of whichever engine did the work.

use serde_json::Value;

use crate::support::command::{Answer, Home};

/// Runs a verb on what the filters of the program itself made.
fn run(home: &Home, words: &[&str]) -> Answer {
    home.run([&words[..1], &["--network", "filters", "--compute", "cpu"], &words[1..]].concat())
}

#[test]
fn every_analysis_says_which_engine_did_it_and_why() {
    let home = Home::new();
    let folder = home.sample("pictures", 12);
    let at = folder.to_str().expect("a plain name");
    run(&home, &["extract", at, "--json"]).good_json();
    let choice = |words: &[&str]| -> Value {
        let answer = run(&home, &[&words[..1], &[at], &words[1..], &["--json"]].concat()).good_json();
        answer["choice"].clone()
    };
    let edges = folder.parent().expect("a folder").join("near.edges");
    let edges = edges.to_str().expect("a plain name");
    for words in [
        &["communities", "--neighbours", "4"][..],
        &["outliers", "--neighbours", "4"],
        &["centrality", "--neighbours", "4"],
        &["duplicates", "--only", "features"],
        &["project"],
        &["graph", "--to", edges],
    ] {
        let choice = choice(words);
        assert_eq!(choice["engine"], "matrix_product", "{words:?}");
        let reason = choice["reason"].as_str().expect("a sentence");
        assert!(reason.contains("12 images"), "{words:?}: {reason}");
    }
    let first = run(&home, &["query", at, "id = 0", "--json"]).good_json();
    let label = first["images"][0]["label"].as_str().expect("a label");
    for words in [&["embed"][..], &["class", "nearest", label]] {
        let choice = choice(words);
        assert_eq!(choice["engine"], "layer_by_layer", "{words:?}");
        assert!(choice["reason"].as_str().is_some_and(|reason| reason.contains("one after the other")), "{choice}");
    }
    // Middles are no neighbours: nothing was to be chosen.
    assert_eq!(choice(&["cluster", "--count", "3"]), Value::Null);
}

#[test]
fn tags_and_what_a_predicate_finds_are_classes_and_neighbours_are_looked_for_by_them() {
    let home = Home::new();
    let folder = home.sample("pictures", 12);
    let at = folder.to_str().expect("a plain name");
    run(&home, &["extract", at, "--json"]).good_json();
    let query = |predicate: &str| run(&home, &["query", at, predicate, "--json"]).good_json();
    let path = query("id = 3")["images"][0]["path"].as_str().expect("a path").to_owned();
    run(&home, &["tag", at, "blurred", "--where", "id = 3", "--json"]).good_json();
    let class = |words: &[&str]| run(&home, &[&["class", at][..], words, &["--json"]].concat());
    let added = class(&["add", "early", "--where", "id < 4"]).good_json();
    let early = added.as_array().expect("a list").iter().find(|row| row["class"] == "early").expect("it is there");
    assert_eq!((&early["by"], &early["of"], &early["images"]), (&"where".into(), &"id < 4".into(), &4.into()));
    let listed = class(&["list", "--by", "tag"]).good_json();
    let names: Vec<&str> = listed.as_array().expect("a list").iter().filter_map(|row| row["class"].as_str()).collect();
    assert_eq!(names, ["blurred", "early"]);
    let near = class(&["arithmetic", "early + blurred", "--by", "tag"]).good_json();
    assert_eq!(near["nearest"].as_array().map(Vec::len), Some(0), "the operands are no answer");
    let like = |what: &str| run(&home, &["neighbours", "--folder", at, "--like", what, "-k", "12", "--json"]);
    let by_tag = like("tag:blurred").good_json();
    assert_eq!((&by_tag["like"], &by_tag["neighbours"][0]["path"]), (&"the tag blurred".into(), &path.into()));
    assert_eq!(like("class:early").good_json()["neighbours"].as_array().map(Vec::len), Some(12));
    // Weights: half of the tag and all of the class are something else than as much of both.
    assert_eq!(like("0.5:tag:blurred").good_json()["neighbours"], by_tag["neighbours"], "alone any weight is the same");
    let both = |tag: &str| {
        let probe = ["neighbours", "--folder", at, "--like", tag, "--like", "class:early", "-k", "12", "--json"];
        run(&home, &probe).good_json()["neighbours"].clone()
    };
    assert_eq!(both("1:tag:blurred"), both("tag:blurred"));
    assert_ne!(both("0.5:tag:blurred"), both("tag:blurred"));
    let refused = like("0:tag:blurred");
    assert!(refused.code == Some(2) && refused.stderr.contains("above 0"), "{refused:?}");
    let refused = like("colour:red");
    assert!(refused.code == Some(2) && refused.stderr.contains("tag:NAME"), "{refused:?}");
    let forgotten = class(&["remove", "early", "--by", "tag"]).good_json();
    assert_eq!(forgotten.as_array().map(Vec::len), Some(1));
    let refused = class(&["add", "odd", "--where", "colour = 3"]);
    assert!(refused.code == Some(2) && refused.stderr.contains("colour"), "{refused:?}");
}

#[test]
fn what_cannot_be_said_of_a_picture_without_vectors_comes_with_what_to_do() {
    let home = Home::new();
    let folder = home.sample("pictures", 12);
    let at = folder.to_str().expect("a plain name");
    std::fs::write(folder.join("zzz.png"), b"nonsense").expect("a file");
    run(&home, &["extract", at, "--json"]);
    let broken = folder.join("zzz.png");
    let broken = broken.to_str().expect("a plain name");
    let first = run(&home, &["query", at, "id = 0", "--json"]).good_json();
    let first = folder.join(first["images"][0]["path"].as_str().expect("a path"));
    let first = first.to_str().expect("a plain name");
    for refused in [run(&home, &["unusual", broken]), run(&home, &["explain", first, broken])] {
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(refused.stderr.contains("zzz.png") && refused.stderr.contains("extract again"), "{refused:?}");
    }
}
