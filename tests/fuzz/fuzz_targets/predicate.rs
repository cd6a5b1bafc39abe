//! What a person asks of their images in a line of text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tiramisu::domain::Predicate;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Predicate::parse(text) {
        Ok(predicate) => {
            for test in predicate.tests() {
                // What is shown as wrong is cut out of the text at these places.
                assert!(text.get(test.span.start..test.span.end).is_some(), "{:?}", test.span);
                assert!(text.get(test.value_span.start..test.value_span.end).is_some(), "{:?}", test.value_span);
            }
        }
        Err(error) => assert!(!error.to_string().is_empty(), "a refusal says why"),
    }
});
