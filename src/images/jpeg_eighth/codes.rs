//! The codes of a JPEG's scan (Huffman 1952; ITU-T T.81, annex F).
//!
//! A code says how many bits of a number follow, and how many zeros come before it. One look at the next bits answers both,
//! and takes the number with it where it is short. Where the numbers are not wanted, one look goes over all that fits into
//! the bits that were looked at.

use super::bits::Bits;

/// Bits that are looked at together. More, and the tables would not stay in the processor's nearest memory.
const LOOK: u32 = 10;
const LOOKED_AT: usize = 1 << LOOK;
/// The same where numbers are passed over.
const LOOK_FAR: u32 = 13;
const LOOKED_FAR_AT: usize = 1 << LOOK_FAR;
/// So many looks can be taken at bits that were filled, and at what a look at a mean left of them.
const LOOKS: u32 = 3;
/// No code is longer.
const LONGEST: usize = 16;
/// A block's frequencies are numbered from 0, the mean, to this.
const LAST: u32 = 63;
/// No mean differs from another by a number of more bits.
const LARGEST_MEAN_BITS: u8 = 11;

/// A table of codes as the file tells it.
#[derive(Clone)]
pub struct Codes {
    /// For each beginning: the symbol and the length of its code, which is 0 if it is longer than the beginning.
    short: Box<[(u8, u8); LOOKED_AT]>,
    /// Behind the last code of each length, filled up to 16 bits.
    end: [u32; LONGEST + 1],
    /// What is added to a code of each length for its symbol's place.
    offset: [i32; LONGEST + 1],
    symbols: Vec<u8>,
}

/// What one code and its number say.
struct CodedNumber {
    value: i32,
    /// How many zeros come before it.
    zeros: u32,
    /// Whether there is no number, and all that follows in the block are zeros.
    is_end: bool,
}

impl Codes {
    /// How many codes there are of each length, then the symbols; `None` if there cannot be so many.
    pub fn new(lengths: &[u8; LONGEST], symbols: &[u8]) -> Option<Self> {
        let mut codes =
            Self { short: Box::new([(0, 0); LOOKED_AT]), end: [0; 17], offset: [0; 17], symbols: symbols.to_vec() };
        let (mut code, mut place) = (0u32, 0usize);
        for length in 1..=LONGEST {
            let count = usize::from(lengths[length - 1]);
            codes.offset[length] = place as i32 - code as i32;
            // A code of ones alone is never given.
            if count > 0 && code as usize + count >= 1 << length {
                return None;
            }
            for symbol in symbols.get(place..place + count)? {
                if let Some(free) = LOOK.checked_sub(length as u32) {
                    let from = (code << free) as usize;
                    codes.short.get_mut(from..from + (1 << free))?.fill((*symbol, length as u8));
                }
                code += 1;
            }
            place += count;
            codes.end[length] = code << (LONGEST - length);
            code <<= 1;
        }
        (place == symbols.len()).then_some(codes)
    }

    /// The symbol whose code these 16 bits begin with, and how long the code is.
    #[inline(always)]
    fn symbol(&self, bits: u32) -> Option<(u8, u32)> {
        let (symbol, length) = self.short[(bits >> (16 - LOOK)) as usize];
        if length > 0 { Some((symbol, u32::from(length))) } else { self.long_symbol(bits) }
    }

    #[inline(never)]
    fn long_symbol(&self, bits: u32) -> Option<(u8, u32)> {
        let length = (LOOK as usize + 1..=LONGEST).find(|length| bits < self.end[*length])?;
        let place = (bits >> (LONGEST - length)) as i32 + self.offset[length];
        Some((*self.symbols.get(usize::try_from(place).ok()?)?, length as u32))
    }

    /// What the first `count` of these bits say, and how many of them say it; `None` if they are too few or no code.
    fn number(&self, bits: u32, count: u32) -> Option<(CodedNumber, u32)> {
        let (symbol, length) = self.symbol((bits << (32 - count)) >> 16)?;
        let (size, zeros) = (u32::from(symbol & 15), u32::from(symbol >> 4));
        let taken = length + size;
        let value = match size {
            _ if taken > count => return None,
            0 => 0,
            _ => extended(bits >> (count - taken) & ((1 << size) - 1), size),
        };
        Some((CodedNumber { value, zeros, is_end: size == 0 && zeros < 15 }, taken))
    }

    /// Reads a code and its number, however long they are.
    #[inline(never)]
    fn read<'a>(&self, mut bits: Bits<'a>) -> Option<(CodedNumber, Bits<'a>)> {
        bits.fill();
        let (number, taken) = self.number(bits.peek::<31>(), 31)?;
        bits.skip(taken);
        bits.fill();
        Some((number, bits))
    }
}

/// Of the numbers of this many bits, those that begin with a zero are the negative ones.
fn extended(bits: u32, size: u32) -> i32 {
    let value = bits as i32;
    if value < 1 << (size - 1) { value - (1 << size) + 1 } else { value }
}

/// The means of blocks, of each of which only the difference from the one before is told.
pub struct Means {
    codes: Codes,
    /// The difference, and how many bits tell it; 0 if they are more than are looked at.
    near: Box<[(i16, u8); LOOKED_AT]>,
}

