//! Fingerprints of networks. Workspaces are found by them, so what they were they stay, whatever becomes of the code.

use std::collections::BTreeMap;

use tiramisu::network::{
    Activation, Angle, Combination, Convolution, Deconvolution, Function, General, GraphBuilder, Linear, Normalization,
    Op, Operand, Pair, Pool, PoolKind, Preprocessing, Reduction, Source, Weights,
};

const PICTURE: [usize; 3] = [3, 8, 8];

/// A layer by its name in the golden file, and how many times it takes the picture.
type Case = (String, Op, usize);

fn filled(shape: &[usize]) -> Weights {
    let count = shape.iter().product::<usize>();
    Weights::new(shape.to_vec(), (1..=count).map(|place| place as f32 / 2.0).collect())
}

fn picture() -> Operand {
    Operand::Input(PICTURE.to_vec())
}

fn constant(shape: &[usize]) -> Operand {
    Operand::Constant(filled(shape))
}

fn general(name: &str, function: Function, operands: Vec<Operand>, output: &[usize]) -> Case {
    let inputs = operands.iter().filter(|operand| matches!(operand, Operand::Input(_))).count();
    (name.to_owned(), Op::General(General { function, operands, output: output.to_vec() }), inputs)
}

/// Layers with weights, or with settings of their own.
fn planes() -> Vec<Case> {
    let convolution = Convolution {
        weight: filled(&[2, 3, 1, 1]),
        bias: Some(filled(&[2])),
        stride: [1, 2],
        padding: [(0, 1), (2, 3)],
        dilation: [1, 1],
        groups: 1,
    };
    let deconvolution = Deconvolution {
        weight: filled(&[3, 2, 3, 3]),
        bias: None,
        stride: [2, 2],
        padding: [(0, 0), (1, 1)],
        dilation: [1, 1],
        groups: 1,
        output_padding: [1, 0],
    };
    let pool = Pool {
        kind: PoolKind::Average { count_padding: true },
        kernel: [3, 3],
        stride: [2, 2],
        padding: [(1, 0), (0, 1)],
        ceil: true,
    };
    let normalization = Normalization { size: 5, alpha: 0.5, beta: 0.75, k: 2.0, within_channel: true };
    let [scale, shift] = [filled(&[3]), filled(&[3])];
    let ops = [
        ("convolution", Op::Convolution(convolution), 1),
        ("deconvolution", Op::Deconvolution(deconvolution), 1),
        ("linear", Op::Linear(Linear { weight: filled(&[1, 192]), bias: Some(filled(&[1])) }), 1),
        ("affine", Op::Affine { scale: scale.clone(), shift: shift.clone() }, 1),
        ("normalise channels", Op::NormalizeChannels { scale: scale.clone(), shift, epsilon: 0.5 }, 1),
        ("parametric", Op::ParametricRectify { slope: scale }, 1),
        ("pool", Op::Pool(pool), 1),
        ("global pool", Op::GlobalPool(PoolKind::Maximum), 1),
        ("adaptive pool", Op::AdaptivePool { kind: PoolKind::Maximum, output: [2, 3] }, 1),
        ("normalise", Op::Normalize(normalization), 1),
        ("concat", Op::Concat { axis: 1 }, 2),
        ("sum", Op::Combine(Combination::Sum(vec![0.5, 2.0])), 2),
        ("softmax", Op::Softmax, 1),
        ("flatten", Op::Flatten, 1),
        ("identity", Op::Identity, 1),
    ];
    ops.into_iter().map(|(name, op, inputs)| (name.to_owned(), op, inputs)).collect()
}

/// Layers on views.
fn views() -> Vec<Case> {
    let permute = Function::Permute { axes: vec![1, 2, 0] };
    let standardize = Function::Standardize {
        axes: vec![1, 2],
        epsilon: 0.5,
        after_root: true,
        centre: false,
        affine: PICTURE.to_vec(),
    };
    let pad = Function::Pad { places: vec![(0, 1), (0, 0), (0, 0)], value: 0.5 };
    let resample = Function::Resample { along: vec![(1, filled(&[2, 8]))] };
    let mut cases = vec![
        general("view", Function::View, vec![picture()], &[3, 64]),
        general("permute", permute, vec![picture()], &[8, 8, 3]),
        general("choose", Function::Choose, vec![picture(), picture(), constant(&[1])], &PICTURE),
        general("multiply", Function::Multiply, vec![picture(), constant(&[8, 2])], &[3, 8, 2]),
        general("general softmax", Function::Softmax { axis: 2, log: true }, vec![picture()], &PICTURE),
        general("standardise", standardize, vec![picture(), constant(&[3, 1, 1])], &PICTURE),
        general("take", Function::Take { picks: vec![(0, vec![2, 0])] }, vec![picture()], &[2, 8, 8]),
        general("pad", pad, vec![picture()], &[4, 8, 8]),
        general("join", Function::Join { axis: 0 }, vec![picture(), picture()], &[6, 8, 8]),
        general("expand", Function::Expand { to: vec![2, 3, 8, 8] }, vec![picture()], &[2, 3, 8, 8]),
        general("resample", resample, vec![picture()], &[3, 2, 8]),
        general("place of largest", Function::PlaceOfLargest { axis: 0 }, vec![picture()], &[1, 8, 8]),
    ];
    let pairs = [
        Pair::Add,
        Pair::Subtract,
        Pair::Multiply,
        Pair::Divide,
        Pair::Power,
        Pair::Maximum,
        Pair::Minimum,
        Pair::Remainder,
        Pair::TruncatedRemainder,
        Pair::Equal,
        Pair::Greater,
        Pair::GreaterOrEqual,
        Pair::Less,
        Pair::LessOrEqual,
        Pair::And,
        Pair::Or,
        Pair::Xor,
        Pair::Rectify,
    ];
    cases.extend(pairs.map(|pair| {
        general(&format!("Pair {pair:?}"), Function::Pair(pair), vec![picture(), constant(&[1])], &PICTURE)
    }));
    let reductions = [
        Reduction::Sum,
        Reduction::Mean,
        Reduction::Maximum,
        Reduction::Minimum,
        Reduction::Product,
        Reduction::SumOfMagnitudes,
        Reduction::SumOfSquares,
        Reduction::Length,
        Reduction::LogOfSum,
        Reduction::LogOfSumOfExp,
    ];
    cases.extend(reductions.map(|kind| {
        let function = Function::Reduce { kind, axes: vec![1, 2] };
        general(&format!("Reduce {kind:?}"), function, vec![picture()], &[3, 1, 1])
    }));
    cases
}

