//! Known networks on this machine: downloaded, resumed, refused, put there by hand, added, and opened by name.

mod cli;
mod decoding;
mod opening;
mod redirects;

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tiramisu::engine::networks::{self, Downloaded};
use tiramisu::engine::{Problem, Progress};

use super::support::server::{Answer, Server, nowhere};

/// A data directory with a network of one file in it, described as a person would.
struct Place {
    folder: TempDir,
}

impl Place {
    /// `more` goes into the description of the file.
    fn new(from: &[String], more: &str) -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        let from: Vec<String> = from.iter().map(|url| format!("\"{url}\"")).collect();
        let text = format!("name = \"net\"\n[[files]]\nname = \"net.bin\"\nfrom = [{}]\n{more}\n", from.join(", "));
        place.write("net.toml", text);
        place
    }

    /// A path below `networks`.
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("networks").join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn download(&self) -> Result<Option<Downloaded>, Problem> {
        self.download_with(&Progress::new("Downloading"), &[])
    }

    fn download_with(&self, progress: &Progress, beside: &[PathBuf]) -> Result<Option<Downloaded>, Problem> {
        networks::download_network("net", Some(self.folder.path()), beside, progress)
    }

    /// The message with which the download fails.
    fn refusal(&self) -> String {
        let message = self.download().expect_err("this download must fail").to_string();
        eprintln!("{message}");
        message
    }

    /// The file, and nothing half-done beside it.
    fn assert_has(&self, content: &[u8]) {
        assert!(fs::read(self.path("net/net.bin")).unwrap() == content, "the file has another content");
        let names: Vec<_> = fs::read_dir(self.path("net")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["net.bin"]);
        let known = networks::show("net", Some(self.folder.path())).unwrap();
        assert!(known.is_here && known.files[0].is_here);
    }
}

/// A file of some length that repeats nowhere near.
fn content(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i * 7 + i / 256) as u8).collect()
}

fn sha256(content: &[u8]) -> String {
    let digits: String = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256 = \"{digits}\"\nbytes = {}", content.len())
}

#[test]
fn a_network_is_downloaded_compared_and_appears_whole() {
    let file = content(300_000);
    let body = file.clone();
    let server = Server::start(move |asked, _| Answer::proper(asked, &body, "\"a\""));
    let place = Place::new(&[server.url("net.bin")], &sha256(&file));
    assert!(!networks::show("net", Some(place.folder.path())).unwrap().is_here);

    let progress = Progress::new("Downloading");
    let downloaded = place.download_with(&progress, &[]).unwrap().unwrap();
    place.assert_has(&file);
    assert_eq!((downloaded.bytes, progress.done(), progress.total()), (300_000, 300_000, 300_000));
    assert_eq!(server.asked().len(), 1);
    assert_eq!(server.asked()[0].range, None);

    let again = place.download().unwrap().unwrap();
    assert_eq!((again.bytes, server.asked().len()), (0, 1), "what is here and right is not asked for again");
}

#[test]
fn a_broken_connection_is_opened_again_and_only_the_rest_is_asked_for() {
    let file = content(400_000);
    let body = file.clone();
    let server = Server::start(move |asked, before| {
        let answer = Answer::proper(asked, &body, "\"a\"");
        if before < 2 { answer.broken_after(150_000) } else { answer }
    });
    let place = Place::new(&[server.url("net.bin")], &sha256(&file));
    let downloaded = place.download().unwrap().unwrap();
    place.assert_has(&file);
    let asked = server.asked();
    assert_eq!(asked.len(), 3, "{asked:?}");
    assert_eq!(asked[1].range.as_deref(), Some("bytes=150000-"));
    assert_eq!(asked[1].if_range.as_deref(), Some("\"a\""));
    assert_eq!(asked[2].range.as_deref(), Some("bytes=300000-"));
    assert_eq!(downloaded.bytes, 400_000);
}

#[test]
fn a_download_that_was_stopped_keeps_what_arrived_and_goes_on_from_there() {
    let file = content(500_000);
    let body = file.clone();
    // At first the server says nothing after a while, and keeps the connection.
    let server = Server::start(move |asked, before| {
        let answer = Answer::proper(asked, &body, "\"a\"");
        if before == 0 { answer.silent_after(200_000) } else { answer }
    });
    let place = Place::new(&[server.url("net.bin")], &sha256(&file));
    let progress = Progress::new("Downloading");
    std::thread::scope(|scope| {
        let download = scope.spawn(|| place.download_with(&progress, &[]));
        while progress.done() < 200_000 {
            std::thread::yield_now();
        }
        progress.cancel();
        assert_eq!(download.join().unwrap().unwrap(), None);
    });
    assert!(!place.path("net/net.bin").exists());
    assert_eq!(fs::read(place.path("net/net.bin.part")).unwrap(), &file[..200_000]);

    place.download().unwrap().unwrap();
    place.assert_has(&file);
    assert_eq!(server.asked()[1].range.as_deref(), Some("bytes=200000-"));
}

