//! Parts of a map, each with the first few of its images: pictures for where there is no room for all.

use super::camera::Camera;
use crate::domain::ImageId;

/// Images of each part of the screen that may show themselves: where the first would cover one beside it, the next has a try. A part
/// is a square as large as a picture, or up to twice as large.
const TRIED: usize = 3;

/// An image that may show itself: the first come first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// What one asks for, then what one has chosen, then all others.
    pub rank: u8,
    /// By chance, always the same for an image.
    pub order: u32,
    pub id: ImageId,
    pub pos_on_map: [f32; 2],
}

impl Candidate {
    fn order(&self) -> (u8, u32, ImageId) {
        (self.rank, self.order, self.id)
    }
}

/// The parts of what is seen. They are squares that stay where they are when the map is moved, and are halved when it is magnified: the
/// picture of one stays that of the quarter it lies in.
#[derive(Default)]
pub struct Parts {
    /// Of the map's length so many are one side of a part: a power of two, so that nothing is lost in multiplying by it.
    in_length: f64,
    /// The part in which the lower corner of what is seen lies.
    origin: [f64; 2],
    /// How many there are along each axis.
    counts: [usize; 2],
    /// As many as the screen has room for: a look-up of each point by a hash would take longer than all else here.
    first: Vec<[Option<Candidate>; TRIED]>,
}

impl Parts {
    /// Empties them: parts have at least `least_side` points of the screen along each side, and what lies between the corners is seen.
    pub fn begin(&mut self, camera: &Camera, (lower, upper): ([f32; 2], [f32; 2]), least_side: f32) {
        self.in_length = (-(f64::from(least_side) / camera.zoom).log2().ceil()).exp2();
        let part = |x: f32| (f64::from(x) * self.in_length).floor();
        self.origin = lower.map(part);
        self.counts = [0, 1].map(|axis| (part(upper[axis]) - self.origin[axis]).max(0.0) as usize + 1);
        self.first.clear();
        self.first.resize(self.counts[0] * self.counts[1], [None; TRIED]);
    }

    /// Takes in one that lies between the corners of what is seen, if it is among the first of its part.
    pub fn take(&mut self, candidate: Candidate) {
        // How far beyond the lower corner's part: never less than nothing, so that to cut off is to round down.
        let place = |axis: usize| {
            let beyond = f64::from(candidate.pos_on_map[axis]) * self.in_length - self.origin[axis];
            (beyond.max(0.0) as usize).min(self.counts[axis] - 1)
        };
        let place = place(1) * self.counts[0] + place(0);
        let mut coming = candidate;
        for known in &mut self.first[place] {
            match known {
                // The one that is here already may come a second time, since it is also chosen.
                Some(there) if there.id == coming.id => return,
                Some(there) if coming.order() < there.order() => std::mem::swap(there, &mut coming),
                Some(_) => {}
                None => {
                    *known = Some(coming);
                    return;
                }
            }
        }
    }

    /// Lists them: all the firsts before all the seconds.
    pub fn end(&self, into: &mut Vec<Candidate>) {
        let with_turns = self.first.iter().flat_map(|part| part.iter().flatten().enumerate());
        let mut some: Vec<(usize, Candidate)> = with_turns.map(|(turn, candidate)| (turn, *candidate)).collect();
        // What one asks for and has chosen comes before all the firsts.
        some.sort_unstable_by_key(|(turn, candidate)| (candidate.rank, *turn, candidate.order()));
        into.extend(some.into_iter().map(|(_, candidate)| candidate));
    }
}
