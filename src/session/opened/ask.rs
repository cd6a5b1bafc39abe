//! What a view asks while it is looked at.

use super::OpenedCollection;
use crate::domain::{ImageId, Metric, StoredLayer, TableColumn};
use crate::engine::{ChannelMapWish, CropWish, GroupLook, Look, PictureWish, PointWish, Request};

/// A question of a view.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// These thumbnails are visible and missing, most urgent first.
    Thumbnails(Vec<ImageId>),
    /// What is the image under the pointer most like? Nothing is wanted any more of none.
    HoverNeighbours(Option<ImageId>),
    /// What is near what is asked with at every depth? At all layers whose vectors are stored (`true`) or at some; `None` when
    /// nobody looks at that any more.
    Depths(Option<bool>),
    /// What are these images most like, by these vectors? Their rows are seen.
    Nearest(StoredLayer, Vec<ImageId>),
    /// These pieces of a picture are looked at and missing; `None` when it is not looked at closely any more.
    Picture(Option<PictureWish>),
    /// How long does each layer take?
    LayerTimes,
    /// How are the images distributed over a column? It is to be seen, and not known as they are now.
    Distribution(TableColumn),
    /// The channels most unusual for the probe are to be seen, and are not there.
    Unusual,
    /// The probe is looked into: whatever of [`Inside`](super::inside::Inside) is missing is to be there.
    Inside,
    /// What do all channels give at this place?
    Point(PointWish),
    /// These parts of pictures are visible and missing, most urgent first.
    Crops(Vec<CropWish>),
    /// Which boxes were imported of this image? They are to be seen.
    Boxes(ImageId),
    /// Something about groups that is to be seen and not known; again if it was asked in vain.
    Groups(GroupLook),
    /// Which images excite these channels (layers by index in `Collection::layers`) most? They are visible.
    ExemplarsOfSome(Vec<(usize, usize)>),
    /// What do these channels see in these images? They are visible.
    ChannelMaps(Vec<ChannelMapWish>),
    /// Why are the probe, or the box on it that is asked with, and this image alike, at the layer looked at?
    Why(ImageId),
    /// The same by other vectors, and the measure that they were compared by.
    WhyAt(ImageId, StoredLayer, Metric),
    /// Why are these two alike, by the vectors and the measure that they were compared by?
    WhyTwo([ImageId; 2], StoredLayer, Metric),
    /// That is understood.
    CloseWhySimilar,
}

impl OpenedCollection {
    fn ask_picture(&mut self, wish: Option<PictureWish>) -> Vec<Request> {
        if wish.as_ref().map(|wish| wish.image) != self.picture_problem.as_ref().map(|(image, _)| *image) {
            self.picture_problem = None;
        }
        vec![Request::Look(Look::Picture(wish))]
    }

    pub(in crate::session) fn ask(&mut self, question: Ask) -> Vec<Request> {
        match question {
            Ask::Thumbnails(ids) => vec![Request::Look(Look::Thumbnails(ids))],
            Ask::HoverNeighbours(image) => self.ask_hover_neighbours(image),
            Ask::Depths(wants_all) => self.ask_depths(wants_all),
            Ask::Nearest(source, images) => self.ask_nearest(source, images),
            Ask::Picture(wish) => self.ask_picture(wish),
            Ask::LayerTimes => vec![Request::Look(Look::LayerTimes)],
            Ask::Distribution(column) => self.ask_distribution(column),
            Ask::Unusual => self.ask_unusual(),
            Ask::Inside => self.ask_inside(),
            Ask::Point(wish) => self.ask_point(wish),
            Ask::Crops(wishes) => vec![Request::Look(Look::Crops(wishes))],
            Ask::Boxes(image) => self.ask_boxes(image),
            Ask::Groups(look) => self.ask_groups(look),
            Ask::ExemplarsOfSome(channels) => self.ask_exemplars_of_some(channels),
            Ask::ChannelMaps(wishes) => self.groups.ask_maps(wishes),
            Ask::Why(other) => self.ask_why(other),
            Ask::WhyAt(other, source, metric) => self.ask_why_at(other, source, metric),
            Ask::WhyTwo(images, source, metric) => self.ask_why_two(images, source, metric),
            Ask::CloseWhySimilar => {
                self.why = None;
                Vec::new()
            }
        }
    }
}
