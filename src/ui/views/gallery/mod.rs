//! All images the filter lets through, as a grid that costs what is visible.

mod arrivals;
mod bar;
mod jump;
mod keys;
pub(super) mod predicate;

use eframe::egui::{
    self, Id, Pos2, Rangef, Rect, RichText, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, vec2,
};

use crate::domain::{ImageGroup, ImageId, PictureBand, PictureRow, PictureRows};
use crate::session::{Action, Choose, Open, Session};
use crate::ui::command::Command;
use crate::ui::settings::{Settings, TileWidth};
use crate::ui::theme::{colour_of_label, palette};
use crate::ui::thumbnails::Thumbnails;
use crate::ui::views::{View, ViewContext};
use crate::ui::widgets::empty::empty_state;
use crate::ui::widgets::tile::{self, CAPTION_HEIGHT};
use crate::ui::widgets::{
    Beneath, GridLayout, Hover, RowScroll, Tile, TileMarks, UsualShape, ask_with, shown_chip, tag_dot,
};

use arrivals::Arrivals;
use bar::Bar;

/// Seconds without a key before what was typed becomes the filter: one undo step a thought, not one a letter.
const PAUSE_SECS: f64 = 0.25;

/// Space between tiles in points.
const GAP: f32 = 6.0;

/// Below this width a caption would be three letters and an ellipsis.
const CAPTION_FROM: f32 = 72.0;

/// The same of a picture that is higher than wide in a row of others.
const LEAST_CAPTION: f32 = 40.0;

/// Where tiles lie: all of it that a frame needs.
#[derive(Clone, Copy)]
struct Tiling {
    layout: GridLayout,
    /// How pictures lie in their rows, where they have their own shapes.
    rows: Option<PictureRows>,
    /// Height of what stands below a picture.
    below: f32,
    grid_id: Id,
    area: Rect,
}

impl Tiling {
    /// Where a picture lies, whose cell is there. `row` is the row that was laid out last, by its number.
    fn picture(&self, session: &Session, cell: usize, rect: Rect, row: &mut (usize, PictureRow)) -> Rect {
        let whole = rect.with_max_y(rect.bottom() - self.below);
        let Some(rows) = self.rows else { return whole };
        let number = cell / self.layout.columns;
        if row.0 != number {
            *row = (number, rows.row_of(&session.opened.shown, &session.opened.images, number));
        }
        let Some([left, right]) = row.1.sides.get(cell % self.layout.columns) else { return whole };
        let (left, bottom) = (self.area.left() + left, whole.bottom());
        Rect::from_min_max(Pos2::new(left, bottom - row.1.height), Pos2::new(self.area.left() + right, bottom))
    }
}

/// The gallery.
pub struct GalleryView {
    bar: Bar,
    arrivals: Arrivals,
    tile_width: f32,
    /// Whether pictures are shown in their own shapes, in rows of one height each, and not in cells of one shape.
    has_own_shapes: bool,
    /// The probe this view has scrolled to.
    seen_probe: Option<ImageId>,
    /// Where the rubber band began: points from the left, rows from the top.
    band_from: Option<(f32, f64)>,
    scroll: RowScroll,
    /// The cell that is to be at the upper edge.
    go_to: Option<usize>,
    /// Whether the row of the probe must come into sight.
    reveal_probe: bool,
    hover: Hover,
    shape: UsualShape,
    /// Whether the picture is to be shown at its own resolution.
    opens: bool,
    /// Whether it is to be looked inside of.
    looks_inside: bool,
}

impl Default for GalleryView {
    fn default() -> Self {
        Self {
            bar: Bar::default(),
            arrivals: Arrivals::default(),
            tile_width: bar::usable_width(TileWidth::default().0),
            has_own_shapes: false,
            seen_probe: None,
            band_from: None,
            scroll: RowScroll::default(),
            go_to: None,
            reveal_probe: false,
            hover: Hover::default(),
            shape: UsualShape::default(),
            opens: false,
            looks_inside: false,
        }
    }
}

impl View for GalleryView {
    fn restore(&mut self, settings: &Settings) {
        self.tile_width = bar::usable_width(settings.gallery_tile.0);
        self.has_own_shapes = settings.gallery_own_shapes;
    }

