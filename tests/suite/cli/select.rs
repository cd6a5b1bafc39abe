//! `select`: which images the open window selects.

use std::io::Write;
use std::process::Stdio;

use serde_json::json;

use super::run;
use crate::support::command::{Answer, Home, feed};

fn waiting(answer: &Answer) -> (u64, bool) {
    let answer = answer.good_json();
    (answer["selected"].as_u64().expect("a count"), answer["is_shown"].as_bool().expect("whether"))
}

#[test]
fn images_are_selected_by_number_file_and_standard_input() {
    let home = Home::new();
    let folder = home.sample("sample", 4);
    assert_eq!(run(&home, "extract @0 --network filters --layers edges --compute cpu", &[&folder]).code, Some(0));
    let info = run(&home, "info @0 --json", &[&folder]).good_json();
    let workspace = std::path::PathBuf::from(info["workspace"].as_str().expect("a path"));
    let asked = || -> serde_json::Value {
        let text = std::fs::read(workspace.join(".selection.json")).expect("it waits");
        serde_json::from_slice(&text).expect("JSON")
    };
    let picture = Home::files(&folder)[0].0.clone();
    let selected = run(&home, "select @0 2 @1 --json", &[&folder, &picture]);
    assert_eq!(waiting(&selected), (2, false), "no window has it open");
    assert_eq!(asked()["images"], json!([0, 2]));
    let clear = run(&home, "select @0 --clear --json", &[&workspace]);
    assert_eq!(waiting(&clear), (0, false));
    assert_eq!(asked()["images"], json!([]));

    let mut running = home
        .command(["select".as_ref(), folder.as_os_str(), "-".as_ref(), "--json".as_ref()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut pipe = running.stdin.take().expect("piped");
    write!(pipe, "3\r\n\n{}\n1", picture.display()).expect("it listens");
    drop(pipe);
    assert!(running.wait().expect("it ends").success());
    assert_eq!(asked()["images"], json!([0, 1, 3]));

    let unknown = run(&home, "select @0 --show", &[&folder]);
    assert!(unknown.code == Some(1) && unknown.stderr.contains("no window has this folder open"), "{unknown:?}");
    let refused = run(&home, "select @0 7", &[&folder]);
    assert!(refused.code == Some(1) && refused.stderr.contains("there is no image 7"), "{refused:?}");
    assert_eq!(asked()["images"], json!([0, 1, 3]), "what was asked for before stays");
}

#[test]
fn images_that_are_listed_are_exported_in_their_order() {
    let home = Home::new();
    let folder = home.sample("sample", 5);
    assert_eq!(run(&home, "extract @0 --network filters --layers edges --compute cpu", &[&folder]).code, Some(0));
    let pictures: Vec<_> = Home::files(&folder).into_iter().map(|(path, _)| path).collect();
    let (list, table) = (home.path("list.txt"), home.path("chosen.csv"));
    std::fs::write(&list, format!("3\n{}\n\n3\r\n0", pictures[1].display())).expect("a list");
    let export = "export @0 --network filters --images @1 --to @2 --json";
    assert_eq!(run(&home, export, &[&folder, &list, &table]).good_json()["written"], 3);
    let mut rows = csv::Reader::from_path(&table).expect("a table");
    let ids: Vec<String> = rows.records().map(|row| row.expect("a row")[0].to_owned()).collect();
    assert_eq!(ids, ["3", "1", "0"]);
    // As another program pipes it.
    let words = ["export", "--network", "filters", "--images", "-", "--json", "--to"].map(std::ffi::OsStr::new);
    let copies = home.path("copies");
    let mut command = home.command(words.into_iter().chain([copies.as_os_str(), folder.as_os_str()]));
    let answer = Answer::of(&feed(&mut command, b"2\n4"));
    assert_eq!(answer.good_json()["written"], 2);
    assert_eq!(Home::files(&copies).len(), 2);
    for (listed, told) in [("9", "there is no image 9"), ("/nowhere.png", "/nowhere.png"), ("", "no image of")] {
        std::fs::write(&list, listed).expect("a list");
        let refused = run(&home, export, &[&folder, &list, &home.path("other.csv")]);
        assert!(refused.code == Some(1) && refused.stderr.contains(told), "{refused:?}");
    }
}
