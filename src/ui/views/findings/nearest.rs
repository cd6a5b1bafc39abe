//! Beside a picture of a list, those most like it: what its label or its place is judged by, to be seen instead of believed.

use std::collections::BTreeMap;

use eframe::egui::{Button, Rect, RichText, Sense, Ui, UiBuilder, pos2, vec2};

use super::Drawing;
use crate::domain::{ImageId, ImageRef, Metric, Neighbour, StoredLayer};
use crate::session::{Ask, Choose};
use crate::ui::theme::{colour_of_label, palette};
use crate::ui::widgets::asked_menu::{self, ComparedWith};
use crate::ui::widgets::tile::{self, CAPTION_HEIGHT, paint_waiting};
use crate::ui::widgets::{Tile, TileMarks, ask_with};

/// Room of a picture, in points: so wide that most labels can be read below it.
pub(super) const WIDTH: f32 = 76.0;
pub(super) const HEIGHT: f32 = 56.0;
/// Between two of them.
const GAP: f32 = 4.0;
/// So many at most.
const MOST: usize = 6;
/// Room of how many more there are.
const MORE: f32 = 64.0;
/// Before any of these, the words of the row have as much room as they need, and more where a label can be given, too.
const WORDS: [f32; 2] = [330.0, 380.0];
/// By what images of these lists are compared.
const METRIC: Metric = Metric::Cosine;

/// What stands below each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caption {
    /// Its label: in the colour of agreement where it is that of the picture.
    Label,
    /// How far away it is.
    Distance,
}

/// By which vectors images of a list are compared, and what is told of those that are near.
pub(super) struct Beside<'a> {
    pub source: &'a StoredLayer,
    pub caption: Caption,
}

/// What is said of a picture by the labels of its neighbours.
pub(super) struct Verdict<'a> {
    /// The label that it should have.
    pub likely: &'a str,
}

/// Neighbours that have a label, those first that tell most.
struct Labelled<'a>(Vec<(Neighbour, &'a str)>);

impl<'a> Labelled<'a> {
    /// Those that say so first, then others that have another label than `own`, then those that agree with it: each from near to
    /// far. Those without a label say nothing.
    fn by(
        verdict: &Verdict<'_>,
        own: Option<&str>,
        known: &[Neighbour],
        label_of: impl Fn(ImageId) -> Option<&'a str>,
    ) -> Self {
        let mut labelled: Vec<(Neighbour, &str)> =
            known.iter().filter_map(|near| Some((*near, label_of(near.image)?))).collect();
        labelled.sort_by_key(|(_, label)| match () {
            () if *label == verdict.likely => 0,
            () if own != Some(*label) => 1,
            () => 2,
        });
        Self(labelled)
    }

    /// `8 "sunflower", 1 "butterfly"`: of those from a place on, the most frequent first.
    fn labels_from(&self, place: usize) -> String {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        self.0.iter().skip(place).for_each(|(_, label)| *counts.entry(label).or_default() += 1);
        let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts.iter().map(|(label, count)| format!("{count} \"{label}\"")).collect::<Vec<_>>().join(", ")
    }
}

/// How many there is room for in a row that has so much left beside its picture and its words.
fn places(room: f32) -> usize {
    ((room / (WIDTH + GAP)).max(0.0) as usize).min(MOST)
}

/// Draws the pictures most like `image`, as many as there is room for, and where it is judged by them those first that speak
/// against it; says whether they are still to be asked for.
pub(super) fn show(
    ui: &mut Ui,
    image: ImageRef<'_>,
    verdict: Option<&Verdict<'_>>,
    beside: &Beside<'_>,
    drawing: &mut Drawing,
) -> bool {
    let more_width = if verdict.is_some() { MORE } else { 0.0 };
    let words = WORDS[usize::from(verdict.is_some())];
    let places = places(ui.available_width() - words - more_width);
    if places == 0 {
        return false;
    }
    let size = vec2(places as f32 * (WIDTH + GAP) + more_width, HEIGHT + CAPTION_HEIGHT);
    let (room, _) = ui.allocate_exact_size(size, Sense::hover());
    let picture = |place: usize| {
        Rect::from_min_size(pos2(room.left() + place as f32 * (WIDTH + GAP), room.top()), vec2(WIDTH, HEIGHT))
    };
    let session = drawing.session;
    let Some(known) = session.opened.nearest_of(beside.source, image.id) else {
        (0..places).for_each(|place| paint_waiting(ui.painter(), picture(place)));
        return true;
    };
    // More may be to come, in the place of what is hidden.
    let is_missing = session.opened.lacks_nearest(beside.source, image.id);
    let Some(verdict) = verdict else {
        for (place, near) in known.iter().take(places).enumerate() {
            show_one(ui, picture(place), place, *near, image, beside, drawing);
        }
        return is_missing;
    };
    let label_of = |id| session.image(id).and_then(|image| image.label);
    let labelled = Labelled::by(verdict, image.label, &known, label_of);
    for (place, (near, _)) in labelled.0.iter().take(places).enumerate() {
        show_one(ui, picture(place), place, *near, image, beside, drawing);
    }
    if labelled.0.len() > places {
        let left = picture(places).left();
        let place = Rect::from_min_size(pos2(left, room.top()), vec2(MORE - GAP, HEIGHT));
        show_more(ui, place, places, &labelled, image, drawing);
    }
    is_missing
}

