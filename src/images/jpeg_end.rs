//! Whether a JPEG is all there.
//!
//! The decoder fills what is missing with grey and says nothing, and a half-grey picture would quietly get features of
//! its own. So we look for the end ourselves: from segment to segment, which skips the complete little JPEG that many
//! cameras embed in their metadata.

/// Whether the end-of-image marker is reached by walking the segments of `bytes`, a whole JPEG file.
///
/// Data after the end is allowed; cameras append previews and movies there.
pub fn is_complete(bytes: &[u8]) -> bool {
    const START_OF_SCAN: u8 = 0xDA;
    const END_OF_IMAGE: u8 = 0xD9;
    // Behind the start-of-image marker.
    let mut at = 2;
    loop {
        let Some(marker) = next_marker(bytes, &mut at) else { return false };
        match marker {
            END_OF_IMAGE => return true,
            // Markers without a length: restarts and two reserved ones.
            0xD0..=0xD8 | 0x01 => {}
            _ => {
                let Some(length) = bytes.get(at..at + 2) else { return false };
                at += usize::from(u16::from_be_bytes([length[0], length[1]])).max(2);
                if marker == START_OF_SCAN {
                    skip_entropy_coded(bytes, &mut at);
                }
            }
        }
    }
}

/// Moves `at` behind the next `FF xx` and returns `xx`; fill bytes and stray bytes between segments are skipped.
fn next_marker(bytes: &[u8], at: &mut usize) -> Option<u8> {
    loop {
        let ff = *at + bytes.get(*at..)?.iter().position(|byte| *byte == 0xFF)?;
        let code = ff + 1 + bytes.get(ff + 1..)?.iter().position(|byte| *byte != 0xFF)?;
        *at = code + 1;
        if bytes[code] != 0 {
            return Some(bytes[code]);
        }
    }
}

/// Moves `at` to the first marker that is not part of the compressed data (stuffed zeros and restarts are).
fn skip_entropy_coded(bytes: &[u8], at: &mut usize) {
    while let Some(found) = bytes.get(*at..).and_then(|rest| rest.iter().position(|byte| *byte == 0xFF)) {
        let ff = *at + found;
        match bytes.get(ff + 1) {
            Some(0x00 | 0xD0..=0xD7) => *at = ff + 2,
            Some(0xFF) => *at = ff + 1,
            _ => {
                *at = ff;
                return;
            }
        }
    }
    *at = bytes.len();
}
