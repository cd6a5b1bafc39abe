//! A picture of any format, as an extraction prepares it, whole and scaled, and as the viewer shows it. Its length says how it is
//! resized. Seeds are large enough to be scaled.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tiramisu::domain::{Decoding, Resizing};
use tiramisu::images::{decode, prepare_content};
use tiramisu_fuzz::write;

fuzz_target!(|content: &[u8]| {
    let how = content.len() as u32;
    let (width, height) = (1 + how % 61, 1 + how % 67);
    let [whole, scaled] = [Decoding::Whole, Decoding::Scaled].map(|decoding| {
        let resizing = Resizing { decoding, ..Resizing::stretch(width, height) };
        prepare_content(content, &resizing, 32)
    });
    for answer in [&whole, &scaled] {
        match answer {
            Ok(prepared) => {
                assert_eq!(prepared.network_input.len(), (width * height * 3) as usize);
                assert!(prepared.width > 0 && prepared.height > 0, "a picture has pixels");
            }
            Err(error) => assert!(!error.reason().is_empty(), "a refusal says why"),
        }
    }
    if let (Ok(whole), Ok(scaled)) = (whole, scaled) {
        assert_eq!((whole.width, whole.height), (scaled.width, scaled.height), "scaled it is the same picture");
    }
    if let Err(error) = decode(&write("picture", content)) {
        assert!(!error.reason().is_empty(), "a refusal says why");
    }
});
