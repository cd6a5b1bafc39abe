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
fn there_is_a_sum_for_each_byte() {
    for instructions in Instructions::all() {
        assert!(catch_unwind(|| bytes::add_weighed(instructions, &[1, 2], 3, &mut [0; 3])).is_err());
        assert!(catch_unwind(|| bytes::add_weighed(instructions, &[1, 2, 3], 3, &mut [0; 2])).is_err());
    }
}
