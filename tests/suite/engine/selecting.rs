//! Selections that another program asks for, as an open window hears of them.

use std::fs;
use std::path::Path;

use tiramisu::domain::ImageId;
use tiramisu::engine::{
    EngineOptions, Event, NamedImage, NetworkFile, Problem, Request, ask_selected, select, selected, selection_waits,
};

use super::extracted;
use crate::support::listener::{Listener, options};

/// Who has the folder of a collection open as a window has.
fn window(folder: &Path, workspace: &Path, data_dir: &Path) -> Listener {
    let mut listener = Listener::start(EngineOptions { takes_selections: true, ..options(data_dir) });
    listener.open(folder, workspace, NetworkFile::Analytic, true);
    listener.until_extracted();
    listener
}

fn asked(listener: &mut Listener) -> Vec<ImageId> {
    listener.until("a selection", |event| match event {
        Event::SelectionAsked(images) => Some(images.clone()),
        _ => None,
    })
}

fn remark(listener: &mut Listener) -> Problem {
    listener.until("a remark", |event| match event {
        Event::Remark(remark) => Some(remark.clone()),
        _ => None,
    })
}

#[test]
fn an_open_window_hears_of_a_selection_once() {
    let (dir, workspace, listener, collection) = extracted(6);
    let record = listener.images[4].clone();
    drop(listener);
    let mut listener = window(&collection.folder, &workspace, dir.path());
    let whole = record.path.below(&collection.folder);
    let wanted = [NamedImage::Id(2), NamedImage::At(whole), NamedImage::At(record.path.text.into()), NamedImage::Id(0)];
    assert_eq!(select(&workspace, &wanted), Ok(3), "one of them was named twice");
    assert_eq!(asked(&mut listener), [ImageId(0), ImageId(2), ImageId(4)]);
    assert!(!selection_waits(&workspace), "it was taken");
    assert_eq!(select(&workspace, &[]), Ok(0));
    assert_eq!(asked(&mut listener), []);
}

#[test]
fn a_window_that_is_asked_what_is_selected_tells_it() {
    let (dir, workspace, listener, collection) = extracted(5);
    drop(listener);
    let mut listener = window(&collection.folder, &workspace, dir.path());
    ask_selected(&workspace).unwrap();
    listener.until("the question", |event| matches!(event, Event::SelectionWanted).then_some(()));
    assert_eq!(selected(&workspace), Ok(None), "nobody has answered yet");
    let selection = [ImageId(3), ImageId(1), ImageId(77)].into_iter().collect();
    listener.engine.send(Request::TellSelection(selection));
    // What is asked is answered in its order.
    listener.engine.reads();
    let told = selected(&workspace).unwrap().expect("an answer");
    assert_eq!(told, [listener.images[1].clone(), listener.images[3].clone()]);
    ask_selected(&workspace).unwrap();
    assert_eq!(selected(&workspace), Ok(None), "the old answer is none to a new question");
}

#[test]
fn a_selection_waits_for_a_window_to_be_opened_and_the_last_one_counts() {
    let (dir, workspace, listener, collection) = extracted(4);
    drop(listener);
    assert_eq!(select(&workspace, &[NamedImage::Id(1)]), Ok(1));
    assert_eq!(select(&workspace, &[NamedImage::Id(3)]), Ok(1));
    assert!(selection_waits(&workspace));
    let mut listener = Listener::start(EngineOptions { takes_selections: true, ..options(dir.path()) });
    listener.open(&collection.folder, &workspace, NetworkFile::Analytic, true);
    assert_eq!(asked(&mut listener), [ImageId(3)]);
    assert_eq!(listener.images.len(), 4, "the images are told before");
}

#[test]
fn what_is_no_selection_is_passed_over_with_a_remark_and_the_next_one_is_taken() {
    let (dir, workspace, listener, collection) = extracted(4);
    drop(listener);
    let mut listener = window(&collection.folder, &workspace, dir.path());
    let file = workspace.join(".selection.json");
    let large = |length: u64| {
        let draft = workspace.join(".draft");
        fs::File::create(&draft).unwrap().set_len(length).unwrap();
        fs::rename(draft, &file).unwrap();
    };
    let whole = |text: &str| {
        let draft = workspace.join(".draft");
        fs::write(&draft, text).unwrap();
        fs::rename(draft, &file).unwrap();
    };
    whole("{\"format\": 1, \"images\": [1, 2");
    let said = remark(&mut listener);
    assert!(said.why.contains("makes no sense"), "{said}");
    whole("{\"format\": 9, \"images\": [1, 2]}");
    let said = remark(&mut listener);
    assert!(said.why.contains("format 9"), "{said}");
    large(80 << 20);
    let said = remark(&mut listener);
    assert!(said.why.contains("larger than 64 MiB"), "{said}");
    #[cfg(unix)]
    {
        let made = std::process::Command::new("mkfifo").arg(workspace.join(".draft")).status().unwrap();
        assert!(made.success());
        fs::rename(workspace.join(".draft"), &file).unwrap();
        let said = remark(&mut listener);
        assert!(said.why.contains("no file"), "{said}");
    }
    whole("{\"format\": 1, \"images\": [2, 99, 0]}");
    let said = remark(&mut listener);
    assert!(said.why.contains("1 of 3 images") && said.why.contains("number 99"), "{said}");
    assert_eq!(asked(&mut listener), [ImageId(2), ImageId(0)]);
    assert_eq!(select(&workspace, &[NamedImage::Id(1)]), Ok(1));
    assert_eq!(asked(&mut listener), [ImageId(1)]);
}

#[test]
fn what_the_workspace_does_not_know_is_refused_and_nothing_is_asked_for() {
    let (_dir, workspace, listener, _) = extracted(3);
    drop(listener);
    let refused = select(&workspace, &[NamedImage::Id(0), NamedImage::Id(3)]).unwrap_err();
    assert!(refused.why.contains("no image 3; numbers go from 0 to 2"), "{refused}");
    let refused = select(&workspace, &[NamedImage::At("nowhere.png".into())]).unwrap_err();
    assert!(refused.why.contains("does not know this picture: nowhere.png"), "{refused}");
    assert!(!selection_waits(&workspace));
}
