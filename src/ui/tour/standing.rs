//! Where a card of the tour stands: beside what it points at, and over as little as there is room for of what it talks about.

use eframe::egui::{Context, Pos2, Rect, Vec2, pos2};

use super::step::Step;
use crate::ui::landmarks::Landmark;

/// Between a card and what it points at, in points.
const GAP: f32 = 14.0;
/// What ends so near to the left edge of the window is on the rail.
const RAIL: f32 = 80.0;
/// The lowest card ends so far above the lower edge, which the status bar has.
const ABOVE_STATUS: f32 = 40.0;

/// How much is lost where a card lies on what it points at, on what handles the map, and on what it talks about beside that: all of the
/// last may be covered before anything of the one before is.
const LOST: [u32; 3] = [100, 10, 1];

/// What a card had better not lie on, and how much is lost where it does.
pub(super) struct Avoided(Vec<(Rect, u32)>);

impl Avoided {
    /// Of a step that points at `target`, which is this landmark.
    pub fn of(ctx: &Context, step: Step, landmark: Landmark, target: Rect) -> Self {
        let [pointed_at, tools, talked_of] = LOST;
        let tools = Landmark::MapTools.find(ctx).map(|rect| (rect, tools));
        let others = step.talks_of(landmark).iter().filter_map(|other| Some((other.find(ctx)?, talked_of)));
        Self([(target, pointed_at)].into_iter().chain(tools).chain(others).collect())
    }

    /// What it points at.
    fn target(&self) -> Rect {
        self.0[0].0
    }

    /// What is lost under a card that lies there.
    pub fn lost(&self, card: Rect) -> u32 {
        self.under(card).map(|(_, lost)| lost).sum()
    }

    fn under(&self, card: Rect) -> impl Iterator<Item = (f32, u32)> {
        let both = self.0.iter().map(move |(rect, lost)| (rect.intersect(card.shrink(1.0)), *lost));
        both.filter(|(both, _)| both.is_positive()).map(|(both, lost)| (both.area(), lost))
    }

    /// The place in `room` for a card of this size under which the least is lost, and of such the one that covers least; of several the
    /// nearest to what it points at.
    pub fn best_place(&self, card: Vec2, room: Rect) -> Pos2 {
        let target = self.target();
        let all = self.0.iter().fold(target, |all, (rect, lost)| if *lost == LOST[2] { all.union(*rect) } else { all });
        let around = [target, all].into_iter().chain(self.0.iter().map(|(rect, _)| *rect));
        let places = around.flat_map(|about| places(about, card, room)).chain(at_the_sides(target, card, room));
        let places = places.filter(|place| room.contains_rect(Rect::from_min_size(*place, card)));
        let cost = |place: Pos2| {
            let card = Rect::from_min_size(place, card);
            (self.lost(card), self.under(card).map(|(area, _)| area).sum::<f32>())
        };
        let costs = places.map(|place| (cost(place), place));
        let least = costs.min_by(|((lost, area), _), ((other, more), _)| lost.cmp(other).then(area.total_cmp(more)));
        least.map_or(room.right_bottom() - card - Vec2::new(0.0, ABOVE_STATUS), |(_, place)| place)
    }
}

/// The places beside something: below, above, at the right, at the left.
fn places(target: Rect, card: Vec2, room: Rect) -> [Pos2; 4] {
    let x = (target.center().x - card.x * 0.5).clamp(room.left(), (room.right() - card.x).max(room.left()));
    let y = (target.center().y - card.y * 0.5).clamp(room.top(), (room.bottom() - card.y).max(room.top()));
    let mut places = [
        pos2(x, target.bottom() + GAP),
        pos2(x, target.top() - GAP - card.y),
        pos2(target.right() + GAP, y),
        pos2(target.left() - GAP - card.x, y),
    ];
    // Below one of the places at the left it would cover the others.
    if target.right() - room.left() < RAIL {
        places.swap(0, 2);
    }
    places
}

/// The places at the right and the left edge of the window: half way down, right below the target, and above the status bar.
fn at_the_sides(target: Rect, card: Vec2, room: Rect) -> impl Iterator<Item = Pos2> {
    let heights = [room.center().y - card.y * 0.5, target.bottom() + GAP, room.bottom() - card.y - ABOVE_STATUS];
    [room.right() - card.x, room.left() + RAIL].into_iter().flat_map(move |x| heights.map(|y| pos2(x, y)))
}
