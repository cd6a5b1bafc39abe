//! Selections that another program asks for.

use tiramisu::domain::ImageId;
use tiramisu::engine::{Event, Request};
use tiramisu::session::{Choose, NoticeText, Pick, Session};

use super::session;

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
