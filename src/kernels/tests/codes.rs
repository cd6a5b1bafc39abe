use std::panic::catch_unwind;

use tiramisu_kernels::Instructions;
use tiramisu_kernels::codes::{Code, hamming, l1};

use super::{CASES, Shifted};

/// A code's numbers, and its two planes.
fn code(random: &mut fastrand::Rng, words: usize) -> (Vec<i8>, [Shifted<u64>; 2]) {
    let plain: Vec<i8> = (0..words * 64).map(|_| random.i8(-1..=1)).collect();
    let planes = [1, -1].map(|value| {
        let word = |codes: &[i8]| codes.iter().rev().fold(0, |word, code| word << 1 | u64::from(*code == value));
        Shifted::new(&plain.chunks_exact(64).map(word).collect::<Vec<_>>(), random.usize(0..5))
    });
    (plain, planes)
}

#[test]
fn distances_of_codes_are_those_of_their_definitions() {
    let mut random = fastrand::Rng::with_seed(2);
    for case in 0..CASES {
        let words = if case < 40 { case as usize } else { random.usize(0..200) };
        let ((a, a_planes), (b, b_planes)) = (code(&mut random, words), code(&mut random, words));
        let sum = |term: fn(u32) -> u32| -> u32 { a.iter().zip(&b).map(|(a, b)| term(a.abs_diff(*b).into())).sum() };
        let [a, b] = [&a_planes, &b_planes]
            .map(|[positive, negative]| Code { positive: positive.slice(), negative: negative.slice() });
        for instructions in Instructions::all() {
            assert_eq!(hamming(instructions, a, b), sum(|d| u32::from(d != 0)), "{words} words, {instructions:?}");
            assert_eq!(l1(instructions, a, b), sum(|d| d), "{words} words, {instructions:?}");
        }
    }
}

#[test]
fn planes_of_different_lengths_are_refused_in_release() {
    let words = [u64::MAX; 9];
    for lengths in [[8, 9, 9, 9], [9, 8, 9, 9], [9, 9, 8, 9], [9, 9, 9, 8]] {
        let [a, b, c, d] = lengths.map(|length| &words[..length]);
        let (first, second) = (Code { positive: a, negative: b }, Code { positive: c, negative: d });
        for instructions in Instructions::all() {
            assert!(catch_unwind(|| hamming(instructions, first, second)).is_err(), "{lengths:?}");
            assert!(catch_unwind(|| l1(instructions, first, second)).is_err(), "{lengths:?}");
        }
    }
}