#[test]
fn a_file_that_changed_meanwhile_is_taken_from_the_beginning() {
    let (old, new) = (content(90_000), content(120_000).into_iter().rev().collect::<Vec<u8>>());
    let body = new.clone();
    let server = Server::start(move |asked, before| match before {
        0 => Answer::proper(asked, &old, "\"old\"").broken_after(60_000),
        _ => Answer::proper(asked, &body, "\"new\""),
    });
    let digits = sha256(&new);
    let place = Place::new(&[server.url("net.bin")], digits.lines().next().unwrap());
    place.download().unwrap().unwrap();
    place.assert_has(&new);
    assert_eq!(server.asked()[1].if_range.as_deref(), Some("\"old\""), "the server is told what we have");
}

#[test]
fn a_beginning_that_is_longer_than_the_file_is_thrown_away() {
    let file = content(1000);
    let body = file.clone();
    let server = Server::start(move |asked, _| Answer::proper(asked, &body, "\"a\""));
    let url = server.url("net.bin");
    let place = Place::new(std::slice::from_ref(&url), &sha256(&file));
    place.write("net/net.bin.part", content(5000));
    place.write("net/net.bin.part.from", format!("{url}\n\"a\""));
    place.download().unwrap().unwrap();
    place.assert_has(&file);
    assert_eq!(server.asked().len(), 2);
}

#[test]
fn a_beginning_that_nobody_knows_is_not_gone_on_with() {
    let file = content(1000);
    let body = file.clone();
    let server = Server::start(move |asked, _| Answer::proper(asked, &body, "\"a\""));
    let place = Place::new(&[server.url("net.bin")], &sha256(&file));
    place.write("net/net.bin.part", [0; 500]);
    place.download().unwrap().unwrap();
    place.assert_has(&file);
    assert_eq!(server.asked()[0].range, None);
}

#[test]
fn what_had_arrived_whole_is_compared_and_not_asked_for_again() {
    let file = content(1000);
    let body = file.clone();
    let server = Server::start(move |asked, _| Answer::proper(asked, &body, "\"a\""));
    let url = server.url("net.bin");
    let begun = |digits: &str, part: &[u8]| {
        let place = Place::new(std::slice::from_ref(&url), digits);
        place.write("net/net.bin.part", part);
        place.write("net/net.bin.part.from", format!("{url}\n\"a\""));
        place.download().unwrap().unwrap();
        place.assert_has(&file);
    };
    begun(&sha256(&file), &file);
    assert_eq!(server.asked(), [], "the size says that it is whole");
    let digits = sha256(&file);
    begun(digits.lines().next().unwrap(), &file);
    assert_eq!(server.asked().len(), 1, "the server says that there is no more");
    begun(&digits, &[7; 1000]);
    assert_eq!(server.asked().len(), 2);
    assert_eq!(server.asked()[1].range, None, "what does not fit is got anew");
}

#[test]
fn a_server_that_falters_after_a_break_is_asked_again_before_the_next_one() {
    let file = content(400_000);
    let body = file.clone();
    let server = Server::start(move |asked, before| match before {
        0 => Answer::proper(asked, &body, "\"a\"").broken_after(150_000),
        1 => Answer::error(503),
        2 => Answer::error(429),
        _ => Answer::proper(asked, &body, "\"a\""),
    });
    let place = Place::new(&[server.url("net.bin"), nowhere("net.bin")], &sha256(&file));
    place.download().unwrap().unwrap();
    place.assert_has(&file);
    let ranges: Vec<_> = server.asked().into_iter().map(|asked| asked.range).collect();
    let rest = Some("bytes=150000-".to_owned());
    assert_eq!(ranges, [None, rest.clone(), rest.clone(), rest]);
}

