//! SHA-1 (RFC 3174), for files whose publishers tell nothing better. It finds damage; it does not keep out whoever means
//! harm.

/// A sum under way.
pub struct Sha1 {
    state: [u32; 5],
    block: [u8; 64],
    filled: usize,
    bytes: u64,
}

impl Sha1 {
    /// Of nothing yet.
    pub fn new() -> Self {
        let state = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
        Self { state, block: [0; 64], filled: 0, bytes: 0 }
    }

    /// Takes more of the content.
    pub fn update(&mut self, mut content: &[u8]) {
        self.bytes += content.len() as u64;
        while !content.is_empty() {
            let taken = content.len().min(64 - self.filled);
            self.block[self.filled..self.filled + taken].copy_from_slice(&content[..taken]);
            self.filled += taken;
            content = &content[taken..];
            if self.filled == 64 {
                self.mix();
                self.filled = 0;
            }
        }
    }

    /// The sum, 20 bytes.
    pub fn finish(mut self) -> [u8; 20] {
        let bits = self.bytes * 8;
        self.update(&[0x80]);
        while self.filled != 56 {
            self.update(&[0]);
        }
        self.update(&bits.to_be_bytes());
        let mut sum = [0; 20];
        for (bytes, word) in sum.chunks_exact_mut(4).zip(self.state) {
            bytes.copy_from_slice(&word.to_be_bytes());
        }
        sum
    }

    fn mix(&mut self) {
        let mut words = [0u32; 80];
        for (word, bytes) in words.iter_mut().zip(self.block.chunks_exact(4)) {
            *word = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        }
        for t in 16..80 {
            words[t] = (words[t - 3] ^ words[t - 8] ^ words[t - 14] ^ words[t - 16]).rotate_left(1);
        }
        let [mut a, mut b, mut c, mut d, mut e] = self.state;
        for (t, word) in words.into_iter().enumerate() {
            let (f, k) = match t {
                0..20 => ((b & c) | (!b & d), 0x5a82_7999),
                20..40 => (b ^ c ^ d, 0x6ed9_eba1),
                40..60 => ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc),
                _ => (b ^ c ^ d, 0xca62_c1d6_u32),
            };
            let next = a.rotate_left(5).wrapping_add(f).wrapping_add(e).wrapping_add(k).wrapping_add(word);
            (a, b, c, d, e) = (next, a, b.rotate_left(30), c, d);
        }
        for (state, mixed) in self.state.iter_mut().zip([a, b, c, d, e]) {
            *state = state.wrapping_add(mixed);
        }
    }
}
