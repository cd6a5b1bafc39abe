//! Typical pictures, hubs and bridges on the command line.

use crate::support::command::{Answer, Home};

/// Runs a verb on what the filters of the program itself made.
fn run(home: &Home, words: &[&str]) -> Answer {
    home.run([&words[..1], &["--network", "filters", "--compute", "cpu"], &words[1..]].concat())
}

#[test]
fn centrality_is_listed_written_stored_and_drawn_by_chance_where_that_is_asked_for() {
    let home = Home::new();
    let folder = home.sample("pictures", 44);
    let at = folder.to_str().expect("a plain name");
    run(&home, &["extract", at, "--json"]).good_json();
    let out = home.path("centrality.csv");
    let out = out.to_str().expect("a plain name");
    let words = ["centrality", at, "-k", "5", "--by", "in_degree", "--top", "7", "--out", out];
    let answer = run(&home, &[&words[..], &["--json"]].concat()).good_json();
    assert_eq!((&answer["by"], &answer["images"], &answer["neighbours"]), (&"in_degree".into(), &44.into(), &5.into()));
    assert_eq!((&answer["kept"], &answer["graph"]["pivots"]), (&true.into(), &44.into()));
    assert_eq!(answer["graph"]["betweenness_error"], serde_json::Value::Null, "it is exact");
    let first = answer["most_central"].as_array().expect("a list");
    assert_eq!(first.len(), 7);
    let degrees: Vec<u64> = first.iter().filter_map(|row| row["in_degree"].as_u64()).collect();
    assert!(degrees.len() == 7 && degrees.is_sorted_by(|a, b| a >= b), "{degrees:?}");
    let mut table = csv::Reader::from_path(out).expect("it was written");
    let header: Vec<String> = table.headers().expect("a header").iter().map(str::to_owned).collect();
    assert_eq!(header[..3], ["path", "label", "degree"]);
    let column = header.iter().position(|name| name == "in_degree").expect("a column");
    let written: Vec<u64> = table.records().map(|row| row.unwrap()[column].parse().unwrap()).collect();
    assert_eq!((written.len(), written.iter().sum::<u64>()), (44, 44 * 5));
    assert_eq!(written.iter().max(), degrees.first());

    let again = run(&home, &words);
    assert!(again.code == Some(1) && again.stderr.contains("--overwrite"), "{again:?}");
    let estimated = run(&home, &["centrality", at, "-k", "5", "--pivots", "12"]);
    assert_eq!(estimated.code, Some(0), "{estimated:?}");
    for part in ["shortest paths from 12 images drawn by chance", "--pivots 44 would be exact", "saved as centrality_"]
    {
        assert!(estimated.stdout.contains(part), "{part}: {}", estimated.stdout);
    }
    let info = home.run(["info", at, "--json"]).good_json();
    let workspace = info["workspace"].as_str().expect("where the workspace lies");
    let mut tables = std::fs::read_dir(workspace).expect("it can be listed").flatten();
    assert!(tables.any(|table| table.file_name().to_string_lossy().starts_with("centrality_")), "{info}");
    let spectral = ["cluster", at, "--method", "spectral", "--count", "4", "--neighbours", "6", "--json"];
    let clusters = run(&home, &spectral).good_json();
    assert_eq!((&clusters["method"], clusters["clusters"].as_array().map(Vec::len)), (&"spectral".into(), Some(4)));
}