#[test]
fn the_address_that_a_beginning_came_from_is_asked_first() {
    let file = content(1000);
    let body = file.clone();
    let server = Server::start(move |asked, _| Answer::proper(asked, &body, "\"a\""));
    let place = Place::new(&[server.url("first"), server.url("second")], &sha256(&file));
    place.write("net/net.bin.part", &file[..600]);
    place.write("net/net.bin.part.from", format!("{}\n\"a\"", server.url("second")));
    place.download().unwrap().unwrap();
    place.assert_has(&file);
    let asked = server.asked();
    assert_eq!((asked.len(), asked[0].path.as_str()), (1, "/second"));
    assert_eq!(asked[0].range.as_deref(), Some("bytes=600-"));
}

#[test]
fn the_rest_of_another_file_is_not_taken_from_a_server_that_does_not_compare() {
    let (old, new) = (content(90_000), content(120_000).into_iter().rev().collect::<Vec<u8>>());
    // Says which state it is of, and there is no checksum; says nothing, and the checksum shows it.
    for (digits, says_state) in [(String::new(), true), (sha256(&new), false)] {
        let (old, body) = (old.clone(), new.clone());
        let server = Server::start(move |asked, before| match before {
            0 => Answer::careless(asked, &old, "\"old\"").broken_after(60_000),
            _ if says_state => Answer::careless(asked, &body, "\"new\""),
            _ => Answer::careless(asked, &body, "\"new\"").stateless(),
        });
        let place = Place::new(&[server.url("net.bin")], digits.lines().next().unwrap_or_default());
        place.download().unwrap().unwrap();
        place.assert_has(&new);
        let ranges: Vec<_> = server.asked().into_iter().map(|asked| asked.range).collect();
        assert_eq!(ranges, [None, Some("bytes=60000-".to_owned()), None]);
    }
}

#[test]
fn a_file_that_is_being_downloaded_is_left_to_whoever_does_it() {
    let file = content(5000);
    let server = Server::start(move |asked, _| Answer::proper(asked, &file, "\"a\"").silent_after(2000));
    let place = Place::new(&[server.url("net.bin")], "bytes = 5000");
    let progress = Progress::new("Downloading");
    std::thread::scope(|scope| {
        let first = scope.spawn(|| place.download_with(&progress, &[]));
        while progress.done() < 2000 {
            std::thread::yield_now();
        }
        let message = place.refusal();
        assert!(message.contains("another Tiramisu"), "{message}");
        progress.cancel();
        assert_eq!(first.join().unwrap().unwrap(), None);
    });
    assert_eq!(server.asked().len(), 1);
    assert_eq!(fs::read(place.path("net/net.bin.part")).unwrap().len(), 2000);
}

#[test]
fn a_file_that_another_program_wrote_into_is_not_taken() {
    let file = content(5000);
    let part = Arc::new(OnceLock::<PathBuf>::new());
    let target = part.clone();
    let server = Server::start(move |asked, before| {
        let answer = Answer::proper(asked, &file, "\"a\"");
        if before == 0 {
            return answer.broken_after(3000);
        }
        let mut other = fs::OpenOptions::new().append(true).open(target.get().unwrap()).unwrap();
        other.write_all(b"something else").unwrap();
        answer
    });
    let place = Place::new(&[server.url("net.bin")], "bytes = 5000");
    part.set(place.path("net/net.bin.part")).unwrap();
    let message = place.refusal();
    assert!(message.contains("another program wrote into"), "{message}");
    assert_eq!(fs::read_dir(place.path("net")).unwrap().count(), 0, "nothing is left");
}

#[test]
fn a_wrong_content_is_thrown_away() {
    let body = content(1000);
    let server = Server::start(move |asked, _| Answer::proper(asked, &body, "\"a\""));
    let place = Place::new(&[server.url("net.bin")], "sha256_prefix = \"0123abcd\"");
    let message = place.refusal();
    assert!(message.contains("sha256 that begins with 0123abcd does not match"), "{message}");
    assert_eq!(fs::read_dir(place.path("net")).unwrap().count(), 0, "nothing is left");
}

#[test]
fn a_file_of_another_size_is_not_even_begun() {
    let body = content(2000);
    let server = Server::start(move |asked, _| Answer::proper(asked, &body, "\"a\""));
    let message = Place::new(&[server.url("net.bin")], "bytes = 1999").refusal();
    assert!(message.contains("2000 bytes instead of 1999"), "{message}");
    let rounded = Place::new(&[server.url("net.bin")], "mebibytes = 0.002");
    rounded.download().unwrap().expect("a published size is rounded");
}

