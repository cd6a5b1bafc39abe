//! Arrangements of the first day.

use eframe::egui;
use egui_tiles::{Container, Linear, LinearDir, TileId, Tiles, Tree};

use super::{Room, set_visible};
use crate::session::Place;
use crate::ui::views::{Home, Pane};

/// Which views there are on the first day, and where.
pub struct Plan {
    /// The place that it is of; `None` for all views at once.
    place: Option<Place>,
    /// Views behind each other, by their words: what one comes for.
    main: &'static [&'static str],
    /// Views behind each other beside those.
    aside: &'static [&'static str],
    /// Whether those are beside the main ones or below them.
    dir: LinearDir,
    /// The share of the main ones.
    share: f32,
    /// Whether in little room all lie behind each other.
    is_stacked: bool,
}

/// All views at once: the arrangement of who wants no places.
pub static ALL_VIEWS: Plan =
    Plan { place: None, main: &[], aside: &[], dir: LinearDir::Horizontal, share: 0.5, is_stacked: false };

/// One for each place, in their order.
static OF_PLACES: [Plan; 4] = [
    Plan {
        place: Some(Place::Explore),
        // The table wants as much width as the map, and is looked at beside pictures.
        main: &["map", "table"],
        aside: &["gallery"],
        dir: LinearDir::Horizontal,
        share: 0.58,
        is_stacked: false,
    },
    Plan {
        place: Some(Place::LookInside),
        main: &["look-inside", "activations", "network"],
        aside: &["neighbours"],
        dir: LinearDir::Vertical,
        share: 0.66,
        is_stacked: true,
    },
    Plan {
        place: Some(Place::Groups),
        // Behind each other: cards want the whole width.
        main: &["clusters", "classes"],
        aside: &[],
        dir: LinearDir::Horizontal,
        share: 1.0,
        is_stacked: true,
    },
    Plan {
        place: Some(Place::Check),
        main: &["findings"],
        aside: &[],
        dir: LinearDir::Horizontal,
        share: 1.0,
        is_stacked: true,
    },
];

/// The place where a view is at home; none for what is beside all of them.
pub fn home_of(pane: Pane) -> Option<Place> {
    let named = OF_PLACES.iter().find(|plan| plan.names(pane)).and_then(|plan| plan.place);
    // One that no plan names is near those that stand beside it where all are open.
    named.or(match pane.home() {
        Home::Left => Some(Place::Explore),
        Home::UpperRight => Some(Place::LookInside),
        Home::LowerRight => Some(Place::Groups),
        Home::Bottom => None,
    })
}

impl Plan {
    /// That of a place.
    pub fn of(place: Place) -> &'static Plan {
        OF_PLACES.iter().find(|plan| plan.place == Some(place)).unwrap_or(&ALL_VIEWS)
    }

    /// Whether it is the one of all views at once.
    pub(super) fn is_of_all(&self) -> bool {
        self.place.is_none()
    }

    /// Whether a view is open on the first day.
    pub(super) fn has(&self, pane: Pane) -> bool {
        self.place.is_none_or(|place| home_of(pane) == Some(place))
    }

    fn names(&self, pane: Pane) -> bool {
        self.main.iter().chain(self.aside).any(|word| *word == pane.word())
    }

    /// The views as on the first day. In little room what would be slivers beside each other lies behind each other.
    pub(super) fn arranged(&self, room: Room) -> Tree<Pane> {
        let is_compact = room != Room::Ample;
        let mut tiles = Tiles::default();
        let Some(place) = self.place else {
            let root = all_views(&mut tiles, is_compact);
            return Tree::new(egui::Id::unique("views"), root, tiles);
        };
        let of_words = |words: &[&str]| words.iter().filter_map(|word| Pane::of_word(word)).collect::<Vec<_>>();
        let aside = of_words(self.aside);
        let mut main = of_words(self.main);
        let is_left = |pane: &Pane| !self.names(*pane) && pane.home() != Home::Bottom;
        let mut left: Vec<Pane> = Pane::ALL.into_iter().filter(is_left).collect();
        left.sort_by_key(|pane| !self.has(*pane));
        main.extend(left);
        let is_stacked = match room {
            Room::Ample => false,
            Room::Little => self.is_stacked,
            Room::Least => true,
        };
        let is_one = aside.is_empty() || is_stacked;
        let mut groups = if is_one { vec![[main, aside].concat()] } else { vec![main, aside] };
        // The selection has a strip of its own: it is about all others.
        groups.push(Pane::ALL.into_iter().filter(|pane| pane.home() == Home::Bottom).collect());
        let mut tabs = |panes: Vec<Pane>| {
            let panes = panes.into_iter().map(|pane| tiles.insert_pane(pane)).collect();
            tiles.insert_tab_tile(panes)
        };
        let made: Vec<TileId> = groups.into_iter().map(&mut tabs).collect();
        let root = match made[..] {
            [one, bottom] => split(&mut tiles, LinearDir::Vertical, [one, bottom], 0.82),
            [main, aside, bottom] => {
                let both = split(&mut tiles, self.dir, [main, aside], if is_compact { 0.5 } else { self.share });
                split(&mut tiles, LinearDir::Vertical, [both, bottom], 0.82)
            }
            _ => all_views(&mut tiles, is_compact),
        };
        let mut tree = Tree::new(egui::Id::unique("views").with(place.word()), root, tiles);
        Pane::ALL.into_iter().filter(|pane| !self.has(*pane)).for_each(|pane| set_visible(&mut tree, pane, false));
        tree
    }
}

fn split(tiles: &mut Tiles<Pane>, dir: LinearDir, children: [TileId; 2], share: f32) -> TileId {
    let linear = Linear::new_binary(dir, children, share);
    tiles.insert_container(Container::Linear(linear))
}

fn all_views(tiles: &mut Tiles<Pane>, is_compact: bool) -> TileId {
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
    let right = split(tiles, LinearDir::Vertical, [above, below], if is_compact { 0.52 } else { 0.6 });
    let root = split(tiles, LinearDir::Horizontal, [left, right], if is_compact { 0.38 } else { 0.42 });
    match bottom {
        Some(bottom) => split(tiles, LinearDir::Vertical, [root, bottom], 0.82),
        None => root,
    }
}
