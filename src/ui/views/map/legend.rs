//! What the colours mean, and a way to pick all images of a class.

mod entries;
mod listing;
mod shown_counts;

use eframe::egui::{
    self, Align, Align2, Button, Color32, FontId, Frame, Layout, Margin, Rect, Role, ScrollArea, Sense, TextEdit, Ui,
    UiBuilder, WidgetInfo, pos2, vec2,
};

use super::colours::Colours;
use super::plane::Plane;
use super::scale;
use crate::domain::{Centrality, Projection};
use crate::session::{Colouring, Pick, Session};
use crate::ui::icons::Icon;
use crate::ui::theme;
use crate::ui::widgets::text::{single_line, thousands};
use crate::ui::widgets::tile::pick_of_set;
use entries::{Entries, Others};
use listing::Entry;
use shown_counts::ShownCounts;

const WIDTH: f32 = 168.0;
const ROW: f32 = 20.0;
const MARGIN: f32 = 10.0;
/// From its edge to what is in it.
const PADDING: f32 = 6.0;
/// The line to search in, with the space below it.
const SEARCH: f32 = 28.0;
/// Side of the button that folds it away, which stands beside it.
const FOLD: f32 = 20.0;

/// What stands beside a legend that is unfolded, in points: its button, and a little space.
pub const BESIDE: f32 = FOLD + 4.0;

/// On a narrower map it is folded away until somebody wants to see it: it would cover much of what is to be seen.
const OPEN_FROM: f32 = 480.0;
/// On a map that is narrower or lower than these there is room for nothing of it.
const LEAST: [f32; 2] = [200.0, 140.0];

/// With more entries than this one searches among them.
const SEARCHED_ABOVE: usize = 12;

/// A legend of many lines takes this share of the map's height, until all are asked for: the map is laid around it.
const SHARE: f32 = 0.5;
/// For so few lines more it is not worth while to ask.
const FEW: f32 = 2.0;

/// How the legend is looked at.
#[derive(Default)]
pub struct Legend {
    search: String,
    is_by_count: bool,
    /// Whether it was folded away or unfolded; until then the room decides.
    is_folded: Option<bool>,
    /// Whether it takes all the height that it needs, if that is there.
    is_whole: bool,
    /// Whether all of it was drawn in the last frame, and not only the button that shows it.
    pub is_open: bool,
    entries: Entries,
    counts: ShownCounts,
}

/// What the legend covers, and what was done in it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shown {
    /// Where it stands, if it is there.
    pub rect: Option<Rect>,
    /// All that it covers: itself, and the button beside it.
    pub covers: [Option<Rect>; 2],
    /// The class under the pointer.
    pub under: Option<u16>,
    /// The class whose images are to be selected, and how.
    pub picked: Option<(u16, Pick)>,
}

