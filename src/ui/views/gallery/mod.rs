//! All images the filter lets through, as a grid that costs what is visible.

mod bar;
mod keys;
mod predicate;

use eframe::egui::{self, Id, Rect, RichText, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, vec2};

use crate::domain::ImageId;
use crate::session::{Action, Choose, Open, Pick, Session};
use crate::ui::command::Command;
use crate::ui::settings::{Settings, TileWidth};
use crate::ui::theme::{LabelRanks, palette};
use crate::ui::thumbnails::Thumbnails;
use crate::ui::views::{View, ViewContext};
use crate::ui::widgets::empty::empty_state;
use crate::ui::widgets::tile::{self, CAPTION_HEIGHT};
use crate::ui::widgets::{GridLayout, Hover, Tile, TileMarks};

use bar::Bar;

/// Seconds without a key before what was typed becomes the filter: one undo step a thought, not one a letter.
const PAUSE_SECS: f64 = 0.25;

/// Space between tiles in points.
const GAP: f32 = 6.0;

/// Below this width a caption would be three letters and an ellipsis.
const CAPTION_FROM: f32 = 72.0;

/// The gallery.
pub struct GalleryView {
    bar: Bar,
    tile_width: f32,
    ranks: LabelRanks,
    /// The probe this view has scrolled to.
    seen_probe: Option<ImageId>,
    /// Where the rubber band began, in points from the top of the grid.
    band_from: Option<egui::Pos2>,
    /// Whether the row of the probe must come into sight.
    reveal_probe: bool,
    hover: Hover,
    /// Whether the picture is to be shown at its own resolution.
    opens: bool,
}

impl Default for GalleryView {
    fn default() -> Self {
        Self {
            bar: Bar::default(),
            tile_width: bar::usable_width(TileWidth::default().0),
            ranks: LabelRanks::default(),
            seen_probe: None,
            band_from: None,
            reveal_probe: false,
            hover: Hover::default(),
            opens: false,
        }
    }
}

impl View for GalleryView {
    fn restore(&mut self, settings: &Settings) {
        self.tile_width = bar::usable_width(settings.gallery_tile.0);
    }

    fn keep(&self, settings: &mut Settings) {
        settings.gallery_tile.0 = self.tile_width;
    }

    fn show(&mut self, ui: &mut Ui, cx: ViewContext<'_>) {
        let ViewContext { session, thumbs, actions, commands, .. } = cx;
        self.ranks.refresh(&session.opened.labels);
        self.bar.show(ui, session, &mut self.tile_width, actions);
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
    }
}

impl GalleryView {
    /// Puts the cursor in the filter.
    pub fn focus_filter(&mut self) {
        self.bar.focus();
    }

    fn show_grid(&mut self, ui: &mut Ui, session: &Session, thumbs: &mut Thumbnails, actions: &mut Vec<Action>) {
        let scroll_bar = ui.spacing().scroll.allocated_width();
        let width = ui.available_width() - scroll_bar;
        let below = if self.tile_width >= CAPTION_FROM { CAPTION_HEIGHT } else { 0.0 };
        let layout = GridLayout::fill(width, self.tile_width, below, GAP, session.opened.shown.len());
        let page_height = ui.available_height();
        let grid_id = ui.make_persistent_id("gallery grid");
        self.opens |= keys::step(ui.ctx(), grid_id, layout, page_height, actions);
        let revealed = self.reveal_probe.then(|| probe_rect(session, layout)).flatten();
        ScrollArea::vertical().id_salt("gallery").auto_shrink(false).show_viewport(ui, |ui, view| {
            ui.set_width(width);
            ui.set_height(layout.height());
            let origin = ui.min_rect().min.to_vec2();
            if let Some(rect) = revealed {
                self.reveal_probe = false;
                if !view.y_range().contains(rect.top()) || !view.y_range().contains(rect.bottom()) {
                    ui.scroll_to_rect(rect.translate(origin), None);
                }
            }
            self.show_background(ui, session, layout, grid_id, origin, actions);
            self.show_tiles(ui, session, thumbs, actions, (layout, grid_id, origin, view));
        });
    }

