//! The views and how they are arranged.

mod behavior;
mod maximised;
mod plan;

use eframe::egui::{self, Ui};
use egui_tiles::{Container, Tile, TileId, Tree};
use serde_json::Value;

use super::views::Pane;
use behavior::{DockBehavior, Wishes};

pub use plan::{Plan, home_of};

/// The arrangement of the views. Every view is always in the tree; a closed one is merely invisible, so that it comes
/// back where it was.
pub struct Dock {
    tree: Tree<Pane>,
    /// The arrangement of the first day that it comes from.
    plan: &'static Plan,
    /// Whether the arrangement changed since it was last remembered.
    is_changed: bool,
    /// If it is still the arrangement of the first day, for how much room. It follows the size of the window until the person moves
    /// something.
    untouched: Option<Room>,
    /// The view that has all the room for now.
    maximised: Option<Pane>,
    /// The view that was last gone to or clicked.
    front: Option<Pane>,
}

impl Default for Dock {
    fn default() -> Self {
        Self::of(&plan::ALL_VIEWS)
    }
}

/// How much room the views have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Room {
    Ample,
    /// What would be a sliver lies behind others.
    Little,
    /// One view at a time: a small window whose words are twice as large.
    Least,
}

impl Room {
    /// Of so many points.
    fn of(size: egui::Vec2) -> Self {
        match (size.x < 520.0 || size.y < 260.0, size.x < 1000.0 || size.y < 620.0) {
            (true, _) => Self::Least,
            (false, true) => Self::Little,
            (false, false) => Self::Ample,
        }
    }
}

/// What stands for the arrangement of all views, which follows the size of the window, where arrangements are remembered.
const ALL_VIEWS: &str = "all views";

impl Dock {
    /// As on the first day.
    pub fn of(plan: &'static Plan) -> Self {
        let tree = plan.arranged(Room::Ample);
        Self { tree, plan, is_changed: true, untouched: Some(Room::Ample), maximised: None, front: None }
    }

    /// The arrangement as it is remembered, if it changed since the last time this was asked.
    pub fn take_change(&mut self) -> Option<Value> {
        if !std::mem::take(&mut self.is_changed) {
            return None;
        }
        match (self.untouched, self.plan.is_of_all()) {
            (Some(_), true) => Some(ALL_VIEWS.into()),
            (Some(_), false) => None,
            (None, _) => serde_json::to_value(&self.tree).ok(),
        }
    }

    /// A remembered arrangement; the default one if it does not hold each view once. A view that it lacks, since it was
    /// remembered by a program that had none such, lies behind one that has its place near it; a view that only another
    /// program has is left out.
    pub fn from_value(value: Option<&Value>) -> Self {
        Self::remembered(&plan::ALL_VIEWS, value)
    }

    /// The same, `plan` in place of the default. A view that it lacks is open only if it is on the first day.
    pub fn remembered(plan: &'static Plan, value: Option<&Value>) -> Self {
        if value.and_then(Value::as_str) == Some(ALL_VIEWS) {
            return Self { is_changed: false, ..Self::default() };
        }
        let Some(mut tree) = value.and_then(read) else { return Self::of(plan) };
        for pane in Pane::ALL {
            if adopt(&mut tree, pane) && !plan.has(pane) {
                set_visible(&mut tree, pane, false);
            }
        }
        match is_whole(&tree) {
            true => Self { tree, plan, is_changed: false, untouched: None, maximised: None, front: None },
            false => Self::of(plan),
        }
    }

    /// Whether a view is open (perhaps behind another tab).
    pub fn is_open(&self, pane: Pane) -> bool {
        self.tree.tiles.find_pane(&pane).is_some_and(|id| self.tree.is_visible(id))
    }

    /// Opens a view where it was, or closes it.
    pub fn set_open(&mut self, pane: Pane, open: bool) {
        self.touch();
        self.maximised = None;
        set_visible(&mut self.tree, pane, open);
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
        if self.maximised.is_some_and(|maximised| maximised != pane) {
            self.maximised = None;
        }
        self.front = Some(pane);
        self.tree.make_active(|_, tile| matches!(tile, Tile::Pane(found) if *found == pane));
    }

    /// The view that has all the room, if one has.
    pub fn maximised(&self) -> Option<Pane> {
        self.maximised
    }

    /// Gives a view all the room, or gives the others theirs again.
    pub fn maximise(&mut self, pane: Option<Pane>) {
        self.maximised = pane.filter(|pane| self.is_open(*pane));
        if let Some(pane) = self.maximised {
            self.bring_forward(pane);
        }
    }

    /// Gives all the room to the view that was last gone to, or gives the others theirs again.
    pub fn toggle_maximised(&mut self) {
        let first = || Pane::ALL.into_iter().find(|pane| self.plan.has(*pane) && self.is_open(*pane));
        let pane = self.front.filter(|pane| self.is_open(*pane)).or_else(first);
        self.maximise(if self.maximised.is_some() { None } else { pane });
    }

    /// Draws all open views with `draw`, or the one that has all the room.
    pub fn show(&mut self, ui: &mut Ui, draw: &mut dyn FnMut(&mut Ui, Pane)) {
        let room = Room::of(ui.available_size());
        if self.untouched.is_some_and(|before| before != room) {
            self.tree = self.plan.arranged(room);
            self.untouched = Some(room);
            // Another front tab than the one that was gone to would be another view.
            if let Some(pane) = self.front.filter(|pane| self.is_open(*pane)) {
                self.bring_forward(pane);
            }
        }
        let mut wishes = Wishes::default();
        match self.maximised.filter(|pane| self.is_open(*pane)) {
            Some(pane) => maximised::show(ui, pane, draw, &mut wishes),
            None => self.tree.ui(&mut DockBehavior { draw, wishes: &mut wishes }, ui),
        }
        let Wishes { closed, is_moved, toggled, pressed } = wishes;
        if is_moved {
            self.touch();
        }
        self.front = pressed.or(self.front);
        if let Some(pane) = toggled {
            self.maximise(if self.maximised.is_some() { None } else { Some(pane) });
        }
        for pane in closed {
            self.set_open(pane, false);
        }
    }
}

/// Makes a view visible or not, and with it the tabs that would be an empty box without a single open view.
fn set_visible(tree: &mut Tree<Pane>, pane: Pane, open: bool) {
    let Some(id) = tree.tiles.find_pane(&pane) else { return };
    tree.set_visible(id, open);
    let mut child = id;
    while let Some(parent) = tree.tiles.parent_of(child) {
        let children = tree.tiles.get_container(parent).map(Container::children_vec).unwrap_or_default();
        let any_open = children.iter().any(|&child| tree.is_visible(child));
        tree.set_visible(parent, any_open);
        child = parent;
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

/// Puts a view, if the arrangement lacks it, behind the tabs of another one; says whether it did. Nothing else moves.
fn adopt(tree: &mut Tree<Pane>, pane: Pane) -> bool {
    if tree.tiles.find_pane(&pane).is_some() {
        return false;
    }
    let parent = companions(pane).find_map(|beside| tree.tiles.parent_of(tree.tiles.find_pane(&beside)?));
    let Some(parent) = parent else { return false };
    let id = tree.tiles.insert_pane(pane);
    if let Some(Tile::Container(container)) = tree.tiles.get_mut(parent) {
        container.add_child(id);
    }
    // If all its companions are closed it is closed as well, and comes back with its menu entry.
    let is_visible = tree.is_visible(parent);
    tree.set_visible(id, is_visible);
    true
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