impl Legend {
    /// Draws the legend of a map that is coloured by `colouring` into the upper right corner of `view`; `tags` are in the order of
    /// their classes. The class that is brought out is `highlighted`.
    #[expect(clippy::too_many_arguments, reason = "where, of what, in which state")]
    pub fn show(
        &mut self,
        ui: &mut Ui,
        view: Rect,
        plane: &Plane,
        session: &Session,
        colouring: Colouring,
        colours: &Colours,
        tags: &[String],
        highlighted: Option<u16>,
    ) -> Shown {
        self.entries.refresh(ui.ctx(), session, colouring, tags);
        let scale = ends_of_scale(session, colouring, &plane.projection, colours);
        let is_searched = self.entries.len() > SEARCHED_ABOVE;
        let others = self.entries.others(colours);
        let extra = [scale.is_some(), is_searched, others.is_some()].map(usize::from);
        let rows = self.entries.len() + extra.iter().sum::<usize>();
        self.is_open = false;
        if rows == 0 || view.width() < LEAST[0] || view.height() < LEAST[1] {
            return Shown::default();
        }
        if self.is_folded.unwrap_or(view.width() < OPEN_FROM) {
            return self.show_folded(ui, view);
        }
        self.is_open = true;
        self.counts.refresh(ui.ctx(), session, colouring, colours, tags);
        // As many whole rows as there is room for: half a name cannot be read.
        let other = 2.0 * PADDING + if is_searched { SEARCH - ROW } else { 0.0 };
        let fits = ((view.height() - 70.0 - other) / ROW).floor().max(1.0);
        let (rows, some) = (rows as f32, ((view.height() * SHARE - other) / ROW).floor().max(4.0));
        let is_long = rows.min(fits) > some + FEW;
        let lines = match is_long {
            false => rows.min(fits),
            true if self.is_whole => (rows + 1.0).min(fits),
            true => some,
        };
        let height = lines * ROW + other;
        let min = pos2(view.right() - WIDTH - MARGIN, view.top() + MARGIN);
        let rect = Rect::from_min_size(min, vec2(WIDTH, height));
        let mut child = ui.new_child(UiBuilder::new().max_rect(rect).layout(Layout::top_down(Align::Min)));
        let covers = [rect, fold_rect(rect)].map(Some);
        let mut shown = Shown { rect: Some(rect), covers, ..Shown::default() };
        // While a name is looked for it is seen to be as high as what was found; the map stays where it is.
        let is_searching = is_searched && !self.search.trim().is_empty();
        let is_long = is_long && !is_searching;
        let fill = theme::palette().panel.gamma_multiply(0.92);
        self.show_fold(ui, rect, fill);
        Frame::new().fill(fill).corner_radius(6.0).inner_margin(Margin::same(PADDING as i8)).show(&mut child, |ui| {
            let room = rect.size() - vec2(2.0 * PADDING, 2.0 * PADDING);
            ui.set_min_size(if is_searching { vec2(room.x, 0.0) } else { room });
            ui.spacing_mut().item_spacing.y = 0.0;
            if let Some([least, most]) = &scale {
                return show_scale(ui, least, most);
            }
            match is_searched {
                true => self.search(ui),
                false => self.entries.arrange("", false),
            }
            if let Some(others) = others {
                show_others(ui, others);
            }
            let below = if is_long { ROW } else { 0.0 };
            show_entries(ui, (&self.entries, &self.counts), colours, highlighted, (below, is_searching), &mut shown);
            if is_long {
                self.show_extent(ui);
            }
        });
        shown
    }

    /// A line below the names: all of them at once, or fewer again.
    fn show_extent(&mut self, ui: &mut Ui) {
        let words = match self.is_whole {
            true => "Show fewer".to_owned(),
            false => format!("Show all {}", thousands(self.entries.len())),
        };
        let button = Button::new(egui::RichText::new(&words).size(12.0).color(theme::palette().accent)).frame(false);
        let line = vec2(ui.available_width(), ROW);
        ui.spacing_mut().button_padding.y = 0.0;
        if ui.add_sized(line, button).accessible_name(format!("{words} in the legend")).clicked() {
            self.is_whole = !self.is_whole;
        }
    }

    /// A button in its place.
    fn show_folded(&mut self, ui: &mut Ui, view: Rect) -> Shown {
        let corner = view.right_top() + vec2(-MARGIN, MARGIN);
        let room = Rect::from_min_max(pos2(corner.x - WIDTH, corner.y), pos2(corner.x, corner.y + 26.0));
        let layout = Layout::right_to_left(Align::Center);
        let mut child = ui.new_child(UiBuilder::new().max_rect(room).layout(layout));
        let button = child.add(Button::new((Icon::Label.small(), "Legend"))).on_hover_text("What the colours mean");
        let rect = Some(button.rect);
        if button.accessible_name("Show the legend").clicked() {
            self.is_folded = Some(false);
        }
        Shown { rect, covers: [rect, None], ..Shown::default() }
    }

