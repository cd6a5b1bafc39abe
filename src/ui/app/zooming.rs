//! How large everything is drawn: as the person has set it or, as long as nobody has, as suits the screen that the window is on.

use eframe::egui::Context;

use crate::session::Notices;
use crate::ui::command::Command;
use crate::ui::settings::{Settings, Zoom};

/// From so many points of the desktop's own across, a screen is a large one that shows a pixel a point: everything on it is tiny, and
/// half of the window empty.
const LARGE_SCREEN: f32 = 3000.0;
/// How much larger all is drawn there.
const ENLARGED: f32 = 1.5;

/// Sizes as near to each other are one.
const SAME: f32 = 1e-3;

/// Tells sizes that a person has set from those that the program chose.
pub(super) struct Zooming {
    /// As it was in the last frame.
    seen: f32,
    /// What was asked for by the program, until it is so.
    awaited: Option<f32>,
}

impl Zooming {
    /// Draws everything as large as was set.
    pub fn begin(ctx: &Context, size: Option<Zoom>) -> Self {
        let begun = size.map_or(1.0, Zoom::usable);
        ctx.set_zoom_factor(begun);
        Self { seen: ctx.zoom_factor(), awaited: Some(begun) }
    }

    /// Keeps what the person has set meanwhile, by keys that are egui's own among others; else follows the screen. Once a frame.
    pub fn follow(&mut self, ctx: &Context, settings: &mut Settings, notices: &mut Notices) {
        let now = ctx.zoom_factor();
        if !is_same(now, self.seen) {
            self.seen = now;
            if !self.awaited.take().is_some_and(|awaited| is_same(awaited, now)) {
                settings.size = Some(Zoom(now));
            }
            // What is known of the screen in this frame is told in the points of the last one.
            ctx.request_repaint();
            return;
        }
        if settings.size.is_some() {
            return;
        }
        let wanted = suited(ctx, now);
        if is_same(wanted, now) {
            return;
        }
        self.awaited = Some(wanted);
        ctx.set_zoom_factor(wanted);
        if wanted > 1.0 && !settings.was_enlarged {
            settings.was_enlarged = true;
            let words = "This screen is large, so everything is drawn larger. Actual size";
            notices.tell_news(Command::ZoomReset.with_keys(words));
        }
    }
}

/// What suits the screen: its width, or that of the window where the desktop does not tell it, in the desktop's own points.
fn suited(ctx: &Context, now: f32) -> f32 {
    let width = ctx.input(|input| {
        let viewport = input.viewport();
        let screen = viewport.monitor_size.map(|size| size.x).filter(|width| *width > 0.0);
        screen.or(viewport.inner_rect.map(|rect| rect.width()))
    });
    if width.is_some_and(|width| width * now >= LARGE_SCREEN) { ENLARGED } else { 1.0 }
}

fn is_same(a: f32, b: f32) -> bool {
    (a - b).abs() < SAME
}
