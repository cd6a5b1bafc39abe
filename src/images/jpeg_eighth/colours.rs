//! Red, green and blue of brightness and two differences from it, by the sums of libjpeg.

use super::Plane;

/// Row by row, R G B, of the planes' first `width` columns and `height` rows. Without differences it is grey.
pub fn rgb(planes: &[Plane], width: usize, height: usize) -> Vec<u8> {
    let mut rgb = vec![0; width * height * 3];
    let mut differences = [vec![0; width], vec![0; width]];
    for (y, out) in rgb.chunks_exact_mut(width * 3).enumerate() {
        let brightness = &row(&planes[0], y)[..width];
        let [blue, red] = &mut differences;
        match planes {
            [_, blues, reds] => {
                spread(row(blues, y), blues.spread[0], blue);
                spread(row(reds, y), reds.spread[0], red);
                let differences = blue.iter().zip(red.iter());
                for ((out, brightness), (blue, red)) in out.chunks_exact_mut(3).zip(brightness).zip(differences) {
                    out.copy_from_slice(&coloured(*brightness, *blue, *red));
                }
            }
            _ => out.chunks_exact_mut(3).zip(brightness).for_each(|(out, brightness)| out.fill(*brightness)),
        }
    }
    rgb
}

/// The row that the picture's row `y` takes its pixels from.
fn row(plane: &Plane, y: usize) -> &[u8] {
    &plane.pixels[y / plane.spread[1] * plane.pitch..][..plane.pitch]
}

/// Each pixel `times` times.
fn spread(row: &[u8], times: usize, out: &mut [u8]) {
    match times {
        1 => out.copy_from_slice(&row[..out.len()]),
        _ => out.chunks_mut(times).zip(row).for_each(|(out, value)| out.fill(*value)),
    }
}

fn coloured(brightness: u8, blue: u8, red: u8) -> [u8; 3] {
    // With 16 bits after the point.
    const HALF: i32 = 1 << 15;
    let (blue, red) = (i32::from(blue) - 128, i32::from(red) - 128);
    let add = |sum: i32| (i32::from(brightness) + (sum >> 16)).clamp(0, 255) as u8;
    [add(91881 * red + HALF), add(-22554 * blue - 46802 * red + HALF), add(116_130 * blue + HALF)]
}
