//! What is to be checked in a collection: labels that are probably wrong, odd pictures, files that cannot be read.

use serde_json::Value;

use super::super::support::command::{Answer, Home};

/// Runs a verb with the network that the program brings along, on the processor.
fn run(home: &Home, words: &[&str]) -> Answer {
    home.run([&words[..1], &["--compute", "cpu"], &words[1..]].concat())
}

#[test]
fn a_picture_in_the_wrong_folder_has_a_suspicious_label_and_the_answer_says_why() {
    let home = Home::new();
    let folder = home.sample("pictures", 220);
    let at = folder.to_str().expect("a plain name");
    // One kind of picture that is like no other, among those of another kind.
    let files = Home::files(&folder);
    let of = |label: &str| files.iter().find(|(name, ..)| name.starts_with(label)).expect("one of them");
    let name = of("stripes").0.file_name().expect("a name").to_owned();
    let (wrong, path) = (folder.join("spheres").join(&name), format!("spheres/{}", name.display()));
    std::fs::rename(folder.join("stripes").join(&name), &wrong).expect("it is moved");
    run(&home, &["extract", at, "--json"]).good_json();
    let found = run(&home, &["suspicious-labels", at, "--neighbours", "5", "--top", "100", "--json"]).good_json();
    assert_eq!((&found["images"], &found["labels"], &found["neighbours"]), (&220.into(), &22.into(), &5.into()));
    let rows = found["rows"].as_array().expect("a list");
    let row = rows.iter().find(|row| row["path"] == *path).unwrap_or_else(|| panic!("{found}"));
    assert_eq!((&row["label"], &row["likely"]), (&"spheres".into(), &"stripes".into()));
    let reason = row["reason"].as_str().expect("a sentence");
    assert!(
        reason.contains("of the 5 pictures most like it")
            && reason.contains("\"stripes\"")
            && reason.contains("layers"),
        "{reason}"
    );
    let layers = found["layers"].as_array().expect("a list");
    assert_eq!(layers.last(), Some(&found["layer"]), "the one that decides is the last");
    let scores: Vec<f64> = rows.iter().map(|row| row["margin"].as_f64().expect("a number")).collect();
    assert!(scores.is_sorted() && scores.iter().all(|margin| (0.0..0.5).contains(margin)), "{scores:?}");
    let words = run(&home, &["suspicious-labels", at, "--neighbours", "5", "--others", "0", "--top", "100"]);
    assert!(words.code == Some(0) && words.stdout.contains(&path), "{words:?}");

    let one = home.path("one");
    std::fs::create_dir_all(one.join("only")).expect("a folder");
    for label in ["ferns", "spirals"] {
        let (from, ..) = of(label);
        std::fs::copy(folder.join(from), one.join("only").join(from.file_name().expect("a name"))).expect("a copy");
    }
    let one = one.to_str().expect("a plain name");
    run(&home, &["extract", one, "--json"]).good_json();
    let refused = run(&home, &["suspicious-labels", one]);
    assert!(refused.code == Some(1) && refused.stderr.contains("have the same one, only"), "{refused:?}");
}

#[test]
fn odd_pictures_and_unreadable_files_are_listed_each_with_its_reason() {
    let home = Home::new();
    let folder = home.sample("pictures", 44);
    let at = folder.to_str().expect("a plain name");
    let plain = |name: &str, [width, height]: [u32; 2], level: u8| {
        image::RgbImage::from_pixel(width, height, image::Rgb([level; 3])).save(folder.join(name)).expect("a picture");
    };
    plain("night.png", [96, 96], 4);
    plain("page.png", [96, 96], 252);
    image::open(folder.join(&Home::files(&folder)[0].0))
        .expect("a picture")
        .resize_exact(900, 60, image::imageops::FilterType::Triangle)
        .save(folder.join("banner.png"))
        .expect("a picture");
    std::fs::write(folder.join("broken.png"), b"nonsense").expect("a file");
    run(&home, &["extract", at, "--json"]);
    let ask = |words: &[&str]| run(&home, &[&["odd-pictures", at][..], words, &["--json"]].concat()).good_json();
    let found = ask(&[]);
    let kinds = |found: &Value, path: &str| -> Vec<String> {
        let rows = found["rows"].as_array().expect("a list");
        let row = rows.iter().find(|row| row["path"] == path).unwrap_or_else(|| panic!("{path}: {found}"));
        let kinds = row["oddities"].as_array().expect("a list").iter();
        kinds.map(|oddity| oddity["kind"].as_str().expect("a word").to_owned()).collect()
    };
    assert_eq!(kinds(&found, "night.png"), ["dark", "blank"]);
    assert_eq!(kinds(&found, "page.png"), ["bright", "blank"]);
    assert!(kinds(&found, "banner.png").contains(&"shape".to_owned()), "{found}");
    assert_eq!(kinds(&found, "broken.png"), ["unreadable"]);
    let unreadable = ask(&["--only", "unreadable"]);
    let rows = unreadable["rows"].as_array().expect("a list");
    assert_eq!(rows.len(), 1);
    assert!(rows[0]["reason"].as_str().is_some_and(|reason| reason.len() > 10), "{unreadable}");
    let words = run(&home, &["odd-pictures", at]);
    assert!(words.code == Some(0) && words.stdout.contains("1 unreadable"), "{words:?}");
    let told = home.run(["info", at, "--json"]).good_json();
    assert!(told["findings"].as_array().is_some_and(|all| all.iter().any(|it| it["kind"] == "odd")), "{told}");
}
