//! What the map says when there is nothing to draw.

use eframe::egui::{Spinner, Ui};

use crate::domain::ProjectionWish;
use crate::session::{Action, Extract, MapChoice, MethodBy, Session};
use crate::ui::theme;
use crate::ui::widgets::empty::empty_state;
use crate::ui::widgets::text::main_button;

/// Why there is no map, and whether it is on its way.
pub struct Why {
    title: String,
    text: String,
    is_coming: bool,
    /// Whether another choice of how it is made would help.
    pub is_by_method: bool,
    /// Whether there are pictures whose vectors would make one.
    can_extract: bool,
}

/// Why a map is not drawn, if it is not; `has_plane` says whether there is something to draw that may be of another map.
pub fn why_not(session: &Session, map: &MapChoice, has_plane: bool) -> Option<Why> {
    let projection = session.opened.projection_of(map.number).filter(|_| has_plane);
    let wish = session.opened.wish_of_map(map);
    // What the program begins with stays until there is something better, and so does what was there before one that will not come.
    let stays = map.method_by == MethodBy::Program || session.opened.is_given_up(map.number);
    let is_beginning = |known: &ProjectionWish| stays && wish.as_ref().is_some_and(|wish| wish.source == known.source);
    let is_drawn = |known: &ProjectionWish| wish.as_ref() == Some(known) || is_beginning(known);
    let Some(projection) = projection.filter(|known| is_drawn(&known.wish)) else {
        return Some(why(session, map));
    };
    (projection.points.is_empty()).then(|| Why {
        title: "Nothing to draw yet".into(),
        text: "No image has vectors at this layer.".into(),
        is_coming: session.is_busy(),
        is_by_method: false,
        can_extract: false,
    })
}

/// Says it in the middle of the view, with what can be done about it.
pub fn show_why(ui: &mut Ui, session: &Session, why: Why, actions: &mut Vec<Action>) {
    empty_state(ui, &why.title, &why.text, |ui| {
        if why.is_coming || session.is_busy() {
            ui.add(Spinner::new().size(22.0).color(theme::accent()));
        } else if why.can_extract && main_button(ui, "Extract them").clicked() {
            actions.push(Extract::Start.into());
        }
    });
}

fn why(session: &Session, map: &MapChoice) -> Why {
    let say = |title: &str, text: String, is_coming| Why {
        title: title.into(),
        text,
        is_coming,
        is_by_method: false,
        can_extract: false,
    };
    let Some(collection) = session.collection() else {
        return say(
            "No map yet",
            "Open a folder: its images appear here, near each other where the network finds them alike.".into(),
            false,
        );
    };
    let titles = &session.opened.layer_titles;
    let layer = session.opened.layer_of_map(map).map_or("this layer", |layer| titles.of_name(layer));
    let Some(source) = session.opened.source_of_map(map) else {
        let stored: Vec<&str> = collection.stored.iter().map(|stored| titles.of_name(&stored.layer)).collect();
        let example = stored.last().map_or_else(String::new, |last| format!(", for instance {last}"));
        let text =
            format!("The vectors of {layer} are not stored. Choose a layer with a dot in the layer list{example}.");
        return say("No map of this layer", text, false);
    };
    if !matches!(session.opened.committed, Some((1.., _))) {
        return Why { can_extract: can_extract(session), ..say("No map yet", no_vectors(session), session.is_busy()) };
    }
    let text = format!("{} ({})", titles.of_name(&source.layer), source.pooling.word());
    if session.opened.waits_for_another(map.number) {
        return say("Waiting for another map", text, true);
    }
    if session.opened.is_given_up(map.number) {
        let text = format!("{text}, {}: it was stopped, or could not be made.", map.method.title());
        let why = say("No map of this layer yet", format!("{text} Choose above how to make it."), false);
        return Why { is_by_method: true, ..why };
    }
    say("Making the map", text, session.opened.asked_of(map.number).is_some())
}

/// Why no image has vectors.
fn no_vectors(session: &Session) -> String {
    let opened = &session.opened;
    let why = match () {
        () if session.is_busy() => "The first images are on their way through the network.",
        () if opened.images.is_empty() && !opened.is_walked => "The folder is being looked through.",
        () if opened.images.is_empty() => "There are no pictures in this folder.",
        () if !can_extract(session) => "No picture in this folder can be read. Check lists them, each with its reason.",
        () => "Pictures lie on the map by their vectors, and none has any yet.",
    };
    why.to_owned()
}

/// Whether there is a picture that could get vectors.
fn can_extract(session: &Session) -> bool {
    !session.is_busy() && session.opened.images.len() > session.opened.problem_count
}
