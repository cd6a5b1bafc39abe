//! The window measured without a screen.

use serde_json::Value;
use tiramisu::domain::{ActionTimes, ArrowTimes, FrameTimes, HeldMemory, ResidentMemory, WindowBench};

use crate::support::command::{Answer, Home};
use crate::support::renderer::adapters;

/// Everything that is measured of a collection that is made up and can be drawn.
const ACTIONS: [&str; 39] = [
    "extracting, told only",
    "idle",
    "scroll",
    "hover, gallery",
    "click",
    "arrow",
    "arrow, at the end",
    "idle, gallery alone",
    "arrow, gallery alone",
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
    "hover with lines",
    "legend click",
    "another colouring",
    "hover, two maps",
    "pan, two maps",
    "morph",
    "all relabelled",
    "idle, 5,000 labels",
    "hover, 5,000 labels",
    "scroll the legend",
];

fn names(answer: &Value) -> Vec<&str> {
    let actions = answer["actions"].as_array().expect("a list");
    actions.iter().map(|action| action["action"].as_str().expect("a name")).collect()
}

#[test]
fn frames_of_a_made_up_collection_are_measured_one_row_an_action() {
    let home = Home::new();
    let few = ["--frames", "2", "--times", "2", "--compute", "cpu", "--json"];
    let line = [&["bench-window", "--images", "3000"][..], &few].concat();
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
        // What is done again and again is what was asked for, so often as it was asked for.
        let is_once = action["action"] == "all relabelled";
        assert!(is_once || of("frames") >= 2.0, "{action}");
        assert!(action["most_waiting"].is_u64(), "{action}");
        // No frame goes through all images; of what is done at once all its frames count.
        assert!(action["most_looked_at"].as_u64().is_some_and(|images| images > 0), "{action}");
        let did = action["longest_did"].as_array().expect("a list");
        let ms: Vec<f64> = did.iter().map(|part| part["ms"].as_f64().expect("a number")).collect();
        assert!(!ms.is_empty() && ms.is_sorted_by(|a, b| a >= b), "{action}");
        assert!(did.iter().all(|part| part["what"].as_str().is_some_and(|what| !what.is_empty())), "{action}");
        // What waiting for a processor took is not of the frame, but may be of one of its parts.
        assert!(ms[0] > of("worst_ms") / 30.0, "{action}");
    }
    if is_drawn {
        // A thumbnail is on the screen, and 3,000 points went up.
        assert!(answer["opening"]["first_picture_secs"].as_f64().is_some_and(|secs| secs > 0.0), "{answer}");
    }
    for (held, has_map) in [("held", false), ("held_after", true)] {
        let held = answer[held].as_array().expect("a list");
        let of = |by: &str| held.iter().find(|held| held["by"] == by).and_then(|held| held["bytes"].as_u64());
        assert!(of("Images").is_some_and(|bytes| (60_000..600_000).contains(&bytes)), "{held:?}");
        assert_eq!(of("Order of the gallery"), Some(2 * 4 * 3000), "{held:?}");
        // Where it was drawn: places and colours of the points, and what is on the GPU of that.
        if is_drawn && has_map {
            let on_gpu = held.iter().find(|held| held["by"] == "Maps" && held["is_of_process"] == false);
            let on_gpu = on_gpu.and_then(|held| held["bytes"].as_u64()).expect("the map was drawn");
            // Two coordinates, a number and a class for each point, and a texture of some hundreds of pixels along each side.
            assert!((3000 * 14 + 4 * 100_000..64 << 20).contains(&on_gpu), "{held:?}");
            assert!(of("Colours of maps").is_some_and(|bytes| bytes >= 2 * 3000), "{held:?}");
            assert!(of("Map").is_some_and(|bytes| bytes > 3000 * 24), "{held:?}");
        }
    }
    for told in ["above_frame_aim", "memory_aim_bytes"] {
        assert!(!answer[told].is_null(), "{told}: {answer}");
    }
    if cfg!(target_os = "linux") {
        let memory = |name: &str| answer["memory"][name].as_u64().expect("bytes");
        assert!(memory("opened_bytes") >= memory("before_bytes"), "{answer}");
        // Memory may also be given back meanwhile.
        assert!((1 << 20..=memory("most_bytes")).contains(&memory("mapped_bytes")), "{answer}");
    }
}