#[test]
fn connections_that_keep_breaking_are_given_up_and_what_arrived_stays() {
    let body = content(5000);
    let server = Server::start(move |asked, before| {
        Answer::proper(asked, &body, "\"a\"").broken_after(if before == 0 { 3000 } else { 0 })
    });
    let place = Place::new(&[server.url("net.bin")], "bytes = 5000");
    let message = place.refusal();
    assert!(message.contains("after 3.0 kB") && message.contains("continues from there"), "{message}");
    assert_eq!(fs::read(place.path("net/net.bin.part")).unwrap().len(), 3000);
}

#[test]
fn a_file_that_is_gone_is_looked_for_at_the_next_address() {
    let file = content(1000);
    let body = file.clone();
    let server = Server::start(move |asked, _| match asked.path.as_str() {
        "/gone" => Answer::error(404),
        _ => Answer::proper(asked, &body, "\"a\""),
    });
    let place = Place::new(&[server.url("gone"), nowhere("net.bin"), server.url("net.bin")], &sha256(&file));
    place.download().unwrap().unwrap();
    place.assert_has(&file);

    let place = Place::new(&[server.url("gone"), nowhere("net.bin")], "");
    let message = place.refusal();
    assert!(message.contains("404") && message.contains("not there any more"), "{message}");
    assert!(message.contains("no connection"), "the reason of every address: {message}");
}

#[test]
fn without_a_connection_it_is_said_what_to_get_and_where_to_put_it() {
    let url = nowhere("net.bin");
    let place = Place::new(std::slice::from_ref(&url), "sha256_prefix = \"0123abcd\"");
    let message = place.refusal();
    let folder = place.path("net").display().to_string();
    for part in ["no connection", url.as_str(), folder.as_str(), "net.bin", "0123abcd", "--from FOLDER"] {
        assert!(message.contains(part), "nothing of {part}: {message}");
    }
}

#[test]
fn a_file_that_was_put_there_by_hand_is_recognised() {
    let file = content(1000);
    let place = Place::new(&[nowhere("net.bin")], &sha256(&file));
    place.write("net/net.bin", &file);
    let downloaded = place.download().unwrap().unwrap();
    assert_eq!(downloaded.bytes, 0);
    place.assert_has(&file);
    // Or into the folder of all networks, or in one that the person names.
    let place = Place::new(&[nowhere("net.bin")], &sha256(&file));
    place.write("net.bin", &file);
    place.download().unwrap().unwrap();
    place.assert_has(&file);
    let (place, stick) = (Place::new(&[nowhere("net.bin")], &sha256(&file)), tempfile::tempdir().unwrap());
    fs::write(stick.path().join("net.bin"), &file).unwrap();
    place.download_with(&Progress::new(""), &[stick.path().to_owned()]).unwrap().unwrap();
    place.assert_has(&file);
}

#[test]
fn a_file_with_the_right_name_and_the_wrong_content_is_moved_aside() {
    let file = content(1000);
    let body = file.clone();
    let server = Server::start(move |asked, _| Answer::proper(asked, &body, "\"a\""));
    let place = Place::new(&[server.url("net.bin")], &sha256(&file));
    place.write("net/net.bin", [1; 1000]);
    place.write("net.bin", [2; 1000]);
    let downloaded = place.download().unwrap().unwrap();
    assert!(fs::read(place.path("net/net.bin")).unwrap() == file);
    assert_eq!(fs::read(place.path("net/net.bin.broken")).unwrap(), [1; 1000]);
    assert!(downloaded.problems[0].to_string().contains("net.bin.broken"), "{:?}", downloaded.problems);
    assert_eq!(fs::read(place.path("net.bin")).unwrap(), [2; 1000], "what lies elsewhere is left alone");
}

#[test]
fn the_checksums_of_every_publisher_are_understood() {
    // By Python's hashlib, git's name with `blob 1000\0` before the content.
    let file = content(1000);
    for right in [
        "sha256 = \"c85a431e0fe575b2609289d3a4042414715f400612575a125d2ce5573d608732\"",
        "sha256_prefix = \"c85a431e\"",
        "sha1 = \"36b3862969aef72235b9f6aadcf795eefeacd183\"",
        "git_blob = \"4e48c9fb18acae2463635d59a18ef0b46729cb34\"",
    ] {
        let place = Place::new(&[], right);
        place.write("net/net.bin", &file);
        place.download().unwrap_or_else(|problem| panic!("{right}: {problem}"));
        let first_digit = right.find('"').unwrap() + 1;
        let place = Place::new(&[], &format!("{}f{}", &right[..first_digit], &right[first_digit + 1..]));
        place.write("net/net.bin", &file);
        place.download().expect_err("another content");
    }
}

