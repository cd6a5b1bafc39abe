//! What the window remembers from one run to the next.

mod computing;
mod memory;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::UiError;
use super::table_look::TableLook;
use super::theme::{LabelPalette, ThemeChoice};
use crate::engine::{Collection, NetworkFile};
use crate::session::{Action, LeftAt, Maps, Open, Place};

pub use computing::{Computing, Given};
pub use memory::Memory;

/// So many folders are remembered: of what a person looks at, what they were looked at through.
const KNOWN_FOLDERS: usize = 200;
/// So many of them are listed.
const RECENT_FOLDERS: usize = 12;

/// Remembered choices. Fields that are missing or broken in the file fall back to their defaults one by one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The network used last.
    #[serde(deserialize_with = "or_default")]
    pub network: NetworkFile,
    /// Light or dark.
    #[serde(deserialize_with = "or_default")]
    pub theme: ThemeChoice,
    /// Size of everything as the person has set it; as long as nobody has, it follows the screen.
    #[serde(deserialize_with = "or_default")]
    pub size: Option<Zoom>,
    /// Whether it was told once that everything is drawn larger on a very large screen.
    #[serde(deserialize_with = "or_default")]
    pub was_enlarged: bool,
    /// Colours of labels.
    #[serde(deserialize_with = "or_default")]
    pub label_palette: LabelPalette,
    /// What computes.
    #[serde(deserialize_with = "or_default")]
    pub computing: Computing,
    /// How much is held in memory.
    #[serde(deserialize_with = "or_default")]
    pub memory: Memory,
    /// What a folder that was never open is looked at through; `None` for the network used last.
    #[serde(deserialize_with = "or_default")]
    pub default_network: Option<NetworkFile>,
    /// Width of the gallery's tiles in points.
    #[serde(deserialize_with = "or_default")]
    pub gallery_tile: TileWidth,
    /// Whether the gallery shows pictures in their own shapes, in rows of one height each.
    #[serde(deserialize_with = "or_default")]
    pub gallery_own_shapes: bool,
    /// Columns of the table.
    #[serde(deserialize_with = "or_default")]
    pub table: TableLook,
    /// Folders opened before, newest first.
    #[serde(deserialize_with = "those_that_are_whole")]
    pub recent: Vec<RecentFolder>,
    /// Where the person was in the sample collection.
    #[serde(deserialize_with = "or_default")]
    pub sample: Option<LeftAt>,
    /// Width and height of the window in points.
    #[serde(deserialize_with = "or_default")]
    pub window_size: Option<[f32; 2]>,
    /// The maps that are looked at, how each is made and coloured.
    #[serde(deserialize_with = "or_default")]
    pub maps: Maps,
    /// Where in the window the person was.
    #[serde(deserialize_with = "or_default")]
    pub place: Place,
    /// How the views are arranged in the first place; `None` for the default. Before there were places it was the only one.
    #[serde(deserialize_with = "or_default")]
    pub layout: Option<Value>,
    /// The same of the other places, by their words.
    #[serde(deserialize_with = "or_default")]
    pub layouts: BTreeMap<String, Value>,
    /// Whether neighbours are shown at every depth.
    #[serde(deserialize_with = "or_default")]
    pub neighbours_at_every_depth: bool,
    /// Whether the tour was offered once.
    #[serde(deserialize_with = "or_default")]
    pub was_offered_tour: bool,
    /// Whether the inspector is away.
    #[serde(deserialize_with = "or_default")]
    pub hides_inspector: bool,
    /// The width that the person gave it, in points.
    #[serde(deserialize_with = "or_default")]
    pub inspector_width: Option<f32>,
}

/// A folder opened before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentFolder {
    /// The folder with the pictures.
    pub folder: PathBuf,
    /// The network it was looked at through.
    pub network: String,
    /// How pictures were prepared for it, in words. Files of earlier versions do not say.
    #[serde(default)]
    pub prepared: String,
    /// Where its workspace lies, if the person chose a place. Files of earlier versions do not say.
    #[serde(default)]
    pub workspace: Option<PathBuf>,
    /// Where the person was in it.
    #[serde(default, deserialize_with = "or_default")]
    pub left: Option<LeftAt>,
}

impl RecentFolder {
    /// The folder, and its workspace if that lies in an unusual place.
    pub fn title(&self) -> String {
        match &self.workspace {
            None => self.folder.display().to_string(),
            Some(workspace) => format!("{}, workspace {}", self.folder.display(), workspace.display()),
        }
    }

    /// Opens it again, with the workspace that it had, where the person was.
    pub fn open(&self) -> Action {
        let Self { folder, workspace, left, .. } = self.clone();
        Open::Again { folder, workspace, left }.into()
    }
}

/// Size of everything; 1 is the desktop's own.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Zoom(pub f32);

impl Default for Zoom {
    fn default() -> Self {
        Self(1.0)
    }
}

