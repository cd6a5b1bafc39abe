//! EfficientNet B0 to B7 and v2: Tan, Le, "EfficientNet: Rethinking model scaling for convolutional neural networks" (2019)
//! and "EfficientNetV2: Smaller models and faster training" (2021).

use super::{
    super::{
        layers::{Layers, Pushed, SIGMOID, SILU},
        state::State,
    },
    Family, PLAIN, Taken,
};
use crate::network::GraphError;

pub(super) const FAMILY: Family = Family {
    name: "EfficientNet",
    signs: &["features.1.0.block.0.0.weight", "features.6.0.block.0.0.weight", "features.0.0.weight"],
    taken: |state| member(state).taken(),
    build,
    ..PLAIN
};

/// A published member: its name, how it is known, and what it takes.
#[derive(Clone, Copy)]
struct Member {
    name: &'static str,
    /// Channels of the first convolution, blocks of the third stage, and blocks of the last.
    known_by: [usize; 3],
    side: usize,
    shorter: usize,
    bicubic: bool,
    /// What batch normalisation adds to the variance.
    epsilon: f32,
}

/// As torchvision has them.
const MEMBERS: [Member; 11] = [
    Member::new("EfficientNet-B0", [32, 2, 1], [224, 256], true, 1e-5),
    Member::new("EfficientNet-B1", [32, 3, 2], [240, 256], true, 1e-5),
    Member::new("EfficientNet-B2", [32, 3, 2], [288, 288], true, 1e-5),
    Member::new("EfficientNet-B3", [40, 3, 2], [300, 320], true, 1e-5),
    Member::new("EfficientNet-B4", [48, 4, 2], [380, 384], true, 1e-5),
    Member::new("EfficientNet-B5", [48, 5, 3], [456, 456], true, 1e-3),
    Member::new("EfficientNet-B6", [56, 6, 3], [528, 528], true, 1e-3),
    Member::new("EfficientNet-B7", [64, 7, 4], [600, 600], true, 1e-3),
    Member::new("EfficientNet v2 small", [24, 4, 15], [384, 384], false, 1e-3),
    Member::new("EfficientNet v2 medium", [24, 5, 5], [480, 480], false, 1e-3),
    Member::new("EfficientNet v2 large", [32, 7, 7], [480, 480], true, 1e-3),
];

/// The stages whose first block halves the plane, in both versions.
const HALVING: [usize; 4] = [2, 3, 4, 6];

impl Member {
    const fn new(
        name: &'static str,
        known_by: [usize; 3],
        [side, shorter]: [usize; 2],
        bicubic: bool,
        epsilon: f32,
    ) -> Self {
        Self { name, known_by, side, shorter, bicubic, epsilon }
    }

    fn taken(self) -> Taken {
        match self.name {
            "EfficientNet v2 large" => Taken { bicubic: true, ..Taken::symmetric(self.side, self.shorter) },
            _ => Taken { side: self.side, shorter: self.shorter, bicubic: self.bicubic, ..Taken::default() },
        }
    }
}

/// The published member this is, or for widths and depths of one's own the smallest of its kind.
fn member(state: &State) -> Member {
    let blocks = |stage: usize| {
        (0..).take_while(|block| state.has(&format!("features.{stage}.{block}.block.0.0.weight"))).count()
    };
    let last = (1..).take_while(|stage| blocks(*stage) > 0).last().unwrap_or(0);
    let first = state.shape("features.0.0.weight").first().copied().unwrap_or(0);
    let known_by = [first, blocks(3), blocks(last)];
    // B1 and B2 have the same depths and the same first layer; B2 is wider at the end.
    let is_b2 = state.shape(&format!("features.{}.0.weight", last + 1)).first() == Some(&1408);
    let candidates = MEMBERS.iter().filter(|member| member.known_by == known_by);
    let found = candidates.max_by_key(|member| (member.name == "EfficientNet-B2") == is_b2);
    // The first stage of the second version does not weigh channels.
    let is_second = !state.has("features.1.0.block.1.fc1.weight");
    let other = || Member { name: "EfficientNet", ..if is_second { MEMBERS[8] } else { MEMBERS[0] } };
    found.copied().unwrap_or_else(other)
}

fn build(net: &mut Layers) -> Result<String, GraphError> {
    let member = member(net.state());
    net.epsilon = member.epsilon;
    net.scope("features", |net| {
        net.unit("0", 2, Some(SILU))?;
        let mut stage = 1;
        while net.has(&format!("{stage}.0.block.0.0")) {
            for index in 0..net.count(|index| format!("{stage}.{index}.block.0.0")) {
                let stride = if index == 0 && HALVING.contains(&stage) { 2 } else { 1 };
                net.scope(format!("{stage}.{index}"), |net| block(net, stride))?;
            }
            stage += 1;
        }
        net.unit(&stage.to_string(), 1, Some(SILU))
    })?;
    net.global_pool("avgpool")?;
    net.scope("classifier", |net| {
        net.dropout("0")?;
        net.classes("1")
    })?;
    Ok(member.name.to_owned())
}

fn block(net: &mut Layers, stride: usize) -> Pushed {
    let (input, channels) = (net.at, net.channels());
    let parts = net.count(|index| format!("block.{index}.0")).max(1);
    let is_weighed = (1..=3).find(|part| net.has(&format!("block.{part}.fc1")));
    match is_weighed {
        // Widen (not in every first block), look around, weigh channels, narrow.
        Some(weighed) => {
            for part in 0..weighed {
                net.unit(&format!("block.{part}"), if part + 1 == weighed { stride } else { 1 }, Some(SILU))?;
            }
            net.squeeze_excite(&format!("block.{weighed}"), SILU, SIGMOID)?;
            net.unit(&format!("block.{}", weighed + 1), 1, None)?;
        }
        // The fused block of the second version: one convolution widens and looks around.
        None => {
            net.unit("block.0", stride, Some(SILU))?;
            if parts > 1 {
                net.unit("block.1", 1, None)?;
            }
        }
    }
    if stride == 1 && net.channels() == channels { net.add("add", [net.at, input]) } else { Ok(()) }
}
