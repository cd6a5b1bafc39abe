//! The drawing of a network: properties that hold for every shape of network.

use tiramisu::ui::views::network::layout::{BOX_HEIGHT, BOX_WIDTH, Layout, Rows};

/// A network by what its layers take; `None` is the picture.
#[derive(Default)]
struct Net {
    inputs: Vec<Vec<Option<usize>>>,
}

impl Net {
    fn join(&mut self, from: &[Option<usize>]) -> Option<usize> {
        self.inputs.push(from.to_vec());
        Some(self.inputs.len() - 1)
    }

    /// `count` layers, one after the other.
    fn chain(&mut self, mut from: Option<usize>, count: usize) -> Option<usize> {
        for _ in 0..count {
            from = self.join(&[from]);
        }
        from
    }

    fn rows(&self) -> Rows {
        Rows::new(self.inputs.iter().map(|inputs| &inputs[..]))
    }

    fn straight(&self) -> Layout {
        self.rows().straight()
    }
}

/// Three modules of four branches, of one, two, two and two convolutions with their activations.
fn inception() -> (Net, Vec<[Option<usize>; 6]>) {
    let mut net = Net::default();
    let mut modules = Vec::new();
    let mut from = net.chain(None, 5);
    for _ in 0..3 {
        let first = net.inputs.len();
        let ends = [2, 4, 4, 3].map(|length| net.chain(from, length));
        let joined = net.join(&ends);
        modules.push([from, Some(first), Some(first + 2), Some(first + 6), Some(first + 10), joined]);
        from = joined;
    }
    net.chain(from, 3);
    (net, modules)
}

/// Blocks of eight layers whose input is added to their output, now and then through two layers of its own. Gives the
/// layers of the chain as well.
fn residual(blocks: usize) -> (Net, Vec<usize>) {
    let mut net = Net::default();
    let mut from = net.chain(None, 4);
    let mut chain: Vec<usize> = (0..4).collect();
    for block in 0..blocks {
        let first = net.inputs.len();
        let end = net.chain(from, 8);
        chain.extend(first..first + 8);
        let beside = if block % 3 == 0 { net.chain(from, 2) } else { from };
        let sum = net.join(&[end, beside]);
        from = net.chain(sum, 1);
        chain.extend(sum.into_iter().chain(from));
    }
    (net, chain)
}

/// Every layer of a block takes what all before it put out.
fn dense(blocks: &[usize]) -> Net {
    let mut net = Net::default();
    let mut from = net.chain(None, 4);
    for &length in blocks {
        let mut outputs = vec![from];
        for _ in 0..length {
            let joined = net.join(&outputs);
            let output = net.chain(joined, 6);
            outputs.push(output);
        }
        let joined = net.join(&outputs);
        from = net.chain(joined, 4);
    }
    net
}

/// No network, but a file may say so: layers without input, doubles, long and short ways at random.
fn wild(count: usize, seed: u64) -> Net {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut net = Net::default();
    for index in 0..count {
        let mut input = || match random.usize(0..8) {
            0 => None,
            _ => Some(random.usize(0..index.max(1))),
        };
        let inputs: Vec<Option<usize>> = (0..index % 4).map(|_| input()).collect();
        net.join(&inputs);
    }
    net
}

fn all() -> Vec<(&'static str, Net)> {
    vec![
        ("no layer", Net::default()),
        ("one layer", Net { inputs: vec![vec![None]] }),
        ("inception", inception().0),
        ("residual", residual(8).0),
        ("dense", dense(&[3, 6, 5])),
        ("wild", wild(120, 1)),
        ("wilder", wild(400, 2)),
    ]
}

fn boxes(layout: &Layout) -> Vec<[f32; 2]> {
    layout.boxes.iter().copied().chain(layout.picture).collect()
}

fn assert_apart(name: &str, layout: &Layout) {
    let mut boxes = boxes(layout);
    boxes.sort_by(|a, b| a[1].total_cmp(&b[1]).then(a[0].total_cmp(&b[0])));
    for (index, upper) in boxes.iter().enumerate() {
        for lower in boxes[index + 1..].iter().take_while(|lower| lower[1] - upper[1] < BOX_HEIGHT) {
            assert!((lower[0] - upper[0]).abs() >= BOX_WIDTH - 0.01, "{name}: {upper:?} and {lower:?} overlap");
        }
    }
    for [x, y] in boxes {
        let [width, height] = layout.size;
        assert!(x - BOX_WIDTH / 2.0 >= -0.01 && x + BOX_WIDTH / 2.0 <= width + 0.01, "{name}: {x} of {width}");
        assert!(y - BOX_HEIGHT / 2.0 >= -0.01 && y + BOX_HEIGHT / 2.0 <= height + 0.01, "{name}: {y} of {height}");
    }
}

#[test]
fn no_box_covers_another() {
    for (name, net) in all() {
        let rows = net.rows();
        assert_eq!(rows.straight().boxes.len(), net.inputs.len());
        assert_apart(name, &rows.straight());
        assert_apart(name, &rows.folded([900.0, 480.0]));
        assert_apart(name, &rows.folded([10.0, 3000.0]));
    }
}

