//! The thread that answers what takes a look at every image's record: the order of the gallery, groups, counts, histograms.

use crate::engine::message::{CatalogueLook, Event};
use crate::engine::thread::guard::guarded;
use crate::engine::thread::outbox::Outbox;
use crate::engine::thread::slot::Slot;

/// What a newer question takes the place of. What a person waits for comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CatalogueLookKind {
    /// The images that have something in common.
    Group,
    /// The order of the gallery.
    Order,
    /// What the images of a set are.
    Tally,
    /// How the images are distributed over a column.
    Distribution,
}

impl CatalogueLookKind {
    /// The kind of a question.
    pub fn of(look: &CatalogueLook) -> Self {
        match look {
            CatalogueLook::Group { .. } => Self::Group,
            CatalogueLook::Order { .. } => Self::Order,
            CatalogueLook::Tally(_) => Self::Tally,
            CatalogueLook::Distribution(_) => Self::Distribution,
        }
    }
}

/// Answers until nobody asks any more. A question that was overtaken is not answered.
pub fn serve(slot: &Slot<CatalogueLook, CatalogueLookKind>, outbox: &Outbox) {
    while let Some((look, number)) = slot.wait() {
        let _look = tracing::debug_span!("look", kind = look.kind().word()).entered();
        let is_stale = || slot.is_stale(number);
        // Nobody waits for a histogram: it is made between all else, and is begun anew where something came meanwhile.
        let is_patient = CatalogueLookKind::of(&look) == CatalogueLookKind::Distribution;
        let gives_up = || is_stale() || (is_patient && slot.has_waiting());
        let answer =
            guarded("The images could not be looked through", &look.asked(), outbox, || answer(&look, &gives_up));
        let Some(answer) = answer else { continue };
        match answer {
            _ if is_stale() => {}
            Some(answer) => outbox.tell(answer),
            None if is_patient => slot.put(look),
            None => {}
        }
    }
}

fn answer(look: &CatalogueLook, is_stale: &dyn Fn() -> bool) -> Option<Event> {
    Some(match look {
        CatalogueLook::Order { number, wish } => Event::Ordered { number: *number, order: wish.make(is_stale)? },
        CatalogueLook::Group { number, group, images } => {
            Event::Grouped { number: *number, images: group.images(images) }
        }
        CatalogueLook::Tally(wish) => Event::Tallied(wish.count()),
        CatalogueLook::Distribution(wish) => Event::Distributed(wish.count(is_stale)?),
    })
}