    /// Everything between and behind the tiles: the rubber band, and the click that selects nothing.
    fn show_background(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        layout: GridLayout,
        grid_id: Id,
        origin: Vec2,
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
            self.band_from = from.map(|pos| pos - origin);
        }
        let Some(from) = self.band_from else { return };
        let Some(pointer) = ui.input(|input| input.pointer.latest_pos()) else {
            self.band_from = None;
            return;
        };
        let band = Rect::from_two_pos(from, pointer - origin);
        if ui.input(|input| input.pointer.any_released()) {
            self.band_from = None;
            let ids =
                layout.cells_touching(band).into_iter().filter_map(|cell| session.opened.shown.get(cell).copied());
            let adds = ui.input(|input| input.modifiers.shift || input.modifiers.command);
            actions.push(Choose::PickMany(ids.collect(), if adds { Pick::Add } else { Pick::Replace }).into());
            return;
        }
        let on_screen = band.translate(origin);
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
            ui.scroll_with_delta(vec2(0.0, -beyond.clamp(-40.0, 40.0) * 0.5));
            ui.ctx().request_repaint();
        }
    }

    fn show_tiles(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        thumbs: &mut Thumbnails,
        actions: &mut Vec<Action>,
        (layout, grid_id, origin, view): (GridLayout, Id, Vec2, Rect),
    ) {
        let banded = self.banded(ui, layout, origin);
        let side = layout.cell.x;
        let mut under = None;
        for cell in layout.cells_of(layout.rows_in(view.y_range())) {
            let Some(image) = session.opened.shown.get(cell).and_then(|&id| session.image(id)) else { continue };
            let rect = layout.rect_of(cell).translate(origin);
            let picture = Rect::from_min_size(rect.min, Vec2::splat(side));
            let mut marks = TileMarks::of(session, image);
            marks.selected |= banded.binary_search(&cell).is_ok();
            let tile = Tile { image, marks, name: &image.path.text };
            let response = tile.show(ui, picture, grid_id.with(image.id.0), thumbs);
            if response.clicked() {
                ui.memory_mut(|memory| memory.request_focus(grid_id));
                actions.push(Choose::Click(image.id, tile::pick(ui.input(|input| input.modifiers))).into());
            }
            self.opens |= response.double_clicked();
            if response.hovered() {
                tile::show_tags(&response, session, image.id);
                under = Some(image.id);
            }
            if layout.cell.y > side {
                let line = Rect::from_min_max(picture.left_bottom(), rect.max);
                let colour = if marks.selected || marks.hovered { palette().strong } else { palette().weak };
                let dot = self.ranks.colour(image.label.as_deref());
                tile::paint_caption(ui, line, dot, image.path.file_name(), colour);
            }
        }
        self.hover.settle(under, session, actions);
        // The next page is asked for too, after what is visible.
        let seen = layout.rows_in(view.y_range());
        let next = seen.end..(seen.end + seen.len()).min(layout.rows());
        for &id in &session.opened.shown[layout.cells_of(next)] {
            thumbs.look_up(id);
        }
    }

    /// The cells the rubber band touches now, in order.
    fn banded(&self, ui: &Ui, layout: GridLayout, origin: Vec2) -> Vec<usize> {
        let (Some(from), Some(pointer)) = (self.band_from, ui.input(|input| input.pointer.latest_pos())) else {
            return Vec::new();
        };
        layout.cells_touching(Rect::from_two_pos(from, pointer - origin))
    }
}

fn probe_rect(session: &Session, layout: GridLayout) -> Option<Rect> {
    let probe = session.opened.chosen.probe?;
    let cell = session.opened.shown.iter().position(|&id| id == probe)?;
    Some(layout.rect_of(cell))
}

fn show_empty(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    if !session.opened.images.is_empty() {
        empty_state(ui, "Nothing passes the filter", "No image of this folder fits what you asked for.", |ui| {
            if ui.button("Show all images").clicked() {
                actions.push(Choose::Filter(crate::domain::Filter::default()).into());
            }
        });
    } else if session.opened.is_walked {
        let folder = session.opened.folder().unwrap_or_default();
        let hint = format!("There is no JPEG, PNG, WebP, GIF, BMP or TIFF file in {} or below it.", folder.display());
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
