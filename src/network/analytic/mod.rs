//! A network to learn on: filters written down as formulas, nothing learned, nothing random.
//!
//! Three layers after the model of the first stages of vision. `edges` are the receptive fields of simple cells (Gabor
//! functions: Daugman 1985) and of opponent colour cells; averaging their rectified phases gives a local energy
//! (Adelson and Bergen 1985), and dividing by the energy of all of them makes it independent of contrast (Heeger 1992).
//! `textures` combine energies over orientation and place: grain, crossings, circles, bends, borders, coloured areas.
//! `layouts` say where in a larger neighbourhood these are: everywhere, in the middle, on one side.

mod edges;
mod filters;
mod layouts;
mod textures;

use self::filters::bank;
use super::{Activation, Graph, GraphBuilder, GraphError, Normalization, Op, Pool, PoolKind, Preprocessing, Source};

/// Pictures are stretched to a square of this many pixels.
const SIDE: usize = 128;

const ABOUT: &str = "Tiramisu's analytic filters. Nothing here was learned and no picture was used to make it: the filters \
    are written down as formulas (oriented Gabor functions, opponent colours, and combinations of their energies), much \
    like the first stages of vision in the brain. It sees edges, textures and colours and where they are, so it sorts \
    textures well; it does not know what things are. For that, use a trained network.";

/// Makes the network.
pub fn graph() -> Graph {
    let mut graph = build().expect("the formulas fit together; a test builds it");
    graph.about = ABOUT.to_owned();
    graph
}

fn build() -> Result<Graph, GraphError> {
    let mut builder = GraphBuilder::new([3, SIDE, SIDE])?;
    let edges = edges::all();
    let value = stage(&mut builder, "edges", edges::convolution(&edges), Source::Input)?;
    let value = condense(&mut builder, "edges", value)?;
    let textures = textures::all();
    let value = stage(&mut builder, "textures", bank(&textures, &edges, 5, 1), value)?;
    let value = condense(&mut builder, "textures", value)?;
    let layouts = layouts::all();
    stage(&mut builder, "layouts", bank(&layouts, &textures, 5, 1), value)?;
    let preprocessing =
        Preprocessing { width: SIDE, height: SIDE, mean: [127.5; 3], scale: 1.0 / 127.5, ..Preprocessing::default() };
    builder.finish("analytic filters", preprocessing)
}

/// A convolution and what is positive of it.
fn stage(builder: &mut GraphBuilder, name: &str, convolution: Op, input: Source) -> Result<Source, GraphError> {
    let value = builder.push(name, "Convolution", convolution, &[input])?;
    builder.push(&format!("{name}/relu"), "ReLU", Op::Activate(Activation::Rectify { slope: 0.0 }), &[value])
}

/// Halves the plane by averaging, then divides by the energy of all channels at a place.
fn condense(builder: &mut GraphBuilder, name: &str, input: Source) -> Result<Source, GraphError> {
    let pool = Pool {
        kind: PoolKind::Average { count_padding: false },
        kernel: [4, 4],
        stride: [2, 2],
        padding: [(1, 1), (1, 1)],
        ceil: false,
    };
    let pooled = builder.push(&format!("{name}/pool"), "Pooling", Op::Pool(pool), &[input])?;
    let [channels, _, _] = builder.shape_of(pooled);
    // Wide enough that every channel is divided by all of them; alpha / size is then the weight of the plain sum.
    let size = 2 * channels + 1;
    let normalize =
        Op::Normalize(Normalization { size, alpha: size as f32, beta: 0.5, k: 0.01, within_channel: false });
    builder.push(&format!("{name}/norm"), "LRN", normalize, &[pooled])
}
