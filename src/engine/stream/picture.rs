//! One picture of a stream, ready for the network.

use std::path::Path;

use crate::domain::Resizing;
use crate::engine::extraction::extract::THUMBNAIL_PX;
use crate::images::{self, NetworkInput, Prepared};
use crate::store::stream::{MadePicture, PictureRef};

/// A picture for the network, and what is told of it.
pub(super) struct SeenPicture {
    /// What the network takes.
    pub(super) rgb: Vec<u8>,
    /// What is told.
    pub(super) made: MadePicture,
}

/// How pictures are prepared.
pub(super) struct Preparing<'a> {
    /// Where paths begin that are not absolute.
    pub(super) folder: &'a Path,
    /// What the network takes.
    pub(super) input: Resizing,
    /// Whether a small copy is wanted.
    pub(super) with_thumbnail: bool,
}

impl Preparing<'_> {
    /// Decodes a picture, or says why that cannot be.
    pub(super) fn prepare(&self, picture: PictureRef<'_>) -> Result<SeenPicture, String> {
        let Self { folder, input, with_thumbnail } = self;
        let seen = match picture {
            PictureRef::Path("") | PictureRef::Missing => return Err("there is no picture in this row".to_owned()),
            PictureRef::Path(path) if *with_thumbnail => {
                images::prepare(&folder.join(path), input, THUMBNAIL_PX).map(SeenPicture::from)
            }
            PictureRef::Path(path) => images::network_input(&folder.join(path), input).map(SeenPicture::from),
            PictureRef::Content(content) if *with_thumbnail => {
                images::prepare_content(content, input, THUMBNAIL_PX).map(SeenPicture::from)
            }
            PictureRef::Content(content) => images::network_input_of(content, input).map(SeenPicture::from),
        };
        seen.map_err(|error| error.reason())
    }
}

impl From<Prepared> for SeenPicture {
    fn from(prepared: Prepared) -> Self {
        let Prepared { width, height, network_input, thumbnail } = prepared;
        Self { rgb: network_input, made: MadePicture { width, height, thumbnail: Some(thumbnail.jpeg) } }
    }
}

impl From<NetworkInput> for SeenPicture {
    fn from(input: NetworkInput) -> Self {
        let NetworkInput { width, height, rgb } = input;
        Self { rgb, made: MadePicture { width, height, thumbnail: None } }
    }
}
