//! Which columns of what is brought become which layers, and what their table is about.

use super::{AdoptKind, AdoptWish, WHAT};
use crate::domain::{Precision, StoredLayer, counted};
use crate::engine::message::Problem;
use crate::engine::networks::own_vectors::{check_name, own_layer, own_spec};
use crate::engine::options::EngineOptions;
use crate::store::stream::BroughtColumns;
use crate::store::{FeatureSpec, FeatureTable};

/// What is stored of what comes.
pub(super) struct Plan {
    /// What the table is about; its columns are those that are stored.
    pub(super) spec: FeatureSpec,
    /// For each of the spec's columns which of the brought ones it is.
    pub(super) places: Vec<usize>,
    /// Those that come in single precision.
    pub(super) single: Vec<StoredLayer>,
    /// Whether they are vectors of the person's own, and take the place of those there are.
    pub(super) are_own: bool,
}

impl Plan {
    /// By what the rows say of themselves, and what the person says of them.
    pub(super) fn new(wish: &AdoptWish, columns: &BroughtColumns, options: &EngineOptions) -> Result<Self, Problem> {
        let (spec, layers, are_own) = match &wish.kind {
            AdoptKind::Features => {
                let made_by = columns.made_by().filter(|spec| spec.origin().is_none()).ok_or_else(unmade)?;
                let layers: Vec<Option<StoredLayer>> =
                    columns.vectors().iter().map(|vectors| vectors.stored.clone()).collect();
                if layers.iter().all(Option::is_none) {
                    return Err(unmade());
                }
                (made_by.clone(), layers, false)
            }
            AdoptKind::Vectors { name, layer, about } => {
                check_name(name, options.data_dir.as_deref())?;
                let found = columns.vectors();
                if let (Some(layer), true) = (layer, found.len() > 1) {
                    let names: Vec<&str> = found.iter().map(|vectors| vectors.name.as_str()).collect();
                    let why = format!(
                        "{} bring vectors ({}), and only one of them can be called {layer}",
                        counted(found.len(), "column", "columns"),
                        names.join(", ")
                    );
                    return Err(Problem::new(WHAT, why).with_remedy("Leave --layer out, and name the columns instead."));
                }
                let named = |column: &String| own_layer(layer.as_ref().unwrap_or(column));
                let layers = found.iter().map(|vectors| Some(named(&vectors.name))).collect();
                (own_spec(name, about, Vec::new()), layers, true)
            }
        };
        let mut plan = Self { spec, places: Vec::new(), single: Vec::new(), are_own };
        plan.spec.columns.clear();
        for (place, (layer, vectors)) in layers.into_iter().zip(columns.vectors()).enumerate() {
            let Some(layer) = layer else { continue };
            if vectors.precision == Precision::Single {
                plan.single.push(layer.clone());
            }
            plan.spec.columns.push((layer, vectors.channels));
            plan.places.push(place);
        }
        Ok(plan)
    }

    /// Fits it to the table that there is: of a network's features the columns that this has not are left out, and said so.
    ///
    /// # Errors
    /// When a column of the table is not among those that come, or has another length; when vectors of the person's own have
    /// other columns.
    pub(super) fn fit(&mut self, table: &FeatureTable) -> Result<Option<Problem>, Problem> {
        let there = table.columns();
        let name = &self.spec.network;
        for (stored, channels) in &there {
            let found = self.spec.columns.iter().find(|(layer, _)| layer == stored);
            let what = format!("{} ({})", stored.layer, stored.pooling.word());
            let why = match found {
                Some((_, its)) if its == channels => continue,
                Some((_, its)) => {
                    format!("vectors of {what} that are stored as {name} have {channels} numbers, and these have {its}")
                }
                None => format!("what is stored as {name} has the layer {what}, and these rows have not"),
            };
            return Err(self.refusal(why));
        }
        let more: Vec<String> = self
            .spec
            .columns
            .iter()
            .filter(|column| !there.contains(column))
            .map(|(layer, _)| format!("{} ({})", layer.layer, layer.pooling.word()))
            .collect();
        if !more.is_empty() && self.are_own {
            return Err(self.refusal(format!("what is stored as {name} lacks the layer {}", more.join(", "))));
        }
        let kept = |place: usize| there.contains(&self.spec.columns[place]);
        self.places = (0..self.places.len()).filter(|place| kept(*place)).map(|place| self.places[place]).collect();
        self.spec.columns.retain(|column| there.contains(column));
        self.single.retain(|layer| there.iter().any(|(stored, _)| stored == layer));
        if self.are_own {
            // Where they came from is said once.
            self.spec.preprocessing = table.spec().preprocessing;
        }
        Ok((!more.is_empty()).then(|| {
            let why = format!("the workspace's table lacks {}", more.join(", "));
            Problem::new("Layers were left out", why).with_remedy("`tiramisu extract --layers` adds them.")
        }))
    }

    fn refusal(&self, why: String) -> Problem {
        Problem::new(WHAT, why).with_remedy(match self.are_own {
            true => "Nothing was changed. Store them under another name (--name).",
            false => "Nothing was changed. Make the same layers and poolings, or take them into another workspace.",
        })
    }
}

fn unmade() -> Problem {
    Problem::new(WHAT, "the rows do not say which network made them; what `tiramisu features` writes does.")
        .with_remedy("Vectors of your own are stored by `tiramisu vectors --name NAME`.")
}
