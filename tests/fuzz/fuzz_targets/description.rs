//! A person's own description of a network: where it lies, and how pictures are prepared for it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tiramisu::network::zoo;
use tiramisu_fuzz::{place, write};

fuzz_target!(init: std::fs::create_dir(place("own")).expect("a folder"), |bytes: &[u8]| {
    write("own/own.toml", bytes);
    let (entries, problems) = zoo::read_own(&place("own"));
    assert_eq!(entries.len() + problems.len(), 1, "it is one or the other");
    assert!(problems.iter().all(|problem| !problem.to_string().is_empty()), "a refusal says why");
});
