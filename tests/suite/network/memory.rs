//! How much memory it takes to read a network: its numbers once, and one of its tensors again on the way; not the file's bytes
//! besides.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use tempfile::TempDir;
use tiramisu::network::{NetworkChoice, load};

use super::super::support::memory::{most_bytes, numbers_of};

/// Which network the child is to read.
const READS: &str = "TIRAMISU_TEST_READS";
/// What a process takes beside what it reads: buffers, messages, names, and the pages of its own code that are touched for the
/// first time meanwhile, of which the system maps more or fewer at once.
const BESIDE: u64 = 32 << 20;
/// Layers beside each other, each with so many outputs from a picture of so many numbers.
const LAYERS: u64 = 4;
const OUTPUTS: u64 = 512;
const SIDE: u64 = 64;
/// SqueezeNet with so many times as many channels has as many weights.
const TIMES: u64 = 80;

/// Does nothing unless a test below asks it for the memory of one network, in a process of its own.
#[test]
fn a_network_that_is_to_be_read_alone() {
    let Some(path) = std::env::var_os(READS) else { return };
    let choice = NetworkChoice::from_file(Path::new(&path)).expect("a network's file");
    let before = most_bytes();
    let graph = load(&choice).expect("a network");
    println!("{READS} {} {}", most_bytes() - before, graph.parameter_count() as u64 * 4);
}

/// Reads a network in a process of its own, and says how much more memory that had, and how many bytes the weights have.
fn memory_of(path: &Path) -> [u64; 2] {
    let numbers = numbers_of("network::memory::a_network_that_is_to_be_read_alone", READS, path, None);
    [numbers[0], numbers[1]]
}

/// `largest` is the largest tensor, of so many bytes.
fn expect_once(path: &Path, largest: u64) {
    let [memory, weights] = memory_of(path);
    let name = path.file_name().expect("a name").display();
    eprintln!("{name}: {} MB of weights, {} MB more memory at most", weights >> 20, memory >> 20);
    assert!(weights > 70 << 20, "{name} has {weights} bytes of weights");
    assert!(memory >= weights, "{name}: {memory} bytes cannot hold {weights}");
    assert!(
        memory <= weights + largest + BESIDE,
        "{name}: {memory} bytes for {weights}, of which {largest} are one tensor"
    );
}

/// A protobuf field of bytes.
fn field(number: u64, content: &[u8]) -> Vec<u8> {
    let mut bytes = varint(number << 3 | 2);
    bytes.extend(varint(content.len() as u64));
    bytes.extend(content);
    bytes
}

