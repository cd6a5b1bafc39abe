//! What was done to a collection, written down and done again; and what shows it: `recipe`, `run`, `export` of maps and sheets.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::command::{Answer, Home};

/// A collection with features, a map and clusters.
struct Done {
    home: Home,
    folder: PathBuf,
    recipe: PathBuf,
}

const FILTERS: [&str; 4] = ["--network", "filters", "--compute", "cpu"];

impl Done {
    fn new() -> Self {
        let home = Home::new();
        let (folder, recipe) = (home.sample("pictures", 44), home.path("recipe.toml"));
        let done = Self { home, folder, recipe };
        assert_eq!(done.run("extract", &["--layers", "all"]).code, Some(0));
        for line in [["project", "--method", "umap", "--seed", "7"], ["cluster", "--count", "5", "--seed", "3"]] {
            assert_eq!(done.run(line[0], &line[1..]).code, Some(0), "{line:?}");
        }
        done
    }

    fn run(&self, verb: &str, more: &[&str]) -> Answer {
        let folder = self.folder.to_str().expect("UTF-8");
        self.home.run([verb, folder].into_iter().chain(more.iter().copied()).chain(FILTERS))
    }

    fn written(&self) -> String {
        let out = self.recipe.to_str().expect("UTF-8");
        let answer = self.run("recipe", &["--out", out, "--overwrite"]);
        assert_eq!(answer.code, Some(0), "{answer:?}");
        fs::read_to_string(&self.recipe).expect("a recipe")
    }

    /// Does it again, in a workspace of its own.
    fn again(&self, workspace: &str) -> Answer {
        let [recipe, folder] = [&self.recipe, &self.folder].map(|path| path.to_str().expect("UTF-8"));
        let workspace = self.home.path(workspace);
        let workspace = workspace.to_str().expect("UTF-8");
        self.home.run(["run", recipe, folder, "--workspace", workspace, "--compute", "cpu", "--json"])
    }
}

fn outcomes(answer: &Value) -> Vec<(String, Option<bool>)> {
    let made = answer["made"].as_array().expect("what was made").iter();
    made.map(|it| (it["name"].as_str().expect("a name").to_owned(), it["is_same"].as_bool())).collect()
}

#[test]
fn a_recipe_done_again_elsewhere_comes_to_the_same_numbers_to_the_last_bit() {
    let done = Done::new();
    let text = done.written();
    assert!(text.contains("network = \"filters\"") && text.contains("seed = 7"), "{text}");
    let answer = done.again("again").good_json();
    assert_eq!((&answer["has_its_pictures"], &answer["with_vectors"]), (&Value::from(true), &Value::from(44)));
    let outcomes = outcomes(&answer);
    assert_eq!(outcomes.iter().map(|(_, same)| *same).collect::<Vec<_>>(), [Some(true); 2], "{outcomes:?}");
    assert!(outcomes[0].0.starts_with("umap_") && outcomes[1].0.starts_with("kmeans_5_"), "{outcomes:?}");
}

#[test]
fn what_came_out_otherwise_and_pictures_that_are_others_are_told() {
    let done = Done::new();
    let text = done.written();
    // As if it had been another map.
    fs::write(&done.recipe, text.replace("seed = 7", "seed = 8")).expect("a recipe");
    let answer = done.again("other seed");
    assert_eq!(answer.code, Some(3), "{answer:?}");
    let answer: Value = serde_json::from_str(&answer.stdout).expect("JSON");
    assert_eq!(outcomes(&answer).iter().map(|(_, same)| *same).collect::<Vec<_>>(), [Some(false), Some(true)]);
    // One picture less: nothing can be said of the recipe.
    fs::write(&done.recipe, text).expect("a recipe");
    let first = walkdir::WalkDir::new(&done.folder).into_iter().flatten().find(|entry| entry.file_type().is_file());
    fs::remove_file(first.expect("a picture").path()).expect("it can be removed");
    let answer = done.again("fewer");
    assert_eq!(answer.code, Some(0), "{answer:?}");
    assert!(answer.stderr.contains("not the 44 pictures"), "{}", answer.stderr);
}

