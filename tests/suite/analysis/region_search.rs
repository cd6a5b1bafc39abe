//! Parts of pictures, against every window compared one by one.

use half::f16;
use tiramisu::analysis::region_search::{Window, best_window, best_windows};
use tiramisu::domain::{Metric, Pooling};

const SHAPE: [usize; 3] = [5, 6, 7];

fn random(seed: u64, count: usize) -> Vec<f16> {
    let mut random = fastrand::Rng::with_seed(seed);
    // As after a ReLU.
    (0..count).map(|_| f16::from_f32((random.f32() * 4.0 - 2.0).max(0.0))).collect()
}

/// The score of one window, from its definition.
fn score(probe: &[f32], map: &[f16], at: [usize; 2], window: [usize; 2], pooling: Pooling, metric: Metric) -> f64 {
    let [_, h, w] = SHAPE;
    let pooled: Vec<f64> = map
        .chunks_exact(h * w)
        .map(|plane| {
            let cells = (0..window[0]).flat_map(|y| (0..window[1]).map(move |x| (at[0] + y) * w + at[1] + x));
            let values: Vec<f64> = cells.map(|cell| plane[cell].to_f64()).collect();
            match pooling {
                Pooling::Average => values.iter().sum::<f64>() / values.len() as f64,
                Pooling::Maximum => values.into_iter().fold(f64::NEG_INFINITY, f64::max),
            }
        })
        .collect();
    let sum = |term: &dyn Fn(f64, f64) -> f64| -> f64 {
        pooled.iter().zip(probe).map(|(value, wanted)| term(*value, f64::from(*wanted))).sum()
    };
    let product = sum(&|value, wanted| value * wanted);
    match metric {
        Metric::Dot => product,
        Metric::Cosine => product / (sum(&|value, _| value * value) * sum(&|_, wanted| wanted * wanted)).sqrt(),
        Metric::Euclidean => sum(&|value, wanted| (value - wanted).powi(2)).sqrt(),
    }
}

#[test]
fn the_best_window_is_that_of_all_windows_one_by_one() {
    let [c, h, w] = SHAPE;
    for seed in 0..20 {
        let map = random(seed, c * h * w);
        let probe: Vec<f32> = random(seed + 1000, c).into_iter().map(|value| value.to_f32() + 0.1).collect();
        for (window, pooling, metric) in [[1, 1], [2, 3], [6, 7], [4, 1]]
            .into_iter()
            .flat_map(|window| Pooling::ALL.map(|pooling| (window, pooling)))
            .flat_map(|(window, pooling)| Metric::ALL.map(|metric| (window, pooling, metric)))
        {
            let found = best_window(&probe, &map, SHAPE, window, pooling, metric).expect("there are windows");
            let places = (0..=h - window[0]).flat_map(|row| (0..=w - window[1]).map(move |column| [row, column]));
            let scores: Vec<f64> = places.map(|at| score(&probe, &map, at, window, pooling, metric)).collect();
            let best = match metric.larger_is_nearer() {
                true => scores.iter().copied().fold(f64::NEG_INFINITY, f64::max),
                false => scores.iter().copied().fold(f64::INFINITY, f64::min),
            };
            let own = score(&probe, &map, [found.row, found.column], window, pooling, metric);
            assert!((found.score - best).abs() < 1e-5, "{window:?} {pooling:?} {metric:?}: {found:?} {best}");
            assert!((own - best).abs() < 1e-5, "the place is that of the score: {own} {best}");
        }
    }
}

#[test]
fn what_was_put_somewhere_is_found_there() {
    let [c, h, w] = SHAPE;
    let probe: Vec<f32> = (1..=c).map(|channel| channel as f32).collect();
    let mut map = vec![f16::ZERO; c * h * w];
    for (channel, value) in probe.iter().enumerate() {
        for cell in [(3, 4), (3, 5), (4, 4), (4, 5)] {
            map[channel * h * w + cell.0 * w + cell.1] = f16::from_f32(*value);
        }
    }
    let found = best_windows(
        &probe,
        &[map, vec![f16::ZERO; c * h * w]].concat(),
        SHAPE,
        [2, 2],
        Pooling::Average,
        Metric::Euclidean,
    );
    assert_eq!(found[0], Some(Window { row: 3, column: 4, score: 0.0 }));
    // Where nothing is active, everything is equally far, and the first is told.
    assert_eq!(found[1].map(|window| (window.row, window.column)), Some((0, 0)));
}

#[test]
fn strange_sizes_are_borne() {
    let metric = Metric::Cosine;
    assert_eq!(best_window(&[], &[], [0, 3, 3], [1, 1], Pooling::Average, metric), None);
    assert_eq!(best_window(&[1.0], &[], [1, 0, 0], [1, 1], Pooling::Average, metric), None);
    // Too large a window is the whole.
    let found = best_window(&[1.0], &[f16::ONE; 4], [1, 2, 2], [9, 9], Pooling::Maximum, metric);
    assert_eq!(found, Some(Window { row: 0, column: 0, score: 1.0 }));
    // What is no number counts as 0, and hides nothing beside it.
    for strange in [f16::NAN, f16::INFINITY] {
        let map = [strange, f16::ZERO, f16::ZERO, f16::ONE];
        for pooling in Pooling::ALL {
            let found = best_window(&[1.0], &map, [1, 2, 2], [1, 1], pooling, Metric::Dot);
            assert_eq!(found, Some(Window { row: 1, column: 1, score: 1.0 }), "{strange} {pooling:?}");
        }
    }
}
