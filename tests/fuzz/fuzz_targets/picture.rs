//! A picture of any format, as an extraction prepares it and as the viewer shows it. Its length says how it is resized.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tiramisu::domain::Resizing;
use tiramisu::images::{decode, prepare_content};
use tiramisu_fuzz::write;

fuzz_target!(|content: &[u8]| {
    let how = content.len() as u32;
    let (width, height) = (1 + how % 61, 1 + how % 67);
    match prepare_content(content, &Resizing::stretch(width, height), 32) {
        Ok(prepared) => {
            assert_eq!(prepared.network_input.len(), (width * height * 3) as usize);
            assert!(prepared.width > 0 && prepared.height > 0, "a picture has pixels");
        }
        Err(error) => assert!(!error.reason().is_empty(), "a refusal says why"),
    }
    if let Err(error) = decode(&write("picture", content)) {
        assert!(!error.reason().is_empty(), "a refusal says why");
    }
});
