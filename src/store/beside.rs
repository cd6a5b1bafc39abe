//! Which version of the images a commit belongs to, as the commit says itself.

use std::collections::HashMap;
use std::sync::Arc;

/// The key of a commit's properties.
const KEY: &str = "images_version";

/// The properties of a commit beside this version of the images.
pub(super) fn properties(images: u64) -> Arc<HashMap<String, String>> {
    Arc::new(HashMap::from([(KEY.to_owned(), images.to_string())]))
}

/// The version of the images that a commit with these properties belongs to; `None` if it does not say so, as those of earlier
/// programs do not.
pub(super) fn images_version(properties: Option<&HashMap<String, String>>) -> Option<u64> {
    properties?.get(KEY)?.parse().ok()
}
