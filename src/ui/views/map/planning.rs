//! The plane that is drawn, and the next one on its way.

use std::sync::Arc;

use eframe::egui;

use super::plane::Plane;
use crate::domain::Projection;
use crate::ui::later::{Asked, Later};

/// So many points are sorted within a frame.
const AT_ONCE: usize = 20_000;

/// Prepares projections as they come. While one is prepared the one before is shown; of those that come meanwhile only the last
/// counts.
#[derive(Default)]
pub struct Planning {
    /// What is drawn.
    pub plane: Option<Arc<Plane>>,
    coming: Option<(Arc<Projection>, Later<Plane>)>,
}

impl Planning {
    /// Something is drawn from the first moment on.
    pub fn beginning_with(plane: Option<Arc<Plane>>) -> Self {
        Self { plane, coming: None }
    }

    /// Whether one is being prepared.
    pub fn is_at_work(&self) -> bool {
        self.coming.is_some()
    }

    /// Takes up the projection that is to be drawn; says whether another plane is drawn from now on, and whether it is of another
    /// map than the one before.
    pub fn refresh(&mut self, ctx: &egui::Context, wanted: Option<&Arc<Projection>>) -> Option<Replaced> {
        let Some(wanted) = wanted else {
            self.plane = None;
            self.coming = None;
            return None;
        };
        let is = |known: &Arc<Projection>| Arc::ptr_eq(known, wanted);
        if self.coming.is_none() && !self.plane.as_ref().is_some_and(|plane| is(&plane.projection)) {
            let projection = wanted.clone();
            let is_little = projection.points.len() <= AT_ONCE;
            let later = Later::begin(ctx, is_little, move || Plane::new(projection));
            self.coming = Some((wanted.clone(), later));
            if !is_little {
                // Ready or not, it is taken up by a frame to come: what a frame shows does not hang on how fast a thread was.
                return None;
            }
        }
        let (projection, later) = self.coming.take()?;
        let plane = match later.ask() {
            Asked::Here(plane) => plane,
            Asked::NotYet(later) => {
                self.coming = Some((projection, later));
                return None;
            }
            Asked::Never => return None,
        };
        if !is(&plane.projection) {
            // A newer one waits.
            ctx.request_repaint();
        }
        let before = self.plane.replace(Arc::new(plane));
        // A map that settles, or to which images are added, is the same map.
        let is_same_map = before.as_ref().is_some_and(|before| before.projection.wish == projection.wish);
        Some(Replaced { before, is_same_map })
    }
}

/// Another plane is drawn from now on.
pub struct Replaced {
    /// What was drawn until now.
    pub before: Option<Arc<Plane>>,
    /// Whether it is a later state of the same map.
    pub is_same_map: bool,
}
