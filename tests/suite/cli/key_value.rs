//! What `storage` says of a store in memory, beside the table of `tests/bench/README.md` where it was measured.

use serde_json::json;

use crate::support::command::Home;

/// The numbers of a row: in tables, with an index of keys, in Redis.
fn row(table: &str, name: &str) -> Vec<f64> {
    let line = table.lines().find(|line| line.starts_with(&format!("| {name}")));
    let cells = line.unwrap_or_else(|| panic!("no row {name}: {table}")).trim_matches('|').split('|').skip(1);
    let number = |cell: &str| {
        let word = cell.trim().trim_matches('*').split([' ', '*']).next().expect("a word").replace(',', "");
        word.parse::<f64>().unwrap_or_else(|error| panic!("{cell} in {name}: {error}"))
    };
    cells.map(number).collect()
}

/// As many digits as the table has.
fn in_two_digits(number: f64) -> f64 {
    format!("{number:.1e}").parse().expect("a number")
}

#[test]
fn what_storage_says_of_a_key_value_store_is_what_was_measured() {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bench/README.md");
    let measured = std::fs::read_to_string(readme).expect("the measurements");
    let (_, rest) = measured.split_once("\n## Homes of vectors\n").expect("the section");
    let table = rest.split("\n## ").next().expect("a section");
    let of = |name: &str| {
        let row = row(table, name);
        assert_eq!(row.len(), 3, "{name}");
        (row[0], row[2])
    };
    // Tables without an index of keys, and Redis.
    let ((read_there, read_here), (change_there, change_here)) =
        (of("one vector by key, ms"), of("one row changed, ms"));
    let (search_there, search_here) = of("ten neighbours, exact, ms");
    let (read, change) = (in_two_digits(read_there / read_here), in_two_digits(change_there / change_here));
    let search = in_two_digits(search_here / search_there);
    let (_, memory) = of("room over the numbers themselves");

    let home = Home::new();
    let folder = home.sample("pictures", 3);
    let folder = folder.to_str().expect("UTF-8");
    let with = ["--network", "filters", "--compute", "cpu"];
    assert_eq!(home.run(["extract", folder].iter().chain(&with)).code, Some(0));
    let storage = |more: &[&str]| home.run(["storage", folder, "--sizes-only"].iter().chain(more));
    let told = storage(&["--json"]).good_json()["key_value"].clone();
    assert_eq!(told["memory_ratio"], json!(memory), "{told}");
    assert_eq!((&told["read_speed"], &told["change_speed"]), (&json!(read), &json!(change)), "{told}");
    assert_eq!(told["search_slowness"], json!(search), "{told}");
    let words = storage(&[]).stdout;
    for said in [
        format!("{read:.0} times as quickly as these tables"),
        format!("{change:.0} times as quickly,"),
        format!("{search:.0} times as long to find neighbours"),
    ] {
        assert!(words.contains(&said), "{said}: {words}");
    }
}