#[test]
fn a_recipe_tells_the_preparation_and_what_was_changed_by_hand_is_not_called_another_result() {
    let done = Done::new();
    let text = done.written();
    for line in ["precision = \"single\"", "[preparation]", "channels = \"rgb\"", "\nmean = ", "\nfit = \"stretch\""] {
        assert!(text.contains(line), "no {line} in {text}");
    }
    assert!(!text.contains("changed_by_hand"), "nothing was: {text}");
    // As if some clusters had been merged: which picture is in which is not said then.
    let (before, clusters) = text.split_once("[[clusters]]").expect("there are some");
    let kept = clusters.lines().filter(|line| !line.starts_with("sha256")).collect::<Vec<_>>().join("\n");
    let by_hand = format!("{before}[[clusters]]{kept}\nchanged_by_hand = true\n");
    fs::write(&done.recipe, by_hand).expect("a recipe");
    let answer = done.again("by hand");
    assert_eq!(answer.code, Some(0), "{answer:?}");
    let answer = answer.good_json();
    assert_eq!(outcomes(&answer).iter().map(|(_, same)| *same).collect::<Vec<_>>(), [Some(true), None]);
    assert_eq!(answer["made"][1]["changed_by_hand"], true);
    // What it was prepared for is said where another network is named.
    let folder = done.folder.to_str().expect("UTF-8");
    let recipe = done.recipe.to_str().expect("UTF-8");
    let other = text.replace("features = \"", "features = \"other_");
    fs::write(&done.recipe, other).expect("a recipe");
    let refused = done.home.run(["run", recipe, folder, "--compute", "cpu"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("prepared so: ") && refused.stderr.contains("stretched"), "{}", refused.stderr);
    // Recipes of before say neither.
    let (first, rest) = text.split_once("[preparation]").expect("it is there");
    let rest = rest.split_once("\n[").map_or("", |(_, rest)| rest);
    let older = format!("{first}[{rest}").replace("precision = \"single\"\n", "").replace("recipe = 2", "recipe = 1");
    assert!(!older.contains("mean = ") && older.contains("[[clusters]]"), "{older}");
    fs::write(&done.recipe, older).expect("a recipe");
    let answer = done.again("older").good_json();
    assert_eq!(outcomes(&answer).iter().map(|(_, same)| *same).collect::<Vec<_>>(), [Some(true); 2]);
}

#[test]
fn a_recipe_of_a_later_form_is_known_by_it_and_one_in_another_precision_is_told() {
    let done = Done::new();
    let text = done.written();
    assert!(text.contains("\nrecipe = 2\n") && text.contains("# Its form is 2, which earlier versions"), "{text}");
    // What it has besides is no mistake in it.
    fs::write(&done.recipe, text.replace("recipe = 2", "recipe = 3\nweather = \"fine\"")).expect("a recipe");
    let refused = done.again("later");
    let said = ["it has form 3, and this program knows forms up to 2", "A later version of Tiramisu wrote it"];
    assert!(refused.code == Some(1) && said.iter().all(|it| refused.stderr.contains(it)), "{refused:?}");
    assert!(!refused.stderr.contains("weather"), "{refused:?}");

    fs::write(&done.recipe, text.replace("precision = \"single\"", "precision = \"half\"")).expect("a recipe");
    let [recipe, folder] = [&done.recipe, &done.folder].map(|path| path.to_str().expect("UTF-8"));
    let again = done.home.run(["run", recipe, folder, "--compute", "cpu", "--precision", "single", "--json"]);
    assert!(again.stderr.contains("written in half precision, so numbers may differ"), "{again:?}");
    assert_eq!(outcomes(&again.good_json()).iter().map(|(_, same)| *same).collect::<Vec<_>>(), [Some(true); 2]);
}

#[test]
fn a_recipe_of_another_network_or_none_is_refused() {
    let done = Done::new();
    let text = done.written();
    fs::write(&done.recipe, text.replace("network = \"filters\"", "network = \"builtin\"")).expect("a recipe");
    let answer = done.again("other network");
    assert_eq!(answer.code, Some(1), "{answer:?}");
    // Layers of one network are none of the other's, which is said first.
    assert!(!answer.stderr.is_empty());
    for (wrong, said) in [("recipe = 9", "form 9"), ("nonsense", "could not be read"), ("", "missing field")] {
        let text = if wrong.starts_with("recipe") { text.replace("recipe = 2", wrong) } else { wrong.to_owned() };
        fs::write(&done.recipe, text).expect("a file");
        let answer = done.again("none");
        assert_eq!(answer.code, Some(1), "{wrong}: {answer:?}");
        assert!(answer.stderr.contains(said), "{wrong}: {}", answer.stderr);
    }
}

#[test]
fn maps_and_contact_sheets_leave_by_the_ending_of_their_name() {
    let done = Done::new();
    let path = |name: &str| done.home.path(name).to_str().expect("UTF-8").to_owned();
    let (page, picture) = ("<!doctype html>".as_bytes(), b"\x89PNG\r\n".as_slice());
    for (name, begins) in [("map.html", page), ("map.svg", b"<svg "), ("map.png", picture), ("sheet.pdf", b"%PDF-")] {
        let answer = done.run("export", &["--to", &path(name), "--json"]).good_json();
        assert_eq!(answer["written"], 44, "{name}");
        assert!(fs::read(path(name)).expect("a file").starts_with(begins), "{name}");
        let again = done.run("export", &["--to", &path(name)]);
        assert_eq!(again.code, Some(1), "nothing is replaced unasked: {again:?}");
    }
    let wide = done.run("export", &["--to", &path("wide.png"), "--width", "3000", "--pictures", "--json"]).good_json();
    assert_eq!(wide["written"], 44);
    assert_eq!(image::image_dimensions(path("wide.png")).expect("a picture").0, 3000);
    let pages = done.run("export", &["--format", "sheet", "--to", &path("pages.png"), "--json"]).good_json();
    assert_eq!((&pages["written"], &pages["pages"]), (&44.into(), &2.into()), "{pages}");
    assert_eq!(pages["target"], path("pages-1.png"));
    assert!(["pages-1.png", "pages-2.png"].iter().all(|name| image::open(path(name)).is_ok()));
    let misled = done.run("export", &["--to", &path("other.svg"), "--width", "3000"]);
    assert!(misled.code == Some(1) && misled.stderr.contains("--width and --pictures"), "{misled:?}");
    let none = done.run("export", &["--to", &path("other.svg"), "--map", "tsne"]);
    assert_eq!(none.code, Some(1));
    assert!(none.stderr.contains("tiramisu project FOLDER --method tsne"), "{}", none.stderr);
    assert!(!done.home.path("other.svg").exists());
}
