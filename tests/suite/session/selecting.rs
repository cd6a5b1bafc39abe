//! Selections that another program asks for.

use tiramisu::domain::{Filter, ImageId};
use tiramisu::engine::{Event, NeighbourList, Request};
use tiramisu::session::{Choose, NoticeText, Pick, Session, Taken};

use super::asking::asked;
use super::session;
use crate::support::collection;

fn selected(session: &Session) -> Vec<u32> {
    session.opened.chosen.selection.iter().map(|image| image.0).collect()
}

#[test]
fn a_selection_that_another_program_asks_for_takes_the_place_of_the_persons_and_can_be_undone() {
    let mut session = session(24);
    session.act(Choose::Click(ImageId(3), Pick::Replace));
    session.apply(Event::SelectionAsked(vec![ImageId(7), ImageId(5), ImageId(7)]));
    assert_eq!(selected(&session), [5, 7]);
    assert!(
        session
            .notices()
            .iter()
            .any(|notice| matches!(&notice.text, NoticeText::News(news) if news.contains("2 images"))),
        "it is told who did it: {:?}",
        session.notices()
    );
    session.act(Choose::Undo);
    assert_eq!(selected(&session), [3]);
    session.act(Choose::Redo);
    assert_eq!(selected(&session), [5, 7]);
    session.apply(Event::SelectionAsked(Vec::new()));
    assert_eq!(selected(&session), [] as [u32; 0]);
}

#[test]
fn a_program_that_wants_to_know_is_told_what_is_selected() {
    let mut session = session(24);
    session.act(Choose::PickMany(vec![ImageId(9), ImageId(4)], Pick::Replace));
    let asked = session.apply(Event::SelectionWanted);
    let selection = [ImageId(4), ImageId(9)].into_iter().collect();
    assert_eq!(asked, [Request::TellSelection(selection)]);
}

#[test]
fn an_image_that_the_window_was_not_told_of_is_not_selected() {
    let mut session = session(4);
    session.apply(Event::SelectionAsked(vec![ImageId(2), ImageId(4), ImageId(u32::MAX)]));
    assert_eq!(selected(&session), [2]);
}

#[test]
fn where_the_filter_hides_everything_an_export_takes_the_neighbours_or_else_all() {
    let mut session = session(24);
    assert_eq!(Session::default().opened.usually_taken(), None, "there is nothing at all");
    assert_eq!(session.opened.usually_taken(), Some(Taken::All));
    session.act(Choose::Filter(Filter { text: "nothing is called so".into(), ..Filter::default() }));
    assert!(session.opened.shown.is_empty());
    assert_eq!(session.opened.usually_taken(), Some(Taken::All));
    assert_eq!(session.opened.usually_taken_in_words().as_deref(), Some("all 24 pictures"));
    let wish = asked(&session.act(Choose::LookAt(ImageId(5)))).expect("neighbours are asked for");
    let list = collection::neighbours(ImageId(5), session.source().expect("it is stored"), wish.metric, 9, 24);
    session.apply(Event::Neighbours(NeighbourList { wish, ..list }));
    assert_eq!(session.opened.usually_taken(), Some(Taken::Neighbours));
    session.act(Choose::PickMany(vec![ImageId(3)], Pick::Replace));
    assert_eq!(session.opened.usually_taken(), Some(Taken::Selected));
}