#[test]
fn every_line_leads_down_from_what_is_taken_to_what_takes_it() {
    for (name, net) in all() {
        let layout = net.straight();
        for wire in &layout.wires {
            let from = wire.from.map_or(layout.picture, |from| Some(layout.boxes[from])).expect("it is drawn");
            let to = layout.boxes[wire.to];
            let way: Vec<[f32; 2]> = wire.shared.iter().chain(&wire.corners).copied().collect();
            assert_eq!(way[0], [from[0], from[1] + BOX_HEIGHT / 2.0], "{name}: it starts below the box");
            assert_eq!(way[way.len() - 1], [to[0], to[1] - BOX_HEIGHT / 2.0], "{name}: it ends above the box");
            assert!(way.windows(2).all(|pair| pair[0][1] <= pair[1][1]), "{name}: {way:?} goes up");
        }
        let edges = |inputs: &Vec<Option<usize>>| {
            let mut inputs = inputs.clone();
            inputs.sort_unstable();
            inputs.dedup();
            inputs.len()
        };
        // The first of the wild layers takes itself at most.
        let known = net.inputs.iter().map(edges).sum::<usize>();
        assert!(layout.wires.len() <= known && layout.wires.len() + 2 >= known, "{name}: each is drawn once");
    }
}

#[test]
fn no_line_runs_through_a_box() {
    for (name, net) in [("inception", inception().0), ("residual", residual(8).0), ("dense", dense(&[3, 6, 5]))] {
        for layout in [net.straight(), net.rows().folded([900.0, 480.0])] {
            let boxes = boxes(&layout);
            for pair in layout.wires.iter().flat_map(|wire| wire.corners.windows(2)) {
                let ([x0, y0], [x1, y1]) = (pair[0], pair[1]);
                let hit = boxes.iter().find(|[x, y]| {
                    x0.min(x1) < x + BOX_WIDTH / 2.0
                        && x0.max(x1) > x - BOX_WIDTH / 2.0
                        && y0.min(y1) < y + BOX_HEIGHT / 2.0 - 0.01
                        && y0.max(y1) > y - BOX_HEIGHT / 2.0 + 0.01
                });
                assert!(hit.is_none(), "{name}: {pair:?} runs through {hit:?}");
            }
        }
    }
}

#[test]
fn four_branches_stand_side_by_side_about_the_layer_they_join_in() {
    let (net, modules) = inception();
    let layout = net.straight();
    for module in modules {
        let [split, a, b, c, d, joined] = module.map(|layer| layout.boxes[layer.expect("a layer")]);
        assert!(a[1] == b[1] && b[1] == c[1] && c[1] == d[1], "the branches start in one row");
        assert!(a[0] < b[0] && b[0] < c[0] && c[0] < d[0], "in the order of the file");
        assert_eq!(split[0], joined[0], "what parts comes together below");
        assert!((joined[0] - (a[0] + d[0]) / 2.0).abs() < 0.01, "in the middle");
    }
}

#[test]
fn the_chain_of_a_residual_network_is_straight_and_what_skips_runs_beside_it() {
    let (net, chain) = residual(8);
    let layout = net.straight();
    let x = layout.boxes[chain[0]][0];
    for &layer in &chain {
        assert!(
            (layout.boxes[layer][0] - x).abs() < 0.01,
            "layer {layer} at {:?}, the first at {x}",
            layout.boxes[layer]
        );
    }
    let skips: Vec<f32> = layout
        .wires
        .iter()
        .filter(|wire| {
            wire.from.is_some_and(|from| wire.to > from + 8 && chain.contains(&from) && chain.contains(&wire.to))
        })
        .map(|wire| wire.corners.iter().map(|corner| (corner[0] - x).abs()).fold(0.0, f32::max))
        .collect();
    assert!(skips.len() >= 5, "{skips:?}");
    for aside in skips {
        assert!(aside > BOX_WIDTH / 2.0 && aside < BOX_WIDTH, "{aside} beside the chain");
    }
}

#[test]
fn the_same_network_is_drawn_the_same() {
    for (name, net) in all() {
        assert_eq!(net.straight(), net.straight(), "{name}");
        assert_eq!(net.rows().folded([900.0, 480.0]), net.rows().folded([900.0, 480.0]), "{name}");
    }
}

#[test]
fn folding_makes_a_long_network_larger_in_a_wide_view() {
    let zoom = |layout: &Layout, view: [f32; 2]| (view[0] / layout.size[0]).min(view[1] / layout.size[1]);
    let view = [900.0, 480.0];
    let rows = residual(16).0.rows();
    let (straight, folded) = (zoom(&rows.straight(), view), zoom(&rows.folded(view), view));
    assert!(folded > 4.0 * straight, "{folded} against {straight}");
    let narrow = [200.0, 20_000.0];
    assert_eq!(rows.folded(narrow), rows.straight(), "where there is room below, one column will do");
}

#[test]
fn a_network_of_seven_hundred_layers_takes_few_lines() {
    let net = dense(&[6, 12, 48, 32]);
    assert!(net.inputs.len() > 700);
    let layout = net.straight();
    assert_apart("dense", &layout);
    // What fifty layers take is one line beside the chain, with an arm to each.
    let corners: usize = layout.wires.iter().map(|wire| wire.corners.len()).sum();
    assert!(corners < 4 * layout.wires.len(), "{corners} corners of {} lines", layout.wires.len());
    assert!(layout.size[0] < 8.0 * BOX_WIDTH, "{:?}", layout.size);
}

#[test]
fn a_file_that_is_no_network_is_drawn_all_the_same() {
    let backwards = Net { inputs: vec![vec![Some(3)], vec![Some(1)], vec![Some(0), Some(0), None], vec![Some(99)]] };
    let layout = backwards.straight();
    assert_eq!(layout.boxes.len(), 4);
    assert_eq!(layout.wires.len(), 2, "only what was there before can be taken");
    // Every tenth layer reaches across the whole: more passes than are kept apart.
    let mut far = Net::default();
    for index in 0..6000_usize {
        far.join(&[index.checked_sub(1), (index > 3000).then(|| index - 3000)]);
    }
    assert_apart("far", &far.straight());
}
