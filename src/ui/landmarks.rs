//! Where things were drawn that the tour points at. Whoever draws one says so in every frame.

use eframe::egui::{Context, Id, Rect, Ui};

use crate::session::Place;

/// Something that the tour points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Landmark {
    /// The depth slider.
    Depth,
    /// The way to a place.
    WayTo(Place),
    /// A channel over the picture that is looked into.
    Channel,
    /// All channels over the picture, with the pictures that excite each.
    Channels,
    /// What shows neighbours at every depth.
    EveryDepth,
    /// All neighbours, and what they are asked with.
    Neighbours,
    /// What makes clusters.
    Cluster,
    /// A group.
    Group,
    /// What is selected.
    Selection,
    /// The map, or the first of several.
    Map,
    /// What handles the map, in the row above it.
    MapTools,
}

impl Landmark {
    /// It is drawn here in this frame. Of several of one kind the first stands for all.
    pub fn mark(self, ui: &Ui, rect: Rect) {
        let seen = rect.intersect(ui.clip_rect());
        if !seen.is_positive() || self.find(ui.ctx()).is_some() {
            return;
        }
        let pass = ui.ctx().cumulative_pass_nr();
        ui.ctx().data_mut(|data| data.insert_temp(self.id(), (pass, seen)));
    }

    /// Where it was drawn in this frame, as far as it is seen; `None` if it was not.
    pub fn find(self, ctx: &Context) -> Option<Rect> {
        let pass = ctx.cumulative_pass_nr();
        let (drawn, rect): (u64, Rect) = ctx.data(|data| data.get_temp(self.id()))?;
        (drawn == pass).then_some(rect)
    }

    fn id(self) -> Id {
        Id::unique(("landmark", self))
    }
}
