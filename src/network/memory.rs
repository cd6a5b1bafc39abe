//! How many pictures a network takes at once.

// A new operation is to be missed by the compiler, not by the person.
#![deny(clippy::wildcard_enum_match_arm)]

use burn::tensor::Device;

use super::{Convolution, Graph, Node, Op, Source};

/// On this processor every activation stays below this: larger ones are given back to the system when they are freed
/// (glibc's allocator does so from 32 MiB on), so that each layer's memory would be cleared page by page again, and they
/// are far beyond the caches.
const LARGEST_ON_CPU: usize = 24 << 20;
/// On a GPU every activation stays below this, the least that WebGPU promises to bind to a shader.
const LARGEST_ON_GPU: usize = 128 << 20;
/// And all that live at once together stay below this: no driver tells how much memory is free.
const LIVE_ON_GPU: usize = 512 << 20;
/// And on this processor those of all pictures that are run at the same time.
const LIVE_ON_CPU: usize = 512 << 20;
/// Beyond this a larger batch wins nothing.
const MOST: usize = 64;

/// Bytes of activations for one picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ActivationBytes {
    /// The largest one.
    pub largest: usize,
    /// All that live at the same time, at the worst moment, when each is freed after its last use.
    pub live: usize,
}

impl Graph {
    /// How many pictures to run at once on such a device, at most; at least one.
    pub fn images_at_a_time(&self, device: &Device) -> usize {
        let ActivationBytes { largest, live } = self.activation_bytes();
        let (largest, live) = (largest.max(1), live.max(1));
        let fit = match *device == Device::flex() {
            true => LARGEST_ON_CPU / largest,
            false => (LARGEST_ON_GPU / largest).min(LIVE_ON_GPU / live),
        };
        // GPU kernels are tuned once for each size, so sizes are few.
        let fit = fit.clamp(1, MOST);
        1 << fit.ilog2()
    }

    /// How many of `threads` of this processor may each run a picture of their own; at least one.
    pub fn passes_at_a_time(&self, threads: usize) -> usize {
        (LIVE_ON_CPU / self.activation_bytes().live.max(1)).clamp(1, threads.max(1))
    }

    pub(super) fn activation_bytes(&self) -> ActivationBytes {
        let bytes = |dims: &[usize]| dims.iter().product::<usize>() * size_of::<f32>();
        let sizes: Vec<usize> = self.nodes.iter().map(|node| bytes(&node.dims)).collect();
        let passing = self.nodes.iter().map(|node| bytes(&self.passing(node)));
        let passing = passing.max().unwrap_or(0);
        let mut last_use: Vec<usize> = (0..self.nodes.len()).collect();
        let mut input_until = 0;
        for (index, node) in self.nodes.iter().enumerate() {
            for source in &node.inputs {
                match source {
                    Source::Input => input_until = index,
                    Source::Node(other) => last_use[*other] = index,
                }
            }
        }
        let mut dying: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
        for (node, last) in last_use.into_iter().enumerate() {
            dying[last].push(node);
        }
        let picture = bytes(&self.input);
        let (mut now, mut live) = (picture, picture);
        for (index, dying) in dying.iter().enumerate() {
            now += sizes[index];
            live = live.max(now);
            now -= dying.iter().map(|node| sizes[*node]).sum::<usize>();
            if index == input_until {
                now -= picture;
            }
        }
        ActivationBytes { largest: sizes.into_iter().max().unwrap_or(0).max(picture).max(passing), live }
    }

    /// What a node makes beside its output and lets go at once: a convolution's input with zeros around.
    fn passing(&self, node: &Node) -> [usize; 3] {
        if let Op::Convolution(Convolution { padding, .. }) = &node.op
            && let Some(&[c, h, w]) = node.inputs.first().map(|source| self.value(*source).dims)
        {
            return [c, h + padding[0].0 + padding[0].1, w + padding[1].0 + padding[1].1];
        }
        [0; 3]
    }
}
