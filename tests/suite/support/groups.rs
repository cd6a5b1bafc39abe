//! Answers about groups, by rule.

use tiramisu::domain::{
    Cluster, Confusion, DistinguishingChannel, GroupSimilarity, ImageId, ImageRecord, ImageSet, Neighbour, Separation,
};
use tiramisu::engine::{
    ArithmeticWish, ChannelExemplars, ChannelMap, ChannelMapWish, Collection, GroupAnswer, GroupComparison, GroupLook,
    Groups,
};

use tiramisu::gpu::TensorView;

use super::collection;

/// Exemplars of each channel, as of each by itself.
pub fn exemplars(channels: &[(usize, usize)], count: usize, about: &Collection) -> ChannelExemplars {
    let list = |&(layer, channel): &(usize, usize)| {
        let found = collection::exemplars(layer, Some(channel), count, about);
        ((layer, channel), found.lists.into_iter().next().map(|(_, list)| list).unwrap_or_default())
    };
    ChannelExemplars { lists: channels.iter().map(list).collect() }
}

fn images(of: &Groups, group: usize, known: &[ImageRecord]) -> ImageSet {
    of.images(group).images(&known.to_vec().into())
}

fn portrait(of: &Groups, group: usize, known: &[ImageRecord]) -> Cluster {
    let members = images(of, group, known);
    let mut labels: Vec<(String, usize)> = Vec::new();
    for label in members.iter().filter_map(|id| known[id.index()].label.clone()) {
        match labels.iter_mut().find(|(name, _)| *name == label) {
            Some((_, count)) => *count += 1,
            None => labels.push((label, 1)),
        }
    }
    labels.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let channel = |channel: usize| DistinguishingChannel { layer: "conv2".to_owned(), channel, mean_z: 2.5 };
    Cluster {
        name: None,
        size: members.len(),
        exemplars: members.iter().take(8).collect(),
        labels,
        distinguishing: vec![channel(group + 3), channel(group + 9)],
    }
}

/// Of the first all are told from the others, of each after it three fewer, which look like the one before.
fn separation(group: usize) -> Separation {
    let (images, wrong) = (15, 3 * group.min(5));
    Separation { images, own: images - wrong, taken_for: (wrong > 0).then(|| (group - 1, wrong)) }
}

/// Groups are the more similar the nearer their places; what is nearest are the first images.
pub fn answer(look: &GroupLook, known: &[ImageRecord]) -> GroupAnswer {
    let of = look.of();
    let portraits = || (0..of.len()).map(|group| portrait(of, group, known)).collect::<Vec<_>>();
    match look {
        GroupLook::Portraits { .. } => {
            let groups = portraits();
            let separations = (0..groups.len()).map(separation).collect();
            GroupAnswer::Portraits { groups, separations }
        }
        GroupLook::Matrices(_) => {
            let names: Vec<String> = (0..of.len()).map(|group| of.name(group)).collect();
            let count = of.len();
            let cosine = |place: usize| 1.0 - (place / count).abs_diff(place % count) as f32 * 0.125;
            let similarity = GroupSimilarity {
                groups: (0..count).collect(),
                cosines: (0..count * count).map(cosine).collect(),
                by_similarity: (0..count).rev().collect(),
                left_out: 0,
            };
            GroupAnswer::Matrices { confusion: Confusion::of(&portraits(), &names, 200), similarity }
        }
        GroupLook::Comparison { pair, .. } => {
            let [a, b] = pair.map(|group| images(of, group, known));
            let channel = |channel: usize| DistinguishingChannel { layer: "conv3".to_owned(), channel, mean_z: 1.5 };
            GroupAnswer::Comparison(GroupComparison {
                shared: a.intersection(&b).len(),
                sizes: [a.len(), b.len()],
                cosine: Some(0.75),
                channels: pair.map(|group| vec![channel(group + 1), channel(group + 11)]),
            })
        }
        GroupLook::Arithmetic(ArithmeticWish { terms, count, with_own, .. }) => {
            let own: Vec<ImageSet> = terms.iter().map(|(group, _)| images(of, *group, known)).collect();
            let is_wanted = |id: &ImageId| *with_own || !own.iter().any(|set| set.contains(*id));
            let ids = (0..known.len() as u32).map(ImageId).filter(is_wanted).take((*count).min(12));
            let near = |(rank, image): (usize, ImageId)| Neighbour { image, score: 0.9 - rank as f64 * 0.02 };
            let others = (0..of.len()).filter(|group| terms.iter().all(|(term, _)| term != group));
            GroupAnswer::Arithmetic {
                pictures: ids.enumerate().map(near).collect(),
                groups: others.map(|group| (group, 0.5)).collect(),
                over: [3, 1],
            }
        }
    }
}

/// A channel that sees the lower right quarter of an image.
pub fn channel_map(wish: &ChannelMapWish) -> ChannelMap {
    ChannelMap {
        wish: *wish,
        range: [0.0, 1.0],
        map: TensorView::from_host([1, 2, 2], vec![0.0, 0.0, 0.0, 1.0].into()),
    }
}
