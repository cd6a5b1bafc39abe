use half::f16;
use tiramisu_kernels::{Instructions, rows};

use super::{CASES, Shifted, is_near, is_refused, numbers};

#[test]
fn sums_over_rows_are_those_of_their_definitions() {
    let mut random = fastrand::Rng::with_seed(1);
    for case in 0..CASES {
        // Every short length, then some around those of registers, groups and pieces.
        let length = if case < 80 && !cfg!(miri) { case as usize } else { random.usize(0..1100) };
        // In plain Rust: Miri does not know the instruction for it.
        let halves: Vec<f16> = numbers(&mut random, length).into_iter().map(f16::from_f32_const).collect();
        let (a, b) = (Shifted::new(&halves, random.usize(0..9)), numbers(&mut random, length));
        let b = Shifted::new(&b, random.usize(0..9));
        let (a, b) = (a.slice(), b.slice());
        let wide: Vec<f32> = a.iter().map(|half| half.to_f32()).collect();
        let wide = Shifted::new(&wide, random.usize(0..9));
        let sum = |term: fn(f64, f64) -> f64| -> f64 {
            wide.slice().iter().zip(b).map(|(x, y)| term(f64::from(*x), f64::from(*y))).sum()
        };
        let product = (sum(|x, y| x * y), sum(|x, y| (x * y).abs()));
        let square = (sum(|x, y| (x - y) * (x - y)), sum(|x, y| (x - y) * (x - y)));
        let check = |found: f64, (expected, sizes): (f64, f64), what: &str| {
            assert!(is_near(found, expected, sizes), "{what} of {length}: {found} instead of {expected}");
        };
        for instructions in Instructions::all() {
            check(rows::dot_half(instructions, a, b).into(), product, &format!("dot_half, {instructions:?}"));
            let found = rows::squared_distance_half(instructions, a, b);
            check(found.into(), square, &format!("squared_distance_half, {instructions:?}"));
            let mut found = Shifted::new(&vec![f32::NAN; length], random.usize(0..9));
            rows::widen(instructions, a, found.slice_mut());
            assert_eq!(found.slice(), wide.slice(), "{length} numbers widened, {instructions:?}");
            let mut sums: Vec<f64> = (0..length).map(|place| place as f64 / 3.0).collect();
            rows::add_to(instructions, b, &mut sums);
            let expected: Vec<f64> =
                b.iter().zip(0..).map(|(b, place)| f64::from(place) / 3.0 + f64::from(*b)).collect();
            assert_eq!(sums, expected, "{length} numbers added, {instructions:?}");
        }
        check(rows::dot(wide.slice(), b).into(), product, "dot");
        check(rows::dot_in_f64(wide.slice(), b), product, "dot_in_f64");
        check(rows::squared_distance_in_f64(wide.slice(), b), square, "squared_distance_in_f64");
    }
}

#[test]
fn every_half_is_widened_to_its_value() {
    let step = if cfg!(miri) { 257 } else { 1 };
    let halves: Vec<f16> = (0..=u16::MAX).step_by(step).map(f16::from_bits).collect();
    for instructions in Instructions::all() {
        let mut wide = vec![0.0; halves.len()];
        rows::widen(instructions, &halves, &mut wide);
        for (half, wide) in halves.iter().zip(&wide) {
            let is_same = half.to_f32() == *wide || (half.is_nan() && wide.is_nan());
            assert!(is_same, "{half:?} became {wide}, {instructions:?}");
        }
    }
}

#[test]
fn rows_of_different_lengths_are_refused_in_release() {
    let (short, long) = ([f16::ONE; 31], [1.0f32; 32]);
    let of_other_lengths = "have the same number of channels";
    for instructions in Instructions::all() {
        assert!(is_refused(of_other_lengths, || rows::dot_half(instructions, &short, &long)));
        assert!(is_refused(of_other_lengths, || rows::squared_distance_half(instructions, &short, &long)));
        // Also where those that lack a place, or a number, fill whole registers.
        for (numbers, places) in [(31, 32), (32, 31), (32, 24), (24, 32), (0, 8)] {
            let widen = || rows::widen(instructions, &[f16::ONE; 32][..numbers], &mut vec![0.0; places]);
            assert!(is_refused("as many numbers as there is place for", widen), "{numbers} in {places}");
        }
        assert!(is_refused("a sum for each number", || rows::add_to(instructions, &long, &mut [0.0; 31])));
    }
    assert!(is_refused(of_other_lengths, || rows::dot(&long[1..], &long)));
    assert!(is_refused(of_other_lengths, || rows::dot_in_f64(&long[1..], &long)));
    assert!(is_refused(of_other_lengths, || rows::squared_distance_in_f64(&long[1..], &long)));
}
