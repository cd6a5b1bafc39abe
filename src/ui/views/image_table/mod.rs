//! All images that the filter lets through as a table: one row a picture, what is known of it in columns, and above them how
//! all pictures are distributed over each.
//!
//! It costs what is visible, however many rows there are. Rows scroll as the gallery's do (`ui/widgets/row_scroll.rs`), in
//! 64 bits: the scroll areas of egui, on which ready-made tables such as `egui_table` are built, count points in 32, and from
//! some million rows on they jump.

mod across;
mod bar;
mod header;
mod histogram;
mod keys;
mod layout;
mod names;
mod rows;
mod summary;

use eframe::egui::{Rangef, Rect, Role, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use crate::domain::{DistributionWish, ImageFacts, ImageId, TableColumn};
use crate::session::{Action, Ask, Choose, Session};
use crate::ui::command::Command;
use crate::ui::settings::Settings;
use crate::ui::table_look::TableLook;
use crate::ui::theme::palette;
use crate::ui::views::gallery::show_empty;
use crate::ui::views::{View, ViewContext};
use crate::ui::widgets::{GridLayout, Hover, RowScroll};

use across::Across;
use bar::Bar;
use histogram::Brush;
use layout::Columns;
use rows::{ROW_HEIGHT, Rows};

/// Height of the names above the columns, in points.
const NAMES_HEIGHT: f32 = 28.0;
/// Height of the histograms below them, and in a view that is lower than that: there the rows want it.
const SUMMARY_HEIGHTS: [f32; 2] = [104.0, 84.0];
const HIGH_FROM: f32 = 400.0;

/// The table.
#[derive(Default)]
pub struct ImageTableView {
    look: TableLook,
    bar: Bar,
    scroll: RowScroll,
    across: Across,
    hover: Hover,
    /// The histogram in which a range is being chosen.
    brush: Option<Brush>,
    /// The probe this view has scrolled to.
    seen_probe: Option<ImageId>,
    /// Whether the row of the probe must come into sight.
    reveal_probe: bool,
    /// The share that columns keep since the width of one was chosen.
    held: Option<HeldShare>,
}

/// As long as nothing else changes since the width of a column was chosen, the others stay as they are, or they would move under the
/// pointer that let go.
struct HeldShare {
    share: f32,
    /// How wide the view was.
    view: f32,
    /// The columns that were seen, and whether each shares the room.
    columns: Vec<(TableColumn, bool)>,
}

impl View for ImageTableView {
    fn restore(&mut self, settings: &Settings) {
        self.look = settings.table.usable();
    }

    fn keep(&self, settings: &mut Settings) {
        settings.table.clone_from(&self.look);
    }

    fn show(&mut self, ui: &mut Ui, cx: ViewContext<'_>) {
        let session = cx.session;
        let facts = session.opened.facts();
        self.bar.show(ui, session, &facts, &mut self.look, cx.actions);
        if session.opened.images.is_empty() {
            show_empty(ui, session, cx.actions);
            return;
        }
        let area = ui.available_rect_before_wrap();
        let view = Rangef::new(area.left(), area.right() - ui.spacing().scroll.allocated_width());
        let seen = seen(&self.look, &facts);
        let is_as_then = |held: &HeldShare| (held.view - view.span()).abs() < 1.0 && held.columns == seen;
        self.held = self.held.take().filter(is_as_then);
        let share = self.held.as_ref().map(|held| held.share);
        let columns = self.across.begin(ui, area, Columns::of(&self.look, &facts, view, share));
        let names = area.with_max_y(area.top() + NAMES_HEIGHT);
        if header::show(ui, names, &columns, session, &mut self.look, &mut self.across, cx.actions) {
            self.held =
                Some(HeldShare { share: columns.share, view: view.span(), columns: self::seen(&self.look, &facts) });
        }
        let mut body =
            Rect::from_min_max(names.left_bottom(), pos2(area.right(), area.bottom() - Across::bar_height(&columns)));
        if self.look.has_histograms {
            let [high, low] = SUMMARY_HEIGHTS;
            let height = if area.height() >= HIGH_FROM { high } else { low };
            let summaries = names.translate(vec2(0.0, NAMES_HEIGHT)).with_max_y(names.bottom() + height);
            summary::show(ui, summaries, &columns, session, &facts, &mut self.brush, cx.actions);
            ask(&columns, session, cx.actions);
            body.min.y = summaries.bottom();
        }
        header::rule(ui, area.x_range(), body.top());
        if session.opened.shown.is_empty() {
            let mut below = ui.new_child(UiBuilder::new().max_rect(body).id_salt("no rows"));
            show_empty(&mut below, session, cx.actions);
        } else if body.height() > 0.0 {
            self.show_body(ui, body, &columns, &facts, cx);
        }
        self.across.show_bar(ui, area, &columns);
    }
}

/// The columns of which something is known and that are wished for; of each whether it shares the room.
fn seen(look: &TableLook, facts: &ImageFacts) -> Vec<(TableColumn, bool)> {
    let seen = look.columns.iter().filter(|look| look.is_shown && facts.has(look.column));
    seen.map(|look| (look.column, look.is_own())).collect()
}

impl ImageTableView {
    fn show_body(&mut self, ui: &mut Ui, body: Rect, columns: &Columns, facts: &ImageFacts, cx: ViewContext<'_>) {
        let ViewContext { session, thumbs, actions, commands, .. } = cx;
        let opened = &session.opened;
        let layout =
            GridLayout { columns: 1, cell: vec2(columns.view.span(), ROW_HEIGHT), gap: 0.0, count: opened.shown.len() };
        let table_id = ui.make_persistent_id("table rows");
        let before = actions.len();
        let mut opens =
            keys::step(ui, table_id, layout.rows_per_page(body.height()), session, &mut self.across, actions);
        let is_stepped = actions.len() > before;
        if opened.chosen.probe != self.seen_probe {
            self.seen_probe = opened.chosen.probe;
            self.reveal_probe = opened.chosen.probe.is_some();
        }
        if self.reveal_probe
            && let Some(row) = opened.chosen.probe.and_then(|probe| opened.shown.place_of(probe))
        {
            self.reveal_probe = false;
            self.scroll.reveal(ui, layout, body.height(), row);
        }
        if is_stepped {
            // In the next frame, when it has moved; who walks is taken along also where it cannot, as at the first.
            self.reveal_probe = true;
            ui.ctx().request_repaint();
        }
        self.scroll.begin(ui, layout, body);
        let mut part = ui.new_child(UiBuilder::new().max_rect(body).id_salt("rows"));
        part.set_clip_rect(body.intersect(ui.clip_rect()));
        let background = part.interact(body, table_id, Sense::click_and_drag());
        background.widget_info(|| WidgetInfo::labeled(Role::Table, true, "Table of images"));
        if background.clicked() {
            background.request_focus();
            if !ui.input(|input| input.modifiers.command || input.modifiers.shift) {
                actions.push(Choose::ClearSelection.into());
            }
        }
        let rows = Rows { session, facts, columns };
        let done = rows.show(&part, (body, table_id), (layout, self.scroll.top()), thumbs, actions);
        if columns.travel() > 0.0 {
            // Where the columns go below the first.
            part.painter().vline(columns.fixed_right, body.y_range(), Stroke::new(1.0, palette().line));
        }
        self.hover.settle(done.under, session, actions);
        opens |= done.opens;
        self.scroll.end(&part, layout, body, table_id, "Table scroll bar");
        if opens {
            commands.push(Command::ViewPicture);
        }
    }
}

/// Asks for the first histogram that is to be seen and is not known as it is now.
fn ask(columns: &Columns, session: &Session, actions: &mut Vec<Action>) {
    let mut seen = columns.all.iter().map(|placed| placed.column).filter(|column| DistributionWish::is_of(*column));
    let due = seen.find(|column| session.opened.is_distribution_due(*column));
    actions.extend(due.map(|column| Ask::Distribution(column).into()));
}
