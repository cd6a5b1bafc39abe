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
    let is_ours = match map.method_by {
        MethodBy::Person => false,
        MethodBy::Program => true,
        // A file of earlier versions does not say who chose.
        MethodBy::Default => map.method == ProjectionMethod::Pca,
    };
    if !is_ours || session.is_busy() || session.is_analysing() || !is_drawn(session, map) {
        return;
    }
    // What is there already is not taken away again, however many images come.
    if map.method == ProjectionMethod::Pca && IMAGES.contains(&images) {
        actions.push(Choose::Map(ChooseMap::Begin(map.number, ProjectionMethod::Umap)).into());
    }
}

/// Whether it is there as it is wished for: first something is to be seen. Of a map that is too much to be made nothing is there.
fn is_drawn(session: &Session, map: &MapChoice) -> bool {
    let Some(wish) = session.opened.wish_of_map(map) else { return false };
    let is_there =
        session.opened.projection_of(map.number).is_some_and(|known| known.wish == wish && known.is_finished());
    is_there || map.method != ProjectionMethod::Pca
}
