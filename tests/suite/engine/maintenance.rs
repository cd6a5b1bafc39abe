//! Workspace maintenance: from the command line, and beside a window's engine.

use tiramisu::domain::VersionName;
use tiramisu::engine::{Asked, Event, MaintenanceWish, Request};
use tiramisu::store::Workspace;

use super::extracted;
use crate::support::command::Home;
use crate::support::listener::Listener;

#[test]
fn the_command_line_names_states_goes_back_and_counts() {
    let home = Home::new();
    let folder = home.sample("pictures", 11);
    let at = folder.to_str().expect("a plain name");
    let run = |words: &[&str]| home.run([&words[..1], &[at], &words[1..]].concat());
    let extract = || run(&["extract", "--network", "filters", "--compute", "cpu", "--json"]).good_json();
    assert_eq!(extract()["with_vectors"], 11);

    let tagged = run(&["versions", "tag", "all", "--json"]).good_json();
    // Images, vectors, exemplars, statistics, and tags, of which there are none.
    assert_eq!(tagged["tagged"].as_array().map(Vec::len), Some(7), "{tagged}");
    let listed = run(&["versions", "--json"]).good_json();
    let table = listed["tables"][1]["table"].as_str().expect("a name").to_owned();
    let first = listed["tables"][1]["versions"][0]["number"].as_u64().expect("a number").to_string();
    let refused = run(&["versions", "checkout", &first]);
    assert!(refused.code == Some(2) && refused.stderr.contains("--table"), "{refused:?}");
    let back = run(&["versions", "checkout", &first, "--table", &table, "--json"]).good_json();
    assert_eq!(back["checked_out"][0]["table"], table.as_str());
    let compared = run(&["versions", "compare", "all", "latest", "--table", &table, "--json"]).good_json();
    assert_eq!(compared["compared"][0]["rows_removed"], 11);
    let done = extract();
    assert_eq!((&done["done_now"], &done["with_vectors"]), (&11.into(), &11.into()), "all is made anew");
    run(&["versions", "checkout", "all", "--json"]).good_json();
    let done = extract();
    assert_eq!((&done["done_now"], &done["with_vectors"]), (&0.into(), &11.into()), "nothing is left to do");

    let counted =
        run(&["storage", "--prefer", "fast-reads", "--compact", "--forget-versions", "1", "--json"]).good_json();
    assert_eq!(counted["storage"]["prefer"], "fast-reads");
    let columns = counted["storage"]["tables"][1]["representations"].as_array().expect("a list").clone();
    for column in &columns {
        for overhead in ["memory", "read", "update"] {
            assert!(column[overhead]["ratio"].as_f64().is_some_and(|ratio| ratio >= 1.0), "{overhead} of {column}");
        }
    }
    let text = run(&["storage"]);
    assert!(text.code == Some(0) && text.stdout.contains("preference fast-reads"), "{text:?}");
    assert_eq!(run(&["extract", "--network", "filters", "--compute", "cpu", "--json"]).good_json()["done_now"], 0);
    let nowhere = run(&["versions", "checkout", "never"]);
    assert!(nowhere.code == Some(1) && nowhere.stderr.contains("no version never"), "{nowhere:?}");
}

#[test]
fn an_open_collection_goes_back_is_shown_as_it_was_and_extracts_only_when_asked() {
    let (_dir, workspace, mut listener, _) = extracted(12);
    let keep = |listener: &mut Listener, wish: MaintenanceWish| {
        listener.engine.send(Request::Maintain(wish));
        listener.until("the end of the work", |event| match event {
            Event::MaintenanceEnded(news) => Some(Ok(news.clone())),
            Event::Problem { of: Asked::Maintenance, problem } => Some(Err(problem.clone())),
            _ => None,
        })
    };
    let news = keep(&mut listener, MaintenanceWish::Inspect { measured: true }).expect("it can be looked at");
    assert!(news.storage.is_measured() && news.done.is_empty());
    let history = news.histories[1].clone();
    keep(&mut listener, MaintenanceWish::NameVersion("whole".into())).expect("it is named");
    keep(&mut listener, MaintenanceWish::NameVersion("whole".into())).expect("it is the same state");

    let (before, after) = (VersionName::Number(1), VersionName::Latest);
    let wish = MaintenanceWish::Compare { table: history.table.clone(), before, after };
    let compared = keep(&mut listener, wish).expect("they are compared").compared.clone().expect("a comparison");
    assert_eq!((compared.rows_added, compared.rows_removed), (12, 0));
    let before = VersionName::Number(9_999);
    let wish = MaintenanceWish::Compare { table: history.table.clone(), before, after: VersionName::Latest };
    let refused = keep(&mut listener, wish).expect_err("there is no such version");
    assert!(refused.why.contains("9999"), "{refused}");
    listener.problems.clear();

    let wish = MaintenanceWish::Restore { table: Some(history.table), version: VersionName::Number(1) };
    keep(&mut listener, wish).expect("it goes back");
    let total = listener.until("the collection again", |event| match event {
        Event::Walked { total } => Some(*total),
        Event::JobStarted(_) => panic!("nobody asked to extract"),
        _ => None,
    });
    assert_eq!((total, listener.images.len()), (12, 12));
    let rows = || Workspace::open(&workspace).and_then(|w| w.feature_tables()).expect("it can be read")[0].rows;
    assert_eq!(rows(), 0);
    listener.engine.send(Request::Extract);
    assert!(!listener.until_extracted());
    assert_eq!(rows(), 12);
    let refused = keep(&mut listener, MaintenanceWish::NameVersion("whole".into())).expect_err("another state has it");
    assert!(refused.why.contains("forget-name"), "{refused}");
    listener.problems.clear();
    keep(&mut listener, MaintenanceWish::DeleteVersions(1)).expect("old versions go");
    let news = keep(&mut listener, MaintenanceWish::Compact).expect("files are put together");
    assert_eq!(news.storage.tables[1].rows, 12);
    assert_eq!(listener.problems, []);
}
