//! Asking for the menu of a picture. Whoever draws a picture says that it was asked for; the window shows it, once for all views.

use eframe::egui::{Context, Id, Pos2, Response};

use crate::domain::ImageId;

/// A menu that was asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AskedMenu {
    /// Of which picture.
    pub image: ImageId,
    /// Where, in points of the window.
    pub at: Pos2,
}

/// Asks for the menu of `image` if `response` says that the person did.
pub fn offer(response: &Response, image: ImageId) {
    if response.secondary_clicked() {
        let at = response.interact_pointer_pos().unwrap_or_else(|| response.rect.center());
        response.ctx.data_mut(|data| data.insert_temp(place(), AskedMenu { image, at }));
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
