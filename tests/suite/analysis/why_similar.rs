//! Why two images are alike, against sums in f64 and numbers worked out by hand.

use tiramisu::analysis::why_similar::{Contribution, difference, similarity, total};
use tiramisu::domain::Metric;

fn random(channels: usize, seed: u64) -> Vec<f32> {
    let mut random = fastrand::Rng::with_seed(seed);
    (0..channels).map(|_| (random.f32() - 0.3) * 5.0).collect()
}

fn sum(a: &[f32], b: &[f32], term: impl Fn(f64, f64) -> f64) -> f64 {
    a.iter().zip(b).map(|(a, b)| term(f64::from(*a), f64::from(*b))).sum()
}

#[test]
fn the_channels_add_up_to_the_score() {
    let (a, b) = (random(777, 1), random(777, 2));
    let (dot, squared) = (sum(&a, &b, |a, b| a * b), sum(&a, &b, |a, b| (a - b).powi(2)));
    let (of_a, of_b) = (sum(&a, &a, |a, b| a * b), sum(&b, &b, |a, b| a * b));
    let cosine = dot / (of_a * of_b).sqrt();
    for (metric, alike, unlike) in [
        (Metric::Cosine, cosine, 1.0 - cosine),
        (Metric::Dot, dot, squared / 2.0),
        (Metric::Euclidean, 2.0 * dot, squared),
    ] {
        let (similarity, difference) = (similarity(&a, &b, metric), difference(&a, &b, metric));
        assert!((total(&similarity) - alike).abs() < 1e-9 * alike.abs().max(1.0), "{metric:?}: {}", total(&similarity));
        assert!((total(&difference) - unlike).abs() < 1e-9 * unlike.max(1.0), "{metric:?}: {}", total(&difference));
        let whole = match metric {
            Metric::Cosine => 1.0,
            Metric::Dot => (of_a + of_b) / 2.0,
            Metric::Euclidean => of_a + of_b,
        };
        assert!((total(&similarity) + total(&difference) - whole).abs() < 1e-9 * whole, "{metric:?}");
    }
}

#[test]
fn the_channels_come_most_telling_first_with_their_values_and_shares() {
    let (a, b) = ([3.0, 0.0, -1.0, 2.0], [2.0, 5.0, 1.0, 3.0]);
    let told = |list: Vec<Contribution>| list.iter().map(|c| (c.channel, c.a, c.b, c.amount)).collect::<Vec<_>>();
    let dot = similarity(&a, &b, Metric::Dot);
    let shares: Vec<f64> = dot.iter().map(|c| c.share).collect();
    assert_eq!(shares, [6.0 / 13.0, 6.0 / 13.0, 0.0, -1.0 / 13.0]);
    // 0 and 3 tie.
    assert_eq!(told(dot), [(0, 3.0, 2.0, 6.0), (3, 2.0, 3.0, 6.0), (1, 0.0, 5.0, 0.0), (2, -1.0, 1.0, -1.0)]);
    let far = difference(&a, &b, Metric::Euclidean);
    assert_eq!(far[0].share, 25.0 / 31.0);
    assert_eq!(told(far), [(1, 0.0, 5.0, 25.0), (2, -1.0, 1.0, 4.0), (0, 3.0, 2.0, 1.0), (3, 2.0, 3.0, 1.0)]);
}

#[test]
fn the_same_image_differs_in_nothing() {
    let a = random(64, 3);
    for metric in Metric::ALL {
        assert!(difference(&a, &a, metric).iter().all(|c| c.amount == 0.0 && c.share == 0.0), "{metric:?}");
    }
    assert!((total(&similarity(&a, &a, Metric::Cosine)) - 1.0).abs() < 1e-12);
}

#[test]
fn a_vector_of_zeros_is_like_nothing() {
    for metric in Metric::ALL {
        let list = similarity(&[0.0, 0.0], &[1.0, 2.0], metric);
        assert!(list.iter().all(|c| c.amount == 0.0 && c.share == 0.0), "{list:?}");
        assert!(similarity(&[], &[], metric).is_empty());
    }
}
