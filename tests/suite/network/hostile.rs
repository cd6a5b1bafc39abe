//! Damaged files: bytes flipped, pieces cut out, pieces of other places spliced in. Whatever happens to a file, reading it
//! ends in a network that fits together or in a message, never in a panic.
//!
//! Every run tries the same few hundred for every small network; `TIRAMISU_MUTATIONS` says how many more, and
//! `TIRAMISU_MUTATION_SEED` which.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use tempfile::TempDir;
use tiramisu::network::{NetworkChoice, load};

/// How many damaged copies of each file are tried.
fn mutations() -> usize {
    std::env::var("TIRAMISU_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(150)
}

/// Small, and the same on every machine (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// A place in a file, the beginning (where the structure is) as likely as all the rest.
    fn place(&mut self, length: usize) -> usize {
        let end = if self.below(2) == 0 { length.min(4096) } else { length };
        self.below(end)
    }
}

/// A copy with one to four damages.
fn damage(whole: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for _ in 0..=dice.below(4) {
        let (place, length) = (dice.place(bytes.len()), dice.below(64));
        match dice.below(6) {
            0 => bytes[place] ^= 1 << dice.below(8),
            1 => bytes[place] = [0, 0xff, 0x7f, 0x80][dice.below(4)],
            // A number that is enormous, or negative.
            2 => bytes.iter_mut().skip(place).take(8).for_each(|byte| *byte = 0xff),
            3 => bytes.truncate(place.max(1)),
            4 => {
                bytes.drain(place..(place + length).min(bytes.len()));
            }
            _ => {
                let from = dice.place(whole.len());
                let piece = &whole[from..(from + length).min(whole.len())];
                bytes.splice(place..place, piece.iter().copied());
            }
        }
        if bytes.is_empty() {
            bytes.push(0);
        }
    }
    bytes
}

/// Reads damaged copies of the file `name` of `folder`, with the files that `beside` names as they are.
fn try_all(folder: &str, name: &str, beside: &[&str]) {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(folder);
    let whole = fs::read(golden.join(name)).unwrap();
    let copies = TempDir::new().unwrap();
    for other in beside {
        fs::copy(golden.join(other), copies.path().join(other)).unwrap();
    }
    let seed = std::env::var("TIRAMISU_MUTATION_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_161_106);
    let mut dice = Dice(name.bytes().fold(seed, |sum: u64, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte))));
    let path = copies.path().join(name);
    let (mut loaded, count, mut slowest) = (0, mutations(), Duration::ZERO);
    for _ in 0..count {
        fs::write(&path, damage(&whole, &mut dice)).unwrap();
        let begun = Instant::now();
        match NetworkChoice::from_file(&path).and_then(|choice| load(&choice)) {
            Ok(graph) => {
                graph.check().unwrap();
                loaded += 1;
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
        slowest = slowest.max(begun.elapsed());
    }
    eprintln!("{name}: {count} damaged copies, {loaded} of them still networks, the slowest answered in {slowest:?}");
}

#[test]
fn damaged_pytorch_files_never_panic() {
    for name in
        ["resnet18.pth", "squeezenet1_0.pth", "densenet.pth", "vgg11_bn.pth", "mobilenet_v2.pth", "convnext.pth"]
    {
        try_all("torch", name, &[]);
    }
}

#[test]
fn damaged_safetensors_never_panic() {
    for name in ["squeezenet1_1.safetensors", "regnet_y.safetensors", "mobilenet_v3_large.safetensors"] {
        try_all("torch", name, &[]);
    }
}

#[test]
fn damaged_caffe_files_never_panic() {
    for net in ["windows", "pools", "residual", "old", "functions", "shapes"] {
        let (prototxt, caffemodel) = (format!("{net}.prototxt"), format!("{net}.caffemodel"));
        try_all("caffe", &prototxt, &[&caffemodel]);
        try_all("caffe", &caffemodel, &[&prototxt]);
    }
}
