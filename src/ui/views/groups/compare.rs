//! Two groups beside each other: pictures, labels, what they share, and which channels tell one from the other.

use eframe::egui::{Rect, RichText, ScrollArea, Sense, Ui, Vec2, vec2};

use super::cards::{example, is_member, what};
use super::known::{Described, some_layer, usual_pair};
use super::{GroupPanel, PanelOf, pick_group};
use crate::domain::{Cluster, DistinguishingChannel};
use crate::engine::{GroupAnswer, GroupComparison, GroupLook};
use crate::session::Choose;
use crate::ui::theme::palette;
use crate::ui::views::ViewContext;
use crate::ui::widgets::empty::empty_state;
use crate::ui::widgets::group_card::{self, GroupCard};
use crate::ui::widgets::label_mix;
use crate::ui::widgets::text::{capital, counted, main_button, small, thousands};
use crate::ui::widgets::tile;

/// Height of a channel in points, and how many there are of each group.
const CHANNEL: f32 = 60.0;
const CHANNELS: usize = 6;
/// Width of a channel with its words at least, in points.
const CHANNEL_WIDTH: f32 = 180.0;
/// Pictures of each group, and rows of them.
const PICTURES: usize = 8;
const TILE: f32 = 72.0;

impl GroupPanel {
    pub(super) fn show_comparison(&mut self, ui: &mut Ui, of: &PanelOf<'_>, cx: &mut ViewContext<'_>) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            pick_group(ui, ("First group", "Pick one"), of.groups, &mut self.pair[0]);
            ui.label("and");
            pick_group(ui, ("Second group", "Pick another"), of.groups, &mut self.pair[1]);
        });
        let [Some(a), Some(b)] = self.pair else {
            let hint = "Pick two groups above, or mark two cards.";
            let described = self.known.described(of.groups, cx.session, cx.actions);
            let usual = usual_pair(of.groups, &described);
            empty_state(ui, "Which two?", hint, |ui| {
                let Some([a, b]) = usual else { return };
                let words = format!("Compare {} with {}", of.groups.name(a), of.groups.name(b));
                if main_button(ui, &words).clicked() {
                    self.pair = [Some(a), Some(b)];
                }
            });
            return;
        };
        if a == b || a.max(b) >= of.groups.len() {
            empty_state(ui, "That is one group twice", "Pick another one.", |_| {});
            return;
        }
        let Some(source) = some_layer(cx.session) else {
            empty_state(ui, "Nothing to compare yet", "No layer is stored.", |_| {});
            return;
        };
        let look = GroupLook::Comparison { of: of.groups.clone(), pair: [a, b], source: source.clone() };
        let answer = cx.session.opened.groups.answer(&look).cloned();
        let Some(GroupAnswer::Comparison(found)) = answer.as_deref() else {
            Self::ask(ui, &look, cx.session, cx.actions);
            return;
        };
        let described = self.known.described(of.groups, cx.session, cx.actions);
        let layer = cx.session.opened.layer_titles.of_name(&source.layer).to_owned();
        show_shared(ui, found, of, [a, b], &layer, cx);
        let width = (ui.available_width() - 16.0) / 2.0;
        ScrollArea::vertical().id_salt("comparison").auto_shrink(false).show(ui, |ui| {
            ui.horizontal_top(|ui| {
                for (side, group) in [a, b].into_iter().enumerate() {
                    ui.allocate_ui(vec2(width, 0.0), |ui| {
                        ui.vertical(|ui| {
                            ui.set_width(width);
                            self.show_side(ui, group, &found.channels[side], of, &described, cx);
                        });
                    });
                }
            });
        });
    }

    fn show_side(
        &mut self,
        ui: &mut Ui,
        index: usize,
        channels: &[DistinguishingChannel],
        of: &PanelOf<'_>,
        described: &Described,
        cx: &mut ViewContext<'_>,
    ) {
        let empty = Cluster::default();
        let group = described.all().get(index).unwrap_or(&empty);
        let (title, what) = (of.groups.name(index), what(of.groups, index));
        let colour = self.colour_of(of.groups, index, cx.session);
        ui.horizontal(|ui| {
            let (dot, _) = ui.allocate_exact_size(Vec2::splat(9.0), Sense::hover());
            ui.painter().circle_filled(dot.center(), 4.5, colour);
            ui.label(RichText::new(&title).heading().color(palette().strong));
            ui.label(RichText::new(thousands(group.size)).color(palette().weak));
            let select = ui.add(small("Select")).accessible_name(format!("Select {what}"));
            if select.clicked() {
                cx.actions.push(Choose::PickGroup(of.groups.images(index), tile::pick_held(ui)).into());
            }
        });
        let width = ui.available_width();
        let columns = ((width / (TILE + 3.0)) as usize).clamp(1, PICTURES);
        // Rows are full: one picture alone on a second one looks forgotten.
        let pictures = group.exemplars.len().min(PICTURES);
        let pictures = if pictures > columns { pictures - pictures % columns } else { pictures };
        let rows = pictures.div_ceil(columns).max(1);
        let (mosaic, _) = ui.allocate_exact_size(vec2(width, rows as f32 * (TILE + 3.0)), Sense::hover());
        let is_member = is_member(of.groups, index);
        let card = GroupCard {
            what: &what,
            title: &title,
            about: "",
            group,
            colour,
            is_member: &is_member,
            is_marked: false,
            means: (of.means)(index),
            to_remove: self.removals.of(index),
            example: example(of.groups, index),
            told_apart: None,
        };
        let state = &mut self.cards;
        group_card::show_mosaic(ui, mosaic, TILE, pictures, &card, state, cx.session, cx.thumbs, cx.actions);
        let (bar, _) = ui.allocate_exact_size(vec2(width, 8.0), Sense::hover());
        let (places, words) = (cx.session.opened.images.label_places(), card.labels_in_words());
        label_mix::show(ui, bar, &group.labels, group.size, places, (&capital(&what), &words));
        ui.label(RichText::new(words).small().color(palette().weak));
        ui.label(RichText::new("stronger here than in the other").small().color(palette().weak));
        // As many beside each other as there is room for.
        let across = ((width / CHANNEL_WIDTH) as usize).clamp(1, CHANNELS);
        let shown: Vec<&DistinguishingChannel> = channels.iter().take(CHANNELS).collect();
        for line in shown.chunks(across) {
            let (row, _) = ui.allocate_exact_size(vec2(width, CHANNEL), Sense::hover());
            for (place, channel) in line.iter().enumerate() {
                let size = vec2(width / across as f32, CHANNEL - 4.0);
                let room = Rect::from_min_size(row.min + vec2(place as f32 * size.x, 0.0), size);
                let state = &mut self.cards;
                group_card::show_channel(ui, room, channel, &what, state, &is_member, cx.session, cx.thumbs);
            }
        }
        if channels.is_empty() {
            ui.label(RichText::new("no channel").small().color(palette().weak));
        }
    }
}

/// What the two have in common.
fn show_shared(
    ui: &mut Ui,
    found: &GroupComparison,
    of: &PanelOf<'_>,
    [a, b]: [usize; 2],
    layer: &str,
    cx: &mut ViewContext<'_>,
) {
    ui.horizontal_wrapped(|ui| {
        let shared = match found.shared {
            0 => "No image is in both".to_owned(),
            count => format!("{} in both", counted(count, "image is", "images are")),
        };
        let cosine = found
            .cosine
            .map_or(String::new(), |cosine| format!("  ·  cosine {cosine:.3} between their middles at {layer}"));
        ui.label(RichText::new(shared + &cosine).small().color(palette().weak));
        if found.shared > 0 && ui.add(small("Select the shared")).clicked() {
            let both = of.groups.images(a).and(of.groups.images(b));
            cx.actions.push(Choose::PickGroup(both, tile::pick_held(ui)).into());
        }
    });
}