    fn keep(&self, settings: &mut Settings) {
        settings.gallery_tile.0 = self.tile_width;
        settings.gallery_own_shapes = self.has_own_shapes;
    }

    fn show(&mut self, ui: &mut Ui, cx: ViewContext<'_>) {
        let ViewContext { session, thumbs, actions, commands, .. } = cx;
        self.go_to = self.bar.show(ui, session, (&mut self.tile_width, &mut self.has_own_shapes), actions);
        shown_chip::show_line(ui, session, "Gallery", actions);
        self.arrivals.show(ui, session, actions);
        if session.opened.shown.is_empty() {
            show_empty(ui, session, actions);
            return;
        }
        if session.opened.chosen.probe != self.seen_probe {
            self.seen_probe = session.opened.chosen.probe;
            self.reveal_probe = session.opened.chosen.probe.is_some();
        }
        if ui.rect_contains_pointer(ui.available_rect_before_wrap()) {
            self.tile_width = bar::usable_width(self.tile_width * ui.input(|input| input.zoom_delta()));
        }
        self.show_grid(ui, session, thumbs, actions);
        if std::mem::take(&mut self.opens) {
            commands.push(Command::ViewPicture);
        }
        if std::mem::take(&mut self.looks_inside) {
            commands.push(Command::LookInside);
        }
    }
}

impl GalleryView {
    /// Puts the cursor in the filter.
    pub fn focus_filter(&mut self) {
        self.bar.focus();
    }

    /// Whether the filter is to get the cursor, and has not got it yet.
    pub fn is_about_to_be_typed_in(&self) -> bool {
        self.bar.wants_focus()
    }

    /// How wide what decides which images there are is to be, in points, so that what is written can be read; and at least.
    pub fn widths_of_search(&self) -> [f32; 2] {
        self.bar.widths_of_search()
    }

    /// Whether the field is there for a query, and not for a name.
    pub fn asks_a_query(&self) -> bool {
        self.bar.asks_a_query()
    }

    /// Whether what is wrong with a query has a line beneath its field.
    pub fn has_query_line(&self, session: &Session) -> bool {
        self.bar.has_query_line(session)
    }

    /// Shows that line.
    pub fn show_query_line(&self, ui: &mut Ui) {
        self.bar.show_query_line(ui);
    }

    /// Shows what decides which images there are, from right to left. It is about all views, and stands above them.
    pub fn show_search(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        self.bar.show_search(ui, session, actions);
    }

    fn show_grid(&mut self, ui: &mut Ui, session: &Session, thumbs: &mut Thumbnails, actions: &mut Vec<Action>) {
        let area = ui.available_rect_before_wrap();
        let width = area.width() - ui.spacing().scroll.allocated_width();
        let below = if self.tile_width >= CAPTION_FROM { CAPTION_HEIGHT } else { 0.0 };
        let layout = GridLayout::fill(width, self.tile_width, below, GAP, session.opened.shown.len());
        let usual = self.shape.refresh(session);
        // In their own shapes pictures are so high that they fill their rows in the mean.
        let layout = layout.with_height(if self.has_own_shapes { 1.0 / self.shape.mean_ratio() } else { usual });
        let grid_id = ui.make_persistent_id("gallery grid");
        let height = layout.cell.y - below;
        let rows = self.has_own_shapes.then(|| PictureRows {
            columns: layout.columns,
            width: layout.columns as f32 * (layout.cell.x + GAP) - GAP,
            height,
            gap: GAP,
            usual: layout.cell.x / height.max(1.0),
        });
        let tiling = Tiling { layout, rows, below, grid_id, area };
        let before = actions.len();
        self.opens |= keys::step(ui.ctx(), grid_id, layout, area.height(), actions);
        let is_stepped = actions.len() > before;
        if let Some(cell) = self.go_to.take() {
            self.scroll.go_to(ui, layout, area.height(), cell);
        }
        if self.reveal_probe {
            let probe = session.opened.chosen.probe;
            if let Some(cell) = probe.and_then(|probe| session.opened.shown.place_of(probe)) {
                self.reveal_probe = false;
                self.scroll.reveal(ui, layout, area.height(), cell);
            }
        }
        if is_stepped {
            // In the next frame, when it has moved; who walks is taken along also where it cannot, as at the first.
            self.reveal_probe = true;
            ui.ctx().request_repaint();
        }
        self.scroll.begin(ui, layout, area);
        ui.scope_builder(UiBuilder::new().max_rect(area).id_salt("gallery"), |ui| {
            ui.set_clip_rect(ui.clip_rect().with_min_y(area.top()).with_max_y(area.bottom()).intersect(ui.clip_rect()));
            ui.set_min_size(area.size());
            self.show_background(ui, session, tiling, actions);
            self.show_tiles(ui, session, thumbs, actions, tiling);
            self.scroll.end(ui, layout, area, grid_id, "Gallery scroll bar");
        });
    }

