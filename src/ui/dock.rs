//! The views and how they are arranged.

use eframe::egui::{self, Color32, CornerRadius, Sense, Stroke, Ui, Visuals, WidgetText};
use egui_tiles::{
    Behavior, Container, EditAction, Linear, LinearDir, ResizeState, SimplificationOptions, TabState, Tile, TileId,
    Tiles, Tree, UiResponse,
};
use serde_json::Value;

use super::theme::palette;
use super::views::{Home, Pane};

/// The arrangement of the views. Every view is always in the tree; a closed one is merely invisible, so that it comes
/// back where it was.
pub struct Dock {
    tree: Tree<Pane>,
    /// Whether the arrangement changed since it was last remembered.
    is_changed: bool,
    /// Whether it is still the arrangement of the first day, and if so whether the one for little room. It follows the
    /// size of the window until the person moves something.
    untouched: Option<bool>,
}

impl Default for Dock {
    fn default() -> Self {
        Self { tree: arrange(false), is_changed: true, untouched: Some(false) }
    }
}

/// The arrangement of the first day. In little room what would be slivers beside each other lies behind each other.
fn arrange(is_compact: bool) -> Tree<Pane> {
    let mut tiles = Tiles::default();
    let mut tabs = |homes: &[Home]| {
        let here = Pane::ALL.into_iter().filter(|pane| homes.contains(&pane.home()));
        let panes = here.map(|pane| tiles.insert_pane(pane)).collect();
        tiles.insert_tab_tile(panes)
    };
    let left = tabs(&[Home::Left]);
    let above = tabs(&[Home::UpperRight]);
    let below = match is_compact {
        true => tabs(&[Home::LowerRight, Home::Bottom]),
        false => tabs(&[Home::LowerRight]),
    };
    let bottom = (!is_compact).then(|| tabs(&[Home::Bottom]));
    let mut split = |dir, children, share| {
        let linear = Linear::new_binary(dir, children, share);
        tiles.insert_container(Container::Linear(linear))
    };
    let right = split(LinearDir::Vertical, [above, below], if is_compact { 0.52 } else { 0.6 });
    let mut root = split(LinearDir::Horizontal, [left, right], if is_compact { 0.38 } else { 0.42 });
    if let Some(bottom) = bottom {
        root = split(LinearDir::Vertical, [root, bottom], 0.82);
    }
    Tree::new(tree_id(), root, tiles)
}

/// Whether the views have little room, in points.
fn is_compact(room: egui::Vec2) -> bool {
    room.x < 1000.0 || room.y < 620.0
}

fn tree_id() -> egui::Id {
    egui::Id::unique("views")
}

impl Dock {
    /// The arrangement as it is remembered, if it changed since the last time this was asked.
    pub fn take_change(&mut self) -> Option<Value> {
        if self.untouched.is_some() || !std::mem::take(&mut self.is_changed) {
            return None;
        }
        serde_json::to_value(&self.tree).ok()
    }

    /// A remembered arrangement; the default one if it does not hold each view once. A view that it lacks, since it was
    /// remembered by a program that had none such, lies behind one that has its place near it; a view that only another
    /// program has is left out.
    pub fn from_value(value: Option<&Value>) -> Self {
        let Some(mut tree) = value.and_then(read) else { return Self::default() };
        for pane in Pane::ALL {
            adopt(&mut tree, pane);
        }
        if is_whole(&tree) { Self { tree, is_changed: false, untouched: None } } else { Self::default() }
    }

    /// Whether a view is open (perhaps behind another tab).
    pub fn is_open(&self, pane: Pane) -> bool {
        self.tree.tiles.find_pane(&pane).is_some_and(|id| self.tree.is_visible(id))
    }

    /// Opens a view where it was, or closes it.
    pub fn set_open(&mut self, pane: Pane, open: bool) {
        let Some(id) = self.tree.tiles.find_pane(&pane) else { return };
        self.touch();
        self.tree.set_visible(id, open);
        // A tab bar without a single open view would be an empty box.
        let mut child = id;
        while let Some(parent) = self.tree.tiles.parent_of(child) {
            let children = self.tree.tiles.get_container(parent).map(Container::children_vec).unwrap_or_default();
            let any_open = children.iter().any(|&child| self.tree.is_visible(child));
            self.tree.set_visible(parent, any_open);
            child = parent;
        }
        if open {
            self.bring_forward(pane);
        }
    }

    fn touch(&mut self) {
        self.is_changed = true;
        self.untouched = None;
    }

    /// Makes a view the front tab, and opens it if it is closed.
    pub fn go_to(&mut self, pane: Pane) {
        match self.is_open(pane) {
            true => self.bring_forward(pane),
            false => self.set_open(pane, true),
        }
    }

    /// Makes a view the front tab.
    pub fn bring_forward(&mut self, pane: Pane) {
        self.tree.make_active(|_, tile| matches!(tile, Tile::Pane(found) if *found == pane));
    }

