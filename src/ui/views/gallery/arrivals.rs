//! What came into the folder, was changed there or went while it is open: new pictures are shown before they are taken in.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver, TryRecvError, bounded};
use eframe::egui::{
    Align, Button, ColorImage, Context, Frame, Image, Layout, Margin, RichText, Role, Sense, TextureHandle,
    TextureOptions, Ui, Vec2, WidgetInfo, vec2,
};

use crate::domain::ImagePath;
use crate::engine::{FolderChange, FolderPictures, Glance, glance_of};
use crate::session::{Action, Extract, Session};
use crate::ui::icons::Icon;
use crate::ui::theme::palette;
use crate::ui::widgets::text::{counted, small, thousands};
use crate::ui::widgets::tile;

/// Height of a picture, in points.
const HEIGHT: f32 = 58.0;
/// How much wider than high a picture may be, at most: others are as wide.
const WIDEST: f32 = 1.6;
/// Seconds until what could not be read is read again, each time.
const AGAIN_SECS: [f64; 5] = [2.0, 4.0, 8.0, 16.0, 60.0];
/// Width and height of a picture in pixels, at most.
const PX: u32 = 144;

/// The strip above the gallery.
#[derive(Default)]
pub(super) struct Arrivals {
    /// What happened, as it was when it was looked at last.
    seen: Arc<FolderPictures>,
    /// Whether somebody has read it.
    is_dismissed: bool,
    /// The folder that they are in.
    folder: Option<PathBuf>,
    pictures: HashMap<ImagePath, Option<TextureHandle>>,
    coming: Option<Receiver<(ImagePath, Option<Glance>)>>,
    /// How often those were read again that could not be read, and when they were last: a file may still be on its way.
    tried: (usize, f64),
}

