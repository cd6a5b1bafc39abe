//! Which of the images that are asked with share a chip: those that came together and count alike.

use std::collections::{BTreeMap, HashMap};

use crate::domain::{Example, ImageId};

/// More images than this that count alike share one.
const ALIKE: usize = 6;

/// Images that share a chip, kept from frame to frame: where one slider is moved past the weight of others, they stay apart.
#[derive(Clone, Debug, Default)]
pub(super) struct Alike {
    /// Each with its number.
    sets: Vec<(u64, Vec<ImageId>)>,
    last: u64,
}

impl Alike {
    /// Follows what is asked with. Those that do not share one yet get one where `may_join`, which they may not while something is
    /// dragged: what is held must not slip away.
    pub fn follow<'a>(&mut self, parts: impl Iterator<Item = (&'a Example, f32)>, may_join: bool) {
        let weights: Vec<(ImageId, u32)> = parts
            .filter_map(|(example, weight)| {
                let Example::Image(id) = example else { return None };
                Some((*id, weight.to_bits()))
            })
            .collect();
        let known: HashMap<ImageId, u32> = weights.iter().copied().collect();
        for (_, set) in &mut self.sets {
            let weight = set.iter().find_map(|id| known.get(id));
            set.retain(|id| known.get(id).is_some_and(|own| Some(own) == weight));
        }
        self.sets.retain(|(_, set)| set.len() > ALIKE);
        if !may_join {
            return;
        }
        let mut free: BTreeMap<u32, Vec<ImageId>> = BTreeMap::new();
        let taken: HashMap<ImageId, u64> = self.numbers();
        for (id, weight) in weights.into_iter().filter(|(id, _)| !taken.contains_key(id)) {
            free.entry(weight).or_default().push(id);
        }
        for set in free.into_values().filter(|set| set.len() > ALIKE) {
            self.last += 1;
            self.sets.push((self.last, set));
        }
    }

    /// The number of the set that each image is in.
    pub fn numbers(&self) -> HashMap<ImageId, u64> {
        self.sets.iter().flat_map(|(number, set)| set.iter().map(|id| (*id, *number))).collect()
    }

    /// The images of a set.
    pub fn images(&self, number: u64) -> &[ImageId] {
        self.sets.iter().find(|(own, _)| *own == number).map_or(&[], |(_, set)| set)
    }
}
