//! GoogLeNet (Szegedy et al. 2015): its shapes, with random numbers for weights.

use tiramisu::network::{
    Activation, Convolution, Graph, GraphBuilder, Linear, Normalization, Op, Pool, PoolKind, Preprocessing, Source,
    Weights,
};

/// Channels of an inception block: 1x1; 3x3 after its reduction; 5x5 after its; the projection of what was pooled.
const BLOCKS: [(&str, [usize; 6]); 9] = [
    ("3a", [64, 96, 128, 16, 32, 32]),
    ("3b", [128, 128, 192, 32, 96, 64]),
    ("4a", [192, 96, 208, 16, 48, 64]),
    ("4b", [160, 112, 224, 24, 64, 64]),
    ("4c", [128, 128, 256, 24, 64, 64]),
    ("4d", [112, 144, 288, 32, 64, 64]),
    ("4e", [256, 160, 320, 32, 128, 128]),
    ("5a", [256, 160, 320, 32, 128, 128]),
    ("5b", [384, 192, 384, 48, 128, 128]),
];

struct Net {
    builder: GraphBuilder,
    random: fastrand::Rng,
}

/// The network, the same every time.
pub fn graph() -> Graph {
    let builder = GraphBuilder::new([3, 224, 224]).expect("a picture of 224 x 224 can be taken");
    let mut net = Net { builder, random: fastrand::Rng::with_seed(2016) };
    let x = net.conv("conv1/7x7_s2", Source::Input, [3, 64], 7, 2);
    let x = net.pool("pool1/3x3_s2", x, 2);
    let x = net.norm("pool1/norm1", x);
    let x = net.conv("conv2/3x3_reduce", x, [64, 64], 1, 1);
    let x = net.conv("conv2/3x3", x, [64, 192], 3, 1);
    let x = net.norm("conv2/norm2", x);
    let mut x = net.pool("pool2/3x3_s2", x, 2);
    let mut channels = 192;
    for (block, sizes) in BLOCKS {
        (x, channels) = net.inception(block, x, channels, sizes);
        if matches!(block, "3b" | "4e") {
            x = net.pool(&format!("pool_{block}/3x3_s2"), x, 2);
        }
    }
    let average = PoolKind::Average { count_padding: false };
    let x = net.push("pool5/7x7_s1", "AveragePool", Op::GlobalPool(average), &[x]);
    let weight = net.weights(vec![1000, channels], (1.0 / channels as f32).sqrt());
    let x = net.push("loss3/classifier", "Gemm", Op::Linear(Linear { weight, bias: None }), &[x]);
    net.push("prob", "Softmax", Op::Softmax, &[x]);
    let preprocessing = Preprocessing::torchvision(256, 224);
    net.builder.finish("googlenet", preprocessing).expect("a network with layers")
}

impl Net {
    fn push(&mut self, name: &str, kind: &str, op: Op, inputs: &[Source]) -> Source {
        self.builder.push(name, kind, op, inputs).expect("a layer that fits the one before")
    }

    /// Normally distributed, nearly: the sum of four even ones.
    fn weights(&mut self, shape: Vec<usize>, deviation: f32) -> Weights {
        let count = shape.iter().product();
        let random = &mut self.random;
        let mut value = || (0..4).map(|_| random.f32() - 0.5).sum::<f32>() * 3f32.sqrt() * deviation;
        Weights::new(shape, (0..count).map(|_| value()).collect())
    }

    fn conv(&mut self, name: &str, input: Source, [of, to]: [usize; 2], side: usize, stride: usize) -> Source {
        let weight = self.weights(vec![to, of, side, side], (2.0 / (of * side * side) as f32).sqrt());
        let bias = Some(self.weights(vec![to], 0.1));
        let padding = [(side / 2, side / 2); 2];
        let convolution = Convolution { weight, bias, stride: [stride; 2], padding, dilation: [1; 2], groups: 1 };
        let x = self.push(name, "Conv", Op::Convolution(convolution), &[input]);
        self.push(&format!("{name}/relu"), "Relu", Op::Activate(Activation::Rectify { slope: 0.0 }), &[x])
    }

    fn pool(&mut self, name: &str, input: Source, stride: usize) -> Source {
        let padding = [(2 - stride, 2 - stride); 2];
        let pool = Pool { kind: PoolKind::Maximum, kernel: [3; 2], stride: [stride; 2], padding, ceil: true };
        self.push(name, "MaxPool", Op::Pool(pool), &[input])
    }

    fn norm(&mut self, name: &str, input: Source) -> Source {
        let norm = Normalization { size: 5, alpha: 1e-4, beta: 0.75, k: 1.0, within_channel: false };
        self.push(name, "LRN", Op::Normalize(norm), &[input])
    }

    fn inception(&mut self, block: &str, input: Source, of: usize, sizes: [usize; 6]) -> (Source, usize) {
        let [one, reduce3, three, reduce5, five, projection] = sizes;
        let name = |part: &str| format!("inception_{block}/{part}");
        let first = self.conv(&name("1x1"), input, [of, one], 1, 1);
        let reduced = self.conv(&name("3x3_reduce"), input, [of, reduce3], 1, 1);
        let second = self.conv(&name("3x3"), reduced, [reduce3, three], 3, 1);
        let reduced = self.conv(&name("5x5_reduce"), input, [of, reduce5], 1, 1);
        let third = self.conv(&name("5x5"), reduced, [reduce5, five], 5, 1);
        let pooled = self.pool(&name("pool"), input, 1);
        let fourth = self.conv(&name("pool_proj"), pooled, [of, projection], 1, 1);
        let ends = [first, second, third, fourth];
        let joined = self.push(&name("output"), "Concat", Op::Concat { axis: 0 }, &ends);
        (joined, one + three + five + projection)
    }
}
