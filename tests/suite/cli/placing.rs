//! `tiramisu project FOLDER --place`.

use crate::support::command::Home;

use super::run;

#[test]
fn images_that_come_later_are_placed_on_the_map_that_was_made() {
    let home = Home::new();
    let folder = home.sample("pictures", 16);
    let pictures: Vec<_> = Home::files(&folder).into_iter().map(|(path, _)| path).collect();
    let later = &pictures[12..16];
    let elsewhere = |at: usize| home.path(&format!("away-{at}"));
    let rename = |from: std::path::PathBuf, to: std::path::PathBuf| std::fs::rename(from, to).expect("a free name");
    later.iter().enumerate().for_each(|(at, path)| rename(folder.join(path), elsewhere(at)));
    run(&home, "extract @0 --compute cpu --json", &[&folder]).good_json();
    let none = run(&home, "project @0 --method pacmap --place", &[&folder]);
    assert_eq!(none.code, Some(1), "{none:?}");
    assert!(
        none.stderr.contains("no map to place images on") && none.stderr.contains("Make the map first"),
        "{none:?}"
    );

    let made = run(&home, "project @0 --method pacmap --json", &[&folder]).good_json();
    assert_eq!((made["points"].as_array().map(Vec::len), &made["placed"]), (Some(12), &serde_json::Value::Null));
    later.iter().enumerate().for_each(|(at, path)| rename(elsewhere(at), folder.join(path)));
    run(&home, "extract @0 --compute cpu --json", &[&folder]).good_json();
    let placed = run(&home, "project @0 --method pacmap --place --json", &[&folder]).good_json();
    assert_eq!((&placed["placed"], &placed["placed_in_all"]), (&4.into(), &4.into()));
    let trust = |of: &serde_json::Value| of["trustworthiness"].as_f64().expect("a number");
    assert_eq!((&placed["of_placed"]["images"], &placed["as_made"]["images"]), (&4.into(), &12.into()));
    assert_eq!(trust(&placed["as_made"]), trust(&made), "the map as it was made is told apart");
    assert_ne!(trust(&placed), trust(&made), "all images are others than it was made of");
    assert!(made.get("of_placed").is_none() && made.get("as_made").is_none(), "{made}");
    let (before, after) = (made["points"].as_array().expect("a list"), placed["points"].as_array().expect("a list"));
    assert_eq!(after.len(), 16);
    assert!(before.iter().all(|point| after.contains(point)), "nothing moved:\n{before:?}\n{after:?}");
    let marked = after.iter().filter(|point| point["placed"] == true).filter_map(|point| point["path"].as_str());
    let later: Vec<_> = later.iter().filter_map(|path| path.to_str()).collect();
    assert_eq!(marked.collect::<Vec<_>>(), later);

    let again = run(&home, "project @0 --method pacmap --place --json", &[&folder]).good_json();
    assert_eq!((&again["placed"], &again["placed_in_all"]), (&0.into(), &4.into()));
    assert_eq!(again["points"], placed["points"]);
    let words = run(&home, "project @0 --method pacmap --place", &[&folder]);
    assert!(words.stderr.contains("0 of 16 images placed on the existing map"), "{words:?}");
    for part in [
        "all images: trustworthiness",
        "the 4 placed later: trustworthiness",
        "the original map of 12: trustworthiness",
    ] {
        assert!(words.stderr.contains(part), "{part}: {words:?}");
    }
    assert_eq!(run(&home, "project . --place --seed 3", &[]).code, Some(2), "a map that is there has its seed");
}
