//! From a picture's bytes to a network's numbers.

use burn::tensor::{Device, Tensor};
use tiramisu::network::{ChannelOrder, Preprocessing};

fn numbers(tensor: Tensor<4>) -> Vec<f32> {
    tensor.try_into_vec_as().unwrap()
}

fn preprocessing(channels: ChannelOrder) -> Preprocessing {
    Preprocessing { width: 3, height: 1, channels, mean: [1.0, 2.0, 3.0], scale: 0.5 }
}

/// Two pictures of three pixels.
const RGB: [u8; 18] = [10, 20, 30, 11, 21, 31, 12, 22, 32, 0, 128, 255, 255, 0, 128, 128, 255, 0];

#[test]
fn red_green_and_blue_become_planes_less_their_mean() {
    let batch = preprocessing(ChannelOrder::Rgb).batch(&RGB, 2, &Device::flex());
    assert_eq!(batch.dims(), [2, 3, 1, 3]);
    let expected = [4.5, 5.0, 5.5, 9.0, 9.5, 10.0, 13.5, 14.0, 14.5];
    assert_eq!(numbers(batch)[..9], expected);
}

#[test]
fn networks_of_caffe_take_blue_first() {
    let batch = numbers(preprocessing(ChannelOrder::Bgr).batch(&RGB, 2, &Device::flex()));
    assert_eq!(batch[..9], [14.5, 15.0, 15.5, 9.0, 9.5, 10.0, 3.5, 4.0, 4.5]);
}

#[test]
fn bytes_taken_apart_on_the_device_give_the_same_numbers() {
    let device = Device::flex();
    for channels in [ChannelOrder::Rgb, ChannelOrder::Bgr] {
        let preprocessing = preprocessing(channels);
        let on_host = preprocessing.batch_on_host(&RGB, 2, &device);
        let on_device = preprocessing.batch_on_device(&RGB, 2, &device);
        assert_eq!(on_device.dims(), [2, 3, 1, 3]);
        assert_eq!(numbers(on_device), numbers(on_host));
    }
}
