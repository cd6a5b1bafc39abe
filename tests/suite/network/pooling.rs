//! Pools of every size against their definition, place by place.

use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};
use tiramisu::network::{GraphBuilder, NetworkChoice, Op, Pool, PoolKind, Runner, Source, load};

/// What a pool is, in double precision: `[c, h', w']`.
fn by_definition(pool: &Pool, picture: &[f32], [c, h, w]: [usize; 3], [out_h, out_w]: [usize; 2]) -> Vec<f64> {
    let mut values = Vec::new();
    for plane in picture.chunks_exact(h * w).take(c) {
        for (y, x) in (0..out_h).flat_map(|y| (0..out_w).map(move |x| (y, x))) {
            let [(top, bottom), (left, right)] = pool.padding;
            // In places of the padded picture.
            let rows = y * pool.stride[0]..(y * pool.stride[0] + pool.kernel[0]).min(top + h + bottom);
            let columns = x * pool.stride[1]..(x * pool.stride[1] + pool.kernel[1]).min(left + w + right);
            let mut seen = Vec::new();
            for row in rows.clone().filter(|row| (top..top + h).contains(row)) {
                for column in columns.clone().filter(|column| (left..left + w).contains(column)) {
                    seen.push(f64::from(plane[(row - top) * w + column - left]));
                }
            }
            values.push(match pool.kind {
                PoolKind::Maximum => seen.iter().copied().fold(f64::NEG_INFINITY, f64::max),
                PoolKind::Average { count_padding: true } => {
                    seen.iter().sum::<f64>() / (rows.len() * columns.len()) as f64
                }
                PoolKind::Average { count_padding: false } => seen.iter().sum::<f64>() / seen.len() as f64,
            });
        }
    }
    values
}

#[test]
fn pools_of_every_size_are_what_they_are_defined_to_be() {
    let preprocessing = load(&NetworkChoice::Analytic).unwrap().preprocessing;
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..300 {
        // Narrower than a register, as wide, wider; windows that meet, overlap and lie apart.
        let [h, w] = [random.usize(1..40), random.usize(1..40)];
        let kernel = [random.usize(1..=h.min(7)), random.usize(1..=w.min(7))];
        let pool = Pool {
            kind: match random.usize(0..3) {
                0 => PoolKind::Maximum,
                kind => PoolKind::Average { count_padding: kind == 1 },
            },
            kernel,
            stride: [random.usize(1..4), random.usize(1..4)],
            padding: kernel.map(|size| (random.usize(..=(size - 1) / 2), random.usize(..=(size - 1) / 2))),
            ceil: random.bool(),
        };
        let mut builder = GraphBuilder::new([3, h, w]).unwrap();
        let node = builder.push("pool", "Pooling", Op::Pool(pool), &[Source::Input]).unwrap();
        let [_, out_h, out_w] = builder.shape_of(node);
        let graph = Arc::new(builder.finish("pool", preprocessing.clone()).unwrap());
        let picture: Vec<f32> = (0..3 * h * w).map(|_| random.f32() * 8.0 - 6.0).collect();
        let batch = Tensor::from_data(TensorData::new(picture.clone(), [1, 3, h, w]), &Device::flex());
        let mut pooled: Vec<f32> = Vec::new();
        Runner::new(graph, &Device::flex()).unwrap().forward(batch, &[0], |_, activation| {
            pooled = activation.try_into_vec_as().unwrap();
        });
        let expected = by_definition(&pool, &picture, [3, h, w], [out_h, out_w]);
        assert_eq!(pooled.len(), expected.len());
        for (found, expected) in pooled.iter().zip(&expected) {
            assert!((f64::from(*found) - expected).abs() <= 1e-5, "{found} for {expected}: {pool:?} of {h} x {w}");
        }
    }
}