impl Arrivals {
    /// Shows it if anything happened that nobody has read; nothing while it is being taken in.
    pub fn show(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        let opened = &session.opened;
        self.refresh(ui.ctx(), session);
        let change = opened.folder_change;
        if change == FolderChange::default() || self.is_dismissed || session.is_busy() {
            return;
        }
        let frame = Frame::new().fill(palette().raised).corner_radius(6).inner_margin(Margin::symmetric(10, 6));
        frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            self.show_head(ui, change, actions);
            if !self.seen.added.is_empty() {
                ui.add_space(4.0);
                self.show_pictures(ui, change);
            }
        });
        ui.add_space(4.0);
    }

    fn show_head(&mut self, ui: &mut Ui, change: FolderChange, actions: &mut Vec<Action>) {
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let close = Button::new(Icon::Close.small()).frame_when_inactive(false);
                let close = ui.add(close).on_hover_text("Not now. The line at the bottom of the window still says it");
                if close.accessible_name("Hide what happened in the folder").clicked() {
                    self.is_dismissed = true;
                }
                let (word, hint) = match change.added + change.changed {
                    0 => ("Mark as gone", "What is known of them stays"),
                    _ => ("Extract", "Extract what is new and changed, and mark what is removed"),
                };
                let button = small(RichText::new(word).color(palette().on_accent)).fill(palette().accent);
                let take = ui.add(button).on_hover_text(hint);
                if take.accessible_name(format!("{word} what happened in the folder")).clicked() {
                    actions.push(Extract::Start.into());
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.spacing_mut().item_spacing.x = 6.0;
                    let said = RichText::new(format!("In the folder: {}", change.in_words())).color(palette().strong);
                    ui.add(eframe::egui::Label::new(said).truncate());
                });
            });
        });
    }

    fn show_pictures(&self, ui: &mut Ui, change: FolderChange) {
        let spacing = 5.0;
        let room = ui.available_width() - 44.0;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = spacing;
            let (mut taken, mut shown) = (0.0, 0);
            for path in &self.seen.added {
                let texture = self.pictures.get(path);
                let size = texture.and_then(Option::as_ref).map_or(Vec2::splat(HEIGHT), of_height);
                if taken + size.x > room && shown > 0 {
                    break;
                }
                taken += size.x + spacing;
                shown += 1;
                let word = if let Some(None) = texture { "New, cannot be read" } else { "New" };
                let name = format!("{word}: {}", path.text);
                let response = match texture {
                    Some(Some(texture)) => {
                        let image = Image::new((texture.id(), size)).alt_text(&name).fit_to_exact_size(size);
                        ui.add(image.maintain_aspect_ratio(false).corner_radius(3.0).sense(Sense::hover()))
                    }
                    _ => {
                        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
                        match texture {
                            Some(_) => tile::paint_broken(ui.painter(), rect),
                            None => tile::paint_waiting(ui.painter(), rect),
                        }
                        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
                        response
                    }
                };
                response.on_hover_ui(|ui| {
                    ui.label(RichText::new(&path.text).color(palette().strong));
                    let hint = "New in the folder, and not extracted yet: until then it is like no other picture.";
                    ui.label(RichText::new(hint).small().color(palette().weak));
                });
            }
            let rest = change.added.saturating_sub(shown);
            if rest > 0 {
                let more = RichText::new(format!("+{}", thousands(rest))).color(palette().weak);
                ui.label(more).on_hover_text(counted(rest, "more new picture", "more new pictures"));
            }
        });
    }

    /// Reads what is new and not read yet, and takes in what was.
    fn refresh(&mut self, ctx: &Context, session: &Session) {
        self.take_in(ctx);
        let folder = session.opened.folder();
        if self.folder != folder {
            // The same name there is another picture.
            *self = Self { folder, ..Self::default() };
        }
        let now = &session.opened.folder_pictures;
        if Arc::ptr_eq(now, &self.seen) {
            return self.read_broken_again(ctx);
        }
        self.seen = now.clone();
        self.is_dismissed = false;
        self.tried = (0, ctx.time());
        self.pictures.retain(|path, picture| picture.is_some() && now.added.contains(path));
        let unread = now.added.iter().filter(|path| !self.pictures.contains_key(*path)).cloned();
        self.read(ctx, unread.collect());
    }

    /// Takes in what was read.
    fn take_in(&mut self, ctx: &Context) {
        while let Some(coming) = &self.coming {
            let (path, glance) = match coming.try_recv() {
                Ok(read) => read,
                Err(TryRecvError::Empty) => return,
                Err(TryRecvError::Disconnected) => {
                    self.coming = None;
                    return;
                }
            };
            let texture = glance.map(|glance| {
                let size = glance.size_px.map(|side| side as usize);
                let pixels = ColorImage::from_rgba_unmultiplied(size, &glance.rgba);
                ctx.load_texture(format!("new {}", path.text), pixels, TextureOptions::LINEAR)
            });
            self.pictures.insert(path, texture);
        }
    }

    /// Those that could not be read are read again after a while, ever more seldom.
    fn read_broken_again(&mut self, ctx: &Context) {
        let (times, at_secs) = self.tried;
        let broken = || self.pictures.iter().filter(|(_, picture)| picture.is_none());
        let Some(after_secs) = AGAIN_SECS.get(times).filter(|_| self.coming.is_none() && broken().next().is_some())
        else {
            return;
        };
        let left_secs = at_secs + after_secs - ctx.time();
        if left_secs > 0.0 {
            return ctx.request_repaint_after_secs(left_secs as f32);
        }
        self.tried = (times + 1, ctx.time());
        let broken = broken().map(|(path, _)| path.clone()).collect();
        self.read(ctx, broken);
    }

    fn read(&mut self, ctx: &Context, paths: Vec<ImagePath>) {
        // Who listens no longer ends the work.
        self.coming = match (&self.folder, paths.is_empty()) {
            (Some(folder), false) => Some(read(ctx, folder.clone(), paths)),
            (Some(_) | None, _) => None,
        };
    }
}

/// A picture's size where it is drawn.
fn of_height(texture: &TextureHandle) -> Vec2 {
    let size = texture.size_vec2();
    vec2((HEIGHT * size.x / size.y.max(1.0)).clamp(HEIGHT / WIDEST, HEIGHT * WIDEST), HEIGHT)
}

/// Reads pictures on a thread of its own: a disk may sleep.
fn read(ctx: &Context, folder: PathBuf, paths: Vec<ImagePath>) -> Receiver<(ImagePath, Option<Glance>)> {
    let (done, coming) = bounded(4);
    let ctx = ctx.clone();
    let spawned = thread::Builder::new().name("new pictures".into()).spawn(move || {
        for path in paths {
            let glance = glance_of(&path.below(&folder), PX);
            ctx.request_repaint();
            if done.send((path, glance)).is_err() {
                return;
            }
            ctx.request_repaint();
        }
    });
    if let Err(error) = spawned {
        tracing::error!("no thread for new pictures: {error}");
    }
    coming
}
