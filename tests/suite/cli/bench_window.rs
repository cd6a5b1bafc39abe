//! The window measured without a screen.

use serde_json::Value;

use crate::support::command::{Answer, Home};
use crate::support::renderer::adapters;

/// Everything that is measured of a collection that is made up and can be drawn.
const ACTIONS: [&str; 30] = [
    "extracting, told only",
    "idle",
    "scroll",
    "hover, gallery",
    "click",
    "arrow",
    "arrow, at the end",
    "select all",
    "invert selection",
    "undo",
    "filter",
    "sort",
    "idle, table",
    "scroll, table",
    "hover, table",
    "click, table",
    "arrow, table",
    "select all, table",
    "invert, table",
    "sort, table",
    "histogram, table",
    "idle, map",
    "hover, map",
    "zoom",
    "pan",
    "lasso, drawing",
    "lasso, letting go",
    "legend click",
    "hover, two maps",
    "pan, two maps",
];

fn names(answer: &Value) -> Vec<&str> {
    let actions = answer["actions"].as_array().expect("a list");
    actions.iter().map(|action| action["action"].as_str().expect("a name")).collect()
}

#[test]
fn frames_of_a_made_up_collection_are_measured_one_row_an_action() {
    let home = Home::new();
    let line = ["bench-window", "--images", "3000", "--frames", "2", "--compute", "cpu", "--json"];
    let answer = home.run(line).good_json();
    assert_eq!((&answer["images"], &answer["collection"]), (&3000.into(), &"made up".into()));
    let names = names(&answer);
    for action in ACTIONS {
        assert!(names.contains(&action), "{action} is not among {names:?}");
    }
    assert!(names.contains(&"settling map"));
    let is_drawn = !adapters().is_empty();
    assert_eq!(answer["adapter"].is_string(), is_drawn, "{}", answer["adapter"]);
    for action in answer["actions"].as_array().expect("a list") {
        let times = &action["thread"];
        let of = |name: &str| times[name].as_f64().expect("a number");
        assert!(of("frames") >= 1.0 && of("median_ms") > 0.0, "{action}");
        assert!(of("median_ms") <= of("p99_ms") && of("p99_ms") <= of("worst_ms"), "{action}");
        assert_eq!(action["most_uploaded_bytes"].is_u64(), is_drawn, "{action}");
    }
    if is_drawn {
        // A thumbnail is on the screen, and 3,000 points went up.
        assert!(answer["opening"]["first_picture_secs"].as_f64().is_some_and(|secs| secs > 0.0), "{answer}");
    }
    for held in ["held", "held_after"] {
        let held = answer[held].as_array().expect("a list");
        let of = |by: &str| held.iter().find(|held| held["by"] == by).and_then(|held| held["bytes"].as_u64());
        assert!(of("Images").is_some_and(|bytes| (60_000..600_000).contains(&bytes)), "{held:?}");
        assert_eq!(of("Order of the gallery"), Some(2 * 4 * 3000), "{held:?}");
    }
    if cfg!(target_os = "linux") {
        assert!(answer["memory"]["opened_bytes"].as_u64() >= answer["memory"]["before_bytes"].as_u64(), "{answer}");
    }
}

#[test]
fn frames_of_a_folder_are_measured_and_its_workspace_stays_as_it_is() {
    let home = Home::new();
    let folder = home.sample("pictures", 12);
    let at = folder.to_str().expect("a plain name");
    let with = ["--network", "filters", "--compute", "cpu"];
    home.run([&["extract", at, "--json"][..], &with].concat()).good_json();
    let line = ["bench-window", at, "--frames", "2"];
    // Without a device nothing is drawn, which takes a program that draws most of the time.
    let mut command = home.command([&line[..], &with].concat());
    command.env("VK_DRIVER_FILES", "/none").env("VK_ICD_FILENAMES", "/none").env("WGPU_BACKEND", "vulkan");
    let words = Answer::of(&command.output().expect("the binary starts"));
    assert_eq!(words.code, Some(0), "{words:?}");
    for start in ["collection   12 images", "opening      first picture after", "scroll", "click", "sort"] {
        assert!(words.stdout.lines().any(|line| line.starts_with(start)), "{start}: {}", words.stdout);
    }
    let told = |what: &str| words.stdout.lines().any(|line| line.contains(what));
    assert!(told("not drawn: ") && !told("drawn to a texture"), "{}", words.stdout);
    let missing = home.run(["bench-window", "no such folder"]);
    assert_eq!(missing.code, Some(1), "{missing:?}");
    assert!(missing.stderr.contains("no such folder"), "{missing:?}");
}
