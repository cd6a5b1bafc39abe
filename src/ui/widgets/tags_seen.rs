//! The tags of pictures that are drawn: found once, and not in every frame. There may be thousands of tags, each of which has to be
//! searched for a picture.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::domain::{ImageId, Tags};

/// Pictures whose tags are remembered, some screens full of them.
const MOST: usize = 4096;

thread_local! {
    /// Of the window of this thread; there is one.
    static KNOWN: RefCell<Known> = RefCell::default();
}

#[derive(Default)]
struct Known {
    of: Arc<Tags>,
    tags: HashMap<ImageId, Rc<[Box<str>]>>,
    none: Rc<[Box<str>]>,
}

/// The tags of an image that save no selection, in the order of names.
pub fn tags_of(tags: &Arc<Tags>, id: ImageId) -> Rc<[Box<str>]> {
    KNOWN.with_borrow_mut(|known| {
        if tags.is_empty() {
            return known.none.clone();
        }
        if !Arc::ptr_eq(&known.of, tags) {
            known.of = tags.clone();
            known.tags.clear();
        }
        if known.tags.len() >= MOST {
            known.tags.clear();
        }
        known.tags.entry(id).or_insert_with(|| tags.words_of(id).map(Into::into).collect()).clone()
    })
}
