//! What neighbours are asked with on the command line, as it is written.

use std::path::PathBuf;

use crate::domain::{Example, Region};

/// A picture, and how much it counts.
#[derive(Clone, Debug)]
pub(super) struct WeighedImage(pub f32, pub PathBuf);

/// The mean of many images, and how much it counts.
#[derive(Clone, Debug)]
pub(super) struct WeighedMany(pub f32, pub Example);

/// A layer of a mix, and how much it counts.
#[derive(Clone, Debug)]
pub(super) struct WeighedLayer(pub String, pub f32);

/// `0.5:tom.jpg`.
pub(super) fn parse_example(text: &str) -> Result<WeighedImage, String> {
    match text.split_once(':').map(|(weight, path)| (weight.parse::<f32>(), path)) {
        Some((Ok(weight), path)) if weight.is_finite() && !path.is_empty() => Ok(WeighedImage(weight, path.into())),
        _ => Err("write a number, a colon and a picture: 0.5:tom.jpg".to_owned()),
    }
}

/// `tag:blurred`, `0.5:cluster:kmeans_20:3`.
pub(super) fn parse_many(text: &str) -> Result<WeighedMany, String> {
    // No kind of examples is called like a number.
    match text.split_once(':').map(|(weight, many)| (weight.parse::<f32>(), many)) {
        Some((Ok(weight), many)) if weight.is_finite() && weight > 0.0 => Ok(WeighedMany(weight, many_of(many)?)),
        Some((Ok(_), _)) => Err("write a weight above 0: 0.5:tag:NAME".to_owned()),
        Some((Err(_), _)) | None => Ok(WeighedMany(1.0, many_of(text)?)),
    }
}

fn many_of(text: &str) -> Result<Example, String> {
    let how = || {
        "write tag:NAME, cluster:CLUSTERING:NUMBER, class:NAME or label:NAME, with a weight before it if need be: \
         0.5:tag:NAME"
            .to_owned()
    };
    match text.split_once(':').filter(|(_, name)| !name.is_empty()) {
        Some(("tag", name)) => Ok(Example::Tag(name.to_owned())),
        Some(("class", name)) => Ok(Example::Class(name.to_owned())),
        Some(("label", name)) => Ok(Example::Label(name.to_owned())),
        Some(("cluster", rest)) => {
            let (clustering, number) = rest.rsplit_once(':').ok_or_else(how)?;
            Ok(Example::Cluster { clustering: clustering.to_owned(), cluster: number.parse().map_err(|_| how())? })
        }
        _ => Err(how()),
    }
}

/// `fire9/concat=0.5`.
pub(super) fn parse_part(text: &str) -> Result<WeighedLayer, String> {
    match text.rsplit_once('=').map(|(layer, weight)| (layer, weight.parse::<f32>())) {
        Some((layer, Ok(weight))) if weight.is_finite() && !layer.is_empty() => {
            Ok(WeighedLayer(layer.to_owned(), weight))
        }
        _ => Err("write a layer and a number: fire9/concat=0.5".to_owned()),
    }
}

/// `0.2,0.1,0.6,0.5`.
pub(super) fn parse_region(text: &str) -> Result<Region, String> {
    let numbers: Vec<f32> = text.split(',').filter_map(|number| number.trim().parse().ok()).collect();
    match numbers[..] {
        [left, top, right, bottom]
            if text.matches(',').count() == 3 && numbers.iter().all(|number| (0.0..=1.0).contains(number)) =>
        {
            Ok(Region::between((left, top), (right, bottom)))
        }
        _ => Err("write four numbers from 0 to 1 with commas between: left,top,right,bottom".to_owned()),
    }
}
