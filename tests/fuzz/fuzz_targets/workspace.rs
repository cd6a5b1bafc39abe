//! Files of a workspace that somebody else made, beside its tables, and a document of tags. The first byte says which.

#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;
use tiramisu::store::Workspace;
use tiramisu_fuzz::{place, workspace, write};

const NAMES: [&str; 6] = ["workspace.json", "indices.json", ".checked.json", "tags.json", ".times", ".contents"];

fuzz_target!(init: workspace::make("workspace"), |bytes: &[u8]| {
    let Some((which, bytes)) = bytes.split_first() else { return };
    let name = NAMES[usize::from(*which) % NAMES.len()];
    let whole = fs::read(place("workspace/workspace.json")).expect("a workspace");
    write(&format!("workspace/{name}"), bytes);
    let root = place("workspace");
    let opened = Workspace::open(&root).inspect_err(|error| assert!(!error.to_string().is_empty()));
    if let Ok(opened) = opened {
        assert_eq!(opened.images().expect("they can be read").len(), workspace::IMAGES);
        opened.remarks();
        opened.indices("net").ok();
        opened.recorder().map(|recorder| (recorder.file_times(), recorder.file_contents())).ok();
        if name == "tags.json"
            && let Ok(handwork) = serde_json::from_slice(bytes)
        {
            let writer = Workspace::open_to_write(&root).expect("it opens");
            if let Err(error) = writer.take_handwork(&handwork) {
                assert!(!error.to_string().is_empty(), "a refusal says why");
            }
            workspace::make("workspace");
        }
    }
    fs::remove_file(place(&format!("workspace/{name}"))).ok();
    write("workspace/workspace.json", &whole);
});
