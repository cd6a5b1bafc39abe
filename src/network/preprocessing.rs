//! From a picture's bytes to the numbers a network takes.

use burn::tensor::{DType, Device, Int, Tensor, TensorData};
use serde::{Deserialize, Serialize};

/// In which order a network takes the colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChannelOrder {
    /// Red, green, blue.
    #[default]
    Rgb,
    /// Blue, green, red, as OpenCV reads pictures and Caffe's networks want them.
    Bgr,
}

/// What happens to a picture before the first layer: it is stretched to `width` by `height` (the room `images` does
/// that), its colours are ordered, and every value becomes `(value - mean) * scale`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preprocessing {
    /// In pixels.
    pub width: usize,
    /// In pixels.
    pub height: usize,
    /// The order of the three channels.
    pub channels: ChannelOrder,
    /// For each channel in the order the network takes them, from 0 to 255.
    pub mean: [f32; 3],
    /// Applied after the mean is taken away.
    pub scale: f32,
}

impl Preprocessing {
    /// Puts a batch of pictures on the device and normalises it there.
    ///
    /// Takes `rgb`, `n * height * width * 3` bytes, one picture after the other, colours interleaved.
    ///
    /// # Shapes
    /// Returns `[n, 3, height, width]`.
    ///
    /// # Panics
    /// When the number of bytes is another.
    pub fn batch(&self, rgb: &[u8], n: usize, device: &Device) -> Tensor<4> {
        let expected = n * self.height * self.width * 3;
        assert_eq!(rgb.len(), expected, "{n} pictures of {} x {} x 3 bytes", self.height, self.width);
        let is_on_host = *device == Device::flex();
        if is_on_host { self.batch_on_host(rgb, n, device) } else { self.batch_on_device(rgb, n, device) }
    }

    /// The device is this processor: planes are written as the network wants them, in one pass.
    ///
    /// # Shapes
    /// Returns `[n, 3, height, width]`.
    pub fn batch_on_host(&self, rgb: &[u8], n: usize, device: &Device) -> Tensor<4> {
        let plane = self.height * self.width;
        let mut values = vec![0.0f32; n * 3 * plane];
        if plane > 0 {
            for (picture, planes) in rgb.chunks_exact(3 * plane).zip(values.chunks_exact_mut(3 * plane)) {
                for (channel, values) in planes.chunks_exact_mut(plane).enumerate() {
                    let from = self.place_in_rgb(channel);
                    let (mean, scale) = (self.mean[channel], self.scale);
                    for (value, pixel) in values.iter_mut().zip(picture.chunks_exact(3)) {
                        *value = (f32::from(pixel[from]) - mean) * scale;
                    }
                }
            }
        }
        Tensor::from_data(TensorData::new(values, [n, 3, self.height, self.width]), device)
    }

    /// Uploads the bytes, four to an integer (not every GPU knows 8-bit numbers), and takes them apart on the device:
    /// a quarter of the traffic of floats, and no work here.
    ///
    /// # Shapes
    /// Returns `[n, 3, height, width]`.
    pub fn batch_on_device(&self, rgb: &[u8], n: usize, device: &Device) -> Tensor<4> {
        let words: Vec<i32> = rgb
            .chunks(4)
            .map(|chunk| {
                let mut bytes = [0; 4];
                bytes[..chunk.len()].copy_from_slice(chunk);
                i32::from_le_bytes(bytes)
            })
            .collect();
        let count = words.len();
        let packed: Tensor<2, Int> = Tensor::from_data(TensorData::new(words, [count, 1]), (device, DType::I32));
        let bytes: Vec<Tensor<2, Int>> = [0, 8, 16, 24]
            .into_iter()
            .map(|shift: i32| packed.clone().bitwise_right_shift_scalar(shift).bitwise_and_scalar(255))
            .collect();
        let pixels = Tensor::cat(bytes, 1).float().reshape([4 * count]).narrow(0, 0, rgb.len());
        let pixels: Tensor<4> = pixels.reshape([n, self.height, self.width, 3]).permute([0, 3, 1, 2]);
        let pixels = match self.channels {
            ChannelOrder::Rgb => pixels,
            ChannelOrder::Bgr => pixels.flip([1]),
        };
        let mean = Tensor::<1>::from_floats(self.mean, device).reshape([1, 3, 1, 1]);
        pixels.sub(mean).mul_scalar(self.scale)
    }

    /// Where the network's channel is in a red, green, blue pixel.
    fn place_in_rgb(&self, channel: usize) -> usize {
        match self.channels {
            ChannelOrder::Rgb => channel,
            ChannelOrder::Bgr => 2 - channel,
        }
    }
}
