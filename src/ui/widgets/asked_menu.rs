//! Asking for the menu of a picture. Whoever draws a picture says that it was asked for; the window shows it, once for all views.

use eframe::egui::{Context, Id, Pos2, Response};

use crate::domain::{ImageId, Metric, StoredLayer};

/// A menu that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct AskedMenu {
    /// Of which picture.
    pub image: ImageId,
    /// Where, in points of the window.
    pub at: Pos2,
    /// What the picture stands beside, where that is not the picture looked at.
    pub beside: Option<ComparedWith>,
}

/// What a picture is compared with where it is shown, and by what.
#[derive(Clone, Debug, PartialEq)]
pub struct ComparedWith {
    /// The other picture.
    pub image: ImageId,
    /// The vectors.
    pub source: StoredLayer,
    /// The measure.
    pub metric: Metric,
    /// Whether it is what neighbours are asked with, of which a box may be all that counts.
    pub is_asked_with: bool,
}

/// Asks for the menu of `image` if `response` says that the person did.
pub fn offer(response: &Response, image: ImageId) {
    if response.secondary_clicked() {
        let at = response.interact_pointer_pos().unwrap_or_else(|| response.rect.center());
        response.ctx.data_mut(|data| data.insert_temp(place(), AskedMenu { image, at, beside: None }));
    }
}

/// Says with what the picture of a menu that was asked for just now is compared where it is shown.
pub fn compared_with(response: &Response, other: impl FnOnce() -> ComparedWith) {
    if response.secondary_clicked() {
        response.ctx.data_mut(|data| {
            if let Some(asked) = data.get_temp::<AskedMenu>(place()) {
                data.insert_temp(place(), AskedMenu { beside: Some(other()), ..asked });
            }
        });
    }
}

/// Takes what was asked for since the last time.
pub fn take(ctx: &Context) -> Option<AskedMenu> {
    ctx.data_mut(|data| {
        let asked = data.get_temp(place())?;
        data.remove::<AskedMenu>(place());
        Some(asked)
    })
}

fn place() -> Id {
    Id::unique("the picture whose menu was asked for")
}
