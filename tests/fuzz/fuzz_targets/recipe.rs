//! A recipe, as `tiramisu run` reads it. What was taken for one is written and read again as the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tiramisu::engine::{read_recipe, recipe_in_text};
use tiramisu_fuzz::write;

fuzz_target!(|bytes: &[u8]| {
    match read_recipe(&write("recipe.toml", bytes)) {
        Ok(recipe) => {
            let text = recipe_in_text(&recipe).expect("what was read can be written");
            let again = read_recipe(&write("again.toml", text.as_bytes())).expect("what was written can be read");
            assert_eq!(recipe_in_text(&again).expect("it can be written"), text, "nothing was lost");
        }
        Err(problem) => assert!(!problem.to_string().is_empty(), "a refusal says why"),
    }
});
