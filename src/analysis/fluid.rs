//! Fluid Communities (Parés et al. 2017, arXiv 1703.09307): `k` communities that push against each other like fluids until
//! none can spread any more.

use super::{Cancelled, Graph};

/// Sweeps after which what there is counts as the result.
const SWEEPS: usize = 100;

/// Where chance comes from. Given from outside, so that a recorded run can be replayed.
pub trait Chance {
    /// Puts the vertices in a random order.
    fn shuffle(&mut self, vertices: &mut [u32]);

    /// One of `count` equally good ones.
    fn pick(&mut self, count: usize) -> usize;
}

/// Chance that is the same for the same seed.
pub fn chance(seed: u64) -> impl Chance {
    fastrand::Rng::with_seed(seed)
}

impl Chance for fastrand::Rng {
    fn shuffle(&mut self, vertices: &mut [u32]) {
        fastrand::Rng::shuffle(self, vertices);
    }

    fn pick(&mut self, count: usize) -> usize {
        self.usize(..count)
    }
}

/// Finds `k` communities of a connected graph; `None` when cancelled.
///
/// The density of a community is one over its size, and a vertex joins the community with the largest sum of densities
/// over itself and its neighbours (equations 1 to 3). Sums are compared as fractions of integers: with densities of 1e-4 and
/// less a tolerance decides wrongly.
///
/// Of a graph that is not connected, what no community can reach stays in none. Vertices are in one of exactly
/// `min(k, vertices)` communities, none of them empty.
pub fn communities(
    graph: &Graph,
    k: usize,
    chance: &mut impl Chance,
    cancelled: Cancelled<'_>,
) -> Option<Vec<Option<u32>>> {
    communities_within(graph, k, SWEEPS, chance, cancelled)
}

/// As [`communities`], with another limit of sweeps.
pub fn communities_within(
    graph: &Graph,
    k: usize,
    sweeps: usize,
    chance: &mut impl Chance,
    cancelled: Cancelled<'_>,
) -> Option<Vec<Option<u32>>> {
    let mut order: Vec<u32> = (0..graph.vertices() as u32).collect();
    chance.shuffle(&mut order);
    let k = k.min(order.len());
    let mut of: Vec<Option<u32>> = vec![None; order.len()];
    for (community, vertex) in (0..).zip(&order[..k]) {
        of[*vertex as usize] = Some(community);
    }
    let mut sizes = vec![1u64; k];
    // How often each community occurs around a vertex, and which do, in the order in which they were met.
    let mut counts = vec![0u64; k];
    let mut met: Vec<u32> = Vec::new();
    let mut best: Vec<u32> = Vec::new();
    for _ in 0..sweeps {
        order.iter_mut().zip(0..).for_each(|(vertex, number)| *vertex = number);
        chance.shuffle(&mut order);
        let mut has_changed = false;
        for (turn, vertex) in order.iter().map(|vertex| *vertex as usize).enumerate() {
            if turn % 4096 == 0 && cancelled() {
                return None;
            }
            let around = graph.neighbours(vertex).iter().filter_map(|other| of[*other as usize]);
            for community in of[vertex].into_iter().chain(around) {
                if counts[community as usize] == 0 {
                    met.push(community);
                }
                counts[community as usize] += 1;
            }
            best.clear();
            for community in &met {
                let [now, known] = [Some(community), best.first()].map(|c| c.map(|c| *c as usize));
                let ordering = match (now, known) {
                    (Some(a), Some(b)) => (counts[a] * sizes[b]).cmp(&(counts[b] * sizes[a])),
                    _ => std::cmp::Ordering::Greater,
                };
                if ordering.is_gt() {
                    best.clear();
                }
                if ordering.is_ge() {
                    best.push(*community);
                }
            }
            met.drain(..).for_each(|community| counts[community as usize] = 0);
            if best.is_empty() || of[vertex].is_some_and(|own| best.contains(&own)) {
                continue;
            }
            has_changed = true;
            let joined = best[chance.pick(best.len())];
            if let Some(left) = of[vertex] {
                sizes[left as usize] -= 1;
            }
            sizes[joined as usize] += 1;
            of[vertex] = Some(joined);
        }
        if !has_changed {
            break;
        }
    }
    Some(of)
}

/// Finds `k` communities of any graph: each connected part gets a share by its number of vertices (the largest remainders
/// round up), at least one as long as there are any left, and the smallest parts none. `None` when cancelled.
pub fn communities_of_parts(
    graph: &Graph,
    k: usize,
    chance: &mut impl Chance,
    cancelled: Cancelled<'_>,
) -> Option<Vec<Option<u32>>> {
    let components = graph.components();
    let mut of = vec![None; graph.vertices()];
    let mut first = 0;
    for (component, share) in components.iter().zip(shares(&components, k)) {
        if share == 0 {
            continue;
        }
        let found = communities(&graph.part(component), share, chance, cancelled)?;
        for (vertex, community) in component.iter().zip(found) {
            of[*vertex as usize] = community.map(|community| community + first);
        }
        first += share as u32;
    }
    Some(of)
}

/// How many communities each part gets; parts are in the order of falling size.
fn shares(components: &[Vec<u32>], k: usize) -> Vec<usize> {
    let served = &components[..k.min(components.len())];
    let all: usize = served.iter().map(Vec::len).sum();
    let mut shares = vec![0; components.len()];
    let free = k.min(all) - served.len().min(k);
    let exact = |part: &Vec<u32>| free as f64 * part.len() as f64 / all.max(1) as f64;
    for (share, part) in shares.iter_mut().zip(served) {
        *share = (1 + exact(part) as usize).min(part.len());
    }
    let mut by_remainder: Vec<usize> = (0..served.len()).collect();
    by_remainder.sort_by(|a, b| exact(&served[*b]).fract().total_cmp(&exact(&served[*a]).fract()).then(a.cmp(b)));
    while shares.iter().sum::<usize>() < k.min(all) {
        for part in &by_remainder {
            if shares.iter().sum::<usize>() < k.min(all) && shares[*part] < served[*part].len() {
                shares[*part] += 1;
            }
        }
    }
    shares
}
