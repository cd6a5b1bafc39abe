//! What a JPEG says before its scan: size, colours, tables.

use super::codes::Codes;

/// A photograph as cameras and phones write it: all in one scan, row by row.
pub struct Frame {
    /// Width and height in pixels.
    pub size: [usize; 2],
    /// Brightness alone, or brightness and two differences of colours from it.
    pub colours: Vec<Colour>,
    /// After how many groups of blocks the codes begin anew; 0 if they never do.
    pub restart_interval: usize,
    /// Where the scan begins.
    pub scan_at: usize,
}

/// One of a picture's colours.
pub struct Colour {
    /// Blocks in each group, across and down.
    pub blocks: [usize; 2],
    /// By what each frequency is multiplied, in the order of the file.
    pub steps: [u16; 64],
    /// The codes of the means.
    pub means: Codes,
    /// The codes of all other frequencies.
    pub frequencies: Codes,
}

/// A colour's name, its blocks in a group, and the number of its steps.
type ToldColour = (u8, [usize; 2], u8);

/// What tables have been told, and what they are used for.
#[derive(Default)]
struct Read {
    steps: [Option<[u16; 64]>; 4],
    means: [Option<Codes>; 4],
    frequencies: [Option<Codes>; 4],
    restart_interval: usize,
    size: [usize; 2],
    colours: Vec<ToldColour>,
    is_jfif: bool,
    /// What Adobe's programs say of the colours.
    adobe: Option<u8>,
}

impl Frame {
    /// `None` if it is anything else.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(&[0xFF, 0xD8])?;
        let mut read = Read::default();
        loop {
            let [0xFF, marker, high, low, after @ ..] = rest else { return None };
            let length = usize::from(u16::from_be_bytes([*high, *low])).checked_sub(2)?;
            let (segment, after) = after.split_at_checked(length)?;
            rest = after;
            match marker {
                0xC0 | 0xC1 => read.take_frame(segment)?,
                0xC4 => read.take_codes(segment)?,
                0xDB => read.take_steps(segment)?,
                0xDD => read.restart_interval = usize::from(u16::from_be_bytes(segment.try_into().ok()?)),
                0xE0 => read.is_jfif |= segment.starts_with(b"JFIF\0"),
                0xEE if segment.starts_with(b"Adobe") => read.adobe = Some(*segment.get(11)?),
                0xE1..=0xEF | 0xFE => {}
                0xDA => return read.into_frame(segment, bytes.len() - rest.len()),
                _ => return None,
            }
        }
    }
}

impl Read {
    fn take_frame(&mut self, segment: &[u8]) -> Option<()> {
        let [8, h1, h0, w1, w0, count, colours @ ..] = segment else { return None };
        let side = |high: u8, low: u8| usize::from(u16::from_be_bytes([high, low]));
        self.size = [side(*w1, *w0), side(*h1, *h0)];
        let colours = colours.chunks_exact(3);
        let has_pixels = self.size[0] > 0 && self.size[1] > 0;
        if !self.colours.is_empty() || !has_pixels || colours.len() != usize::from(*count) {
            return None;
        }
        let colour = |colour: &[u8]| (colour[0], [colour[1] >> 4, colour[1] & 15].map(usize::from), colour[2]);
        self.colours = colours.map(colour).collect();
        Some(())
    }

    fn take_codes(&mut self, mut segment: &[u8]) -> Option<()> {
        while let Some((kind, after)) = segment.split_first() {
            let (lengths, after) = after.split_first_chunk::<16>()?;
            let (symbols, after) = after.split_at_checked(lengths.iter().map(|count| usize::from(*count)).sum())?;
            let tables = if kind >> 4 == 0 { &mut self.means } else { &mut self.frequencies };
            *tables.get_mut(usize::from(kind & 15)).filter(|_| kind >> 4 < 2)? = Some(Codes::new(lengths, symbols)?);
            segment = after;
        }
        Some(())
    }

    fn take_steps(&mut self, mut segment: &[u8]) -> Option<()> {
        while let Some((kind, after)) = segment.split_first() {
            // A byte each, as of everything with eight bits a colour.
            let (steps, after) = after.split_first_chunk::<64>().filter(|_| kind >> 4 == 0)?;
            *self.steps.get_mut(usize::from(kind & 15))? = Some(steps.map(u16::from));
            segment = after;
        }
        Some(())
    }

    fn into_frame(self, scan: &[u8], scan_at: usize) -> Option<Frame> {
        let [count, in_scan @ .., 0, 63, 0] = scan else { return None };
        if usize::from(*count) != self.colours.len() || in_scan.len() != 2 * self.colours.len() {
            return None;
        }
        let ids: Vec<u8> = self.colours.iter().map(|colour| colour.0).collect();
        let is_brightness_and_differences = match (self.is_jfif, self.adobe) {
            (true, _) | (false, Some(1)) => true,
            (false, None) => ids == [1, 2, 3],
            (false, Some(_)) => false,
        };
        let blocks: Vec<[usize; 2]> = self.colours.iter().map(|colour| colour.1).collect();
        let blocks = match blocks[..] {
            // Alone, it is told block by block, whatever it says.
            [_] => vec![[1, 1]],
            [first @ [1 | 2, 1 | 2], [1, 1], [1, 1]] if is_brightness_and_differences => vec![first, [1, 1], [1, 1]],
            _ => return None,
        };
        let colour = |(told, blocks): (&ToldColour, [usize; 2]), scan: &[u8]| {
            let table = |tables: &[Option<Codes>; 4], number: u8| tables.get(usize::from(number))?.clone();
            let (means, frequencies) = (table(&self.means, scan[1] >> 4)?, table(&self.frequencies, scan[1] & 15)?);
            let steps = (*self.steps.get(usize::from(told.2))?)?;
            (told.0 == scan[0]).then_some(Colour { blocks, steps, means, frequencies })
        };
        let colours: Option<Vec<Colour>> = self
            .colours
            .iter()
            .zip(blocks)
            .zip(in_scan.chunks_exact(2))
            .map(|(told, scan)| colour(told, scan))
            .collect();
        Some(Frame { size: self.size, colours: colours?, restart_interval: self.restart_interval, scan_at })
    }
}
