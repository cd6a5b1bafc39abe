//! How much memory a picture takes while it is decoded: no more than is claimed for it.

use std::path::Path;
use std::process::Command;

use image::{DynamicImage, Rgba, Rgba32FImage};
use tiramisu::images::decode;

/// Which picture the child is to decode.
const DECODES: &str = "TIRAMISU_TEST_DECODES";
/// What a process takes beside it: buffers, and the pages of its own code that are touched for the first time meanwhile.
const BESIDE: u64 = 40 << 20;
const SIDES: [u32; 2] = [3000, 2000];

/// Does nothing unless the test below asks it for the memory of one picture, in a process of its own.
#[test]
fn a_picture_that_is_to_be_decoded_alone() {
    let Some(path) = std::env::var_os(DECODES) else { return };
    let before = most_kib();
    let picture = decode(Path::new(&path)).expect("a picture");
    println!("{DECODES} {}", (most_kib() - before) << 10);
    assert_eq!([picture.rgb.width(), picture.rgb.height()], SIDES);
}

/// The most that this process ever held.
fn most_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("what the system says of this process");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("the most it held");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).expect("a number")
}

#[cfg(target_os = "linux")]
#[test]
fn the_widest_pixels_take_no_more_memory_than_is_claimed_for_them() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("floats.tif");
    let [width, height] = SIDES;
    let floats = Rgba32FImage::from_pixel(width, height, Rgba([0.25, 0.5, 0.75, 1.0]));
    DynamicImage::ImageRgba32F(floats).save(&path).expect("a picture of floats");
    let child = Command::new(std::env::current_exe().expect("these tests"))
        .args(["images::memory::a_picture_that_is_to_be_decoded_alone", "--exact", "--nocapture"])
        .env(DECODES, &path)
        .output()
        .expect("the tests start");
    let said = [child.stdout, child.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    let told =
        said[0].lines().find_map(|line| line.split_once(DECODES)).unwrap_or_else(|| panic!("it said {said:?}")).1;
    let memory: u64 = told.trim().parse().expect("a number");
    // All numbers, and as much again for what is made of them.
    let claimed = 2 * 16 * u64::from(width) * u64::from(height);
    eprintln!("{} MiB of {} that are claimed", memory >> 20, claimed >> 20);
    assert!(memory <= claimed + BESIDE, "{memory} bytes, where {claimed} are claimed");
    assert!(memory >= claimed / 4, "{memory} bytes cannot hold it");
}
