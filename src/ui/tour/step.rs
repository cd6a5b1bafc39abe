//! The steps of the tour: what each points at, what it says, and when it is done.

use crate::domain::ImageSet;
use crate::session::{Place, Session};
use crate::ui::command::Command;
use crate::ui::landmarks::Landmark;

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// How deep one looks.
    Depth,
    /// A channel over the picture.
    Channel,
    /// Neighbours at every depth.
    EveryDepth,
    /// Groups, and what is in one.
    Group,
    /// What is selected, and what is done with it.
    Selection,
}

/// What was chosen when a step began: it is done when that is otherwise.
#[derive(Clone, Debug)]
pub(super) struct Before {
    layer: usize,
    channel: Option<usize>,
    had_depths: bool,
    selection: ImageSet,
}

impl Before {
    /// What is chosen now.
    pub(super) fn of(session: &Session) -> Self {
        let chosen = &session.opened.chosen;
        Self {
            layer: chosen.layer,
            channel: chosen.channel,
            had_depths: session.opened.depths.is_asked(),
            selection: chosen.selection.clone(),
        }
    }
}

impl Step {
    /// All of them, in order.
    pub(super) const ALL: [Step; 5] = [Step::Depth, Step::Channel, Step::EveryDepth, Step::Group, Step::Selection];

    /// What it is about.
    pub(super) fn title(self) -> &'static str {
        match self {
            Step::Depth => "How deep to look",
            Step::Channel => "What a channel sees",
            Step::EveryDepth => "Alike, at every depth",
            Step::Group => "Groups of pictures",
            Step::Selection => "Take it away",
        }
    }

    /// What it points at: the first of these that is in sight.
    pub(super) fn landmarks(self) -> &'static [Landmark] {
        match self {
            Step::Depth => &[Landmark::Depth],
            Step::Channel => &[Landmark::Channel, Landmark::WayTo(Place::LookInside)],
            Step::EveryDepth => &[Landmark::EveryDepth, Landmark::WayTo(Place::LookInside)],
            Step::Group => &[Landmark::Group, Landmark::Cluster, Landmark::WayTo(Place::Groups)],
            Step::Selection => &[Landmark::Selection],
        }
    }

    /// What it talks about beside what it points at: its card lies over nothing of that, if there is room elsewhere.
    pub(super) fn talks_of(self, at: Landmark) -> &'static [Landmark] {
        match (self, at) {
            (Step::Depth, _) => &[Landmark::Map, Landmark::Neighbours],
            (Step::Channel, Landmark::Channel) => &[Landmark::Channels],
            (Step::EveryDepth, Landmark::EveryDepth) => &[Landmark::Neighbours],
            (Step::Channel | Step::EveryDepth | Step::Group | Step::Selection, _) => &[],
        }
    }

    /// What it says of what it points at.
    pub(super) fn text(self, at: Option<Landmark>) -> String {
        match (self, at) {
            (Step::Depth, _) => {
                let keys = Command::NextLayer.with_keys("or go on layer by layer");
                format!(
                    "Drag this slider, {keys}. At its left the network sees colours and edges, at its right parts and things. \
                     Map and neighbours follow."
                )
            }
            (Step::Channel, Some(Landmark::Channel)) => {
                "Each of these is one channel, laid over the picture where it responds; below are pictures that excite it most. \
                 Click one to see it large."
                    .to_owned()
            }
            (Step::Channel, _) => {
                Command::GoTo(Place::LookInside).with_keys("Look inside one picture: go here, or double click on it")
            }
            (Step::EveryDepth, Some(Landmark::EveryDepth)) => {
                let text = "Switch this on: a row of neighbours for each depth, from alike in colour to alike in kind";
                Command::EveryDepth.with_keys(text)
            }
            (Step::EveryDepth, _) => {
                Command::EveryDepth.with_keys("The pictures most like this one are found at every depth: go here")
            }
            (Step::Group, Some(Landmark::Group)) => {
                "Each card is a group: pictures from its middle, their labels, and what tells it from the others. Select takes \
                 all of its pictures."
                    .to_owned()
            }
            (Step::Group, Some(Landmark::Cluster)) => {
                "No labels are needed: this finds groups of pictures that the network sees alike.".to_owned()
            }
            (Step::Group, _) => Command::GoTo(Place::Groups).with_keys("Pictures with something in common: go here"),
            (Step::Selection, _) => {
                "What you select gathers here, from wherever you pick it. Tag it, save it by a name, or export it as files, \
                 tables or vectors."
                    .to_owned()
            }
        }
    }

    /// Whether the person has done it since.
    pub(super) fn is_done(self, before: &Before, session: &Session) -> bool {
        let chosen = &session.opened.chosen;
        match self {
            Step::Depth => chosen.layer != before.layer,
            Step::Channel => chosen.channel.is_some() && chosen.channel != before.channel,
            Step::EveryDepth => session.opened.depths.is_asked() && !before.had_depths,
            Step::Group => !chosen.selection.is_empty() && !chosen.selection.is_shared_with(&before.selection),
            // The last one is read, and what is selected is the person's to use.
            Step::Selection => false,
        }
    }
}
