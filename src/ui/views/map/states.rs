//! What each point looks like, rewritten only when something about it changed.

use std::collections::HashMap;
use std::sync::Arc;

use eframe::egui::Color32;

use super::plane::Plane;
use crate::domain::{Filter, ImageId, ImageSet, NeighbourWish};
use crate::session::{Colouring, Session};
use crate::ui::paint::{ColourMap, PointKind, PointState};
use crate::ui::theme;

/// Everything the look of a point depends on.
#[derive(Clone, PartialEq)]
struct Key {
    positions: usize,
    image_count: usize,
    label_count: usize,
    problem_count: usize,
    selection: ImageSet,
    filter: Filter,
    /// What passes the filter, as far as it is known.
    shown: Option<ImageSet>,
    /// Which answer of the predicate, by its address.
    matching: usize,
    colouring: Colouring,
    probe: Option<ImageId>,
    /// Layer, pooling, metric and length stand for the list itself.
    neighbours: Option<(NeighbourWish, usize)>,
    /// Which clustering, by its address.
    clustering: usize,
    /// Which measures of centrality, by their address.
    centrality: usize,
    highlighted: Option<u32>,
    is_dark: bool,
}

/// Looks of all points, kept from frame to frame.
#[derive(Default)]
pub struct States {
    key: Option<Key>,
    states: Arc<Vec<PointState>>,
    drawn: usize,
    label_ranks: Vec<u32>,
    ranked_labels: usize,
}

/// The rank of images without a label.
pub const NO_LABEL: u32 = u32::MAX;

impl States {
    /// The looks of the points of `plane`; `highlighted` is the rank of the label to bring out.
    pub fn refresh(&mut self, plane: &Plane, session: &Session, highlighted: Option<u32>) -> Arc<Vec<PointState>> {
        let chosen = &session.opened.chosen;
        let is_similarity = chosen.colouring == Colouring::Similarity;
        let neighbours = session.opened.neighbours.as_ref().filter(|_| is_similarity);
        let key = Key {
            positions: Arc::as_ptr(&plane.positions) as usize,
            image_count: session.opened.images.len(),
            label_count: session.opened.labels.len(),
            problem_count: session.opened.problem_count,
            selection: chosen.selection.clone(),
            filter: chosen.filter.clone(),
            shown: (!chosen.filter.is_empty()).then(|| session.opened.shown.set().clone()),
            matching: session.opened.matching.as_ref().map_or(0, |found| Arc::as_ptr(found) as usize),
            colouring: chosen.colouring,
            probe: chosen.probe.filter(|_| is_similarity),
            neighbours: neighbours.map(|list| (list.wish.clone(), list.neighbours.len())),
            clustering: session.opened.clustering.as_ref().map_or(0, |known| Arc::as_ptr(known) as usize),
            centrality: session.opened.centrality().map_or(0, |report| Arc::as_ptr(report) as usize),
            highlighted,
            is_dark: theme::palette().is_dark,
        };
        if self.key.as_ref() != Some(&key) {
            self.rank_labels(session);
            self.rewrite(plane, session, highlighted);
            self.key = Some(key);
        }
        self.states.clone()
    }

    /// How many points the filter lets through.
    pub fn drawn(&self) -> usize {
        self.drawn
    }

    /// The colour of an image's label, if it has one.
    pub fn label_colour(&self, id: ImageId) -> Option<Color32> {
        let rank = self.label_rank(id);
        (rank != NO_LABEL).then(|| theme::label_colour(rank as usize))
    }

    /// The rank of an image's label in the sorted list of labels.
    fn label_rank(&self, id: ImageId) -> u32 {
        self.label_ranks.get(id.index()).copied().unwrap_or(NO_LABEL)
    }

    fn rank_labels(&mut self, session: &Session) {
        if self.ranked_labels != session.opened.labels.len() || self.label_ranks.len() > session.opened.images.len() {
            self.label_ranks.clear();
            self.ranked_labels = session.opened.labels.len();
        }
        let new = session.opened.images.range(self.label_ranks.len()..session.opened.images.len());
        if self.label_ranks.len() == session.opened.images.len() {
            return;
        }
        let ranks: HashMap<&str, u32> =
            session.opened.labels.keys().enumerate().map(|(rank, label)| (label.as_str(), rank as u32)).collect();
        self.label_ranks
            .extend(new.map(|image| image.label.and_then(|label| ranks.get(label)).copied().unwrap_or(NO_LABEL)));
    }