    /// Draws all open views with `draw`.
    pub fn show(&mut self, ui: &mut Ui, draw: &mut dyn FnMut(&mut Ui, Pane)) {
        let compact = is_compact(ui.available_size());
        if self.untouched.is_some_and(|was_compact| was_compact != compact) {
            self.tree = arrange(compact);
            self.untouched = Some(compact);
        }
        let mut closed = Vec::new();
        let mut is_moved = false;
        self.tree.ui(&mut DockBehavior { draw, closed: &mut closed, is_moved: &mut is_moved }, ui);
        if is_moved {
            self.touch();
        }
        for pane in closed {
            self.set_open(pane, false);
        }
    }
}

/// The arrangement that was written, without the views that are not among ours.
fn read(value: &Value) -> Option<Tree<Pane>> {
    let mut tree: Tree<String> = serde_json::from_value(value.clone()).ok()?;
    let is_strange = |tile: &Tile<String>| match tile {
        Tile::Pane(word) => Pane::of_word(word).is_none(),
        Tile::Container(_) => false,
    };
    let strange: Vec<TileId> = tree.tiles.iter().filter(|(_, tile)| is_strange(tile)).map(|(id, _)| *id).collect();
    for id in strange {
        tree.remove_recursively(id);
    }
    serde_json::from_value(serde_json::to_value(&tree).ok()?).ok()
}

/// The other views, in the order in which this one may lie behind them: first those that have the same place on the first
/// day, from the one before it on.
fn companions(pane: Pane) -> impl Iterator<Item = Pane> {
    let (before, from_here) = Pane::ALL.split_at(pane as usize);
    let others = before.iter().rev().chain(&from_here[1..]).copied();
    let (near, far): (Vec<Pane>, Vec<Pane>) = others.partition(|other| other.home() == pane.home());
    near.into_iter().chain(far)
}

/// Puts a view, if the arrangement lacks it, behind the tabs of another one. Nothing else moves.
fn adopt(tree: &mut Tree<Pane>, pane: Pane) {
    if tree.tiles.find_pane(&pane).is_some() {
        return;
    }
    let parent = companions(pane).find_map(|beside| tree.tiles.parent_of(tree.tiles.find_pane(&beside)?));
    let Some(parent) = parent else { return };
    let id = tree.tiles.insert_pane(pane);
    if let Some(Tile::Container(container)) = tree.tiles.get_mut(parent) {
        container.add_child(id);
    }
    // If all its companions are closed it is closed as well, and comes back with its menu entry.
    let is_visible = tree.is_visible(parent);
    tree.set_visible(id, is_visible);
}

fn is_whole(tree: &Tree<Pane>) -> bool {
    let panes: Vec<Pane> = tree
        .tiles
        .tiles()
        .filter_map(|tile| match tile {
            Tile::Pane(pane) => Some(*pane),
            Tile::Container(_) => None,
        })
        .collect();
    let is_reachable = |pane: &Pane| {
        let mut tile = tree.tiles.find_pane(pane);
        for _ in 0..tree.tiles.len() {
            match tile {
                Some(id) if tree.is_root(id) => return true,
                Some(id) => tile = tree.tiles.parent_of(id),
                None => return false,
            }
        }
        false
    };
    panes.len() == Pane::ALL.len() && Pane::ALL.iter().all(|pane| panes.contains(pane) && is_reachable(pane))
}

struct DockBehavior<'a> {
    draw: &'a mut dyn FnMut(&mut Ui, Pane),
    closed: &'a mut Vec<Pane>,
    is_moved: &'a mut bool,
}

impl Behavior<Pane> for DockBehavior<'_> {
    fn pane_ui(&mut self, ui: &mut Ui, _tile_id: TileId, pane: &mut Pane) -> UiResponse {
        let rect = ui.max_rect();
        ui.painter().rect_filled(rect, CornerRadius { nw: 0, ne: 0, sw: 6, se: 6 }, palette().panel);
        // A view that draws outside its tile would draw over its neighbour.
        ui.set_clip_rect(ui.clip_rect().intersect(rect));
        let inner = rect.shrink2(egui::vec2(8.0, 6.0));
        ui.scope_builder(egui::UiBuilder::new().max_rect(inner).sense(Sense::hover()), |ui| (self.draw)(ui, *pane));
        UiResponse::None
    }

    fn tab_title_for_pane(&mut self, pane: &Pane) -> WidgetText {
        pane.name().into()
    }

    fn is_tab_closable(&self, _tiles: &Tiles<Pane>, _tile_id: TileId) -> bool {
        true
    }

    fn on_tab_close(&mut self, tiles: &mut Tiles<Pane>, tile_id: TileId) -> bool {
        if let Some(Tile::Pane(pane)) = tiles.get(tile_id) {
            self.closed.push(*pane);
        }
        false
    }

    fn on_edit(&mut self, edit_action: EditAction) {
        // Another tab in front is no other arrangement.
        *self.is_moved |= edit_action != EditAction::TabSelected;
    }

    fn close_button_outer_size(&self) -> f32 {
        14.0
    }

    fn close_button_inner_margin(&self) -> f32 {
        3.5
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
