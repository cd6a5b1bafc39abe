//! `export` of the pictures themselves into a folder.

use std::path::{Path, PathBuf};

use super::super::support::command::{Answer, Home};

const WITH: [&str; 4] = ["--network", "filters", "--compute", "cpu"];

/// A sample that was extracted, and what is done to it before that.
fn extracted(prepare: impl FnOnce(&Home, &Path)) -> (Home, PathBuf) {
    let home = Home::new();
    let folder = home.sample("pictures", 44);
    prepare(&home, &folder);
    let done = home.run(["extract", "pictures"].iter().chain(&WITH));
    assert_eq!(done.code, Some(0), "{done:?}");
    (home, folder)
}

fn export(home: &Home, arguments: &[&str]) -> Answer {
    home.run(["export", "pictures"].iter().chain(arguments).chain(&WITH))
}

#[cfg(unix)]
#[test]
fn copies_replace_no_picture_of_the_collection_to_which_a_link_leads() {
    use std::fs;
    use std::os::unix::fs::symlink;

    let (home, folder) = extracted(|home, folder| {
        // A whole folder lies elsewhere, and so does a single file.
        let (archive, single) = (home.path("archive"), home.path("single"));
        fs::rename(folder.join("waves"), &archive).expect("moved");
        symlink(&archive, folder.join("waves")).expect("linked");
        fs::create_dir(&single).expect("a folder");
        let (here, there) = (folder.join("checks/checks_0002.jpg"), single.join("stripes_0001.jpg"));
        fs::rename(&here, &there).expect("moved");
        symlink(&there, &here).expect("linked");
        // It has the name of one that is exported.
        fs::rename(archive.join("waves_0001.jpg"), archive.join("stripes_0001.jpg")).expect("renamed");
    });
    for place in ["archive", "single"] {
        let before = Home::files(&home.path(place));
        assert!(before.iter().any(|(name, _)| name == Path::new("stripes_0001.jpg")), "{place}");
        let refused = export(&home, &["--label", "stripes", "--to", place, "--overwrite"]);
        assert!(refused.code == Some(1) && refused.stderr.contains("pictures of the collection"), "{refused:?}");
        assert_eq!(Home::files(&home.path(place)), before, "{place}");
    }
    let own = home.path("own");
    fs::create_dir(&own).expect("a folder");
    fs::write(own.join("stripes_0001.jpg"), "older").expect("a file");
    let done = export(&home, &["--label", "stripes", "--to", "own", "--overwrite"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    let source = fs::read(folder.join("stripes/stripes_0001.jpg")).expect("it is there");
    assert_eq!(fs::read(own.join("stripes_0001.jpg")).expect("it is there"), source);
}
