//! All pairs of 64-bit hashes that differ in few bits.

use rayon::prelude::*;

use crate::analysis::Cancelled;

const BANDS: u32 = 4;
const BAND_BITS: u32 = 16;
const BAND_VALUES: usize = 1 << BAND_BITS;
/// Hashes whose partners are looked for before they are told: bounds what is held when very many are alike.
const CHUNK: usize = 1024;

/// Tells every pair `(a, b, bits)` with `a < b` and `bits <= radius`, perhaps more than once, in any order.
/// `None` when cancelled.
pub fn for_each_pair(
    hashes: &[u64],
    radius: u32,
    cancelled: Cancelled<'_>,
    mut tell: impl FnMut(u32, u32, u32),
) -> Option<()> {
    let lookup = Lookup::new(radius);
    let bands = lookup.pays(hashes.len()).then(|| Bands::new(hashes));
    for first in (0..hashes.len()).step_by(CHUNK) {
        let chunk = first..(first + CHUNK).min(hashes.len());
        let found: Vec<Vec<(u32, u32, u32)>> = chunk
            .into_par_iter()
            .map(|at| {
                let mut found = Vec::new();
                let mut look_at = |other: usize| {
                    let bits = (hashes[at] ^ hashes[other]).count_ones();
                    if bits <= radius {
                        found.push((at as u32, other as u32, bits));
                    }
                };
                match &bands {
                    _ if cancelled() => {}
                    Some(bands) => bands.for_each_candidate(&lookup, hashes, at, &mut look_at),
                    None => (at + 1..hashes.len()).for_each(look_at),
                }
                found
            })
            .collect();
        if cancelled() {
            return None;
        }
        found.into_iter().flatten().for_each(|(a, b, bits)| tell(a, b, bits));
    }
    Some(())
}

/// What to flip in each band so that every near hash is met.
///
/// Let the radius be `r = 4 q + s` with `s < 4`. If the first `s + 1` bands differed in more than `q` bits each and the
/// others in more than `q - 1`, the hashes would differ in at least `(s + 1)(q + 1) + (3 - s) q = r + 1` bits.
struct Lookup {
    masks: [Vec<u16>; BANDS as usize],
}

impl Lookup {
    fn new(radius: u32) -> Self {
        let (flips, rest) = (radius / BANDS, radius % BANDS);
        let masks_within = |flips: u32| (0..=u16::MAX).filter(|mask| mask.count_ones() <= flips).collect();
        let masks = std::array::from_fn(|band| match (band as u32 <= rest, flips) {
            (true, _) => masks_within(flips),
            (false, 0) => Vec::new(),
            (false, _) => masks_within(flips - 1),
        });
        Self { masks }
    }

    /// Whether looking up is less work than comparing all with all.
    fn pays(&self, hashes: usize) -> bool {
        let lookups: usize = self.masks.iter().map(Vec::len).sum();
        lookups + lookups * hashes / BAND_VALUES < hashes / 2
    }
}

/// For every band the hashes in order of its value.
struct Bands {
    /// Where the hashes of each value start.
    starts: [Vec<u32>; BANDS as usize],
    order: [Vec<u32>; BANDS as usize],
}

impl Bands {
    fn new(hashes: &[u64]) -> Self {
        let mut bands = Self { starts: Default::default(), order: Default::default() };
        for band in 0..BANDS {
            let mut starts = vec![0u32; BAND_VALUES + 1];
            hashes.iter().for_each(|hash| starts[value(*hash, band) + 1] += 1);
            (0..BAND_VALUES).for_each(|at| starts[at + 1] += starts[at]);
            let mut next = starts.clone();
            let mut order = vec![0u32; hashes.len()];
            for (at, hash) in hashes.iter().enumerate() {
                let place = &mut next[value(*hash, band)];
                order[*place as usize] = at as u32;
                *place += 1;
            }
            bands.starts[band as usize] = starts;
            bands.order[band as usize] = order;
        }
        bands
    }

    /// Later hashes that might be near, some perhaps more than once.
    fn for_each_candidate(&self, lookup: &Lookup, hashes: &[u64], at: usize, look_at: &mut impl FnMut(usize)) {
        for band in 0..BANDS {
            let (starts, order) = (&self.starts[band as usize], &self.order[band as usize]);
            let own = value(hashes[at], band);
            for mask in &lookup.masks[band as usize] {
                let met = own ^ usize::from(*mask);
                let bucket = &order[starts[met] as usize..starts[met + 1] as usize];
                // Ascending, so the later ones are at the end.
                bucket
                    .iter()
                    .rev()
                    .map(|other| *other as usize)
                    .take_while(|other| *other > at)
                    .for_each(&mut *look_at);
            }
        }
    }
}

fn value(hash: u64, band: u32) -> usize {
    (hash >> (band * BAND_BITS)) as usize % BAND_VALUES
}
