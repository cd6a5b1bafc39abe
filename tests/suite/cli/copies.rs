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

#[test]
fn only_somebodys_files_keep_copies_out_of_a_folder() {
    let (home, _) = extracted(|_, _| {});
    let to = home.path("to");
    std::fs::create_dir_all(to.join("later/still empty")).expect("folders");
    for left in ["Thumbs.db", "later/Desktop.ini", ".directory"] {
        std::fs::write(to.join(left), "left by a file manager").expect("a file");
    }
    let done = export(&home, &["--label", "stripes", "--to", "to"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(Home::files(&to).len(), 2 + 3);

    let other = home.path("other");
    std::fs::create_dir_all(other.join("letters")).expect("a folder");
    std::fs::write(other.join("letters/aunt.txt"), "Dear aunt").expect("a file");
    let refused = export(&home, &["--label", "stripes", "--to", "other"]);
    assert!(refused.code == Some(1) && refused.stderr.contains("add --overwrite"), "{refused:?}");
}

/// The pictures are pipes by then, which are read when somebody writes: so the export is never done before it is told to stop.
#[cfg(target_os = "linux")]
#[test]
fn copies_that_were_stopped_say_how_to_begin_anew() {
    use std::fs;
    use std::process::{Command, Stdio};
    use std::time::Duration;

    use super::stopping::{Ended, tell};

    let (home, folder) = extracted(|_, _| {});
    let pictures: Vec<PathBuf> = Home::files(&folder).into_iter().map(|(name, _)| folder.join(name)).collect();
    let pipes = &pictures[1..];
    for pipe in pipes {
        fs::remove_file(pipe).expect("it was there");
        assert!(Command::new("mkfifo").arg(pipe).status().expect("mkfifo is there").success());
    }
    let mut command = home.command(["export", "pictures", "--to", "to"].iter().chain(&WITH));
    let mut running = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let first = home.path("to").join(pictures[0].file_name().expect("a name"));
    while !first.exists() {
        assert!(running.try_wait().expect("it can be waited for").is_none(), "it ended before it was told to");
        std::thread::sleep(Duration::from_millis(10));
    }
    tell(&running, "-TERM");
    // One by one they can be read, until it has heard.
    let mut held = Vec::new();
    for pipe in pipes {
        held.push(fs::OpenOptions::new().read(true).write(true).open(pipe).expect("a pipe"));
        std::thread::sleep(Duration::from_millis(250));
        if running.try_wait().expect("it can be waited for").is_some() {
            break;
        }
    }
    let ended = Ended::of(running);
    assert_eq!(ended.code, Some(143), "{ended:?}");
    assert!(
        ended.stdout.contains("1 image written") && ended.stdout.contains("add --overwrite to begin anew"),
        "{ended:?}"
    );
}