impl Means {
    /// `None` if the table has symbols that no difference has.
    pub fn new(codes: &Codes) -> Option<Self> {
        if codes.symbols.iter().any(|symbol| *symbol > LARGEST_MEAN_BITS) {
            return None;
        }
        let near =
            |bits| codes.number(bits as u32, LOOK).map_or((0, 0), |(number, taken)| (number.value as i16, taken as u8));
        Some(Self { near: Box::new(std::array::from_fn(near)), codes: codes.clone() })
    }

    /// By how much the next block's mean differs. The bits are filled first.
    #[inline(always)]
    pub fn read(&self, bits: &mut Bits) -> Option<i32> {
        bits.fill();
        let (value, taken) = self.near[bits.peek::<LOOK>() as usize];
        if taken > 0 {
            bits.skip(u32::from(taken));
            return Some(i32::from(value));
        }
        let (number, after) = self.codes.read(*bits)?;
        *bits = after;
        Some(number.value)
    }
}

/// A block's frequencies but the mean.
pub struct Frequencies {
    codes: Codes,
    /// The number, how far it is from the one before (beyond [`LAST`] if there is none), and how many bits tell it; 0 if they
    /// are more than are looked at.
    near: Box<[(i16, u8, u8); LOOKED_AT]>,
}

impl Frequencies {
    /// Those that these codes tell.
    pub fn new(codes: &Codes) -> Self {
        let near = |bits| {
            codes.number(bits as u32, LOOK).map_or((0, 0, 0), |(number, taken)| {
                let step = if number.is_end { LAST + 1 } else { number.zeros + 1 };
                (number.value as i16, step as u8, taken as u8)
            })
        };
        Self { near: Box::new(std::array::from_fn(near)), codes: codes.clone() }
    }

    /// Hands on each number that is not zero, and perhaps some that are, with its place in the order of the file; `None` if they
    /// are more than a block has, or something is no code.
    #[inline(always)]
    pub fn read(&self, bits: &mut Bits, mut take: impl FnMut(usize, i32)) -> Option<()> {
        let mut place = 0;
        loop {
            for _ in 0..LOOKS {
                let (value, step, taken) = self.near[bits.peek::<LOOK>() as usize];
                let (mut value, mut step) = (i32::from(value), u32::from(step));
                bits.skip(u32::from(taken));
                if taken == 0 {
                    let (number, after) = self.codes.read(*bits)?;
                    *bits = after;
                    (value, step) = (number.value, if number.is_end { LAST + 1 } else { number.zeros + 1 });
                }
                place += step;
                if place > LAST {
                    return (step > LAST).then_some(());
                }
                take(place as usize, value);
                if place == LAST {
                    return Some(());
                }
                if taken == 0 {
                    break;
                }
            }
            bits.fill();
        }
    }
}

/// A block's frequencies but the mean, where nobody wants them.
pub struct PassedOver {
    codes: Codes,
    /// How far all that these bits tell goes, times 32, and how many of them tell it; [`Self::END`] more if nothing follows in the
    /// block. 0 if there is nothing whole in them.
    far: Box<[u16; LOOKED_FAR_AT]>,
}

impl PassedOver {
    const END: u16 = 1 << 15;

    /// Those that these codes tell.
    pub fn new(codes: &Codes) -> Self {
        // How far one number goes, and how many bits tell it.
        let one = |bits| {
            codes.number(bits as u32, LOOK_FAR).map_or((0, 0), |(number, taken)| {
                let step = if number.is_end { LAST + 1 } else { number.zeros + 1 };
                (step as u8, taken as u8)
            })
        };
        let one: Box<[(u8, u8); LOOKED_FAR_AT]> = Box::new(std::array::from_fn(one));
        let far = |bits| {
            let (mut place, mut taken) = (0, 0);
            loop {
                let (step, more) = one[bits << taken & (LOOKED_FAR_AT - 1)];
                let (step, more) = (u32::from(step), u32::from(more));
                let is_whole = more > 0 && taken + more <= LOOK_FAR;
                if is_whole && step > LAST {
                    return Self::END + (place * 32 + taken + more) as u16;
                }
                if !is_whole || place + step > LAST {
                    return (place * 32 + taken) as u16;
                }
                (place, taken) = (place + step, taken + more);
            }
        };
        Self { far: Box::new(std::array::from_fn(far)), codes: codes.clone() }
    }

    /// Goes over a block; `None` if it has more numbers than a block has, or something is no code.
    #[inline(always)]
    pub fn read(&self, bits: &mut Bits) -> Option<()> {
        let mut place = 0;
        loop {
            for _ in 0..LOOKS {
                let far = self.far[bits.peek::<LOOK_FAR>() as usize];
                let next = place + u32::from(far >> 5 & 63);
                // Where a block may be over, what follows may be told of the next one.
                if far == 0 || next >= LAST {
                    let (number, after) = self.codes.read(*bits)?;
                    *bits = after;
                    place += number.zeros + 1;
                    if number.is_end || place == LAST {
                        return Some(());
                    }
                    if place > LAST {
                        return None;
                    }
                    break;
                }
                bits.skip(u32::from(far & 31));
                if far >= Self::END {
                    return Some(());
                }
                place = next;
            }
            bits.fill();
        }
    }
}
