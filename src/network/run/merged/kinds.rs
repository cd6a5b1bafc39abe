//! Which channels a filter sees alike, and which filters are best taken together.

use std::collections::HashMap;

/// What a product costs beside its filters, in filters: channels are summed and packed for it.
const BESIDE: usize = 8;
/// Beyond so many kinds of filters pairs of them are too many to compare; written ones have some dozens, and of a network that was
/// thinned out no two filters are of a kind.
const MOST_PARTS: usize = 96;

/// The channels of a convolution, by what is seen of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Kinds {
    /// For each channel its kind, from 1 on in order; 0 where it is not seen.
    of_channel: Vec<usize>,
    count: usize,
}

impl Kinds {
    /// Those of one filter: channels of the same weights are of a kind. `None` where there are more than `most`.
    pub fn of<'a>(channels: usize, most: usize, weights: impl Fn(usize) -> &'a [f32]) -> Option<Self> {
        let mut first_of: Vec<usize> = Vec::new();
        let mut of_channel = Vec::with_capacity(channels);
        for channel in 0..channels {
            let own = weights(channel);
            if own.iter().all(|weight| *weight == 0.0) {
                of_channel.push(0);
                continue;
            }
            let known = first_of.iter().position(|first| weights(*first) == own);
            let kind = known.unwrap_or_else(|| {
                first_of.push(channel);
                first_of.len() - 1
            });
            if first_of.len() > most {
                return None;
            }
            of_channel.push(kind + 1);
        }
        Some(Self { of_channel, count: first_of.len() })
    }

    /// Those of two: channels are of a kind where they are so in both.
    fn and(&self, other: &Self) -> Self {
        let mut known = vec![0; (self.count + 1) * (other.count + 1)];
        let mut count = 0;
        let pairs = self.of_channel.iter().zip(&other.of_channel);
        let of_channel = pairs.map(|(own, others)| {
            if (*own, *others) == (0, 0) {
                return 0;
            }
            let kind = &mut known[own * (other.count + 1) + others];
            if *kind == 0 {
                count += 1;
                *kind = count;
            }
            *kind
        });
        Self { of_channel: of_channel.collect(), count }
    }

    /// The channels of each kind.
    pub fn sums(&self) -> Vec<Vec<usize>> {
        let mut sums = vec![Vec::new(); self.count];
        for (channel, kind) in self.of_channel.iter().enumerate().filter(|(_, kind)| **kind > 0) {
            sums[kind - 1].push(channel);
        }
        sums
    }
}

/// Filters, and the kinds of channels that they tell apart together.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// Which of all they are.
    pub filters: Vec<usize>,
    /// What they see.
    pub kinds: Kinds,
}

impl Seen {
    pub fn cost(&self) -> usize {
        cost(self.filters.len(), self.kinds.count)
    }

    fn and(&self, other: &Self) -> Self {
        let filters = self.filters.iter().chain(&other.filters).copied().collect();
        Self { filters, kinds: self.kinds.and(&other.kinds) }
    }

    /// What taking both together costs less than each alone.
    fn gain(&self, other: &Self) -> isize {
        let together = cost(self.filters.len() + other.filters.len(), self.kinds.and(&other.kinds).count);
        (self.cost() + other.cost()) as isize - together as isize
    }
}

/// What a product over so many sums costs.
pub(super) fn cost(filters: usize, sums: usize) -> usize {
    (filters + BESIDE) * sums
}

/// Takes filters together as long as that costs less, those first that gain most. `None` where they are of too many kinds,
/// or one sees nothing.
pub(super) fn taken_together(each: Vec<Kinds>) -> Option<Vec<Seen>> {
    if each.iter().any(|kinds| kinds.count == 0) {
        return None;
    }
    let mut places: HashMap<Kinds, usize> = HashMap::new();
    let mut parts: Vec<Seen> = Vec::new();
    for (filter, kinds) in each.into_iter().enumerate() {
        let place = *places.entry(kinds).or_insert_with_key(|kinds| {
            parts.push(Seen { filters: Vec::new(), kinds: kinds.clone() });
            parts.len() - 1
        });
        parts[place].filters.push(filter);
    }
    if parts.len() > MOST_PARTS {
        return None;
    }
    // Of each part the gains with those before it.
    let mut gains: Vec<Vec<isize>> =
        (0..parts.len()).map(|place| (0..place).map(|before| parts[before].gain(&parts[place])).collect()).collect();
    loop {
        let pairs = gains
            .iter()
            .enumerate()
            .flat_map(|(place, row)| row.iter().enumerate().map(move |(before, gain)| (*gain, before, place)));
        let Some((_, before, place)) = pairs.filter(|(gain, ..)| *gain >= 0).max_by_key(|(gain, ..)| *gain) else {
            break;
        };
        let joined = parts[before].and(&parts[place]);
        parts.remove(place);
        gains.remove(place);
        for row in gains.iter_mut().skip(place) {
            row.remove(place);
        }
        parts[before] = joined;
        for other in 0..parts.len() {
            if other != before {
                gains[other.max(before)][other.min(before)] = parts[before].gain(&parts[other]);
            }
        }
    }
    parts.iter_mut().for_each(|part| part.filters.sort_unstable());
    Some(parts)
}
