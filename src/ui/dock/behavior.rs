//! How tabs and borders look, and what is done to them.

use eframe::egui::{self, Color32, CornerRadius, Response, Role, Sense, Stroke, Ui, Visuals, WidgetInfo, WidgetText};
use egui_tiles::{Behavior, EditAction, ResizeState, SimplificationOptions, TabState, Tabs, TileId, Tiles, UiResponse};

use crate::ui::command::Command;
use crate::ui::icons::Icon;
use crate::ui::theme::palette;
use crate::ui::views::Pane;

/// What the person did to the arrangement in a frame.
#[derive(Default)]
pub(super) struct Wishes {
    pub(super) closed: Vec<Pane>,
    pub(super) is_moved: bool,
    /// The view that is to have all the room, or no longer.
    pub(super) toggled: Option<Pane>,
    /// The view in which a button of the pointer went down.
    pub(super) pressed: Option<Pane>,
}

pub(super) struct DockBehavior<'a> {
    pub(super) draw: &'a mut dyn FnMut(&mut Ui, Pane),
    pub(super) wishes: &'a mut Wishes,
}

/// Draws a view in all of `ui`.
pub(super) fn show_pane(ui: &mut Ui, pane: Pane, draw: &mut dyn FnMut(&mut Ui, Pane), wishes: &mut Wishes) {
    let rect = ui.max_rect();
    ui.painter().rect_filled(rect, CornerRadius { nw: 0, ne: 0, sw: 6, se: 6 }, palette().panel);
    if ui.input(|input| input.pointer.any_pressed()) && ui.rect_contains_pointer(rect) {
        wishes.pressed = Some(pane);
    }
    // A view that draws outside its tile would draw over its neighbour.
    ui.set_clip_rect(ui.clip_rect().intersect(rect));
    let inner = rect.shrink2(egui::vec2(8.0, 6.0));
    ui.scope_builder(egui::UiBuilder::new().max_rect(inner).sense(Sense::hover()), |ui| draw(ui, pane));
}

/// A small button that gives a view all the room, or gives the others theirs again.
pub(super) fn maximise_button(ui: &mut Ui, pane: Pane, is_maximised: bool) -> bool {
    let name = match is_maximised {
        true => "Show the other views again".to_owned(),
        false => format!("Maximise {}", pane.name()),
    };
    let (rect, response) = ui.allocate_exact_size(egui::Vec2::splat(22.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let colour = if response.hovered() { palette().strong } else { palette().weak };
    let icon = if is_maximised { Icon::Restore } else { Icon::Maximise };
    icon.paint(ui.painter(), rect.center(), 15.0, colour);
    response.on_hover_text(Command::Maximise.with_keys(&name)).clicked()
}

impl Behavior<Pane> for DockBehavior<'_> {
    fn pane_ui(&mut self, ui: &mut Ui, _tile_id: TileId, pane: &mut Pane) -> UiResponse {
        show_pane(ui, *pane, self.draw, self.wishes);
        UiResponse::None
    }

    fn tab_title_for_pane(&mut self, pane: &Pane) -> WidgetText {
        pane.name().into()
    }

    /// No cross on a tab: it would be hit by accident on the way to a view. What can be done to one is in its menu.
    fn on_tab_button(&mut self, tiles: &mut Tiles<Pane>, tile_id: TileId, response: Response) -> Response {
        let Some(pane) = tiles.get_pane(&tile_id).copied() else { return response };
        if response.double_clicked() {
            self.wishes.toggled = Some(pane);
        }
        response.context_menu(|ui| {
            if ui.button(format!("Maximise {}", pane.name())).clicked() {
                self.wishes.toggled = Some(pane);
            }
            if ui.button(format!("Close {}", pane.name())).on_hover_text("The menu View opens it again").clicked() {
                self.wishes.closed.push(pane);
            }
        });
        response
    }

    fn top_bar_right_ui(&mut self, tiles: &Tiles<Pane>, ui: &mut Ui, _tile_id: TileId, tabs: &Tabs, _scroll: &mut f32) {
        ui.add_space(4.0);
        let Some(pane) = tabs.active.and_then(|active| tiles.get_pane(&active)).copied() else { return };
        if maximise_button(ui, pane, false) {
            self.wishes.toggled = Some(pane);
        }
    }

    fn on_edit(&mut self, edit_action: EditAction) {
        // Another tab in front is no other arrangement.
        self.wishes.is_moved |= edit_action != EditAction::TabSelected;
    }

    fn tab_bar_height(&self, _style: &egui::Style) -> f32 {
        28.0
    }

    fn gap_width(&self, _style: &egui::Style) -> f32 {
        6.0
    }

    fn min_size(&self) -> f32 {
        72.0
    }

    fn simplification_options(&self) -> SimplificationOptions {
        SimplificationOptions { all_panes_must_have_tabs: true, ..SimplificationOptions::default() }
    }

    fn resize_stroke(&self, _style: &egui::Style, resize_state: ResizeState) -> Stroke {
        match resize_state {
            ResizeState::Idle => Stroke::new(1.0, Color32::TRANSPARENT),
            ResizeState::Hovering => Stroke::new(2.0, palette().lifted),
            ResizeState::Dragging => Stroke::new(2.0, palette().accent),
        }
    }

    fn tab_title_spacing(&self, _visuals: &Visuals) -> f32 {
        10.0
    }

    fn tab_bar_color(&self, _visuals: &Visuals) -> Color32 {
        palette().ground
    }

    fn tab_bg_color(&self, _visuals: &Visuals, _tiles: &Tiles<Pane>, _tile_id: TileId, state: &TabState) -> Color32 {
        if state.active { palette().panel } else { Color32::TRANSPARENT }
    }

    fn tab_outline_stroke(
        &self,
        _visuals: &Visuals,
        _tiles: &Tiles<Pane>,
        _tile_id: TileId,
        _state: &TabState,
    ) -> Stroke {
        Stroke::NONE
    }

    fn tab_bar_hline_stroke(&self, _visuals: &Visuals) -> Stroke {
        Stroke::NONE
    }

    fn tab_text_color(&self, _visuals: &Visuals, _tiles: &Tiles<Pane>, _tile_id: TileId, state: &TabState) -> Color32 {
        if state.active { palette().strong } else { palette().weak }
    }
}