/// A protobuf field of a number.
fn number(field: u64, value: u64) -> Vec<u8> {
    [varint(field << 3), varint(value)].concat()
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value > 0x7f {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

/// The weights of each layer.
fn numbers() -> Vec<u8> {
    vec![0; (OUTPUTS * 3 * SIDE * SIDE * 4) as usize]
}

#[cfg(target_os = "linux")]
#[test]
fn onnx_holds_weights_once() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("wide.onnx");
    let numbers = numbers();
    let dims: Vec<u8> = [OUTPUTS, 3, SIDE, SIDE].into_iter().flat_map(|dim| number(1, dim)).collect();
    let value = |name: &str, dims: &[u64]| {
        let dims: Vec<u8> = dims.iter().flat_map(|dim| field(1, &number(1, *dim))).collect();
        let tensor = [number(1, 1), field(2, &dims)].concat();
        [field(1, name.as_bytes()), field(2, &field(1, &tensor))].concat()
    };
    let mut graph = Vec::new();
    for layer in 0..LAYERS {
        let names = [field(1, b"picture"), field(1, format!("w{layer}").as_bytes())].concat();
        let node = [names, field(2, format!("y{layer}").as_bytes()), field(4, b"Conv")].concat();
        graph.extend(field(1, &node));
    }
    let all: Vec<u8> = (0..LAYERS).flat_map(|layer| field(1, format!("y{layer}").as_bytes())).collect();
    let axis = [field(1, b"axis"), number(3, 1), number(20, 2)].concat();
    graph.extend(field(1, &[all, field(2, b"y"), field(4, b"Concat"), field(5, &axis)].concat()));
    for layer in 0..LAYERS {
        let tensor = [dims.clone(), number(2, 1), field(8, format!("w{layer}").as_bytes()), field(9, &numbers)];
        graph.extend(field(5, &tensor.concat()));
    }
    graph.extend(field(11, &value("picture", &[1, 3, SIDE, SIDE])));
    graph.extend(field(12, &value("y", &[1, LAYERS * OUTPUTS, 1, 1])));
    let model = [number(1, 8), field(8, &number(2, 13)), field(7, &graph)].concat();
    std::fs::write(&path, model).unwrap();
    expect_once(&path, numbers.len() as u64);
}

#[cfg(target_os = "linux")]
#[test]
fn caffe_holds_weights_once() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("wide.caffemodel");
    let numbers = numbers();
    let mut text =
        format!("name: \"wide\" input: \"data\" input_dim: 1 input_dim: 3 input_dim: {SIDE} input_dim: {SIDE}\n");
    let mut file = File::create(&path).unwrap();
    for layer in 0..LAYERS {
        text += &format!(
            "layer {{ name: \"y{layer}\" type: \"Convolution\" bottom: \"data\" top: \"y{layer}\" \
             convolution_param {{ num_output: {OUTPUTS} kernel_size: {SIDE} bias_term: false }} }}\n"
        );
        let dims: Vec<u8> = [OUTPUTS, 3, SIDE, SIDE].into_iter().flat_map(varint).collect();
        let blob = [field(7, &field(1, &dims)), field(5, &numbers)].concat();
        let parts = [field(1, format!("y{layer}").as_bytes()), field(2, b"Convolution"), field(7, &blob)];
        file.write_all(&field(100, &parts.concat())).unwrap();
    }
    let bottoms: String = (0..LAYERS).map(|layer| format!("bottom: \"y{layer}\" ")).collect();
    text += &format!("layer {{ name: \"y\" type: \"Concat\" {bottoms} top: \"y\" }}\n");
    std::fs::write(path.with_extension("prototxt"), text).unwrap();
    expect_once(&path, numbers.len() as u64);
}

/// The tensors of SqueezeNet with so many times as many channels as that of the golden files has, and the bytes of the largest one.
fn wide_squeezenet(times: u64) -> (Vec<(String, Vec<u64>)>, u64) {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/torch/squeezenet1_1.safetensors");
    let bytes = std::fs::read(golden).unwrap();
    let (length, rest) = bytes.split_first_chunk().expect("a length");
    let about: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(&rest[..u64::from_le_bytes(*length) as usize]).expect("a description");
    let tensors = about.iter().filter(|(name, _)| *name != "__metadata__");
    let wide: Vec<(String, Vec<u64>)> = tensors
        .map(|(name, tensor)| {
            let mut shape: Vec<u64> = serde_json::from_value(tensor["shape"].clone()).expect("a shape");
            // All but the colours of a picture.
            let widened = if name == "features.0.weight" { 1 } else { 2 };
            shape.iter_mut().take(widened).for_each(|dim| *dim *= times);
            (name.clone(), shape)
        })
        .collect();
    let largest = wide.iter().map(|(_, shape)| bytes_of(shape)).max().expect("there are some");
    (wide, largest)
}

fn bytes_of(shape: &[u64]) -> u64 {
    shape.iter().product::<u64>() * 4
}

#[cfg(target_os = "linux")]
#[test]
fn safetensors_hold_weights_once() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("wide.safetensors");
    let (tensors, largest) = wide_squeezenet(TIMES);
    let mut end = 0;
    let mut about = serde_json::Map::new();
    for (name, shape) in tensors {
        let offsets = [end, end + bytes_of(&shape)];
        end = offsets[1];
        about.insert(name, serde_json::json!({ "dtype": "F32", "shape": shape, "data_offsets": offsets }));
    }
    let header = serde_json::to_vec(&about).expect("a description");
    let mut file = File::create(&path).unwrap();
    file.write_all(&(header.len() as u64).to_le_bytes()).unwrap();
    file.write_all(&header).unwrap();
    // All zeros, which take no place on the disk.
    file.set_len(8 + header.len() as u64 + end).unwrap();
    expect_once(&path, largest);
}

