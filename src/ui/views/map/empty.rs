//! What the map says when there is nothing to draw.

use eframe::egui::{Spinner, Ui};

use crate::session::Session;
use crate::ui::theme;
use crate::ui::widgets::empty::empty_state;

/// Why there is no map, and whether it is on its way.
pub struct Why {
    title: String,
    text: String,
    is_coming: bool,
}

/// Why the projection that is known is not the one to draw.
pub fn why_stale(session: &Session) -> Option<Why> {
    let projection = session.opened.projection.as_ref()?;
    let Some(wish) = session.opened.projection_wish() else { return Some(why(session)) };
    if projection.wish != wish {
        return Some(why(session));
    }
    (projection.points.is_empty()).then(|| Why {
        title: "Nothing to draw yet".into(),
        text: "No image has vectors at this layer.".into(),
        is_coming: session.is_busy(),
    })
}

/// Says why there is no map.
pub fn show(ui: &mut Ui, session: &Session) {
    show_why(ui, session, why(session));
}

/// Says it in the middle of the view.
pub fn show_why(ui: &mut Ui, session: &Session, why: Why) {
    empty_state(ui, &why.title, &why.text, |ui| {
        if why.is_coming || session.is_busy() {
            ui.add(Spinner::new().size(22.0).color(theme::accent()));
        }
    });
}

fn why(session: &Session) -> Why {
    let say = |title: &str, text: String, is_coming| Why { title: title.into(), text, is_coming };
    let Some(collection) = session.collection() else {
        return say(
            "No map yet",
            "Open a folder: its images appear here, near each other where the network finds them alike.".into(),
            false,
        );
    };
    let titles = &session.opened.layer_titles;
    let layer = titles.name(session.opened.chosen.layer);
    let Some(source) = session.source() else {
        let stored: Vec<&str> = collection.stored.iter().map(|stored| titles.of_name(&stored.layer)).collect();
        let example = stored.last().map_or_else(String::new, |last| format!(", for instance {last}"));
        let text =
            format!("The vectors of {layer} are not stored. Choose a layer with a dot in the layer list{example}.");
        return say("No map of this layer", text, false);
    };
    if !matches!(session.opened.committed, Some((1.., _))) {
        let text = match session.is_busy() {
            true => "The first images are on their way through the network.",
            false => "No image has vectors yet. Extract makes them.",
        };
        return say("No map yet", text.into(), session.is_busy());
    }
    let text = format!("{} ({})", titles.of_name(&source.layer), source.pooling.word());
    say("Making the map", text, session.opened.projection_asked.is_some())
}
