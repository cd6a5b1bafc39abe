//! How the map of a collection begins: by principal components, which are there at once, and as soon as nothing else is done by UMAP,
//! which shows groups where those show a cloud. A person who chose a method keeps it.

use crate::domain::ProjectionMethod;
use crate::session::{Action, Choose, ChooseMap, MapChoice, MethodBy, Session};

/// Of fewer images a map by neighbours says little; of more it takes a while, and is made when somebody asks for it.
const IMAGES: std::ops::RangeInclusive<usize> = 100..=12_000;

/// Chooses the method of the first map, if nobody did.
pub(super) fn choose(session: &Session, actions: &mut Vec<Action>) {
    let opened = &session.opened;
    let (maps, Some((images, _))) = (&opened.chosen.maps, opened.committed) else { return };
    let map = &maps.first;
    // What the program began is not taken away again, however many images come; and a file of earlier versions does not say who
    // chose a method.
    let is_open = map.method_by == MethodBy::Default && map.method == ProjectionMethod::Pca;
    let is_free = !session.is_busy() && !session.is_analysing();
    if is_open && is_free && IMAGES.contains(&images) && is_drawn(session, map) {
        actions.push(Choose::Map(ChooseMap::Begin(map.number, ProjectionMethod::Umap)).into());
    }
}

/// Whether it is there as it is wished for: first something is to be seen.
fn is_drawn(session: &Session, map: &MapChoice) -> bool {
    let Some(wish) = session.opened.wish_of_map(map) else { return false };
    session.opened.projection_of(map.number).is_some_and(|known| known.wish == wish && known.is_finished())
}
