//! The current picture as it is and as a network is given it, so that one sees what a change of its preparation does.

use std::path::PathBuf;
use std::thread;

use crossbeam_channel::{Receiver, TryRecvError, bounded};
use eframe::egui::{Color32, ColorImage, Context, Image, RichText, TextureHandle, TextureOptions, Ui, vec2};

use crate::domain::Resizing;
use crate::engine::{Glance, glance_prepared};
use crate::session::Session;
use crate::ui::theme::palette;

/// Longer side of a picture in points.
const SIDE: f32 = 132.0;
/// The same in pixels, for screens with two of them a point.
const PX: u32 = 264;

/// What is shown, of which picture, prepared how.
#[derive(Default)]
pub(super) struct Preview {
    of: Option<(PathBuf, Resizing)>,
    coming: Option<Receiver<Result<[Glance; 2], String>>>,
    /// Or which picture cannot be shown, and why.
    shown: Option<Result<[TextureHandle; 2], String>>,
}

impl Preview {
    /// Shows the current picture before and after `input`; nothing while nothing is looked at. What was shown before stays until the
    /// next is there.
    pub fn show(&mut self, ui: &mut Ui, session: &Session, input: Resizing) {
        let image = session.opened.chosen.probe.and_then(|probe| session.image(probe));
        let (Some(image), Some(folder)) = (image, session.opened.folder()) else {
            let hint = "With a folder open, the current picture is shown here as the network is given it.";
            ui.label(RichText::new(hint).small().color(palette().weak));
            return;
        };
        let of = (image.path.below(&folder), input);
        if self.coming.is_none() && self.of.as_ref() != Some(&of) {
            self.of = Some(of.clone());
            self.coming = Some(begin(ui.ctx(), of));
        }
        self.take(ui.ctx());
        match &self.shown {
            None => {
                ui.allocate_space(vec2(SIDE, SIDE));
            }
            Some(Err(why)) => {
                ui.label(RichText::new(why).small().color(palette().warning));
            }
            Some(Ok([whole, seen])) => {
                ui.horizontal_top(|ui| {
                    ui.spacing_mut().item_spacing.x = 12.0;
                    show_one(ui, whole, "The picture", "The current picture");
                    let [width, height] = seen.size();
                    let title = format!("What the network gets, {width} × {height}");
                    show_one(ui, seen, &title, "The current picture as the network gets it");
                });
            }
        }
    }

    fn take(&mut self, ctx: &Context) {
        let Some(coming) = &self.coming else { return };
        let glances = match coming.try_recv() {
            Ok(glances) => glances,
            Err(TryRecvError::Empty) => return,
            Err(TryRecvError::Disconnected) => Err("no thread could be had for it".to_owned()),
        };
        self.coming = None;
        let name = self.of.as_ref().and_then(|(path, _)| path.file_name()).unwrap_or_default();
        let glances = glances.map_err(|why| format!("{} cannot be shown: {why}", name.to_string_lossy()));
        let texture = |glance: Glance| {
            let size = glance.size_px.map(|side| side as usize);
            let pixels = ColorImage::from_rgba_unmultiplied(size, &glance.rgba);
            ctx.load_texture("preparation", pixels, TextureOptions::LINEAR)
        };
        self.shown = Some(glances.map(|glances| glances.map(texture)));
    }
}

/// Reads the picture on a thread of its own: the file may be large, and the disk asleep.
fn begin(ctx: &Context, (path, input): (PathBuf, Resizing)) -> Receiver<Result<[Glance; 2], String>> {
    let (done, coming) = bounded(1);
    let ctx = ctx.clone();
    let spawned = thread::Builder::new().name("preparation".into()).spawn(move || {
        // The dialog may be closed by now.
        let _ = done.send(glance_prepared(&path, &input, PX));
        ctx.request_repaint();
    });
    if let Err(error) = spawned {
        tracing::error!("no thread for a picture: {error}");
    }
    coming
}

fn show_one(ui: &mut Ui, texture: &TextureHandle, title: &str, alt: &str) {
    ui.vertical(|ui| {
        let size = texture.size_vec2();
        let scale = SIDE / size.x.max(size.y).max(1.0);
        let picture = Image::new((texture.id(), size * scale)).alt_text(alt);
        ui.add(picture.fit_to_exact_size(size * scale).corner_radius(3.0).tint(Color32::WHITE));
        ui.set_max_width((size.x * scale).max(SIDE));
        ui.label(RichText::new(title).small().color(palette().weak));
        ui.add_space(2.0);
    });
}
