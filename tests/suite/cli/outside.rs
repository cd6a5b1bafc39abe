//! Neighbours of pictures that are not in the collection.

use std::fs;

use crate::support::command::Home;

#[test]
fn a_picture_from_outside_is_asked_with_as_if_it_were_in_the_collection() {
    let home = Home::new();
    let folder = home.sample("pictures", 44);
    let files = Home::files(&folder);
    let path = |place: usize| folder.join(&files[place].0);
    let text = |path: &std::path::Path| path.to_str().expect("UTF-8").to_owned();
    let (inside, outside) = (text(&path(9)), text(&home.path("elsewhere.png")));
    fs::copy(&inside, &outside).expect("a copy");
    let folder = text(&folder);
    let run = |line: &[&str]| {
        let end = ["--network", "filters", "--compute", "cpu", "--json"];
        home.run(line.iter().copied().chain(end))
    };
    run(&["extract", &folder]).good_json();
    let paths = |answer: &serde_json::Value| -> Vec<String> {
        let rows = answer["neighbours"].as_array().expect("a list");
        rows.iter().map(|row| row["path"].as_str().expect("a path").to_owned()).collect()
    };

    let of_inside = run(&["neighbours", &inside, "-k", "5"]).good_json();
    assert!(of_inside["outside"].is_null());
    let of_outside = run(&["neighbours", &outside, "--folder", &folder, "-k", "6"]).good_json();
    let twin = of_inside["probe"].as_str().expect("a path");
    assert_eq!(paths(&of_outside)[0], twin, "its copy in the collection is the nearest");
    assert!(of_outside["neighbours"][0]["score"].as_f64().expect("a score") > 0.9999);
    assert_eq!(paths(&of_outside)[1..], paths(&of_inside)[..]);
    assert_eq!(of_outside["probe"], of_outside["outside"][0]);

    // With others, a part of it, against it, and by the whole network.
    let both = run(&["neighbours", &outside, &text(&path(3)), "--against", &text(&path(20)), "-k", "5"]).good_json();
    assert_eq!((both["examples"].as_u64(), both["outside"].as_array().map(Vec::len)), (Some(3), Some(1)));
    let part = ["--region", "0.2,0.1,0.7,0.6", "--folder", &folder, "-k", "5"];
    let part_of = |picture: &str| run(&[&["neighbours", picture], &part[..]].concat()).good_json();
    let (of_inside, of_outside) = (paths(&part_of(&inside)), paths(&part_of(&outside)));
    assert_eq!(
        of_outside.iter().filter(|path| *path != twin).take(4).collect::<Vec<_>>(),
        of_inside.iter().take(4).collect::<Vec<_>>()
    );
    run(&["embed", &folder]).good_json();
    let whole = run(&["neighbours", &outside, "--embedding", "--folder", &folder, "-k", "3"]).good_json();
    assert_eq!((paths(&whole)[0].as_str(), &whole["metric"]), (twin, &"features that differ".into()));

    // New in the folder, and not extracted yet.
    let new = format!("{folder}/new.png");
    fs::copy(&inside, &new).expect("a copy");
    assert_eq!(paths(&run(&["neighbours", &new, "-k", "1"]).good_json())[0], twin);
    let exported = run(&["export", &folder, "--like", &outside, "-k", "4", "--to", "like.csv"]).good_json();
    assert_eq!(exported["written"], 4, "what is like it is written, not itself");

    let nowhere = run(&["neighbours", &outside]);
    assert!(nowhere.code == Some(1) && nowhere.stderr.contains("--folder"), "{nowhere:?}");
    fs::write(home.path("no.png"), "no picture").expect("a file");
    let broken = run(&["neighbours", "no.png", "--folder", &folder]);
    assert!(broken.code == Some(1) && broken.stderr.contains("not a picture"), "{broken:?}");
    let gone = run(&["neighbours", "gone.png", "--folder", &folder]);
    assert!(gone.code == Some(1) && gone.stderr.contains("no such picture"), "{gone:?}");
}
