//! `move`: the one verb that changes the pictures' own folder, and only by word.

use std::fs;

use super::super::support::command::Home;

#[test]
fn files_are_counted_without_yes_and_moved_with_it_and_are_known_there() {
    let home = Home::new();
    let folder = home.sample("pictures", 12);
    let with = ["--workspace", "workspace", "--compute", "cpu"];
    let run = |line: &[&str]| home.run(line.iter().chain(&with));
    assert_eq!(run(&["extract", "pictures"]).code, Some(0));
    assert_eq!(run(&["tag", "pictures", "early", "--where", "id < 5"]).code, Some(0));
    let before = Home::files(&folder);
    let to_move = ["move", "pictures", "--by", "tag", "--to", "pictures/sorted"];

    let counted = run(&[&to_move[..], &["--json"]].concat()).good_json();
    assert_eq!((&counted["done"], &counted["files"], &counted["folders"]), (&false.into(), &5.into(), &1.into()));
    assert_eq!(counted["relabelled"], 5, "{counted}");
    assert_eq!(counted["staying"].as_array().map(Vec::len), Some(7), "{counted}");
    let told = run(&to_move).stdout;
    assert!(told.contains("5 would have the name of the new folder as label") && told.contains("add --yes"), "{told}");
    assert_eq!(Home::files(&folder), before, "without a word nothing is moved");

    let where_early = ["--where", "tag('early')", "--yes", "--json"];
    let moved = run(&[&to_move[..], &where_early].concat()).good_json();
    assert_eq!((&moved["moved"], &moved["known"], &moved["left_folder"]), (&5.into(), &5.into(), &0.into()));
    let log = fs::read_to_string(moved["log"].as_str().expect("a log")).expect("a table");
    assert_eq!(log.lines().count(), 6, "{log}");
    let mut contents = [before, Home::files(&folder)].map(|files| {
        let pictures = files.into_iter().filter(|(path, _)| path.extension().is_some_and(|ending| ending != "csv"));
        pictures.map(|(_, content)| content).collect::<Vec<_>>()
    });
    contents.iter_mut().for_each(|contents| contents.sort());
    assert_eq!(contents[0], contents[1], "every picture is there once");
    assert_eq!(fs::read_dir(folder.join("sorted/early")).expect("a folder").count(), 5);

    let found = run(&["query", "pictures", "tag('early') and label = 'early'", "--json"]).good_json();
    assert_eq!(found["images"].as_array().map(Vec::len), Some(5), "{found}");
    let again = run(&["extract", "pictures", "--json"]).good_json();
    assert_eq!((&again["done_now"], &again["with_vectors"]), (&0.into(), &12.into()), "{again}");
    let none = run(&["move", "pictures", "--where", "id > 100", "--to", "pictures/sorted", "--yes"]);
    assert!(none.code == Some(1) && none.stderr.contains("nothing was moved"), "{none:?}");
}