/// What `torch.save` writes of tensors: a dictionary as a pickle, each tensor's numbers in an entry of their own.
fn pickle(tensors: &[(String, Vec<u64>)]) -> Vec<u8> {
    let text = |text: &str| [&b"X"[..], &(text.len() as u32).to_le_bytes(), text.as_bytes()].concat();
    let int = |number: u64| [&b"J"[..], &(number as u32).to_le_bytes()].concat();
    let tuple = |parts: &[Vec<u8>]| [b"(".to_vec(), parts.concat(), b"t".to_vec()].concat();
    let ints = |numbers: &[u64]| tuple(&numbers.iter().map(|number| int(*number)).collect::<Vec<_>>());
    let mut bytes = b"\x80\x02}".to_vec();
    for (at, (name, shape)) in tensors.iter().enumerate() {
        let place = b"ctorch\nFloatStorage\n".to_vec();
        let count = shape.iter().product();
        let storage = [tuple(&[text("storage"), place, text(&at.to_string()), text("cpu"), int(count)]), b"Q".to_vec()];
        let strides: Vec<u64> = (1..=shape.len()).map(|from| shape[from..].iter().product()).collect();
        let hooks = b"ccollections\nOrderedDict\n)R".to_vec();
        let parts = tuple(&[storage.concat(), int(0), ints(shape), ints(&strides), b"\x89".to_vec(), hooks]);
        let tensor = [b"ctorch._utils\n_rebuild_tensor_v2\n".to_vec(), parts, b"Rs".to_vec()].concat();
        bytes.extend([text(name), tensor].concat());
    }
    bytes.push(b'.');
    bytes
}

/// The checksum of a ZIP's entry.
fn crc32(bytes: &[u8]) -> u32 {
    let table: [u32; 256] = std::array::from_fn(|byte| {
        (0..8).fold(byte as u32, |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    });
    !bytes.iter().fold(!0, |crc, byte| crc >> 8 ^ table[((crc ^ u32::from(*byte)) & 0xff) as usize])
}

/// An archive of entries that are not compressed.
fn zip(path: &Path, entries: impl IntoIterator<Item = (String, Vec<u8>)>) {
    let mut file = std::io::BufWriter::new(File::create(path).unwrap());
    let (mut list, mut count, mut at) = (Vec::new(), 0u16, 0u32);
    for (name, content) in entries {
        let size = (content.len() as u32).to_le_bytes();
        // Version, flags, method and time; checksum and both sizes; lengths of the name and of what is beside it.
        let sizes = [crc32(&content).to_le_bytes(), size, size].concat();
        let lengths = [(name.len() as u16).to_le_bytes(), [0; 2]].concat();
        let about = [[20, 0, 0, 0, 0, 0, 0, 0, 33, 0].to_vec(), sizes, lengths].concat();
        let local = [&b"PK\x03\x04"[..], &about, name.as_bytes()].concat();
        list.extend([&b"PK\x01\x02\x14\x00"[..], &about, &[0; 10], &at.to_le_bytes(), name.as_bytes()].concat());
        file.write_all(&local).and_then(|()| file.write_all(&content)).unwrap();
        at += (local.len() + content.len()) as u32;
        count += 1;
    }
    let counts = [[0; 2], [0; 2], count.to_le_bytes(), count.to_le_bytes()].concat();
    let end = [&b"PK\x05\x06"[..], &counts, &(list.len() as u32).to_le_bytes(), &at.to_le_bytes(), &[0; 2]].concat();
    file.write_all(&list).and_then(|()| file.write_all(&end)).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn checkpoints_of_pytorch_hold_weights_once() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("wide.pth");
    let (tensors, largest) = wide_squeezenet(TIMES);
    let entry = |name: &str, content: Vec<u8>| (format!("wide/{name}"), content);
    let data = tensors.iter().enumerate();
    let data = data.map(|(at, (_, shape))| entry(&format!("data/{at}"), vec![0; bytes_of(shape) as usize]));
    let first = [entry("data.pkl", pickle(&tensors)), entry("byteorder", b"little".to_vec())];
    zip(&path, first.into_iter().chain(data).chain([entry("version", b"3\n".to_vec())]));
    expect_once(&path, largest);
}
