//! Files that are damaged, cut short, or were never meant to be read.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use onnx_ir::{Message, ModelProto};
use tempfile::TempDir;

use super::{SMALL, golden, load_file};

/// A folder with a network of the test's own.
struct File {
    folder: TempDir,
}

impl File {
    fn new(content: impl AsRef<[u8]>) -> Self {
        let file = Self { folder: tempfile::tempdir().unwrap() };
        file.write(content);
        file
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("net.onnx")
    }

    fn write(&self, content: impl AsRef<[u8]>) {
        fs::write(self.path(), content).unwrap();
    }

    /// The message with which the network is refused.
    fn refusal(&self) -> String {
        let message = load_file(&self.path()).expect_err("this network must be refused").to_string();
        eprintln!("{message}");
        assert!(message.ends_with(&self.path().display().to_string()), "{message}");
        message
    }
}

/// Replaces bytes of the same number.
fn replace(bytes: &mut [u8], old: &[u8], new: &[u8]) {
    assert_eq!(old.len(), new.len());
    let mut count = 0;
    for place in 0..=bytes.len() - old.len() {
        if &bytes[place..place + old.len()] == old {
            bytes[place..place + old.len()].copy_from_slice(new);
            count += 1;
        }
    }
    assert!(count > 0, "nothing to replace");
}

fn classic() -> Vec<u8> {
    fs::read(golden("classic.onnx")).unwrap()
}

#[test]
fn what_is_no_onnx_network_is_refused_with_its_name() {
    assert!(File::new("").refusal().contains("holds no network"));
    assert!(File::new("this is a text, not a network").refusal().contains("ONNX's format"));
    assert!(File::new([0xff; 64]).refusal().contains("ONNX's format"));
    let half = classic();
    assert!(File::new(&half[..half.len() / 2]).refusal().contains("damaged"));
}

#[test]
fn an_unknown_operator_is_named_with_its_layer() {
    let mut bytes = classic();
    replace(&mut bytes, b"\x22\x03Elu", b"\x22\x03Foo");
    let message = File::new(bytes).refusal();
    assert!(message.contains("`elu7`") && message.contains("`Foo`"), "{message}");
}

#[test]
fn a_layer_that_takes_what_nobody_makes_is_named() {
    let mut bytes = classic();
    replace(&mut bytes, b"\x0a\x05relu1", b"\x0a\x05relu9");
    let message = File::new(bytes).refusal();
    assert!(message.contains("`relu9`") && message.contains("no earlier layer"), "{message}");
}

#[test]
fn the_answer_is_what_the_file_declares_not_its_last_layer() {
    let mut model = ModelProto::parse_from_bytes(&classic()).unwrap();
    let graph = model.graph.as_mut().unwrap();
    let earlier = graph.node.len() - 3;
    graph.output[0].name = graph.node[earlier].output[0].clone();
    let file = File::new(model.write_to_bytes().unwrap());
    let whole = load_file(&file.path()).unwrap();
    assert_eq!(whole.answer, whole.nodes.len() - 3);
    let names: String = (0..whole.nodes[whole.answer].shape[0]).map(|class| format!("class {class}\n")).collect();
    fs::write(file.folder.path().join("labels.txt"), names).unwrap();
    let named = load_file(&file.path()).unwrap();
    assert_eq!(named.class_layer(), Some(whole.answer));
}

#[test]
fn weights_in_another_file_are_looked_for_in_the_same_folder_only() {
    let bytes = fs::read(golden("residual.onnx")).unwrap();
    let file = File::new(&bytes);
    let message = file.refusal();
    assert!(message.contains("`residual.weights`") && message.contains("put it beside"), "{message}");

    fs::copy(golden("residual.weights"), file.folder.path().join("residual.weights")).unwrap();
    load_file(&file.path()).unwrap();
    fs::write(file.folder.path().join("residual.weights"), [0; 100]).unwrap();
    assert!(file.refusal().contains("beyond the end"));

    let mut bytes = bytes;
    replace(&mut bytes, b"residual.weights", b"../../../etc/pwd");
    file.write(bytes);
    assert!(file.refusal().contains("not in the network's folder"));
}

/// Two bytes of the file can become hundreds in memory, so they are counted before anything is decoded.
#[test]
fn a_file_of_countless_empty_messages_is_refused_before_it_is_decoded() {
    let nodes = [0x0a, 0x00].repeat(3_000_000);
    let mut bytes = vec![0x3a];
    let mut length = nodes.len();
    while length >= 0x80 {
        bytes.push(length as u8 | 0x80);
        length >>= 7;
    }
    bytes.push(length as u8);
    bytes.extend(nodes);
    assert!(File::new(bytes).refusal().contains("more fields"));
}

/// Every small network, damaged in many ways: whatever comes of it, it is a graph or a message.
#[test]
fn damaged_networks_are_read_or_refused_but_never_crash() {
    let rounds = std::env::var("TIRAMISU_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(150);
    let originals: Vec<Vec<u8>> = SMALL.iter().map(|name| fs::read(golden(&format!("{name}.onnx"))).unwrap()).collect();
    let file = File::new("");
    fs::copy(golden("residual.weights"), file.folder.path().join("residual.weights")).unwrap();
    let seed = std::env::var("TIRAMISU_MUTATION_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(7);
    let mut random = fastrand::Rng::with_seed(seed);
    let (mut refused, mut slowest) = (0, Duration::ZERO);
    for (index, original) in originals.iter().enumerate() {
        for _ in 0..rounds {
            let mut bytes = original.clone();
            // Most of a file is weights, where damage shows least; the structure is at the start.
            let reach = if random.bool() { bytes.len() } else { bytes.len().min(3000) };
            match random.u8(0..4) {
                0 => (0..random.usize(1..8)).for_each(|_| bytes[random.usize(0..reach)] = random.u8(..)),
                1 => (0..random.usize(1..4)).for_each(|_| bytes[random.usize(0..reach)] ^= 1 << random.u8(0..8)),
                2 => {
                    let start = random.usize(0..reach);
                    let end = (start + random.usize(1..40)).min(bytes.len());
                    bytes.drain(start..end);
                }
                _ => {
                    let other = &originals[random.usize(0..originals.len())];
                    let from = random.usize(0..other.len().min(3000));
                    let part = other[from..(from + random.usize(1..60)).min(other.len())].to_vec();
                    let at = random.usize(0..reach);
                    bytes.splice(at..(at + part.len() * random.usize(0..2)).min(bytes.len()), part);
                }
            }
            file.write(&bytes);
            let begun = Instant::now();
            let read = load_file(&file.path());
            slowest = slowest.max(begun.elapsed());
            let Err(error) = read else { continue };
            refused += 1;
            // A panic that had to be caught is a gap in the checks.
            if error.to_string().contains("is impossible") {
                let kept = std::env::temp_dir().join(format!("crash_of_{}.onnx", SMALL[index]));
                fs::write(&kept, &bytes).unwrap();
                panic!("a damaged {} crashed the reader; it is kept as {}", SMALL[index], kept.display());
            }
        }
    }
    eprintln!(
        "{refused} of {} damaged networks refused, the slowest answered in {slowest:?}",
        rounds * originals.len()
    );
    assert!(refused > rounds);
}
