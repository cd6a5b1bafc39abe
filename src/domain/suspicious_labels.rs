//! Labels that are probably wrong.

use serde::{Deserialize, Serialize};

use super::{ImageId, LabelState, StoredLayer};

/// By what suspicious labels are put in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LabelScore {
    /// How much more probable the label is than the most probable other one: the least first.
    #[default]
    Margin,
    /// How probable the label itself is: the least first.
    Confidence,
}

impl LabelScore {
    /// All of them, for menus.
    pub const ALL: [Self; 2] = [Self::Margin, Self::Confidence];

    /// The name used on the command line and in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Margin => "margin",
            Self::Confidence => "confidence",
        }
    }
}

/// How suspicious labels are looked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SuspiciousLabelWish {
    /// Which vectors decide, compared by cosine.
    pub source: StoredLayer,
    /// Neighbours that are looked at.
    pub k: usize,
    /// How many further layers are asked whether they agree.
    pub others: usize,
}

impl SuspiciousLabelWish {
    /// Neighbours that are looked at unless somebody says otherwise: few enough for classes of some twenty pictures.
    pub const NEIGHBOURS: usize = 15;
    /// Further layers that are asked unless somebody says otherwise.
    pub const OTHERS: usize = 4;

    /// As it is usually wished.
    pub fn new(source: StoredLayer) -> Self {
        Self { source, k: Self::NEIGHBOURS, others: Self::OTHERS }
    }
}

/// An image whose label is probably wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct SuspiciousLabel {
    /// The image.
    pub image: ImageId,
    /// The label that it has.
    pub given: String,
    /// The label that it should probably have.
    pub likely: String,
    /// The label's probability less that of the most probable other one, from 0 (surely wrong) to 1; even at 0.5.
    pub margin: f32,
    /// The label's own probability.
    pub confidence: f32,
    /// How many of its neighbours have the label that it should have.
    pub likely_neighbours: u32,
    /// How many of its neighbours have its own.
    pub given_neighbours: u32,
    /// How many layers say the same, the one that decides among them.
    pub layers: u32,
    /// At how many of them the mean of the label that it should have is nearer than that of its own, without it; nothing in a list
    /// that was made before that was asked.
    pub middles: Option<u32>,
}

impl SuspiciousLabel {
    /// Its score of one kind.
    pub fn score(&self, by: LabelScore) -> f32 {
        match by {
            LabelScore::Margin => self.margin,
            LabelScore::Confidence => self.confidence,
        }
    }
}

/// All that were found.
#[derive(Clone, Debug, PartialEq)]
pub struct SuspiciousLabelReport {
    /// The table of the vectors.
    pub features: String,
    /// What was asked for.
    pub wish: SuspiciousLabelWish,
    /// The most suspicious first: by margin, then by how many layers agree, then by id.
    pub labels: Vec<SuspiciousLabel>,
    /// How many neighbours of each image were looked at.
    pub neighbours: usize,
    /// The layers that were asked: the one that decides last.
    pub layers: Vec<String>,
    /// How many images have a label and a vector.
    pub compared: usize,
    /// How many different labels they have.
    pub classes: usize,
    /// By which labels they were found; nothing in a list that was kept before that was noted.
    pub by_labels: Option<LabelState>,
    /// How long it took.
    pub elapsed_secs: f64,
}

impl SuspiciousLabelReport {
    /// The name of its table in the workspace.
    pub fn table(&self) -> String {
        format!("suspicious_{}_{}", self.features, self.wish.source.column())
    }

    /// All of them, the most suspicious first.
    pub fn ranked(&self, by: LabelScore) -> Vec<&SuspiciousLabel> {
        let mut ranked: Vec<&SuspiciousLabel> = self.labels.iter().collect();
        ranked.sort_by(|a, b| order(a, b, by));
        ranked
    }

    /// Whether it may well be right all the same: fewer than half of its neighbours have the other label, or fewer than half of the
    /// layers agree.
    pub fn is_weak(&self, label: &SuspiciousLabel) -> bool {
        (label.likely_neighbours as usize) * 2 < self.neighbours || (label.layers as usize) * 2 < self.layers.len()
    }

    /// Why a label is suspicious: `12 of the 15 pictures most like it are "panda", 1 is "cougar". It looks like
    /// "panda" at 4 of 5 layers.`
    pub fn reason(&self, label: &SuspiciousLabel) -> String {
        let verb = |count: u32| if count == 1 { "is" } else { "are" };
        let (likely, given) = (label.likely_neighbours, label.given_neighbours);
        let own = if given == 0 { "none".to_owned() } else { given.to_string() };
        let mut reason = match self.neighbours {
            1 => format!("The picture most like it is \"{}\", not \"{}\".", label.likely, label.given),
            many => format!(
                "{likely} of the {many} pictures most like it {} \"{}\", {own} {} \"{}\".",
                verb(likely),
                label.likely,
                verb(given.max(1)),
                label.given,
            ),
        };
        let (layers, agree) = (self.layers.len(), label.layers as usize);
        let at = match (layers, agree) {
            (0 | 1, _) => return reason,
            (_, ..=1) => format!("only at one of {layers} layers"),
            (2, _) => "at both layers".to_owned(),
            _ if agree >= layers => format!("at all {layers} layers"),
            _ => format!("at {agree} of {layers} layers"),
        };
        reason += &format!(" It looks like \"{likely}\" {at}.", likely = label.likely);
        reason
    }
}

/// Which of two comes first.
pub fn order(a: &SuspiciousLabel, b: &SuspiciousLabel, by: LabelScore) -> std::cmp::Ordering {
    a.score(by).total_cmp(&b.score(by)).then(b.layers.cmp(&a.layers)).then(a.image.cmp(&b.image))
}
