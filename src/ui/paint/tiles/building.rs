//! Sorting points into tiles.

use super::{BANDS, DENSITY_POINTS, DENSITY_SIDES, Density, POINTS, Tile, Tiles, in_parallel};
use crate::domain::ImageId;

/// Bits of a Morton code along each axis.
const BITS: u32 = 16;

/// Below so many points threads would cost more than they save.
const MANY: usize = 1 << 16;

/// Sorts the points; `positions` and `ids` go together.
pub fn build(positions: &[[f32; 2]], ids: &[ImageId], dense_above: usize) -> Tiles {
    let Some((lower, upper)) = bounds(positions.iter().filter(|point| is_finite(point))) else {
        return Tiles::default();
    };
    let side = (upper[0] - lower[0]).max(upper[1] - lower[1]).max(f32::MIN_POSITIVE);
    let mut keys: Vec<u64> = positions
        .iter()
        .zip(0u64..)
        .filter(|(point, _)| is_finite(point))
        .map(|(point, row)| u64::from(code(point, lower, side)) << 32 | row)
        .collect();
    keys.sort_unstable();
    let mut counts = Vec::new();
    split(&keys, 0, &mut counts);

    let mut parts: Vec<&mut [u64]> = Vec::with_capacity(counts.len());
    let mut rest = keys.as_mut_slice();
    for &count in &counts {
        let (part, behind) = rest.split_at_mut(count);
        parts.push(part);
        rest = behind;
    }
    let row_of = |key: &u64| (key & u64::from(u32::MAX)) as usize;
    let shuffle = |part: &mut [u64]| {
        for key in part.iter_mut() {
            *key = u64::from(chance(ids[row_of(key)])) << 32 | (*key & u64::from(u32::MAX));
        }
        part.sort_unstable();
        bounds(part.iter().map(|key| &positions[row_of(key)]))
    };
    let boxes: Vec<_> = match positions.len() < MANY {
        true => parts.into_iter().map(shuffle).collect(),
        false => in_groups(parts, shuffle),
    };
    let mut first = 0;
    let mut tiles = Vec::with_capacity(counts.len());
    for (count, corners) in counts.into_iter().zip(boxes) {
        let (lower, upper) = corners.unwrap_or(([0.0; 2], [0.0; 2]));
        tiles.push(Tile { number: tiles.len() as u32, first, count: count as u32, lower, upper });
        first += count as u32;
    }
    let (starts, keys) = in_bands(&tiles, &keys);
    let images_up_to = ids.iter().max().map_or(0, |id| id.index() + 1);
    Tiles {
        images_up_to,
        positions: keys.iter().map(|key| positions[row_of(key)]).collect(),
        numbers: keys.iter().map(|key| ids[row_of(key)].0).collect(),
        tiles,
        starts,
        density: (keys.len() > dense_above).then(|| density(positions, lower, side)),
    }
}

/// Of how many of a tile's points the first so many bands consist: at least of one.
fn points_up_to(bands: usize, tile: &Tile) -> usize {
    match bands {
        0 => 0,
        bands => (tile.count as usize).div_ceil(1 << (BANDS - bands)),
    }
}

/// Where each tile's part of each band begins, and what lies tile by tile, band by band.
fn in_bands(tiles: &[Tile], keys: &[u64]) -> (Vec<u32>, Vec<u64>) {
    let mut starts = Vec::with_capacity(BANDS * tiles.len() + 1);
    let mut banded = Vec::with_capacity(keys.len());
    for (band, tile) in (0..BANDS).flat_map(|band| tiles.iter().map(move |tile| (band, tile))) {
        starts.push(banded.len() as u32);
        let of_tile = &keys[tile.first as usize..(tile.first + tile.count) as usize];
        banded.extend_from_slice(&of_tile[points_up_to(band, tile)..points_up_to(band + 1, tile)]);
    }
    starts.push(banded.len() as u32);
    (starts, banded)
}