    /// A button beside it, of its own ground.
    fn show_fold(&mut self, ui: &mut Ui, legend: Rect, fill: Color32) {
        let room = fold_rect(legend);
        ui.painter().rect_filled(room, 4.0, fill);
        let side = Rect::from_min_size(room.min, vec2(FOLD, FOLD));
        let layout = Layout::centered_and_justified(egui::Direction::LeftToRight);
        let mut child = ui.new_child(UiBuilder::new().max_rect(side).layout(layout));
        child.spacing_mut().button_padding = egui::Vec2::ZERO;
        let button = child.add(Button::new(Icon::Next.small()).frame_when_inactive(false));
        let button = button.on_hover_text("Fold the legend away").accessible_name("Fold the legend away");
        if button.clicked() {
            self.is_folded = Some(true);
        }
    }

    /// What is searched for, in the order that is wanted.
    fn search(&mut self, ui: &mut Ui) {
        let line = vec2(ui.available_width(), SEARCH - 4.0);
        ui.allocate_ui_with_layout(line, Layout::left_to_right(Align::Center), |ui| {
            ui.set_height(line.y);
            ui.spacing_mut().item_spacing.x = 4.0;
            ui.spacing_mut().interact_size.y = line.y;
            ui.spacing_mut().button_padding.y = 2.0;
            let search = TextEdit::singleline(&mut self.search).hint_text("Search").desired_width(92.0);
            ui.add_sized(vec2(96.0, ROW), search.font(FontId::proportional(12.0))).accessible_name("Search the legend");
            let hint = "The most frequent first, or by name";
            let by_count = ui.selectable_label(self.is_by_count, "count").on_hover_text(hint);
            if by_count.accessible_name("Sort the legend by count").clicked() {
                self.is_by_count = !self.is_by_count;
            }
        });
        ui.add_space(4.0);
        self.entries.arrange(&self.search, self.is_by_count);
    }
}

/// Where the button beside an unfolded legend stands.
fn fold_rect(legend: Rect) -> Rect {
    Rect::from_min_size(legend.min - vec2(FOLD, -PADDING), vec2(FOLD + PADDING, FOLD))
}

/// Says of classes beyond those that have a colour of their own that they are there.
fn show_others(ui: &mut Ui, others: Others) {
    let palette = theme::palette();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let Others { classes, images } = others;
    let others = if classes == 1 { "1 other".to_owned() } else { format!("{} others", thousands(classes)) };
    let images = thousands(images);
    let told = format!("{others} in grey, of {images} images");
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &told));
    let painter = ui.painter();
    painter.circle_filled(pos2(rect.left() + 9.0, rect.center().y), 4.5, palette.weak);
    let font = FontId::proportional(12.0);
    painter.text(rect.left_center() + vec2(20.0, 0.0), Align2::LEFT_CENTER, others, font, palette.weak);
    let right = rect.right_center() - vec2(5.0, 0.0);
    painter.text(right, Align2::RIGHT_CENTER, images, FontId::proportional(11.0), palette.weak);
    response.on_hover_text("So many have no colour of their own; point at one in the list to bring it out");
}

/// The names, above so many points that are left free; as high as they are, or all that is left.
fn show_entries(
    ui: &mut Ui,
    (entries, counts): (&Entries, &ShownCounts),
    colours: &Colours,
    highlighted: Option<u16>,
    (below, is_tight): (f32, bool),
    shown: &mut Shown,
) {
    let count = entries.arranged_len();
    if count == 0 {
        ui.label(egui::RichText::new("Nothing matches").small().weak());
    }
    let height = (ui.available_height() - below).max(ROW);
    let area = ScrollArea::vertical().id_salt("legend").max_height(height).auto_shrink([false, is_tight]);
    area.show_rows(ui, ROW, count, |ui, rows| {
        for entry in rows.filter_map(|row| entries.arranged(row)) {
            let of_shown = counts.of(entry.class);
            let is_bright = highlighted == Some(entry.class);
            let response = show_entry(ui, entry, of_shown, colours.colour(entry.class), is_bright);
            if response.hovered() || response.has_focus() {
                shown.under = Some(entry.class);
            }
            if response.clicked() {
                let modifiers = ui.input(|input| input.modifiers);
                shown.picked = Some((entry.class, pick_of_set(modifiers)));
            }
        }
    });
}

