use std::panic::catch_unwind;

use tiramisu_kernels::{Instructions, bytes};

use super::{CASES, Shifted};

#[test]
fn weighed_bytes_are_added_to_their_sums() {
    let mut random = fastrand::Rng::with_seed(7);
    for case in 0..CASES {
        // Every short length, then some around those of registers.
        let length = if case < 80 && !cfg!(miri) { case as usize } else { random.usize(0..300) };
        let values: Vec<u8> = (0..length).map(|_| random.u8(..)).collect();
        let before: Vec<i32> = (0..length).map(|_| random.i32(..)).collect();
        // Pillow's weights have 22 bits; larger ones are cut off as the processor does it.
        let weight = if case % 2 == 0 { random.i32(-(1 << 22)..1 << 22) } else { random.i32(..) };
        let expected: Vec<i32> = before
            .iter()
            .zip(&values)
            .map(|(sum, byte)| (i64::from(*sum) + i64::from(*byte) * i64::from(weight)) as i32)
            .collect();
        let values = Shifted::new(&values, random.usize(0..33));
        for instructions in Instructions::all() {
            let mut sums = Shifted::new(&before, random.usize(0..9));
            bytes::add_weighed(instructions, values.slice(), weight, sums.slice_mut());
            assert_eq!(sums.slice(), expected, "{length} bytes times {weight}, {instructions:?}");
        }
    }
}

#[test]
fn windows_of_pixels_are_summed() {
    let mut random = fastrand::Rng::with_seed(8);
    for _ in 0..CASES {
        let pixels = random.usize(1..60);
        let values: Vec<u8> = (0..pixels * 3).map(|_| random.u8(..)).collect();
        let windows: Vec<(usize, Vec<i32>)> = (0..random.usize(0..40))
            .map(|_| {
                // Empty ones, too, and those that end with the row.
                let start = random.usize(0..=pixels);
                let length = if random.bool() { pixels - start } else { random.usize(0..=pixels - start) };
                (start, (0..length).map(|_| random.i32(..)).collect())
            })
            .collect();
        let first = random.i32(..);
        let expected: Vec<[i32; 3]> = windows
            .iter()
            .map(|(start, weights)| {
                [0, 1, 2].map(|colour| {
                    let products = weights.iter().enumerate().map(|(at, weight)| {
                        i64::from(values[(start + at) * 3 + colour]).wrapping_mul(i64::from(*weight))
                    });
                    (i64::from(first) + products.sum::<i64>()) as i32
                })
            })
            .collect();
        let values = Shifted::new(&values, random.usize(0..33));
        for instructions in Instructions::all() {
            let mut sums = vec![[7; 3]; windows.len()];
            let each = windows.iter().map(|(start, weights)| (*start, weights.as_slice()));
            bytes::sum_windows(instructions, values.slice(), each, first, &mut sums);
            assert_eq!(sums, expected, "{windows:?} of {pixels} pixels, {instructions:?}");
        }
    }
}

#[test]
fn there_is_a_sum_for_each_byte() {
    for instructions in Instructions::all() {
        assert!(catch_unwind(|| bytes::add_weighed(instructions, &[1, 2], 3, &mut [0; 3])).is_err());
        assert!(catch_unwind(|| bytes::add_weighed(instructions, &[1, 2, 3], 3, &mut [0; 2])).is_err());
        let windows = || [(1, [2, 3].as_slice())].into_iter();
        assert!(catch_unwind(|| bytes::sum_windows(instructions, &[0; 8], windows(), 0, &mut [[0; 3]])).is_err());
        assert!(catch_unwind(|| bytes::sum_windows(instructions, &[0; 9], windows(), 0, &mut [[0; 3]; 2])).is_err());
    }
}
