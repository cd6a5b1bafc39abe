use std::panic::catch_unwind;

use tiramisu_kernels::{Instructions, halving};

use super::{CASES, Shifted};

/// The mean of a block's bytes, rounded to the nearest.
fn mean(rgba: &[u8], [width, height]: [usize; 2], step: usize, [x, y]: [usize; 2], part: usize) -> u8 {
    let columns = x * step..width.min((x + 1) * step);
    let rows = y * step..height.min((y + 1) * step);
    let count = columns.len() * rows.len();
    let all = rows.flat_map(|y| columns.clone().map(move |x| usize::from(rgba[(y * width + x) * 4 + part])));
    ((all.sum::<usize>() + count / 2) / count) as u8
}

#[test]
fn each_pixel_of_a_halved_picture_is_the_mean_of_those_that_become_it() {
    let mut random = fastrand::Rng::with_seed(21);
    for case in 0..CASES / 4 {
        let [width, height] = [random.usize(1..40), random.usize(0..40)];
        let halvings = random.u8(1..=halving::MOST);
        let step = 1 << halvings;
        let mut rgba: Vec<u8> = (0..width * height * 4).map(|_| random.u8(..)).collect();
        // The brightest, of which sums are largest, and pictures that are opaque.
        match case % 4 {
            0 => rgba.fill(255),
            1 => rgba.iter_mut().skip(3).step_by(4).for_each(|alpha| *alpha = 255),
            _ => {}
        }
        let is_opaque = rgba.iter().skip(3).step_by(4).all(|alpha| *alpha == 255);
        assert_eq!(halving::are_opaque(&rgba), is_opaque);
        let [new_width, new_height] = [width.div_ceil(step), height.div_ceil(step)];
        let places = (0..new_height).flat_map(|y| (0..new_width).map(move |x| [x, y]));
        let expected: Vec<u8> = places
            .flat_map(|at| (0..4).map(move |part| (at, part)))
            .map(|(at, part)| mean(&rgba, [width, height], step, at, part))
            .collect();
        let rgba = Shifted::new(&rgba, random.usize(0..33));
        for instructions in Instructions::all() {
            let mut out = Shifted::new(&vec![7; expected.len()], random.usize(0..33));
            let told = halving::halve(instructions, rgba.slice(), width, halvings, out.slice_mut());
            assert_eq!(told, is_opaque, "{width} x {height}, {instructions:?}");
            assert_eq!(out.slice(), expected, "{width} x {height} halved {halvings} times, {instructions:?}");
        }
    }
}

#[test]
fn what_cannot_be_a_picture_is_refused() {
    let halve = |bytes: usize, width: usize, halvings: u8, room: usize| {
        let rgba = vec![0; bytes];
        catch_unwind(move || {
            let mut out = vec![0; room];
            halving::halve(Instructions::best(), &rgba, width, halvings, &mut out)
        })
        .is_err()
    };
    assert!(!halve(64, 4, 1, 16));
    assert!(halve(64, 4, 0, 64) && halve(64, 4, 4, 4), "not so often");
    assert!(halve(60, 4, 1, 16) && halve(64, 0, 1, 16), "no whole rows");
    assert!(halve(64, 4, 1, 12) && halve(64, 4, 1, 20), "no room for it");
}