fn show_entry(ui: &mut Ui, entry: &Entry, of_shown: Option<usize>, colour: Color32, is_bright: bool) -> egui::Response {
    let palette = theme::palette();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let name = entry.name.as_str();
    let all = thousands(entry.count);
    let (count, about) = match of_shown {
        Some(shown) => (format!("{}/{all}", thousands(shown)), format!("{} of {all} shown", thousands(shown))),
        None => (all.clone(), all),
    };
    response.widget_info(|| WidgetInfo {
        current_text_value: Some(about.clone()),
        ..WidgetInfo::labeled(Role::Button, true, format!("Select all of {name}"))
    });
    // Within the bounds of all of them: a line with bounds of its own is a draw of its own.
    let painter = ui.painter();
    if response.hovered() || response.has_focus() {
        painter.rect_filled(rect, 4.0, palette.lifted.gamma_multiply(0.6));
    }
    painter.circle_filled(pos2(rect.left() + 9.0, rect.center().y), 4.5, colour);
    let number = painter.layout_no_wrap(count, FontId::proportional(11.0), palette.weak);
    let number_left = rect.right() - 5.0 - number.size().x;
    painter.galley(pos2(number_left, rect.center().y - number.size().y / 2.0), number, palette.weak);
    let text = if is_bright { palette.strong } else { palette.text };
    let left = rect.left() + 20.0;
    let name = single_line(painter, name.to_owned(), 12.0, text, number_left - 6.0 - left);
    painter.galley(pos2(left, rect.center().y - name.size().y / 2.0), name, text);
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}

/// What the ends of the scale are called, where colours go from little to much.
fn ends_of_scale(session: &Session, colouring: Colouring, map: &Projection, colours: &Colours) -> Option<[String; 2]> {
    let ends = match colouring {
        Colouring::Similarity => ["far", "near"],
        Colouring::Faithfulness if map.is_judged_of_each() => ["lost", "kept"],
        Colouring::Centrality(by) if session.opened.standing(by).is_some() => ends_of(by),
        Colouring::Column(_) | Colouring::Channel => return colours.ends(),
        Colouring::Label
        | Colouring::Plain
        | Colouring::Cluster
        | Colouring::Tag
        | Colouring::Split
        | Colouring::Faithfulness
        | Colouring::Centrality(_) => return None,
    };
    Some(ends.map(str::to_owned))
}

/// What the least and the most central are.
fn ends_of(by: Centrality) -> [&'static str; 2] {
    match by {
        Centrality::Typicality => ["untypical", "typical"],
        Centrality::InDegree => ["near few", "hub"],
        Centrality::Betweenness => ["within", "bridge"],
        Centrality::PageRank | Centrality::Harmonic | Centrality::Degree => ["low", "high"],
    }
}

/// From the least to the most of something.
fn show_scale(ui: &mut Ui, least: &str, most: &str) {
    let palette = theme::palette();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("Colours from {least} to {most}")));
    let painter = ui.painter();
    let font = FontId::proportional(11.5);
    let far = painter.text(rect.left_center(), Align2::LEFT_CENTER, least, font.clone(), palette.weak);
    let near = painter.text(rect.right_center(), Align2::RIGHT_CENTER, most, font, palette.weak);
    let bar = Rect::from_min_max(
        pos2(far.right() + 8.0, rect.center().y - 4.0),
        pos2(near.left() - 8.0, rect.center().y + 4.0),
    );
    let steps = 32;
    for step in 0..steps {
        let x = |step: usize| bar.left() + bar.width() * step as f32 / steps as f32;
        let slice = Rect::from_min_max(pos2(x(step), bar.top()), pos2(x(step + 1) + 0.5, bar.bottom()));
        painter.rect_filled(slice, 0.0, scale::colour(step as f32 / (steps - 1) as f32));
    }
}
