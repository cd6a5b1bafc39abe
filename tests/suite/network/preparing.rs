//! From a picture's bytes to a network's numbers.

use burn::tensor::{Device, Tensor};
use tiramisu::domain::{Decoding, Fit, Interpolation};
use tiramisu::network::{ColourOrder, Preprocessing};

fn numbers(tensor: Tensor<4>) -> Vec<f32> {
    tensor.try_into_vec_as().unwrap()
}

fn preprocessing(channels: ColourOrder) -> Preprocessing {
    Preprocessing { width: 3, height: 1, channels, mean: [1.0, 2.0, 3.0], scale: 0.5, ..Preprocessing::default() }
}

/// Two pictures of three pixels.
const RGB: [u8; 18] = [10, 20, 30, 11, 21, 31, 12, 22, 32, 0, 128, 255, 255, 0, 128, 128, 255, 0];

#[test]
fn red_green_and_blue_become_planes_less_their_mean() {
    let batch = preprocessing(ColourOrder::Rgb).batch(&RGB, 2, &Device::flex());
    assert_eq!(batch.dims(), [2, 3, 1, 3]);
    let expected = [4.5, 5.0, 5.5, 9.0, 9.5, 10.0, 13.5, 14.0, 14.5];
    assert_eq!(numbers(batch)[..9], expected);
}

#[test]
fn networks_of_caffe_take_blue_first() {
    let batch = numbers(preprocessing(ColourOrder::Bgr).batch(&RGB, 2, &Device::flex()));
    assert_eq!(batch[..9], [14.5, 15.0, 15.5, 9.0, 9.5, 10.0, 3.5, 4.0, 4.5]);
}

#[test]
fn bytes_taken_apart_on_the_device_give_the_same_numbers() {
    let device = Device::flex();
    for (channels, deviation) in [(ColourOrder::Rgb, [1.0; 3]), (ColourOrder::Bgr, [2.0, 4.0, 8.0])] {
        let preprocessing = Preprocessing { deviation, ..preprocessing(channels) };
        let on_host = preprocessing.batch_on_host(&RGB, 2, &device);
        let on_device = preprocessing.batch_on_device(&RGB, 2, &device);
        assert_eq!(on_device.dims(), [2, 3, 1, 3]);
        assert_eq!(numbers(on_device), numbers(on_host));
    }
}

#[test]
fn torchvisions_networks_take_less_the_mean_over_the_deviation() {
    let batch = numbers(Preprocessing { width: 3, height: 1, ..Preprocessing::torchvision(256, 224) }.batch(
        &RGB,
        2,
        &Device::flex(),
    ));
    // ToTensor and Normalize on the first red, green and blue, in single precision.
    let expected = [(10.0 / 255.0 - 0.485) / 0.229, (20.0 / 255.0 - 0.456) / 0.224, (30.0 / 255.0 - 0.406) / 0.225];
    for (channel, expected) in expected.into_iter().enumerate() {
        let got: f32 = batch[channel * 3];
        assert!((got - expected).abs() < 1e-6, "channel {channel}: {got} instead of {expected}");
    }
}

#[test]
fn what_was_done_before_there_was_a_choice_is_written_as_it_was_then() {
    // Fingerprints hash this text, and old workspaces hold it.
    let old = r#"{"width":227,"height":227,"channels":"bgr","mean":[104.0,117.0,123.0],"scale":1.0}"#;
    let caffe = Preprocessing::caffe(227, 227, [104.0, 117.0, 123.0]);
    assert_eq!(serde_json::to_string(&caffe).unwrap(), old);
    assert_eq!(serde_json::from_str::<Preprocessing>(old).unwrap(), caffe);
    assert_eq!(caffe.decoding, Decoding::Whole);
}

#[test]
fn decoding_scaled_is_written_down_and_told_in_words() {
    let scaled = Preprocessing { decoding: Decoding::Scaled, ..preprocessing(ColourOrder::Rgb) };
    let text = toml::to_string(&scaled).unwrap();
    assert!(text.contains("decoding = \"scaled\""), "{text}");
    assert_eq!(toml::from_str::<Preprocessing>(&text).unwrap(), scaled);
    assert!(scaled.in_words().starts_with("large JPEGs decoded scaled, stretched to 3 x 1"), "{}", scaled.in_words());
    assert!(!preprocessing(ColourOrder::Rgb).in_words().contains("JPEG"));
}

#[test]
fn a_preprocessing_survives_being_written_down_and_reads_well() {
    let torchvision = Preprocessing::torchvision(232, 224);
    let text = toml::to_string(&torchvision).unwrap();
    assert!(text.contains("interpolation = \"bilinear-antialiased\"") && text.contains("shorter_px = 232"), "{text}");
    assert_eq!(toml::from_str::<Preprocessing>(&text).unwrap(), torchvision);
    let letterbox = Preprocessing {
        fit: Fit::Letterbox { fill: [114; 3] },
        interpolation: Interpolation::Area,
        ..preprocessing(ColourOrder::Bgr)
    };
    let text = serde_json::to_string(&letterbox).unwrap();
    assert_eq!(serde_json::from_str::<Preprocessing>(&text).unwrap(), letterbox);
    assert!(serde_json::from_str::<Preprocessing>(&text.replace("scale", "shade")).is_err());
}

#[test]
fn a_preprocessing_that_makes_no_sense_is_refused() {
    let good = preprocessing(ColourOrder::Rgb);
    assert_eq!(good.check(), Ok(()));
    for (bad, word) in [
        (Preprocessing { width: 0, ..good.clone() }, "0 x 1"),
        (Preprocessing { height: 5000, ..good.clone() }, "5000"),
        (Preprocessing { fit: Fit::Crop { shorter_px: 0 }, ..good.clone() }, "shorter side of 0"),
        (Preprocessing { scale: f32::NAN, ..good.clone() }, "mean and scale"),
        (Preprocessing { deviation: [1.0, 0.0, 1.0], ..good.clone() }, "deviation"),
    ] {
        let reason = bad.check().unwrap_err();
        assert!(reason.contains(word), "{reason}");
    }
}
