//! What a workspace says of a restoring that was begun and not finished: whoever opens it to write goes on with it. Only this
//! workspace's own tables change, and none beside it.

#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;
use tiramisu::store::Workspace;
use tiramisu_fuzz::{place, workspace, write};

fuzz_target!(init: workspace::make("beside"), |bytes: &[u8]| {
    workspace::make("workspace");
    write("workspace/.put_back.json", bytes);
    if let Err(error) = Workspace::open_to_write(&place("workspace")) {
        assert!(!error.to_string().is_empty(), "a refusal says why");
    }
    workspace::expect_whole("beside");
    // The next one finds a workspace, whatever became of this one's rows.
    fs::remove_file(place("workspace/.put_back.json")).ok();
    let images = Workspace::open(&place("workspace")).and_then(|it| it.images()).expect("it opens");
    assert!(images.len() <= workspace::IMAGES, "{} images", images.len());
});
