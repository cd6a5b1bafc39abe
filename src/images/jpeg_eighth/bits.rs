//! The bits of a JPEG's scan.

/// Reads a scan bit by bit, from the first. At the next marker it ends, and what is read beyond are zeros.
///
/// What is rarely called takes it and gives it back, so that it stays in registers between two calls of what is called often.
#[derive(Clone, Copy)]
pub struct Bits<'a> {
    bytes: &'a [u8],
    /// The next byte that is not in `ahead` yet.
    at: usize,
    /// What comes next, from the highest bit. Behind `count` bits there may be the beginning of what follows.
    ahead: u64,
    count: u32,
    /// How many of them the file does not have.
    made_up: u32,
}

impl<'a> Bits<'a> {
    /// Of the scan that begins at byte `at`.
    pub fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at, ahead: 0, count: 0, made_up: 0 }
    }

    /// Afterwards at least 56 bits are ahead.
    #[inline(always)]
    pub fn fill(&mut self) {
        if let Some((next, _)) = self.bytes.get(self.at..).and_then(|rest| rest.split_first_chunk::<8>()) {
            let next = u64::from_be_bytes(*next);
            if !has_ff(next) {
                self.ahead |= next >> self.count;
                let taken = (63 - self.count) / 8;
                self.at += taken as usize;
                self.count += taken * 8;
                return;
            }
        }
        *self = self.filled_bytewise();
    }

    /// Where a byte is 255, which is followed by a zero that means nothing, or begins a marker; and at the end.
    #[inline(never)]
    fn filled_bytewise(mut self) -> Self {
        while self.count < 56 {
            let next = match self.bytes.get(self.at..) {
                Some([0xFF, 0, ..]) => {
                    self.at += 2;
                    0xFF
                }
                Some([byte, ..]) if *byte != 0xFF => {
                    self.at += 1;
                    *byte
                }
                _ => {
                    self.made_up += 8;
                    0
                }
            };
            self.ahead |= u64::from(next) << (56 - self.count);
            self.count += 8;
        }
        self
    }

    /// The next bits, 1 to 32, as a number; they stay ahead.
    #[inline(always)]
    pub fn peek<const COUNT: u32>(&self) -> u32 {
        (self.ahead >> (64 - COUNT)) as u32
    }

    /// Goes on by `count` bits, fewer than are ahead.
    #[inline(always)]
    pub fn skip(&mut self, count: u32) {
        self.ahead <<= count;
        self.count -= count;
    }

    /// Whether all was there that was read.
    #[inline(always)]
    pub fn is_sound(&self) -> bool {
        self.count >= self.made_up
    }

    /// The scan behind this marker, if it comes just here: all was read that was there, and no more.
    #[inline(never)]
    pub fn behind(self, marker: [u8; 2]) -> Option<Self> {
        let ended = self.filled_bytewise();
        let comes_here = ended.is_sound() && ended.count - ended.made_up < 8;
        (comes_here && ended.bytes.get(ended.at..)?.starts_with(&marker)).then(|| Self::new(ended.bytes, ended.at + 2))
    }
}

/// Whether one of eight bytes is 255.
#[inline(always)]
fn has_ff(bytes: u64) -> bool {
    const EACH: u64 = 0x0101_0101_0101_0101;
    // Where a byte of the complement is zero, subtraction borrows from it, and its highest bit was not set before.
    (!bytes).wrapping_sub(EACH) & bytes & (EACH << 7) != 0
}
