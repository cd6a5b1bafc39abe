use tiramisu_kernels::Instructions;
use tiramisu_kernels::planes::{Summary, summary};

use super::{CASES, Shifted, is_near, numbers};

/// A plane of a random size, now and then with ties, infinities and what is no number.
fn random_plane(random: &mut fastrand::Rng) -> Vec<f32> {
    let most = if cfg!(miri) { 70 } else { 1400 };
    let places = 1 + random.usize(0..most);
    let mut plane = numbers(random, places);
    match random.u8(0..8) {
        // As after a rectifier, where many places are equal.
        0 => plane.iter_mut().for_each(|value| *value = value.max(0.0)),
        1 => plane.fill(random.f32()),
        2 => plane.iter_mut().for_each(|value| *value = value.signum()),
        3 => (0..3).for_each(|_| plane[random.usize(0..places)] = f32::NAN),
        4 => plane[random.usize(0..places)] = f32::INFINITY,
        5 => (0..3).for_each(|_| plane[random.usize(0..places)] = f32::NEG_INFINITY),
        _ => {}
    }
    if random.u8(0..40) == 0 {
        plane.fill(f32::NEG_INFINITY);
    }
    plane
}

#[test]
fn a_plane_comes_to_what_its_definition_says() {
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..CASES {
        let plane = Shifted::new(&random_plane(&mut random), random.usize(0..9));
        let plane = plane.slice();
        let expected = plane.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let first = plane.iter().position(|value| value.is_nan());
        let first = first.or_else(|| plane.iter().position(|value| *value == expected)).expect("it is one of them");
        let sum: f64 = plane.iter().map(|value| f64::from(*value)).sum();
        let sizes: f64 = plane.iter().map(|value| f64::from(value.abs())).sum();
        let plain = summary(Instructions::PLAIN, plane);
        for instructions in Instructions::all() {
            let Summary { mean, largest, place } = summary(instructions, plane);
            assert_eq!(place, first, "{} places, {instructions:?}", plane.len());
            assert!(largest == expected || (largest.is_nan() && plane[first].is_nan()), "{largest}, not {expected}");
            let count = plane.len() as f64;
            let is_mean = is_near(f64::from(mean), sum / count, sizes / count);
            assert!(is_mean || (mean.is_nan() && sum.is_nan()), "{mean}, not {}", sum / count);
            assert_eq!(mean.to_bits(), plain.mean.to_bits(), "the same to the bit, {instructions:?}");
        }
    }
}

#[test]
fn infinities_of_both_signs_are_no_mean_but_have_a_largest() {
    for instructions in Instructions::all() {
        let mut plane = vec![0.5; 100];
        (plane[40], plane[70]) = (f32::NEG_INFINITY, f32::INFINITY);
        let Summary { mean, largest, place } = summary(instructions, &plane);
        assert!(mean.is_nan());
        assert_eq!((largest, place), (f32::INFINITY, 70));
    }
}

#[test]
#[should_panic(expected = "a plane has a place")]
fn an_empty_plane_comes_to_nothing() {
    summary(Instructions::best(), &[]);
}
