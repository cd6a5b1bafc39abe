//! Tags and their colours: read, given and taken, one wish after the other.

use std::sync::Arc;

use crate::domain::{ImageId, ImageSet, TagColour, Tags};
use crate::engine::message::{Asked, Event, Problem};
use crate::engine::opened::Opened;
use crate::store::{Recorder, StoreError};

/// Tells all tags, and before them their colours.
pub fn tell(opened: &Opened) {
    tell_colours(opened);
    match read(opened) {
        Ok(tags) => opened.outbox.tell(Event::Tags(Arc::new(tags))),
        Err(error) => opened.outbox.complain(Asked::Tags, Problem::new("The tags could not be read", error)),
    }
}

fn tell_colours(opened: &Opened) {
    match opened.workspace.now().and_then(|workspace| workspace.tag_colours()) {
        Ok(colours) => opened.outbox.tell(Event::TagColours(Arc::new(colours))),
        Err(error) => opened.outbox.remark(Problem::new("The colours of tags could not be read", error)),
    }
}

/// Gives a tag a colour, or the one of its name, and tells all colours.
pub fn colour(tag: &str, colour: Option<TagColour>, opened: &Opened) {
    let change = |recorder: Recorder| {
        let mut colours = opened.workspace.now()?.tag_colours()?;
        match colour {
            Some(colour) => drop(colours.chosen.insert(tag.to_owned(), colour)),
            None => drop(colours.chosen.remove(tag)),
        }
        recorder.keep_tag_colours(&colours)
    };
    let changed = opened.recorder().and_then(change);
    // What is true is on disk, also when something failed.
    tell_colours(opened);
    if let Err(error) = changed {
        opened.outbox.complain(Asked::Tag, Problem::new("The colour of the tag could not be saved", error));
    }
}

fn read(opened: &Opened) -> Result<Tags, StoreError> {
    let known = |id| opened.catalogue.get(id);
    opened.workspace.now().and_then(|workspace| workspace.tags_of_met(known))
}

/// Puts tags back on pictures that are on record again, and tells all tags.
pub fn take_up(opened: &Opened) {
    // They are shown where they belong whether or not that is written.
    if let Err(error) = opened.recorder().and_then(|recorder| recorder.take_up_tags()) {
        tracing::warn!("tags are not repaired on disk: {error}");
    }
    tell(opened);
}

/// Gives images a tag or takes it from them, and tells the tags as they are now.
pub fn change(images: &ImageSet, tag: &str, is_on: bool, opened: &Opened) {
    let ids: Vec<ImageId> = images.iter().collect();
    let changed = Tags::cleaned(tag).map_err(|why| Problem::new("This is no tag", why)).and_then(|tag| {
        let change = |recorder: Recorder| match is_on {
            true => recorder.add_tag(&ids, &tag, |id| opened.catalogue.get(id)),
            false => recorder.remove_tag_of_met(&ids, &tag, |id| opened.catalogue.get(id)),
        };
        let changed = opened.recorder().and_then(change);
        changed.map(|changed| (tag, changed.len())).map_err(|error| Problem::new("The tag could not be saved", error))
    });
    // What is true is on disk, also when something failed.
    match changed {
        Ok((tag, changed)) => {
            tell(opened);
            opened.outbox.tell(Event::Tagged { tag, is_on, changed });
        }
        Err(problem) => {
            // Where the tags cannot be read either, the reason is the same, and is told once.
            if let Ok(tags) = read(opened) {
                opened.outbox.tell(Event::Tags(Arc::new(tags)));
            }
            opened.outbox.complain(Asked::Tag, problem);
        }
    }
}
