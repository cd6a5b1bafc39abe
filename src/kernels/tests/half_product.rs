use std::panic::{AssertUnwindSafe, catch_unwind};

use tiramisu_kernels::Instructions;
use tiramisu_kernels::half_product::HalfProduct;

use super::{CASES, Shifted, is_near, numbers};

#[test]
fn products_of_channels_are_those_of_their_definition() {
    for instructions in Instructions::all() {
        let mut random = fastrand::Rng::with_seed(3);
        // One for all shapes, so that what is left of a shape before would be seen.
        let mut product = HalfProduct::new(instructions);
        for case in 0..CASES / 4 {
            let channels = 1 + if case < 70 && !cfg!(miri) { case as usize } else { random.usize(0..70) };
            let rows = if case % 8 == 0 { random.usize(250..600) } else { random.usize(0..20) };
            let rows = if cfg!(miri) { rows % 20 } else { rows };
            let values = Shifted::new(&numbers(&mut random, rows * channels), random.usize(0..9));
            product.set(values.slice(), channels);
            for first in 0..channels {
                let found = product.of_channel(first);
                assert_eq!(found.len(), channels - first);
                for (second, found) in (first..channels).zip(found) {
                    let terms = || {
                        let rows = values.slice().chunks_exact(channels);
                        rows.map(|row| f64::from(row[first]) * f64::from(row[second]))
                    };
                    let (expected, sizes) = (terms().sum(), terms().map(f64::abs).sum());
                    let is_right = is_near(f64::from(*found), expected, sizes);
                    assert!(is_right, "{first} by {second} of {rows} x {channels}: {found}, not {expected}");
                }
            }
        }
    }
}

#[test]
fn numbers_that_are_no_whole_rows_are_refused_in_release() {
    let mut product = HalfProduct::default();
    for (count, channels) in [(7, 2), (4, 0), (0, 0)] {
        let values = vec![1.0; count];
        let set = catch_unwind(AssertUnwindSafe(|| product.set(&values, channels)));
        assert!(set.is_err(), "{count} numbers of {channels} channels");
    }
}
