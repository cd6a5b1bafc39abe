//! `query`, `tag` and `export --where`.

use crate::support::command::Home;

#[test]
fn predicates_and_tags_work_from_the_command_line() {
    let home = Home::new();
    let folder = home.sample("pictures", 12);
    let folder = folder.to_str().expect("UTF-8");
    let run =
        |arguments: &[&str]| home.run(arguments.iter().copied().chain(["--network", "filters", "--compute", "cpu"]));
    assert_eq!(run(&["extract", folder]).code, Some(0));

    let all = run(&["query", folder, "id >= 0", "--json"]).good_json();
    assert_eq!(all["count"], 12);
    let label = all["images"][3]["label"].as_str().expect("a label").to_owned();
    let path = all["images"][3]["path"].as_str().expect("a path").to_owned();
    let with_label = |predicate: &str| {
        let images = run(&["query", folder, predicate, "--json"]).good_json()["images"].clone();
        images.as_array().expect("a list").iter().map(|image| image["path"].clone()).collect::<Vec<_>>()
    };
    assert!(with_label(&format!("label = '{label}'")).contains(&path.clone().into()));

    let tagged = run(&["tag", folder, "keep", "--where", &format!("label = '{label}'"), "--json"]).good_json();
    assert_eq!(tagged["changed"].as_u64(), Some(with_label(&format!("label = '{label}'")).len() as u64));
    let other = all["images"][0]["path"].as_str().expect("a path");
    let image = format!("{folder}/{other}");
    run(&["tag", folder, "keep", "--image", &image, "--json"]).good_json();
    let kept = with_label("tag('keep')");
    assert!(kept.contains(&path.into()) && kept.contains(&other.into()), "{kept:?}");
    let listed = run(&["tag", folder, "--list", "--json"]).good_json();
    assert_eq!(
        (listed["tags"][0]["tag"].as_str(), listed["tags"][0]["images"].as_u64()),
        (Some("keep"), Some(kept.len() as u64))
    );

    let counts = run(&["query", folder, "id < 100", "--count-by", "tag"]);
    assert!(counts.stdout.contains("keep") && counts.stdout.contains("12  in all"), "{counts:?}");
    let csv = home.path("kept.csv");
    let exported =
        run(&["export", folder, "--where", "tag('keep')", "--to", csv.to_str().unwrap(), "--json"]).good_json();
    assert_eq!(exported["written"].as_u64(), Some(kept.len() as u64));

    run(&["tag", folder, "keep", "--where", "tag('keep')", "--remove", "--json"]).good_json();
    assert!(with_label("tag('keep')").is_empty());

    let whole = format!("{folder}/{other}");
    for predicate in [
        format!("path = '{other}'"),
        format!("name = '{other}'"),
        format!("path = '{whole}'"),
        format!("path in ('{whole}', 'nowhere.jpg')"),
        format!("path between '{whole}' and '{whole}'"),
    ] {
        assert_eq!(with_label(&predicate), [other], "{predicate}");
    }
    assert_eq!(with_label(&format!("path like '{folder}/%'")).len(), 12);
    assert_eq!(with_label(&format!("not path = '{whole}'")).len(), 11);
    let elsewhere = run(&["query", folder, "path = '/nowhere/tom.jpg'"]);
    assert!(elsewhere.stderr.contains("no image is at /nowhere/tom.jpg: it was not found below"), "{elsewhere:?}");
    let inside = run(&["query", folder, &format!("path = '{whole}'")]);
    assert!(!inside.stderr.contains("no image is at"), "{inside:?}");

    let wrong = run(&["query", folder, "id > 1 and lable = 'x'"]);
    assert_eq!(wrong.code, Some(2), "the command line makes no sense");
    assert!(wrong.stderr.contains("Did you mean label?"), "{}", wrong.stderr);
    assert!(wrong.stderr.contains("id > 1 and lable = 'x'\n           ^^^^^"), "{}", wrong.stderr);
    assert_eq!(run(&["tag", folder, "keep", "--where", "id < 0"]).code, Some(1), "nothing matches");
}

#[cfg(unix)]
#[test]
fn absolute_paths_find_their_images_by_whichever_link_they_are_written() {
    use std::os::unix::fs::symlink;

    let home = Home::new();
    let folder = home.sample("pictures", 12);
    let run =
        |arguments: &[&str]| home.run(arguments.iter().copied().chain(["--network", "filters", "--compute", "cpu"]));
    assert_eq!(run(&["extract", "pictures"]).code, Some(0));
    for link in ["opened", "another"] {
        symlink(&folder, home.path(link)).expect("linked");
    }
    let first = Home::files(&folder)[0].0.clone();
    let [real, opened, another] = ["pictures", "opened", "another"].map(|name| home.path(name).join(&first));
    let found = |predicate: &str| {
        let answer = run(&["query", "opened", predicate, "--json"]).good_json();
        let remarks = answer["remarks"].as_array().map_or(0, Vec::len);
        assert_eq!(remarks, 0, "{predicate}: {answer}");
        answer["count"].as_u64()
    };
    for path in [&real, &opened, &another] {
        let path = path.display();
        assert_eq!(found(&format!("path = '{path}'")), Some(1), "{path}");
        assert_eq!(found(&format!("path in ('{path}', 'nowhere.jpg')")), Some(1), "{path}");
        assert_eq!(found(&format!("path != '{path}'")), Some(11), "{path}");
    }
    for folder in ["pictures", "opened"].map(|name| home.path(name)) {
        assert_eq!(found(&format!("path like '{}/%'", folder.display())), Some(12), "{}", folder.display());
    }
    // A class asks the same way.
    let below = format!("path like '{}/%'", home.path("opened").display());
    let class = |name: &str, predicate: &str| {
        let network = ["class", "opened", "--network", "filters", "--compute", "cpu"];
        home.run(network.into_iter().chain(["add", name, "--where", predicate]))
    };
    assert_eq!(class("mine", &below).code, Some(0));
    let other = class("none", &format!("not {below}"));
    assert!(other.stderr.contains("there is no image in the class none"), "{other:?}");
    let none = run(&["query", "opened", &format!("path = '{}'", home.path("tom.jpg").display())]);
    assert!(none.stderr.contains("tom.jpg: it was not found below"), "{none:?}");
}
