//! What recent folders look like, and whether they are still there: found on a thread of its own, since a disk may sleep.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};
use eframe::egui::{ColorImage, Context, TextureHandle, TextureOptions};

use crate::engine::{Glance, glance_at};
use crate::ui::Waker;
use crate::ui::settings::RecentFolder;

/// Pictures of a folder.
pub(super) const PICTURES: usize = 4;
/// Width and height of a picture in pixels, at most.
const PX: u32 = 112;

/// What was found of the folders that were asked about last.
#[derive(Default)]
pub(super) struct Glances {
    /// Folders and workspaces that are not there any more.
    missing: HashSet<PathBuf>,
    pictures: HashMap<PathBuf, Vec<TextureHandle>>,
    news: Option<Receiver<News>>,
    asked: Vec<RecentFolder>,
}

enum News {
    Missing(HashSet<PathBuf>),
    Pictures(PathBuf, Vec<Glance>),
}

impl Glances {
    /// Asks about these folders unless that was done, and takes in what was found.
    pub fn refresh(&mut self, ctx: &Context, recent: &[RecentFolder], waker: &Waker) {
        while let Some(news) = self.news.as_ref().and_then(|news| news.try_recv().ok()) {
            match news {
                News::Missing(missing) => self.missing = missing,
                News::Pictures(folder, glances) => {
                    let textures = glances.into_iter().enumerate().map(|(place, glance)| {
                        let size = glance.size_px.map(|side| side as usize);
                        let name = format!("glance {place} at {}", folder.display());
                        ctx.load_texture(name, ColorImage::from_rgba_unmultiplied(size, &glance.rgba), SMOOTH)
                    });
                    let textures = textures.collect();
                    self.pictures.insert(folder, textures);
                }
            }
        }
        if self.asked == recent {
            return;
        }
        self.asked = recent.to_vec();
        self.pictures.retain(|folder, _| recent.iter().any(|recent| recent.folder == *folder));
        // Who listens no longer, since other folders are asked about, ends the work. No more waits than one folder's pictures.
        let (tell, news) = bounded(1);
        let (recent, waker) = (recent.to_vec(), waker.clone());
        let spawned = thread::Builder::new().name("recent folders".into()).spawn(move || look(&recent, &tell, &waker));
        self.news = spawned.ok().map(|_| news);
    }

    /// Whether it is known that this is not there any more.
    pub fn is_missing(&self, place: &Path) -> bool {
        self.missing.contains(place)
    }

    /// Pictures of the folder, once they were looked for.
    pub fn of(&self, folder: &Path) -> Option<&[TextureHandle]> {
        self.pictures.get(folder).map(Vec::as_slice)
    }
}

const SMOOTH: TextureOptions = TextureOptions::LINEAR;

fn look(recent: &[RecentFolder], tell: &Sender<News>, waker: &Waker) {
    let places = |recent: &RecentFolder| std::iter::once(recent.folder.clone()).chain(recent.workspace.clone());
    let missing: HashSet<PathBuf> = recent.iter().flat_map(places).filter(|place| !place.is_dir()).collect();
    let is_there = |recent: &&RecentFolder| !missing.contains(&recent.folder);
    let there: Vec<&RecentFolder> = recent.iter().filter(is_there).collect();
    let is_told = |news: News| {
        waker.wake();
        let is_told = tell.send(news).is_ok();
        waker.wake();
        is_told
    };
    if !is_told(News::Missing(missing.clone())) {
        return;
    }
    for RecentFolder { folder, left, .. } in there {
        let last = left.as_ref().and_then(|left| left.picture.as_ref()).map(|picture| &picture.path);
        if !is_told(News::Pictures(folder.clone(), glance_at(folder, last, PICTURES, PX))) {
            return;
        }
    }
}
