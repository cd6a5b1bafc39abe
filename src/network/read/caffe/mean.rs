//! The mean picture that some networks come with.

use std::{fs, path::Path};

use prost::Message;

use super::{
    files,
    schema::{BlobProto, NetParameter},
};
use crate::network::NetworkError;

/// A mean picture of 1024 by 1024 pixels, with room.
const LARGEST_FILE: u64 = 32 << 20;

/// The mean colour of the only `*mean*.binaryproto` in `folder`, in the network's order; `None` when there is none, or
/// several, or it is not a picture of three channels.
///
/// The mean over the picture, not the picture itself: networks are shown whole pictures here, not crops.
pub(super) fn find(folder: &Path) -> Option<[f32; 3]> {
    let mut files = fs::read_dir(in_folder(folder)).ok()?.flatten().map(|entry| entry.path()).filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        name.contains("mean") && name.ends_with(".binaryproto")
    });
    let path = files.next()?;
    if files.next().is_some() {
        return None;
    }
    of_picture(&path)
}

fn in_folder(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// The mean colour of a mean picture.
fn of_picture(path: &Path) -> Option<[f32; 3]> {
    let refuse = |reason: String| NetworkError::Weights { reason, path: path.to_owned() };
    let bytes = files::read(path, LARGEST_FILE, &refuse).ok()?;
    let values = BlobProto::decode(&bytes[..]).ok()?.data;
    if values.is_empty() || !values.len().is_multiple_of(3) {
        return None;
    }
    let plane = values.len() / 3;
    let mean = |channel: usize| {
        let sum: f64 = values[channel * plane..(channel + 1) * plane].iter().map(|value| f64::from(*value)).sum();
        (sum / plane as f64) as f32
    };
    let means = [mean(0), mean(1), mean(2)];
    means.iter().all(|value| value.is_finite()).then_some(means)
}

/// The mean colour that a layer of the description takes away itself, and by what it multiplies then: `transform_param`
/// of an input layer. Where it multiplies and names no mean, none is taken away; a mean picture it names is looked for in
/// `folder`.
pub(super) fn described(net: &NetParameter, folder: &Path) -> Option<([f32; 3], f32)> {
    let transform = net.layer.iter().filter_map(|layer| layer.transform_param.as_ref());
    let mut described = transform.filter_map(|transform| {
        let mean = match transform.mean_value[..] {
            [value] => [value; 3],
            [blue, green, red] => [blue, green, red],
            [] if !transform.mean_file().is_empty() => {
                let name = transform.mean_file().rsplit(['/', '\\']).next().unwrap_or_default();
                of_picture(&in_folder(folder).join(name)).or_else(|| find(folder))?
            }
            [] if transform.scale.is_some() => [0.0; 3],
            _ => return None,
        };
        let is_number = mean.iter().chain([&transform.scale()]).all(|value| value.is_finite());
        is_number.then(|| (mean, transform.scale()))
    });
    described.next()
}