impl Zoom {
    /// A zoom with which the window can be used, whatever the file says.
    pub fn usable(self) -> f32 {
        if self.0.is_finite() { self.0.clamp(0.5, 3.0) } else { 1.0 }
    }
}

/// Width of the gallery's tiles in points.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TileWidth(pub f32);

impl Default for TileWidth {
    fn default() -> Self {
        Self(104.0)
    }
}

impl Settings {
    /// Puts `newest` first among the recent folders. The same pictures with another workspace are another entry: what is
    /// known of them is. Where the person was in it stays until more is known.
    pub fn remember(&mut self, mut newest: RecentFolder) {
        let known = self.known(&newest.folder, newest.workspace.as_deref()).and_then(|known| known.left.clone());
        newest.left = newest.left.or(known);
        let is_same = |recent: &RecentFolder| recent.folder == newest.folder && recent.workspace == newest.workspace;
        self.recent.retain(|recent| !is_same(recent));
        self.recent.insert(0, newest);
        self.recent.truncate(KNOWN_FOLDERS);
    }

    /// Those of the folders that were opened before that are listed, newest first.
    pub fn listed(&self) -> &[RecentFolder] {
        &self.recent[..self.recent.len().min(RECENT_FOLDERS)]
    }

    /// What is remembered of a folder with this workspace; `None` for the usual one.
    pub fn known(&self, folder: &Path, workspace: Option<&Path>) -> Option<&RecentFolder> {
        self.recent.iter().find(|known| known.folder == folder && known.workspace.as_deref() == workspace)
    }

    /// Remembers where the person is in what is open.
    pub fn leave(&mut self, collection: &Collection, left: LeftAt) {
        let place = match collection.is_sample {
            true => Some(&mut self.sample),
            // What is open is the newest.
            false => self.recent.first_mut().filter(|newest| newest.folder == collection.folder).map(|it| &mut it.left),
        };
        if let Some(place) = place {
            *place = Some(left);
        }
    }

    /// How the person has arranged a place, if they have.
    pub fn arrangement(&self, place: Place) -> Option<&Value> {
        match place {
            Place::Explore => self.layout.as_ref(),
            Place::LookInside | Place::Groups | Place::Check => self.layouts.get(place.word()),
        }
    }

    /// Remembers how a place is arranged; `None` for the default.
    pub fn arrange(&mut self, place: Place, layout: Option<Value>) {
        match (place, layout) {
            (Place::Explore, layout) => self.layout = layout,
            (Place::LookInside | Place::Groups | Place::Check, Some(layout)) => {
                self.layouts.insert(place.word().to_owned(), layout);
            }
            (Place::LookInside | Place::Groups | Place::Check, None) => {
                self.layouts.remove(place.word());
            }
        }
    }

    /// Reads the file in `dir`. A missing or broken file is no obstacle: what cannot be read takes its default.
    pub fn load(dir: &Path) -> Self {
        let path = file_in(dir);
        match fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).unwrap_or_else(|error| {
                tracing::warn!("settings are started afresh: {error}: {}", path.display());
                Self::default()
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::default(),
            Err(error) => {
                tracing::warn!("settings cannot be read: {error}: {}", path.display());
                Self::default()
            }
        }
    }

    /// Writes the file in `dir`, whole or not at all.
    ///
    /// # Errors
    /// When the folder cannot be made or written.
    pub fn save(&self, dir: &Path) -> Result<(), UiError> {
        let path = file_in(dir);
        let fail = |error: io::Error| UiError::SaveSettings { reason: error.to_string(), path: path.clone() };
        fs::create_dir_all(dir).map_err(fail)?;
        let text = serde_json::to_string_pretty(self).map_err(|error| fail(error.into()))?;
        let half_written = path.with_extension("json.part");
        let mut file = fs::File::create(&half_written).map_err(fail)?;
        // On the disk before it has its name: after a power cut an empty file would be all there is.
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(fail)?;
        drop(file);
        fs::rename(&half_written, &path).map_err(fail)
    }

    /// The folder where this system keeps the settings of programs; `None` if the person has no home.
    pub fn default_dir() -> Option<PathBuf> {
        use etcetera::{AppStrategy, AppStrategyArgs, choose_app_strategy};
        let name =
            AppStrategyArgs { top_level_domain: "org".into(), author: "tiramisu".into(), app_name: "tiramisu".into() };
        choose_app_strategy(name).ok().map(|strategy| strategy.config_dir())
    }
}

fn file_in(dir: &Path) -> PathBuf {
    dir.join("settings.json")
}

/// A field another version of the program wrote differently must not cost the other fields.
fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + serde::de::DeserializeOwned,
{
    let value = Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).unwrap_or_default())
}

/// An entry that cannot be read must not cost the other entries.
fn those_that_are_whole<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: serde::de::DeserializeOwned,
{
    let entries: Vec<Value> = or_default(deserializer)?;
    Ok(entries.into_iter().filter_map(|entry| serde_json::from_value(entry).ok()).collect())
}
