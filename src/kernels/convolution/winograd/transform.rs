//! Sums of a tile's numbers, and back: `Bᵀ d B`, `G g Gᵀ` and `Aᵀ m A` of Lavin and Gray (2016), equation 13.

use crate::lanes::Lanes;

/// Of a kernel `[3, 3]`: `[6, 6]`, for 4 x 4 output pixels. In double precision, as it is done once.
pub(super) fn of_kernel_for_large(kernel: [[f32; 3]; 3]) -> [f32; 36] {
    let columns = both_ways(kernel, |[a, b, c]: [f64; 3]| {
        let (even, odd) = (-(a + c) / 6.0, b / 6.0);
        let (far, step) = (a / 24.0 + c / 6.0, b / 12.0);
        [a / 4.0, even - odd, even + odd, far + step, far - step, c]
    });
    std::array::from_fn(|point| columns[point % 6][point / 6] as f32)
}

/// Of a kernel `[3, 3]`: `[4, 4]`, for 2 x 2 output pixels.
pub(super) fn of_kernel_for_small(kernel: [[f32; 3]; 3]) -> [f32; 16] {
    let columns = both_ways(kernel, |[a, b, c]: [f64; 3]| [a, (a + b + c) / 2.0, (a - b + c) / 2.0, c]);
    std::array::from_fn(|point| columns[point % 4][point / 4] as f32)
}

/// The columns of `G g Gᵀ`, `along` being `G` times three numbers.
fn both_ways<const N: usize>(kernel: [[f32; 3]; 3], along: impl Fn([f64; 3]) -> [f64; N]) -> [[f64; N]; N] {
    let lines = kernel.map(|line| along(line.map(f64::from)));
    std::array::from_fn(|x| along([lines[0][x], lines[1][x], lines[2][x]]))
}

/// Columns as lines. Nothing of it is left when it is compiled.
#[inline(always)]
fn transposed<L: Lanes, const N: usize>(lines: [[L; N]; N]) -> [[L; N]; N] {
    std::array::from_fn(|x| std::array::from_fn(|y| lines[y][x]))
}

/// `Bᵀ` times six numbers.
///
/// # Safety
/// The processor has what the lanes need.
#[inline(always)]
unsafe fn of_pixels<L: Lanes>([a, b, c, d, e, f]: [L; 6]) -> [L; 6] {
    // SAFETY: as the caller promises.
    unsafe {
        let (two, four, five) = (L::splat(2.0), L::splat(-4.0), L::splat(-5.0));
        let (even, odd) = (c.mul_add(four, e), b.mul_add(four, d));
        let (far, step) = (e.sub(c), d.sub(b));
        [
            a.mul_add(L::splat(4.0), c.mul_add(five, e)),
            even.add(odd),
            even.sub(odd),
            step.mul_add(two, far),
            step.mul_add(L::splat(-2.0), far),
            b.mul_add(L::splat(4.0), d.mul_add(five, f)),
        ]
    }
}

/// `Bᵀ` times four numbers, of a small tile.
///
/// # Safety
/// The processor has what the lanes need.
#[inline(always)]
unsafe fn along_small<L: Lanes>([a, b, c, d]: [L; 4]) -> [L; 4] {
    // SAFETY: as the caller promises.
    unsafe { [a.sub(c), b.add(c), c.sub(b), b.sub(d)] }
}

/// `Aᵀ` times six numbers.
///
/// # Safety
/// The processor has what the lanes need.
#[inline(always)]
unsafe fn of_sums<L: Lanes>([a, b, c, d, e, f]: [L; 6]) -> [L; 4] {
    // SAFETY: as the caller promises.
    unsafe {
        let (near, near_step) = (b.add(c), b.sub(c));
        let (far, far_step) = (d.add(e), d.sub(e));
        [
            a.add(near).add(far),
            far_step.mul_add(L::splat(2.0), near_step),
            far.mul_add(L::splat(4.0), near),
            far_step.mul_add(L::splat(8.0), near_step).add(f),
        ]
    }
}

/// Some tiles, one in each lane, become 36 registers, each written where `to` says.
///
/// # Safety
/// - The processor has what the lanes need.
/// - In each of six lines, `pitch` numbers apart, eight numbers may be read from each lane's `tile` on.
/// - Of each of 36 points `COUNT` numbers may be written from `to` on.
#[inline(always)]
pub(super) unsafe fn large_tiles<L: Lanes>(
    tile: impl Fn(usize) -> *const f32,
    pitch: usize,
    to: impl Fn(usize) -> *mut f32,
) {
    // SAFETY: as the caller promises.
    unsafe {
        let mut lines = [[L::splat(0.0); 6]; 6];
        for (y, line) in lines.iter_mut().enumerate() {
            let [a, b, c, d] = L::load_fours(|lane| tile(lane).add(y * pitch));
            let [e, f, ..] = L::load_fours(|lane| tile(lane).add(y * pitch + 4));
            *line = of_pixels([a, b, c, d, e, f]);
        }
        for (x, column) in transposed(lines).into_iter().enumerate() {
            for (y, value) in of_pixels(column).into_iter().enumerate() {
                value.store(to(y * 6 + x));
            }
        }
    }
}

