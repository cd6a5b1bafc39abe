//! One picture of a stream, ready for the network.

use std::path::Path;

use crate::domain::Resizing;
use crate::images::{self, NetworkInput};
use crate::store::stream::PictureRef;

/// Decodes a picture and makes the network's input of it, or says why that cannot be. Paths that are not absolute begin at
/// `folder`.
pub fn prepare(picture: PictureRef<'_>, folder: &Path, input: &Resizing) -> Result<NetworkInput, String> {
    let seen = match picture {
        PictureRef::Path("") | PictureRef::Missing => return Err("there is no picture in this row".to_owned()),
        PictureRef::Path(path) => images::network_input(&folder.join(path), input),
        PictureRef::Content(content) => images::network_input_of(content, input),
    };
    seen.map_err(|error| error.reason())
}
