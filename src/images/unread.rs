//! Pictures that phones and cameras make and that no decoder here reads: told by name, with what to do.
//!
//! HEIC and AVIF are the still pictures of two video formats. What decodes HEVC in C is under the LGPL or GPL and would have to
//! be a library of the system; what does so in Rust is under the AGPL or a few weeks old. AV1 has a decoder in Rust under a
//! licence that fits (rav1d), but its only door is the one of C, and few people's own pictures are AVIF.

use std::fmt;

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnreadKind {
    /// What iPhones take unless told otherwise, and some Android phones: HEVC in a HEIF container.
    Heic,
    /// AV1 in the same container.
    Avif,
    /// What a camera's sensor saw, as its maker writes it.
    Raw,
}

impl fmt::Display for UnreadKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Heic => "a HEIC picture",
            Self::Avif => "an AVIF picture",
            Self::Raw => "a camera's raw picture",
        })
    }
}

impl UnreadKind {
    /// What the person can do.
    pub(super) fn remedy(self) -> &'static str {
        match self {
            Self::Heic => {
                "convert it to JPEG (and set the phone's camera to \"Most Compatible\" to have JPEGs from now on)"
            }
            Self::Avif => "convert it to PNG or JPEG",
            Self::Raw => "develop it to JPEG or TIFF",
        }
    }
}

/// Which of them a file is that begins with `start`.
pub(super) fn kind_of(start: &[u8]) -> Option<UnreadKind> {
    const RAW: [&[u8]; 5] = [b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"IIU\0", b"FOVb"];
    // Canon's older files are TIFFs that say who they are behind the header; what a TIFF reader finds in them is a small preview.
    if start.get(8..10) == Some(b"CR") && start.starts_with(b"II*\0") || RAW.iter().any(|raw| start.starts_with(raw)) {
        return Some(UnreadKind::Raw);
    }
    if start.get(4..8) != Some(b"ftyp") {
        return None;
    }
    // The brand, four bytes of its version, and brands that it is compatible with.
    let mut brands = start[8..].chunks_exact(4).enumerate().filter(|(place, _)| *place != 1).map(|(_, brand)| brand);
    brands.find_map(|brand| match brand {
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"hevm" | b"hevs" => Some(UnreadKind::Heic),
        b"avif" | b"avis" => Some(UnreadKind::Avif),
        b"crx " => Some(UnreadKind::Raw),
        _ => None,
    })
}
