//! A folder with camera raw files, from its extraction to what is said of them.

use std::fs;

use super::run;
use crate::support::command::Home;

#[test]
fn thousands_of_raw_files_are_one_line_and_those_beside_their_pictures_none() {
    let home = Home::new();
    let folder = home.sample("pictures", 22);
    let beside = Home::files(&folder)[0].0.with_extension("dng");
    fs::write(folder.join(&beside), b"II*\0").expect("a file");
    let line = "extract @0 --network filters --compute cpu";
    let quiet = run(&home, line, &[&folder]);
    assert_eq!(quiet.code, Some(0), "{quiet:?}");
    assert!(!quiet.stdout.contains("raw"), "its picture is seen: {quiet:?}");

    fs::create_dir(folder.join("camera")).expect("a folder");
    for number in 0..5000 {
        let ending = if number % 2 == 0 { "DNG" } else { "nef" };
        fs::write(folder.join(format!("camera/DSC_{number:04}.{ending}")), b"II*\0").expect("a file");
    }
    let told = run(&home, line, &[&folder]);
    assert_eq!(told.code, Some(3), "not all could be read: {told:?}");
    let lines: Vec<&str> = told.stdout.lines().filter(|line| line.contains("raw")).collect();
    assert_eq!(lines.len(), 1, "{told:?}");
    for part in ["5,000 camera raw files (.dng, .nef)", "camera/DSC_0000.DNG", "develop them to JPEG or TIFF"] {
        assert!(lines[0].contains(part), "{part} is not in: {}", lines[0]);
    }
    assert!(told.stdout.lines().count() < 12 && told.stderr.lines().count() < 12, "{told:?}");
    let json = run(&home, &format!("{line} --json"), &[&folder]).json();
    assert_eq!((&json["images"], &json["unreadable"]), (&22.into(), &serde_json::json!([])), "none is an image");
    let raw = &json["camera_raw"];
    assert_eq!((&raw["unread"], &raw["beside_pictures"]), (&5000.into(), &1.into()));
    assert_eq!(raw["endings"], serde_json::json!(["dng", "nef"]));

    // Of one alone it is said what it is, and of a folder with nothing else, too.
    let only = home.path("only");
    fs::create_dir(&only).expect("a folder");
    fs::write(only.join("one.RAF"), b"FUJIFILMCCD-RAW 0201").expect("a file");
    let told = run(&home, line, &[&only]);
    let is_told = told.stdout.contains("there is nothing to extract")
        && told.stdout.contains("1 camera raw file (.raf) cannot be read, one.RAF: develop it to JPEG or TIFF");
    assert!(is_told, "{told:?}");
}
