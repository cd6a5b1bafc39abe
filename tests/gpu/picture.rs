//! Pictures that are computed the same everywhere, also by `references.py`.

/// `width * height` pixels, R G B: slopes with a chequered pattern over them, others for each `number`.
pub fn rgb(number: usize, width: usize, height: usize) -> Vec<u8> {
    let value = |x: usize, y: usize, channel: usize| {
        let checker = (x / 16 + y / 16) % 2 * 90;
        (x * (1 + number) + y * 2 + channel * 40 + number * 17 + checker) % 256
    };
    let pixel = |x, y| (0..3).map(move |channel| value(x, y, channel) as u8);
    (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y))).collect()
}
