//! What is to be removed is left out of what is near, and no more is asked anew for it than has to be.

use std::sync::Arc;

use tiramisu::domain::{ImageId, Region, StoredActivations, Tags};
use tiramisu::engine::{AnalysisAnswer, DepthsWish, Event};
use tiramisu::session::{Ask, Choose, Pick, Session};

use super::asking::{asked, depths, layers};
use super::session;
use crate::support::collection;

fn to_remove(images: &[u32]) -> Event {
    let images = images.iter().copied().map(ImageId).collect();
    Event::Tags(Arc::new(Tags::from([("to remove".to_owned(), images)])))
}

fn answer(session: &mut Session, wish: &DepthsWish, count: usize) {
    for row in collection::depths(wish, count) {
        session.apply(Event::DepthNeighbours(row));
    }
}

#[test]
fn a_box_is_compared_with_every_part_of_all_pictures_once_however_many_come_to_be_hidden() {
    const IMAGES: usize = 4000;
    let mut session = session(IMAGES);
    session.act(Choose::Click(ImageId(5), Pick::Replace));
    session.act(Choose::Region(Some(Region::between((0.1, 0.2), (0.5, 0.6)))));
    let layer = session.collection().expect("it is open").layers[session.opened.chosen.layer].clone();
    let kept = StoredActivations { layer: layer.name, shape: layer.shape, images: IMAGES, bytes: 1_000 };
    session.apply(Event::Answered(AnalysisAnswer::Activations(vec![kept])));
    let near: Vec<u32> = (1..3500).map(|step| (5 + step * 7) % IMAGES as u32).collect();
    session.apply(to_remove(&near[..3000]));

    let wish = asked(&session.act(Choose::Anywhere(true))).expect("it is asked for");
    assert!(wish.anywhere, "{wish:?}");
    let mut wishes = 1;
    let mut tell = |session: &mut Session, event: Event| {
        wishes += usize::from(asked(&session.apply(event)).is_some());
        let list = session.opened.neighbours.as_ref().expect("neighbours");
        (list.neighbours.iter().map(|near| near.image.0).collect::<Vec<_>>(), session.opened.neighbours_left_out())
    };
    let most = session.opened.chosen.neighbour_count;
    let from = |first: usize| near[first..first + most].to_vec();
    let found = Event::Neighbours(collection::answer(&wish, IMAGES));
    assert_eq!(tell(&mut session, found), (from(3000), 3000));
    // Those that are shown, and then the next ones.
    for hidden in [3001, 3001 + most, 3080] {
        assert_eq!(tell(&mut session, to_remove(&near[..hidden])), (from(hidden), hidden));
    }
    assert_eq!(tell(&mut session, Event::Tags(Arc::default())), (from(0), 0));
    assert_eq!(tell(&mut session, to_remove(&near[..1])), (from(1), 1));
    assert_eq!(wishes, 1, "each is a comparison with all that is stored");
}

#[test]
fn a_depth_is_asked_again_only_where_its_row_lost_a_picture_or_gets_one_back() {
    const IMAGES: usize = 240;
    let mut session = session(IMAGES);
    session.act(Choose::Click(ImageId(5), Pick::Replace));
    let first = depths(&session.act(Ask::Depths(Some(false))));
    assert_eq!(layers(&first), ["relu1", "conv2", "conv3", "scores"]);
    answer(&mut session, &first, IMAGES);
    let pictures = |session: &Session| -> Vec<Vec<u32>> {
        let rows = session.opened.depths.rows.values();
        rows.map(|list| list.neighbours.iter().map(|near| near.image.0).collect()).collect()
    };
    let all = pictures(&session);
    assert!(all.iter().enumerate().all(|(row, images)| images.contains(&56) == (row == 2)), "{all:?}");

    session.apply(to_remove(&[56]));
    let again = depths(&session.act(Ask::Depths(Some(false))));
    assert_eq!(layers(&again), ["conv3"]);
    let counts = |session: &Session| (session.opened.depths.answered(), session.opened.depths.left_out());
    assert_eq!(counts(&session), (3, 1));
    answer(&mut session, &again, IMAGES);
    assert_eq!((counts(&session), session.act(Ask::Depths(Some(false)))), ((4, 1), vec![]));
    let now = pictures(&session);
    assert!(now[2].len() == all[2].len() && !now[2].contains(&56), "{now:?}");
    assert_eq!((&now[..2], &now[3..]), (&all[..2], &all[3..]));
    // What is in no row is missed in none.
    session.apply(to_remove(&[56, 200]));
    assert_eq!(session.act(Ask::Depths(Some(false))), []);
    session.apply(Event::Tags(Arc::default()));
    let back = depths(&session.act(Ask::Depths(Some(false))));
    assert_eq!(layers(&back), ["conv3"]);
    answer(&mut session, &back, IMAGES);
    assert_eq!((counts(&session), pictures(&session)), ((4, 0), all));

    // What is on its way is not begun anew for another row, which is asked for afterwards.
    session.act(Choose::Click(ImageId(6), Pick::Replace));
    let next = depths(&session.act(Ask::Depths(Some(false))));
    let mut rows = collection::depths(&next, IMAGES).into_iter();
    session.apply(Event::DepthNeighbours(rows.next().expect("a row")));
    session.apply(to_remove(&[7]));
    assert_eq!(session.act(Ask::Depths(Some(false))), []);
    rows.for_each(|row| drop(session.apply(Event::DepthNeighbours(row))));
    let rest = depths(&session.act(Ask::Depths(Some(false))));
    assert_eq!(layers(&rest), ["relu1"], "7 is the nearest at the first depth alone");
}
