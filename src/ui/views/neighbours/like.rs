//! What neighbours are to be like: the image that was clicked, or the mean of a label, a tag, a cluster or a class.

use eframe::egui::{Align2, ComboBox, FontId, Rect, RichText, ScrollArea, Ui, vec2};

use crate::domain::{ClassOrigin, Example};
use crate::engine::Finding;
use crate::session::{Action, Choose, Session};
use crate::ui::theme::palette;

/// A choice of all there is.
pub fn show(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    let now = &session.opened.chosen.like;
    let text = now.as_ref().and_then(Example::title).unwrap_or_else(|| "the image".to_owned());
    let combo = ComboBox::from_id_salt("like").width(110.0).truncate().selected_text(format!("Like {text}"));
    let combo = combo.show_ui(ui, |ui| {
        if ui.selectable_label(now.is_none(), "Like the image").clicked() {
            actions.push(Choose::Like(None).into());
        }
        ScrollArea::vertical().max_height(280.0).show(ui, |ui| {
            for (heading, several) in groups(session) {
                ui.separator();
                ui.label(heading);
                for (text, example) in several {
                    if ui.selectable_label(now.as_ref() == Some(&example), text).clicked() {
                        actions.push(Choose::Like(Some(example)).into());
                    }
                }
            }
        });
    });
    let hint = "What is looked for: images like the one clicked, or like the mean of many";
    combo.response.on_hover_text(hint).accessible_name("Like what");
}

/// A menu of all there is, to ask with beside what is asked with already.
pub fn show_adding(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    let combo = ComboBox::from_id_salt("ask with").width(64.0).selected_text(RichText::new("Add").small());
    let combo = combo.show_ui(ui, |ui| {
        ScrollArea::vertical().max_height(280.0).show(ui, |ui| {
            let groups = groups(session);
            if groups.is_empty() {
                ui.label("There are no tags, classes, clusters or labels yet.");
            }
            for (heading, several) in groups {
                ui.label(heading);
                for (text, example) in several {
                    if ui.selectable_label(false, text).clicked() {
                        actions.push(Choose::AddExample(example, 1.0).into());
                    }
                }
            }
        });
    });
    let hint = "Also like the mean of a tag, a class, a cluster or a label";
    combo.response.on_hover_text(hint).accessible_name("Ask with");
}

type Choice = (String, Example);

/// Labels, tags, clusters and classes, as far as there are any.
fn groups(session: &Session) -> Vec<(&'static str, Vec<Choice>)> {
    let labels = session.opened.images.labels().keys().filter(|label| !label.is_empty());
    let labels = labels.map(|label| (label.clone(), Example::Label(label.clone())));
    let tags = session.opened.tags.words().map(|(tag, _)| (tag.to_owned(), Example::Tag(tag.to_owned())));
    let clusters = session.opened.clustering.iter().flat_map(|clustering| {
        let name = clustering.wish.name();
        clustering
            .filled()
            .map(move |(cluster, of)| (of.title(cluster), Example::Cluster { clustering: name.clone(), cluster }))
    });
    let is_own = |origin: &ClassOrigin| origin.is_own();
    let means = session.opened.findings.get(Finding::classes);
    let classes = means.into_iter().flat_map(|means| means.vectors.classes.iter().zip(&means.origins));
    let classes =
        classes.filter(|(_, origin)| is_own(origin)).map(|(name, _)| (name.clone(), Example::Class(name.clone())));
    // Labels last: of them there may be a thousand.
    let all: [(&str, Vec<Choice>); 4] = [
        ("Tags", tags.collect()),
        ("Classes", classes.collect()),
        ("Clusters", clusters.collect()),
        ("Labels", labels.collect()),
    ];
    all.into_iter().filter(|(_, several)| !several.is_empty()).collect()
}

/// Stands where the probe's picture would be.
pub fn show_place(ui: &mut Ui, like: &Example, side: f32) {
    let (_, rect) = ui.allocate_space(vec2(side, side));
    let picture = Rect::from_min_size(rect.min, vec2(side, side));
    ui.painter().rect_filled(picture, 4.0, palette().raised);
    let title = like.title().unwrap_or_default();
    let text = match like {
        Example::File { .. } => format!("{title}\n\nnot in the collection"),
        Example::Image(_)
        | Example::Region { .. }
        | Example::Label(_)
        | Example::Tag(_)
        | Example::Cluster { .. }
        | Example::Class(_)
        | Example::Vector(_) => format!("The mean of\n{title}"),
    };
    let galley = ui.painter().layout(text, FontId::proportional(12.5), palette().text, side - 12.0);
    let at = Align2::CENTER_CENTER.align_size_within_rect(galley.size(), picture).min;
    ui.painter().galley(at, galley, palette().text);
}