    fn rewrite(&mut self, plane: &Plane, session: &Session, highlighted: Option<u32>) {
        let chosen = &session.opened.chosen;
        let passes = (!chosen.filter.is_empty()).then(|| session.opened.shown.set().clone());
        // One image is only being looked at; greying all others would take the colours away with every click.
        let is_alone = chosen.selection.len() < 2;
        let plain = plain_colour();
        let grey = theme::palette().weak;
        let label_colours: Vec<Color32> = (0..session.opened.labels.len()).map(theme::label_colour).collect();
        let scores = similarity_colours(session);
        let mut drawn = 0;
        let by_cluster = chosen.colouring == Colouring::Cluster;
        let clustering = session.opened.clustering.as_ref().filter(|_| by_cluster);
        let standing = match chosen.colouring {
            Colouring::Centrality(by) => session.opened.standing(by),
            Colouring::Label
            | Colouring::Plain
            | Colouring::Similarity
            | Colouring::Cluster
            | Colouring::Faithfulness => None,
        };
        let kept = plane.projection.faithfulness.as_ref().map_or(&[][..], |known| &known.kept_of_each);
        let states = plane.projection.ids.iter().enumerate().map(|(row, &id)| {
            let label = match by_cluster {
                true => clustering.and_then(|known| known.cluster_of(id)).unwrap_or(NO_LABEL),
                false => self.label_rank(id),
            };
            let colour = match chosen.colouring {
                Colouring::Plain => plain,
                Colouring::Label => label_colours.get(label as usize).copied().unwrap_or(grey),
                Colouring::Cluster if label == NO_LABEL => grey,
                Colouring::Cluster => theme::label_colour(label as usize),
                Colouring::Faithfulness => kept.get(row).map_or(plain, |kept| nearness_colour(*kept)),
                Colouring::Similarity => scores.get(&id).copied().unwrap_or(grey),
                Colouring::Centrality(_) => match standing {
                    Some(standing) => standing.share(id).map_or(grey, nearness_colour),
                    None => plain,
                },
            };
            if passes.as_ref().is_some_and(|passes| !passes.contains(id)) {
                return PointState::new(grey, PointKind::Faint);
            }
            drawn += 1;
            if chosen.selection.contains(id) {
                return PointState::new(colour, PointKind::Selected);
            }
            let is_brought_out = match highlighted {
                Some(rank) => label == rank,
                None => is_alone && (chosen.colouring != Colouring::Similarity || scores.contains_key(&id)),
            };
            match (is_brought_out, is_alone) {
                (true, _) => PointState::new(colour, PointKind::Plain),
                // Without a selection the others keep a breath of their colour.
                (false, true) => PointState::new(colour, PointKind::Grey),
                (false, false) => PointState::new(grey, PointKind::Grey),
            }
        });
        let mut states: Vec<PointState> = states.collect();
        states.resize(plane.positions.len(), PointState::new(grey, PointKind::Faint));
        self.states = Arc::new(states);
        self.drawn = drawn;
    }
}

/// The colour of points that have no other.
pub fn plain_colour() -> Color32 {
    if theme::palette().is_dark { Color32::from_rgb(143, 178, 214) } else { Color32::from_rgb(58, 102, 148) }
}

/// The probe and its neighbours from the nearest (bright) to the farthest of the list.
fn similarity_colours(session: &Session) -> HashMap<ImageId, Color32> {
    let mut colours = HashMap::new();
    if session.opened.chosen.colouring != Colouring::Similarity {
        return colours;
    }
    if let Some(list) = &session.opened.neighbours {
        let last = list.neighbours.len().saturating_sub(1).max(1) as f32;
        for (rank, neighbour) in list.neighbours.iter().enumerate() {
            colours.insert(neighbour.image, nearness_colour(1.0 - rank as f32 / last));
        }
        colours.extend(list.wish.image().map(|probe| (probe, theme::probe())));
    }
    colours
}

/// The colour of a neighbour: 1 for the nearest of the list, 0 for the last.
pub fn nearness_colour(nearness: f32) -> Color32 {
    ColourMap::Inferno.colour(0.35 + 0.6 * nearness)
}
