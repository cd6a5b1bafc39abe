//! Why an image has no vector, and what to do about it.

use crate::domain::ImageRecord;
use crate::engine::message::Problem;

/// The problem of an image without a vector at a layer, or at any if none is named.
pub fn no_vector(what: &str, image: &ImageRecord, layer: Option<&str>) -> Problem {
    let name = &image.path.text;
    if let Some(reason) = &image.problem {
        let why = format!("this picture has no vectors, since it could not be read ({reason}): {name}");
        return Problem::new(what, why).with_remedy("Put a whole file in its place and extract again.");
    }
    let why = match layer {
        Some(layer) => format!("this image has no vector at {layer} yet: {name}"),
        None => format!("this image has no vectors yet: {name}"),
    };
    Problem::new(what, why).with_remedy("Extract features first: `tiramisu extract FOLDER`, or Extract in the window.")
}