/// How many there is no room for beside those that are `shown`; a click selects them and these.
fn show_more(ui: &mut Ui, place: Rect, shown: usize, labelled: &Labelled<'_>, of: ImageRef<'_>, drawing: &mut Drawing) {
    let mut inner = ui.new_child(UiBuilder::new().id_salt("more").max_rect(place));
    let all = labelled.0.len();
    let more = all - shown;
    let words = RichText::new(format!("+ {more} more")).small().color(palette().strong);
    let button = inner.put(place, Button::new(words).frame(false));
    let name = format!("+ {more} more near {}", of.path.text);
    let button = button.on_hover_ui(|ui| {
        ui.label(format!("Further neighbours: {}. Click to select all {all}", labelled.labels_from(shown)));
    });
    if button.accessible_name(name).clicked() {
        let all = labelled.0.iter().map(|(near, _)| near.image).collect();
        drawing.actions.push(Choose::PickMany(all, tile::pick_held(ui)).into());
    }
}

fn show_one(
    ui: &mut Ui,
    picture: Rect,
    place: usize,
    near: Neighbour,
    of: ImageRef<'_>,
    beside: &Beside<'_>,
    drawing: &mut Drawing,
) {
    let session = drawing.session;
    let Some(image) = session.image(near.image) else { return };
    let agrees = image.label.is_some() && image.label == of.label;
    let label = image.label.unwrap_or("no label");
    let name = format!("Near {} {}: {}, {label}", of.path.text, place + 1, image.path.text);
    let distance = distance(near);
    let facts = |ui: &mut Ui| drop(ui.label(format!("{label}  ·  distance {distance:.3}")));
    let tile = Tile { image, marks: TileMarks::of(session, image), name: &name, more: Some(&facts) };
    let response = tile.show(ui, picture, ui.scope_id().with(("near", place)), drawing.thumbs);
    if response.clicked() {
        let held = ui.input(|input| input.modifiers);
        drawing.actions.push(tile::click(image.id, held).into());
    }
    if response.hovered() {
        drawing.under = Some(image.id);
    }
    asked_menu::compared_with(&response, || compared_with(of.id, beside));
    if ui.rect_contains_pointer(picture) {
        let name = format!("Why is {} near {}?", image.path.text, of.path.text);
        if ask_with::why(ui, picture, of.path.in_folder(), &name) {
            drawing.actions.push(Ask::WhyTwo([of.id, image.id], beside.source.clone(), METRIC).into());
        }
    }
    let line = Rect::from_min_size(picture.left_bottom(), vec2(WIDTH, CAPTION_HEIGHT));
    match beside.caption {
        Caption::Label => {
            let colour = if agrees { palette().good } else { palette().text };
            tile::paint_caption(
                ui,
                line,
                colour_of_label(drawing.session.opened.images.label_places(), image.label),
                label,
                colour,
            );
        }
        Caption::Distance => tile::paint_caption(ui, line, None, &format!("{distance:.2}"), palette().weak),
    }
}

/// How far a neighbour is, as outliers are measured: 0 is the same, and the larger, the less alike.
fn distance(near: Neighbour) -> f64 {
    (1.0 - near.score).max(0.0)
}

fn compared_with(image: ImageId, beside: &Beside<'_>) -> ComparedWith {
    ComparedWith { image, source: beside.source.clone(), metric: METRIC, is_asked_with: false }
}

/// With what the picture of a row is compared: with the nearest, once that is known.
pub(super) fn nearest_to(image: ImageId, beside: &Beside<'_>, drawing: &Drawing) -> Option<ComparedWith> {
    let opened = &drawing.session.opened;
    let known = opened.nearest_of(beside.source, image)?;
    known.first().map(|near| compared_with(near.image, beside))
}