    /// Everything between and behind the tiles: the rubber band, and the click that selects nothing.
    fn show_background(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        Tiling { layout, rows, grid_id, area, .. }: Tiling,
        actions: &mut Vec<Action>,
    ) {
        let seen = ui.clip_rect();
        let background = ui.interact(seen, grid_id, Sense::click_and_drag());
        background.widget_info(|| WidgetInfo::labeled(Role::Pane, true, "Gallery grid"));
        if background.clicked() {
            background.request_focus();
            if !ui.input(|input| input.modifiers.command || input.modifiers.shift) {
                actions.push(Choose::ClearSelection.into());
            }
        }
        if background.drag_started_by(egui::PointerButton::Primary) {
            let from = ui.input(|input| input.pointer.press_origin());
            self.band_from = from.map(|pos| self.place_in_grid(layout, area, pos));
        }
        let Some(from) = self.band_from else { return };
        let Some(pointer) = ui.input(|input| input.pointer.latest_pos()) else {
            self.band_from = None;
            return;
        };
        if ui.input(|input| input.pointer.any_released()) {
            self.band_from = None;
            let to = self.place_in_grid(layout, area, pointer);
            let across = Rangef::new(from.0.min(to.0), from.0.max(to.0));
            let band = layout.touched_by(across, [from.1.min(to.1), from.1.max(to.1)]);
            let pick = ui.input(|input| tile::pick_of_set(input.modifiers));
            // Who drags it to the last row may take in a million.
            let shown = session.opened.shown.clone();
            let group = match rows {
                None => ImageGroup::Within(shown, band),
                Some(rows) => {
                    let band = PictureBand { rows, across: [across.min, across.max], touched: band.rows };
                    ImageGroup::InRows(shown, band)
                }
            };
            actions.push(Choose::PickGroup(group, pick).into());
            return;
        }
        let on_screen = self.band(layout, area, from, pointer);
        let painter = ui
            .painter()
            .clone()
            .with_layer_id(egui::LayerId::new(egui::Order::Foreground, grid_id))
            .with_clip_rect(seen);
        painter.rect_filled(on_screen, 2.0, palette().accent.gamma_multiply(0.14));
        painter.rect_stroke(on_screen, 2.0, Stroke::new(1.0, palette().accent), StrokeKind::Inside);
        // Beyond the edge the grid follows the pointer.
        let beyond = (pointer.y - seen.bottom()).max(0.0) - (seen.top() - pointer.y).max(0.0);
        if beyond != 0.0 {
            self.scroll.push(layout, area.height(), f64::from(beyond.clamp(-40.0, 40.0) * 0.5));
            ui.ctx().request_repaint();
        }
    }

