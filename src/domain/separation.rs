//! How well a group of images can be told from the other groups by the vectors of a layer.

/// Shares of images from which on a group is said to be told apart so well.
const WELL: [(f32, &str); 4] = [(0.95, "very well"), (0.8, "well"), (0.6, "fairly well"), (0.4, "poorly")];

/// How many images of a group are nearer, by the cosine, to the mean of their own group than to that of any other. Images that are in
/// another group, too, are not compared with that one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Separation {
    /// How many of its images were looked at; none where there was nothing to compare them with.
    pub images: usize,
    /// How many of these are nearest to their own.
    pub own: usize,
    /// The group that most of the others are nearest to, by its place, and how many they are.
    pub taken_for: Option<(usize, usize)>,
}

impl Separation {
    /// The share that is nearest to their own, in `0..=1`.
    pub fn share(&self) -> Option<f32> {
        (self.images > 0).then(|| self.own as f32 / self.images as f32)
    }

    /// How well that is, in a word or two.
    pub fn in_words(&self) -> Option<&'static str> {
        let share = self.share()?;
        Some(WELL.iter().find(|(from, _)| share >= *from).map_or("hardly", |(_, word)| *word))
    }
}
