//! From a picture's bytes to the numbers a network takes.

use burn::tensor::{DType, Device, Int, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use crate::domain::{Decoding, Fit, Interpolation, Resizing};

/// No network takes larger pictures.
const LONGEST_SIDE: usize = 4096;

/// In which order a network takes the colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColourOrder {
    /// Red, green, blue.
    #[default]
    Rgb,
    /// Blue, green, red, as OpenCV reads pictures and Caffe's networks want them.
    Bgr,
}

/// What happens to a picture before the first layer: it is made `width` by `height` (the room `images` does that), its
/// colours are ordered, and every value becomes `(value - mean) * scale / deviation`.
///
/// It is stored with the vectors, and part of the network's fingerprint. So what was added later is written only where it
/// differs from what was done before there was a choice: old workspaces keep their meaning and their fingerprint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preprocessing {
    /// In pixels.
    pub width: usize,
    /// In pixels.
    pub height: usize,
    /// The order of the three channels.
    pub channels: ColourOrder,
    /// For each channel in the order the network takes them, from 0 to 255.
    pub mean: [f32; 3],
    /// Applied after the mean is taken away.
    pub scale: f32,
    /// What happens to the proportions.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub fit: Fit,
    /// How pixels are interpolated.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub interpolation: Interpolation,
    /// Whether pictures are decoded whole, as was done before there was a choice.
    ///
    /// What others trained and published stays so unless a person chooses otherwise: their numbers are to come out. The
    /// built-in network is ours, nobody has other numbers of it, and it is what a folder of photographs is first looked
    /// at with: it takes them scaled.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub decoding: Decoding,
    /// What every channel is divided by in the end, in the order of `mean`.
    #[serde(default = "undivided", skip_serializing_if = "is_undivided")]
    pub deviation: [f32; 3],
}

fn is_usual<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn undivided() -> [f32; 3] {
    [1.0; 3]
}

fn is_undivided(deviation: &[f32; 3]) -> bool {
    *deviation == undivided()
}

/// The bytes as they are: a start for `..Preprocessing::default()`. Width and height are still missing.
impl Default for Preprocessing {
    fn default() -> Self {
        Self {
            width: 0,
            height: 0,
            channels: ColourOrder::Rgb,
            mean: [0.0; 3],
            scale: 1.0,
            fit: Fit::Stretch,
            interpolation: Interpolation::Bilinear,
            decoding: Decoding::Whole,
            deviation: undivided(),
        }
    }
}

impl Preprocessing {
    /// What Caffe's networks want: stretched, blue first, from 0 to 255, less a mean.
    pub fn caffe(width: usize, height: usize, mean: [f32; 3]) -> Self {
        Self { width, height, channels: ColourOrder::Bgr, mean, ..Self::default() }
    }

    /// What torchvision's networks want: the shorter side `shorter_px` long, the middle `side` by `side` pixels of that,
    /// less the mean of ImageNet, divided by its deviation.
    pub fn torchvision(shorter_px: u32, side: usize) -> Self {
        Self {
            width: side,
            height: side,
            // 255 times 0.485, 0.456, 0.406 and 0.229, 0.224, 0.225.
            mean: [123.675, 116.28, 103.53],
            deviation: [58.395, 57.12, 57.375],
            fit: Fit::Crop { shorter_px },
            interpolation: Interpolation::BilinearAntialiased,
            ..Self::default()
        }
    }

    /// The part of it that is about pixels' places.
    pub fn resizing(&self) -> Resizing {
        Resizing {
            width: self.width as u32,
            height: self.height as u32,
            fit: self.fit,
            interpolation: self.interpolation,
            decoding: self.decoding,
        }
    }

    /// What is done, for a person.
    pub fn in_words(&self) -> String {
        let Self { width, height, mean, scale, .. } = self;
        let fit = match self.fit {
            Fit::Stretch => format!("stretched to {width} x {height}"),
            Fit::Crop { shorter_px } => format!("shorter side {shorter_px}, of that the middle {width} x {height}"),
            Fit::Letterbox { fill: [red, green, blue] } => {
                format!("whole on {width} x {height} of colour {red} {green} {blue}")
            }
        };
        let order = match self.channels {
            ColourOrder::Rgb => "red first",
            ColourOrder::Bgr => "blue first",
        };
        let decoding = match self.decoding {
            Decoding::Whole => "",
            Decoding::Scaled => "large JPEGs decoded scaled, ",
        };
        let interpolation = self.interpolation.word();
        let mut words = format!("{decoding}{fit}, {interpolation}; {order}, less {} {} {}", mean[0], mean[1], mean[2]);
        if *scale != 1.0 {
            words += &format!(", times {scale}");
        }
        if !is_undivided(&self.deviation) {
            let [first, second, third] = self.deviation;
            words += &format!(", divided by {first} {second} {third}");
        }
        words
    }

    /// Whether pictures can be prepared like this; if not, what is wrong.
    ///
    /// # Errors
    /// When a size is 0 or enormous, or a number would make every value infinite.
    pub fn check(&self) -> Result<(), String> {
        let is_size = |side: usize| (1..=LONGEST_SIDE).contains(&side);
        if !is_size(self.width) || !is_size(self.height) {
            return Err(format!("{} x {} pixels; sizes from 1 to {LONGEST_SIDE} can be run", self.width, self.height));
        }
        if let Fit::Crop { shorter_px } = self.fit
            && !is_size(shorter_px as usize)
        {
            return Err(format!("a shorter side of {shorter_px} pixels; from 1 to {LONGEST_SIDE} can be run"));
        }
        if !self.mean.iter().chain([&self.scale]).all(|number| number.is_finite()) {
            return Err("mean and scale must be numbers".to_owned());
        }
        if !self.deviation.iter().all(|deviation| deviation.is_finite() && *deviation != 0.0) {
            return Err("the deviation must be numbers other than 0".to_owned());
        }
        Ok(())
    }

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
        let value =
            |channel: usize, byte: u8| (f32::from(byte) - self.mean[channel]) * self.scale / self.deviation[channel];
        // A byte has 256 values: the sums are done for them once, and not for every pixel.
        let values_of_bytes: [[f32; 256]; 3] =
            std::array::from_fn(|channel| std::array::from_fn(|byte| value(channel, byte as u8)));
        if plane > 0 {
            for (picture, planes) in rgb.chunks_exact(3 * plane).zip(values.chunks_exact_mut(3 * plane)) {
                let [first, second, third] = &values_of_bytes;
                let from = [0, 1, 2].map(|channel| self.place_in_rgb(channel));
                let (a, rest) = planes.split_at_mut(plane);
                let (b, c) = rest.split_at_mut(plane);
                for (((pixel, a), b), c) in picture.as_chunks::<3>().0.iter().zip(a).zip(b).zip(c) {
                    *a = first[usize::from(pixel[from[0]])];
                    *b = second[usize::from(pixel[from[1]])];
                    *c = third[usize::from(pixel[from[2]])];
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
            ColourOrder::Rgb => pixels,
            ColourOrder::Bgr => pixels.flip([1]),
        };
        let by_channel = |numbers: [f32; 3]| Tensor::<1>::from_floats(numbers, device).reshape([1, 3, 1, 1]);
        let values = pixels.sub(by_channel(self.mean)).mul_scalar(self.scale);
        if is_undivided(&self.deviation) { values } else { values.div(by_channel(self.deviation)) }
    }

    /// Where the network's channel is in a red, green, blue pixel.
    fn place_in_rgb(&self, channel: usize) -> usize {
        match self.channels {
            ColourOrder::Rgb => channel,
            ColourOrder::Bgr => 2 - channel,
        }
    }
}