    fn show_tiles(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        thumbs: &mut Thumbnails,
        actions: &mut Vec<Action>,
        tiling: Tiling,
    ) {
        let Tiling { layout, below, grid_id, area, .. } = tiling;
        let pointer = ui.input(|input| input.pointer.latest_pos());
        let band = self.band_from.zip(pointer).map(|(from, pointer)| self.band(layout, area, from, pointer));
        let (mut row, mut under) = ((usize::MAX, PictureRow::default()), None);
        let seen = layout.rows_below(self.scroll.top(), area.height());
        let mut beneath = Beneath::begin(ui.painter());
        for cell in layout.cells_of(seen.clone()) {
            let Some(image) = session.opened.shown.get(cell).and_then(|id| session.image(id)) else { continue };
            let cell_rect = layout.rect_below(cell, self.scroll.top()).translate(area.min.to_vec2());
            let picture = tiling.picture(session, cell, cell_rect, &mut row);
            let rect = picture.with_max_y(cell_rect.bottom());
            let mut marks = TileMarks::of(session, image);
            marks.selected |= band.is_some_and(|band| band.intersects(rect));
            let tags = |ui: &mut Ui| tile::tell_tags(ui, session, image.id);
            let tile = Tile { image, marks, name: image.path.text, more: Some(&tags) };
            let response = tile.show_standing(ui, picture, grid_id.with(image.id.0), thumbs, &mut beneath);
            if response.clicked() {
                ui.memory_mut(|memory| memory.request_focus(grid_id));
                actions.push(tile::click(image.id, ui.input(|input| input.modifiers)).into());
            }
            self.looks_inside |= response.double_clicked();
            if response.hovered() {
                under = Some(image.id);
            }
            tag_dot::on_picture(ui.painter(), picture, session, image.id, tile::stand);
            if band.is_none() {
                ask_with::on_picture(ui, picture, image, actions);
            }
            if below > 0.0 && picture.width() >= LEAST_CAPTION {
                let line = Rect::from_min_max(picture.left_bottom(), rect.max);
                let colour = if marks.selected || marks.hovered { palette().strong } else { palette().weak };
                let dot = colour_of_label(session.opened.images.label_places(), image.label);
                let name = tile::name_beside_label(image);
                match image.label {
                    // What it shows says more than how its file is called.
                    Some(label) => {
                        let words =
                            [(label, if colour == palette().weak { palette().text } else { colour }), (name, colour)];
                        tile::paint_caption_of(ui, line, dot, &words);
                    }
                    None => tile::paint_name(ui, line, dot, name, colour),
                }
            }
        }
        beneath.end(ui.painter());
        self.hover.settle(under, session, actions);
        // The next page is asked for too, after what is visible.
        let next = seen.end..(seen.end + seen.len()).min(layout.rows());
        for id in session.opened.shown.range(layout.cells_of(next)) {
            thumbs.look_up(id);
        }
    }

    /// Where in the grid a place of the screen is: points from the left, rows from the top.
    fn place_in_grid(&self, layout: GridLayout, area: Rect, pos: Pos2) -> (f32, f64) {
        (pos.x - area.left(), self.scroll.top() + f64::from(pos.y - area.top()) / layout.row_height())
    }

    /// The rubber band on the screen, as far as it can be seen: what is a million rows away has no place there.
    fn band(&self, layout: GridLayout, area: Rect, from: (f32, f64), pointer: Pos2) -> Rect {
        let y = ((from.1 - self.scroll.top()) * layout.row_height()).clamp(-10_000.0, 10_000.0);
        Rect::from_two_pos(area.min + vec2(from.0, y as f32), pointer)
    }
}

/// Says why there is no picture, and what to do.
pub(super) fn show_empty(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    if !session.opened.images.is_empty() {
        empty_state(ui, "Nothing passes the filter", "No image of this folder fits what you asked for.", |ui| {
            if ui.button("Show all images").clicked() {
                // Where there is no filter, all are hidden.
                actions.push(match session.opened.chosen.filter.is_empty() {
                    true => Choose::ShowRemoved(true).into(),
                    false => Choose::Filter(crate::domain::Filter::default()).into(),
                });
            }
        });
    } else if session.opened.is_walked {
        let folder = session.opened.folder().unwrap_or_default();
        let mut hint =
            format!("There is no JPEG, PNG, WebP, GIF, BMP or TIFF file in {} or below it.", folder.display());
        if let Some(raw) = session.opened.camera_raw.in_words() {
            hint += &format!("\n{raw}.");
        }
        empty_state(ui, "No pictures here", &hint, |ui| {
            if ui.button("Back").on_hover_text("Choose another folder").clicked() {
                actions.push(Open::Nothing.into());
            }
        });
    } else {
        empty_state(ui, "Looking for pictures", "They appear here as they are found.", |ui| {
            ui.add(egui::Spinner::new().color(palette().accent));
            ui.label(RichText::new("").small());
        });
    }
}