#[test]
fn what_a_window_is_held_to_is_told_with_what_misses_it() {
    let row = |action: &str, p99_ms: f64| ActionTimes {
        action: action.to_owned(),
        goes_on: true,
        thread: FrameTimes { frames: 100, median_ms: 1.0, p99_ms, worst_ms: 9.0 },
        drawn: None,
        most_uploaded_bytes: None,
        most_looked_at: 0,
        most_waiting: 0,
        longest_did: Vec::new(),
    };
    let held = |by: &str, bytes: u64, is_of_process: bool| HeldMemory { by: by.to_owned(), bytes, is_of_process };
    let mega = 1_000_000;
    let mut bench = WindowBench {
        images: 1_000_000,
        is_drawn_by_program: true,
        memory: Some(ResidentMemory {
            before_bytes: 100 * mega,
            opened_bytes: 390 * mega,
            mapped_bytes: Some(410 * mega),
            after_bytes: 700 * mega,
            most_bytes: 720 * mega,
        }),
        held_after: vec![held("Images", 60 * mega, true), held("Thumbnails", 50 * mega, false)],
        actions: vec![row("idle", 3.9), row("zoom", 4.1), row("arrow", 4.0), row("pan", 5.0)],
        ..WindowBench::default()
    };
    let above: Vec<&str> = bench.above_frame_aim().into_iter().map(|row| row.action.as_str()).collect();
    assert_eq!(above, ["pan", "zoom"], "the longest first, and none that is just as long as it may be");
    assert_eq!(bench.arrow_key(), None, "it was not measured");
    let arrow = |median_ms: f64, action: &str| ActionTimes {
        thread: FrameTimes { frames: 20, median_ms, p99_ms: 3.0, worst_ms: 3.0 },
        ..row(action, 3.0)
    };
    bench.actions.extend([arrow(1.5, "idle, gallery alone"), arrow(2.25, "arrow, gallery alone")]);
    assert_eq!(bench.arrow_key(), Some(ArrowTimes { frame_ms: 2.25, beyond_rest_ms: 0.75 }));
    assert_eq!(bench.memory_aim_bytes(), 400 * mega, "of its own, and for each image");
    let beyond: Vec<Option<u64>> = bench.memory_by_moment().into_iter().map(|then| then.beyond).collect();
    assert_eq!(beyond, [None, Some(10 * mega), Some(300 * mega)]);
    assert_eq!(bench.held_by_nobody_bytes(), Some(490 * mega), "a program that draws holds what is on the GPU");
    bench.is_drawn_by_program = false;
    assert_eq!(bench.held_by_nobody_bytes(), Some(540 * mega));
    bench.memory = None;
    assert!(bench.held_by_nobody_bytes().is_none() && bench.memory_by_moment().is_empty());
}

#[test]
fn frames_of_a_folder_are_measured_and_its_workspace_stays_as_it_is() {
    let home = Home::new();
    let folder = home.sample("pictures", 12);
    let at = folder.to_str().expect("a plain name");
    let with = ["--network", "filters", "--compute", "cpu"];
    home.run([&["extract", at, "--json"][..], &with].concat()).good_json();
    let line = ["bench-window", at, "--frames", "2", "--times", "1"];
    // Without a device nothing is drawn, which takes a program that draws most of the time.
    let mut command = home.command([&line[..], &with].concat());
    command.env("VK_DRIVER_FILES", "/none").env("VK_ICD_FILENAMES", "/none").env("WGPU_BACKEND", "vulkan");
    let words = Answer::of(&command.output().expect("the binary starts"));
    assert_eq!(words.code, Some(0), "{words:?}");
    for start in ["collection   12 images", "opening      first picture after", "scroll", "click", "sort"] {
        assert!(words.stdout.lines().any(|line| line.starts_with(start)), "{start}: {}", words.stdout);
    }
    let table = words.stdout.lines().skip_while(|line| !line.contains("until drawn, ms"));
    let table: Vec<&str> = table.take_while(|line| !line.is_empty()).collect();
    assert!(table.len() > 20 && table.iter().all(|line| line.chars().count() <= 120), "{}", words.stdout);
    assert!(table[1].contains("median") && table[1].contains("p99") && table[1].contains("looked at"), "{}", table[1]);
    let told = |what: &str| words.stdout.lines().any(|line| line.contains(what));
    let last = words.stdout.lines().last().expect("a line");
    assert!(last.starts_with("rows above 4 ms p99: ") || last == "all rows below 4 ms p99", "{last}");
    if cfg!(target_os = "linux") {
        assert!(told("memory, to be 300 MB at most: ") && told(" with the gallery open ("), "{}", words.stdout);
        assert!(told("of that, at the end: "), "{}", words.stdout);
    }
    assert!(told("not drawn: ") && !told("drawn to a texture"), "{}", words.stdout);
    let missing = home.run(["bench-window", "no such folder"]);
    assert_eq!(missing.code, Some(1), "{missing:?}");
    assert!(missing.stderr.contains("no such folder"), "{missing:?}");
}