/// Threads are given some tiles at a time.
fn in_groups<'a, R: Send>(parts: Vec<&'a mut [u64]>, work: impl Fn(&'a mut [u64]) -> R + Sync) -> Vec<R> {
    let mut groups: Vec<Vec<&mut [u64]>> = Vec::new();
    for part in parts {
        match groups.last_mut() {
            Some(group) if group.len() < 32 => group.push(part),
            _ => groups.push(vec![part]),
        }
    }
    in_parallel(groups, |group| group.into_iter().map(&work).collect::<Vec<R>>()).into_iter().flatten().collect()
}

fn is_finite(point: &[f32; 2]) -> bool {
    point[0].is_finite() && point[1].is_finite()
}

fn bounds<'a>(points: impl Iterator<Item = &'a [f32; 2]>) -> Option<([f32; 2], [f32; 2])> {
    points.fold(None, |corners, point| {
        let (lower, upper): ([f32; 2], [f32; 2]) = corners.unwrap_or((*point, *point));
        Some(([lower[0].min(point[0]), lower[1].min(point[1])], [upper[0].max(point[0]), upper[1].max(point[1])]))
    })
}

/// The place of a point on the curve.
fn code(point: &[f32; 2], lower: [f32; 2], side: f32) -> u32 {
    let [x, y] = [0, 1].map(|axis| {
        let share = (point[axis] - lower[axis]) / side;
        // A float that is negative or too large becomes the nearest integer there is.
        spread(((share * (1u32 << BITS) as f32) as u32).min((1 << BITS) - 1))
    });
    y << 1 | x
}

/// Puts a nought before each of the 16 lower bits.
fn spread(bits: u32) -> u32 {
    let mut bits = bits & 0xFFFF;
    bits = (bits | bits << 8) & 0x00FF_00FF;
    bits = (bits | bits << 4) & 0x0F0F_0F0F;
    bits = (bits | bits << 2) & 0x3333_3333;
    (bits | bits << 1) & 0x5555_5555
}

/// A number that depends on the image alone and looks like chance (the end of MurmurHash3).
pub fn chance(id: ImageId) -> u32 {
    let mut bits = id.0 ^ 0x9E37_79B9;
    bits = (bits ^ bits >> 16).wrapping_mul(0x85EB_CA6B);
    bits = (bits ^ bits >> 13).wrapping_mul(0xC2B2_AE35);
    bits ^ bits >> 16
}

/// The sizes of the tiles that sorted keys are cut into. All of `keys` lie in one square of the quadtree's `level`.
fn split(keys: &[u64], level: u32, counts: &mut Vec<usize>) {
    if keys.is_empty() {
        return;
    }
    if keys.len() <= POINTS {
        counts.push(keys.len());
        return;
    }
    if level == BITS {
        // More points at one place than a tile holds.
        counts.extend(keys.chunks(POINTS).map(<[u64]>::len));
        return;
    }
    let shift = 32 + 2 * (BITS - 1 - level);
    let mut rest = keys;
    for quarter in 0..4 {
        let count = rest.partition_point(|key| key >> shift & 3 <= quarter);
        let (inside, behind) = rest.split_at(count);
        split(inside, level + 1, counts);
        rest = behind;
    }
}

fn density(positions: &[[f32; 2]], lower: [f32; 2], side: f32) -> Density {
    let cells = ((positions.len() / DENSITY_POINTS) as f64).sqrt() as usize;
    let cells = cells.clamp(DENSITY_SIDES[0], DENSITY_SIDES[1]);
    let mut counts = vec![0u32; cells * cells];
    for point in positions.iter().filter(|point| is_finite(point)) {
        let [column, line] = [0, 1].map(|axis| {
            let share = (point[axis] - lower[axis]) / side;
            ((share * cells as f32) as usize).min(cells - 1)
        });
        counts[line * cells + column] += 1;
    }
    let fullest = counts.iter().copied().max().unwrap_or(0).max(1);
    let share = |count: u32| ((f64::from(count).ln_1p() / f64::from(fullest).ln_1p()) * 255.0).round() as u8;
    Density {
        side: cells,
        shares: counts.into_iter().map(share).collect(),
        lower,
        upper: [lower[0] + side, lower[1] + side],
    }
}