#[test]
fn a_file_that_can_be_done_without_is_missed_quietly() {
    let file = content(1000);
    let body = file.clone();
    let server = Server::start(move |asked, _| Answer::proper(asked, &body, "\"a\""));
    let names = format!(
        "{}\n[[files]]\nname = \"labels.txt\"\nfrom = [\"{}\"]\noptional = true",
        sha256(&file),
        nowhere("labels.txt")
    );
    let place = Place::new(&[server.url("net.bin")], &names);
    let downloaded = place.download().unwrap().unwrap();
    assert!(downloaded.network.is_here);
    assert_eq!(downloaded.problems.len(), 1);
    assert!(downloaded.problems[0].what.contains("has no labels.txt"), "{}", downloaded.problems[0]);
}

#[test]
fn removing_deletes_what_was_downloaded_and_nothing_else() {
    let file = content(1000);
    let body = file.clone();
    let server = Server::start(move |asked, _| Answer::proper(asked, &body, "\"a\""));
    let place = Place::new(&[server.url("net.bin")], &sha256(&file));
    place.download().unwrap().unwrap();
    place.write("net/notes.txt", "mine");
    let deleted = networks::remove("net", Some(place.folder.path())).unwrap();
    assert_eq!(deleted, [place.path("net/net.bin"), place.path("net.toml")]);
    assert_eq!(fs::read(place.path("net/notes.txt")).unwrap(), b"mine");
    networks::show("net", Some(place.folder.path())).expect_err("it is forgotten");
}

#[test]
fn a_file_of_the_wrong_content_stays_where_it_is_until_another_can_be_had() {
    let place = Place::new(&[nowhere("net.bin")], &sha256(&content(1000)));
    place.write("net/net.bin", [1; 1000]);
    place.download().unwrap_err();
    assert_eq!(fs::read(place.path("net/net.bin")).unwrap(), [1; 1000]);
    assert!(!place.path("net/net.bin.broken").exists());
}

#[test]
fn files_are_downloaded_by_ways_that_nobody_can_change_and_from_this_machine() {
    let refused = [
        "http://example.com/net.bin",
        "http://127.0.0.1.example.com/net.bin",
        "http://127.0.0.1@example.com/net.bin",
        "http://localhost.example.com:80/net.bin",
        "http://127.0.0.10/net.bin",
        "http://[::1/net.bin",
        "http://127.0.0.1:80:80/net.bin",
        "ftp://127.0.0.1/net.bin",
        "httpsx://example.com/net.bin",
    ];
    for address in refused {
        let message = Place::new(&[address.to_owned()], "").refusal();
        assert!(message.contains("https://") && message.contains(address), "{address}: {message}");
    }
}

#[test]
fn a_server_of_this_machine_sends_nobody_elsewhere() {
    let file = content(3000);
    let (body, from) = (file.clone(), nowhere("net.bin"));
    let server = Server::start(move |asked, _| match asked.path.as_str() {
        "/net.bin" => {
            let mut answer = Answer::error(302);
            answer.headers.push(("Location", "/other.bin".to_owned()));
            answer
        }
        _ => Answer::proper(asked, &body, "\"a\""),
    });
    let place = Place::new(&[server.url("net.bin"), from], &sha256(&file));
    let message = place.refusal();
    assert!(message.contains("302"), "{message}");
    assert!(server.asked().iter().all(|asked| asked.path == "/net.bin"), "{:?}", server.asked());
}

#[test]
fn that_nobody_can_tell_whether_a_file_is_the_published_one_is_said() {
    let file = content(3000);
    let body = file.clone();
    let server = Server::start(move |asked, _| Answer::proper(asked, &body, "\"a\""));
    let unknown = Place::new(&[server.url("net.bin")], "").download().unwrap().unwrap();
    assert_eq!(unknown.problems.len(), 1, "{:?}", unknown.problems);
    let message = unknown.problems[0].to_string();
    assert!(message.contains("net.bin") && message.contains("checksum") && message.contains("sha256"), "{message}");
    let known = Place::new(&[server.url("net.bin")], &sha256(&file)).download().unwrap().unwrap();
    assert_eq!(known.problems, []);
}