/// Layers of functions of one number, and of several place by place.
fn places() -> Vec<Case> {
    let activations = [
        ("Rectify", Activation::Rectify { slope: 0.25 }),
        ("Clip", Activation::Clip { min: 0.0, max: 6.0 }),
        ("Sigmoid", Activation::Sigmoid),
        ("Tanh", Activation::Tanh),
        ("HardSigmoid", Activation::HardSigmoid { alpha: 0.25, beta: 0.5 }),
        ("HardSwish", Activation::HardSwish),
        ("Swish", Activation::Swish),
        ("Gelu", Activation::Gelu { tanh: true }),
        ("Elu", Activation::Elu { alpha: 0.5 }),
        ("Celu", Activation::Celu { alpha: 0.5 }),
        ("Selu", Activation::Selu { alpha: 0.5, gamma: 1.5 }),
        ("Softplus", Activation::Softplus),
        ("Softsign", Activation::Softsign),
        ("Mish", Activation::Mish),
        ("Threshold", Activation::Threshold { above: 0.5 }),
        ("Shrink", Activation::Shrink { lambda: 0.5, bias: 0.25 }),
        ("Absolute", Activation::Absolute),
        ("Exp", Activation::Exp { scale: 0.5, shift: 1.0 }),
        ("Log", Activation::Log { scale: 0.5, shift: 1.0, factor: 2.0 }),
        ("Power", Activation::Power { scale: 0.5, shift: 1.0, power: 3.0 }),
        ("Sqrt", Activation::Sqrt),
        ("Reciprocal", Activation::Reciprocal),
        ("Negate", Activation::Negate),
        ("Sign", Activation::Sign),
        ("Erf", Activation::Erf),
        ("Floor", Activation::Floor),
        ("Ceil", Activation::Ceil),
        ("Round", Activation::Round),
        ("Truncate", Activation::Truncate),
    ];
    let angles = [
        Angle::Sin,
        Angle::Cos,
        Angle::Tan,
        Angle::Sinh,
        Angle::Cosh,
        Angle::ArcSin,
        Angle::ArcCos,
        Angle::ArcTan,
        Angle::ArcSinh,
        Angle::ArcCosh,
        Angle::ArcTanh,
    ];
    let combinations = [
        Combination::Product,
        Combination::Maximum,
        Combination::Minimum,
        Combination::Difference,
        Combination::Quotient,
    ];
    let activations = activations.map(|(name, function)| (format!("Activate {name}"), Op::Activate(function), 1));
    let angles = angles.map(|angle| (format!("Angle {angle:?}"), Op::Activate(Activation::Angle(angle)), 1));
    let combinations = combinations.map(|combination| {
        let name = format!("Combine {combination:?}");
        (name, Op::Combine(combination), 2)
    });
    activations.into_iter().chain(angles).chain(combinations).collect()
}

#[test]
fn the_fingerprint_of_every_kind_of_layer_is_what_it_always_was() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/fingerprints/fingerprints.json");
    let expected: BTreeMap<String, String> = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let found: BTreeMap<String, String> = [planes(), views(), places()]
        .concat()
        .into_iter()
        .map(|(name, op, inputs)| {
            let mut builder = GraphBuilder::new(PICTURE).unwrap();
            builder.push("layer", "Layer", op, &vec![Source::Input; inputs]).unwrap_or_else(|error| {
                panic!("{name}: {error}");
            });
            let preprocessing = Preprocessing { width: 8, height: 8, ..Preprocessing::default() };
            (name, builder.finish("one layer", preprocessing).unwrap().fingerprint())
        })
        .collect();
    let other: Vec<_> = found.iter().filter(|(name, print)| expected.get(*name) != Some(*print)).collect();
    assert!(other.is_empty(), "workspaces of such networks are lost: {other:?}");
    assert_eq!(found.len(), expected.len(), "every kind of layer is in both");
}
