//! A field for a label: those that there are are searched while it is written, and Enter gives the one that is marked. What no picture
//! has yet can be written, too.

use eframe::egui::{Align, Button, Key, Modifiers, RichText, ScrollArea, TextEdit, Ui, vec2};

use crate::domain::thousands;
use crate::session::Session;
use crate::ui::theme::palette;

/// So many are listed; of more a few letters find those that are meant.
const LISTED: usize = 50;
/// Height of the list in points.
const HIGH: f32 = 220.0;
/// Width of field and list in points.
pub const WIDTH: f32 = 260.0;

/// What is written so far.
#[derive(Default)]
pub struct LabelField {
    written: String,
    /// Which of those that were found is marked; none before something is written or the arrow keys go there.
    at: Option<usize>,
    /// Whether it was not shown yet.
    is_new: bool,
    found: Option<Found>,
}

/// What is found, of which text and of which state of all images.
struct Found {
    of: (String, u64),
    labels: Vec<Offer>,
    /// How many more there are.
    more: usize,
}

/// A label that can be given.
#[derive(Clone)]
enum Offer {
    /// So many pictures have it.
    Known(String, usize),
    /// None has it.
    New(String),
}

impl LabelField {
    /// Begins with an empty field.
    pub fn begin(&mut self) {
        *self = Self { is_new: true, ..Self::default() };
    }

    /// Shows the field and what is found; gives the label that was chosen. Whatever it lies in is closed then.
    pub fn show(&mut self, ui: &mut Ui, session: &Session) -> Option<String> {
        ui.set_width(WIDTH);
        let moved = ui.input_mut(|input| {
            let mut pressed = |key| input.consume_key(Modifiers::NONE, key);
            isize::from(pressed(Key::ArrowDown)) - isize::from(pressed(Key::ArrowUp))
        });
        let field = TextEdit::singleline(&mut self.written).hint_text("Search labels, or write a new one");
        let field = ui.add(field.desired_width(f32::INFINITY)).accessible_name("Label to give");
        if std::mem::take(&mut self.is_new) {
            field.request_focus();
        }
        if field.changed() {
            self.at = Some(0).filter(|_| !self.written.trim().is_empty());
        }
        let is_entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let of = (self.written.trim().to_owned(), session.opened.images.revision());
        let found = match self.found.take().filter(|found| found.of == of) {
            Some(found) => found,
            None => find(of, session),
        };
        self.at = match self.at {
            None => (moved > 0).then_some(0),
            Some(at) => Some(at.saturating_add_signed(moved).min(found.labels.len().saturating_sub(1))),
        };
        let mut chosen = self.at.filter(|_| is_entered);
        ScrollArea::vertical().max_height(HIGH).auto_shrink([false, true]).show(ui, |ui| {
            for (place, offer) in found.labels.iter().enumerate() {
                let is_marked = self.at == Some(place);
                let response = offer.show(ui, is_marked);
                if is_marked && moved != 0 {
                    response.scroll_to_me(Some(Align::Center));
                }
                if response.clicked() {
                    chosen = Some(place);
                }
            }
        });
        if found.more > 0 {
            let more = format!("{} more: write a few letters", thousands(found.more));
            ui.label(RichText::new(more).small().color(palette().weak));
        }
        let chosen = chosen.and_then(|place| found.labels.get(place)).map(|offer| offer.label().to_owned());
        self.found = Some(found);
        if chosen.is_some() {
            ui.close();
        } else if is_entered {
            field.request_focus();
        }
        chosen
    }
}

impl Offer {
    fn label(&self) -> &str {
        match self {
            Self::Known(label, _) | Self::New(label) => label,
        }
    }

    fn show(&self, ui: &mut Ui, is_marked: bool) -> eframe::egui::Response {
        let (text, beside) = match self {
            Self::Known(label, images) => (label.clone(), thousands(*images)),
            Self::New(label) => (format!("“{label}”"), "a new label".to_owned()),
        };
        let beside = RichText::new(beside).small().color(palette().weak);
        let button = Button::selectable(is_marked, text).right_text(beside).truncate();
        let button = ui.add_sized(vec2(ui.available_width(), ui.spacing().interact_size.y), button);
        button.accessible_name(format!("Label as {}", self.label()))
    }
}

/// What is written stands first if it is a label, then those that begin so, then those that it is in. What is no label yet comes last,
/// to be a new one.
fn find(of: (String, u64), session: &Session) -> Found {
    let wanted = of.0.to_lowercase();
    let labels = session.opened.images.labels();
    let mut ranked: Vec<(usize, &String, usize)> = labels
        .iter()
        .filter(|(label, _)| !label.is_empty())
        .filter_map(|(label, images)| {
            let lower = label.to_lowercase();
            let rank = match lower.find(&wanted)? {
                0 if *label == of.0 => 0,
                0 if lower == wanted => 1,
                0 => 2,
                _ => 3,
            };
            Some((rank, label, *images))
        })
        .collect();
    ranked.sort();
    let more = ranked.len().saturating_sub(LISTED);
    let known = ranked.into_iter().take(LISTED).map(|(_, label, images)| Offer::Known(label.clone(), images));
    let mut offers: Vec<Offer> = known.collect();
    if !of.0.is_empty() && !labels.contains_key(&of.0) {
        offers.push(Offer::New(of.0.clone()));
    }
    Found { of, labels: offers, more }
}