/// One tile of some channels that lie side by side becomes 36 registers, each written where `to` says; of each of its six lines
/// `pixel` leads to six.
///
/// # Safety
/// - The processor has what the lanes need.
/// - `COUNT` numbers may be read from each pixel on.
/// - Of each of 36 points `COUNT` numbers may be written from `to` on.
#[inline(always)]
pub(super) unsafe fn large_tile<L: Lanes>(pixel: impl Fn(usize, usize) -> *const f32, to: impl Fn(usize) -> *mut f32) {
    // SAFETY: as the caller promises.
    unsafe {
        let mut lines = [[L::splat(0.0); 6]; 6];
        for (y, line) in lines.iter_mut().enumerate() {
            *line = of_pixels(std::array::from_fn(|x| L::load(pixel(y, x))));
        }
        for (x, column) in transposed(lines).into_iter().enumerate() {
            for (y, value) in of_pixels(column).into_iter().enumerate() {
                value.store(to(y * 6 + x));
            }
        }
    }
}

/// As [`large_tile`], of four lines of four pixels: 16 registers.
///
/// # Safety
/// As there, of 16 points.
#[inline(always)]
pub(super) unsafe fn small_tile<L: Lanes>(pixel: impl Fn(usize, usize) -> *const f32, to: impl Fn(usize) -> *mut f32) {
    // SAFETY: as the caller promises.
    unsafe {
        let mut lines = [[L::splat(0.0); 4]; 4];
        for (y, line) in lines.iter_mut().enumerate() {
            *line = along_small(std::array::from_fn(|x| L::load(pixel(y, x))));
        }
        for (x, column) in transposed(lines).into_iter().enumerate() {
            for (y, value) in along_small(column).into_iter().enumerate() {
                value.store(to(y * 4 + x));
            }
        }
    }
}

/// Of some tiles' 36 sums, which `sum` leads to, their `[4, 4]` pixels: lines of four registers.
///
/// # Safety
/// - The processor has what the lanes need.
/// - `COUNT` numbers may be read from each of 36 `sum`s on.
#[inline(always)]
pub(super) unsafe fn pixels_of_large<L: Lanes>(sum: impl Fn(usize) -> *const f32) -> [[L; 4]; 4] {
    // SAFETY: as the caller promises.
    unsafe {
        let mut columns = [[L::splat(0.0); 4]; 6];
        for (x, column) in columns.iter_mut().enumerate() {
            *column = of_sums(std::array::from_fn(|y| L::load(sum(y * 6 + x))));
        }
        let mut lines = [[L::splat(0.0); 4]; 4];
        for (y, line) in lines.iter_mut().enumerate() {
            *line = of_sums(std::array::from_fn(|x| columns[x][y]));
        }
        lines
    }
}

/// As [`large_tiles`]: 16 registers, of four lines of four numbers.
///
/// # Safety
/// - The processor has what the lanes need.
/// - In each of four lines, `pitch` numbers apart, four numbers may be read from each lane's `tile` on.
/// - Of each of 16 points `COUNT` numbers may be written from `to` on.
#[inline(always)]
pub(super) unsafe fn small_tiles<L: Lanes>(
    tile: impl Fn(usize) -> *const f32,
    pitch: usize,
    to: impl Fn(usize) -> *mut f32,
) {
    // SAFETY: as the caller promises.
    unsafe {
        let mut lines = [[L::splat(0.0); 4]; 4];
        for (y, line) in lines.iter_mut().enumerate() {
            *line = along_small(L::load_fours(|lane| tile(lane).add(y * pitch)));
        }
        for (x, column) in transposed(lines).into_iter().enumerate() {
            for (y, value) in along_small(column).into_iter().enumerate() {
                value.store(to(y * 4 + x));
            }
        }
    }
}

/// As [`pixels_of_large`], of 16 sums. The last two lines and columns are nothing.
///
/// # Safety
/// - The processor has what the lanes need.
/// - `COUNT` numbers may be read from each of 16 `sum`s on.
#[inline(always)]
pub(super) unsafe fn pixels_of_small<L: Lanes>(sum: impl Fn(usize) -> *const f32) -> [[L; 4]; 4] {
    // SAFETY: as the caller promises.
    unsafe {
        let along = |[a, b, c, d]: [L; 4]| [a.add(b).add(c), b.sub(c).sub(d)];
        let mut columns = [[L::splat(0.0); 2]; 4];
        for (x, column) in columns.iter_mut().enumerate() {
            *column = along(std::array::from_fn(|y| L::load(sum(y * 4 + x))));
        }
        let mut lines = [[L::splat(0.0); 4]; 4];
        for (y, line) in lines.iter_mut().take(2).enumerate() {
            let [left, right] = along(std::array::from_fn(|x| columns[x][y]));
            (line[0], line[1]) = (left, right);
        }
        lines
    }
}
