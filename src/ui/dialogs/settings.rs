//! The settings: a line each, with what it does and the way back to its default.

mod adapters;
mod held;
mod line;

use eframe::egui::{self, RichText, ScrollArea, Ui};

use super::modal;
use crate::domain::Precision;
use crate::engine::NetworkFile;
use crate::gpu::Compute;
use crate::session::{Action, Open, Session};
use crate::ui::command::Command;
use crate::ui::network_words;
use crate::ui::settings::{Computing, Given, Memory, Settings, Zoom};
use crate::ui::theme::{LabelPalette, ThemeChoice, palette};
use crate::ui::thumbnails::Thumbnails;
use crate::ui::widgets::text::counted;

use line::{Line, choice, mebibytes};

pub use adapters::{AdapterList, ListAdapters};

/// Sizes of everything, as shares of the desktop's own.
const SIZES: [f32; 9] = [0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5];

/// What the settings are set in view of.
pub struct SettingsContext<'a> {
    /// What is known and chosen.
    pub session: &'a Session,
    /// What is set.
    pub settings: &'a mut Settings,
    /// What was set when the program started.
    pub at_start: &'a Settings,
    /// What the command line said.
    pub given: &'a Given,
    /// The small pictures that are held.
    pub thumbnails: &'a mut Thumbnails,
    /// Where choices go.
    pub actions: &'a mut Vec<Action>,
}

/// The dialog.
pub struct SettingsDialog {
    adapters: AdapterList,
}

impl SettingsDialog {
    /// Begins to look which graphics adapters there are.
    pub fn new(adapters: AdapterList) -> Self {
        Self { adapters }
    }

    /// Says whether it is done.
    pub(super) fn show(
        &mut self,
        ctx: &egui::Context,
        mut cx: SettingsContext<'_>,
        commands: &mut Vec<Command>,
    ) -> bool {
        self.adapters.take_in();
        let mut is_left = false;
        modal(ctx, "Settings", 560.0, |ui| {
            let hint = "All of it is remembered and takes effect at once, unless a line says otherwise.";
            ui.label(RichText::new(hint).color(palette().weak));
            let room = (ctx.content_rect().height() - 190.0).max(80.0);
            ScrollArea::vertical().max_height(room).auto_shrink([false, true]).show(ui, |ui| {
                // The bar lies over what is at the right.
                ui.set_max_width(ui.available_width() - 14.0);
                heading(ui, "Appearance");
                show_theme(ui, &mut cx);
                show_size(ui, &mut cx);
                show_labels(ui, &mut cx);
                heading(ui, "New folders");
                show_network(ui, &mut cx);
                heading(ui, "Computing");
                show_device(ui, &mut cx);
                self.show_adapter(ui, &mut cx);
                show_precision(ui, &mut cx);
                heading(ui, "Memory");
                show_thumbnails(ui, &mut cx);
                show_vectors(ui, &mut cx);
                heading(ui, "Kept now");
                is_left = held::show(ui, &mut cx, commands);
            });
            ui.add_space(8.0);
            ui.button("Close").clicked() || is_left
        })
    }

    fn show_adapter(&self, ui: &mut Ui, cx: &mut SettingsContext<'_>) {
        let name = "Graphics adapter";
        let (now, at_start) = (cx.settings.computing.clone(), &cx.at_start.computing);
        let line = Line {
            name,
            about: "The graphics adapter that networks compute on, where there are several; opened when the program starts. The window \
                    draws by the same one where that can show pictures on your screen, and else by another.",
            given: cx.given.adapter.as_ref().map(|adapter| format!("--adapter {adapter}")),
            waits: now.adapter != at_start.adapter,
            is_default: now.adapter.is_none(),
        };
        let words = |adapter: &Option<String>| adapter.clone().unwrap_or_else(|| "The strongest".to_owned());
        let mut chosen = None;
        let is_reset = line.show(ui, |ui| {
            // A processor needs none.
            ui.add_enabled_ui(now.compute != Compute::Cpu, |ui| {
                let known = self.adapters.names().iter().cloned().map(Some);
                // One that is remembered stays in the list while it is away.
                let away = now.adapter.clone().filter(|adapter| !self.adapters.names().contains(adapter)).map(Some);
                let all = std::iter::once(None).chain(known).chain(away);
                chosen = choice(ui, name, &now.adapter, &words(&now.adapter), all.map(|it| (it.clone(), words(&it))));
            });
        });
        if let Some(adapter) = chosen {
            cx.settings.computing.adapter = adapter;
        }
        if is_reset {
            cx.settings.computing.adapter = None;
        }
        // Always one line, so that nothing below it moves while it is about to be clicked.
        let found = match self.adapters.is_looking() {
            true => "Looking which ones there are…".to_owned(),
            false => format!("{} found", counted(self.adapters.names().len(), "adapter", "adapters")),
        };
        ui.label(RichText::new(found).small().color(palette().weak));
    }
}

fn heading(ui: &mut Ui, text: &str) {
    ui.add_space(14.0);
    ui.label(RichText::new(text).strong().color(palette().accent));
}

fn show_theme(ui: &mut Ui, cx: &mut SettingsContext<'_>) {
    let (name, now) = ("Theme", cx.settings.theme);
    let line = Line {
        name,
        about: "Light or dark, or whichever of the two your desktop uses now.",
        given: None,
        waits: false,
        is_default: now == ThemeChoice::default(),
    };
    let all = || ThemeChoice::ALL.map(|theme| (theme, theme.word().to_owned()));
    let mut chosen = None;
    let is_reset = line.show(ui, |ui| chosen = choice(ui, name, &now, now.word(), all()));
    cx.settings.theme = if is_reset { ThemeChoice::default() } else { chosen.unwrap_or(now) };
}

fn show_size(ui: &mut Ui, cx: &mut SettingsContext<'_>) {
    let (name, now) = ("Size of everything", cx.settings.size.map(Zoom::usable));
    let about = format!(
        "Texts, buttons and pictures; {}. Automatic follows the screen that the window is on: larger where that shows very many pixels.",
        Command::ZoomIn.with_keys("also by Zoom in")
    );
    let line = Line { name, about: &about, given: None, waits: false, is_default: now.is_none() };
    let percent = |size: f32| format!("{:.0} %", size * 100.0);
    let words = |size: Option<f32>| size.map_or_else(|| "Automatic".to_owned(), percent);
    let now_in_words = match now {
        Some(size) => percent(size),
        None => format!("Automatic ({})", percent(ui.ctx().zoom_factor())),
    };
    let mut chosen = None;
    let is_reset = line.show(ui, |ui| {
        let all = std::iter::once(None).chain(SIZES.map(Some));
        chosen = choice(ui, name, &now, &now_in_words, all.map(|size| (size, words(size))));
    });
    let wanted = if is_reset { Some(None) } else { chosen };
    if let Some(size) = wanted {
        cx.settings.size = size.map(Zoom);
        // What is automatic is found out where the screen is known.
        if let Some(size) = size {
            ui.ctx().set_zoom_factor(Zoom(size).usable());
        }
    }
}

fn show_labels(ui: &mut Ui, cx: &mut SettingsContext<'_>) {
    let (name, now) = ("Colours of labels", cx.settings.label_palette);
    let line = Line { name, about: now.about(), given: None, waits: false, is_default: now == LabelPalette::default() };
    let all = || LabelPalette::ALL.map(|palette| (palette, palette.word().to_owned()));
    let mut chosen = None;
    let is_reset = line.show(ui, |ui| chosen = choice(ui, name, &now, now.word(), all()));
    cx.settings.label_palette = if is_reset { LabelPalette::default() } else { chosen.unwrap_or(now) };
}

fn show_network(ui: &mut Ui, cx: &mut SettingsContext<'_>) {
    let name = "Network for new folders";
    let now = cx.session.lasting.default_network.clone();
    let line = Line {
        name,
        about: "The network that a folder is looked at through when you open it for the first time, with its preparation of \
                the pictures. Folders that you opened before keep theirs.",
        given: cx
            .given
            .network
            .as_ref()
            .map(|network| format!("--network, {}", network_words::title(network, cx.session))),
        waits: false,
        is_default: now.is_none(),
    };
    let words = |network: &Option<NetworkFile>| match network {
        None => "The one used last".to_owned(),
        Some(network) => network_words::title(network, cx.session),
    };
    let own = [None, Some(NetworkFile::Builtin), Some(NetworkFile::Analytic)];
    let listed = cx.session.lasting.networks.list.iter().flat_map(|list| list.iter()).filter(|known| known.is_here);
    let mut all: Vec<_> = own.into_iter().chain(listed.map(|it| Some(NetworkFile::Known(it.name.clone())))).collect();
    // A file that was dropped or loaded is in no list.
    for used in [now.clone(), Some(cx.session.lasting.network.elsewhere())] {
        if !all.contains(&used) {
            all.push(used);
        }
    }
    let mut chosen = None;
    let is_reset = line.show(ui, |ui| {
        chosen = choice(ui, name, &now, &words(&now), all.into_iter().map(|it| (it.clone(), words(&it))));
    });
    let known = now.as_ref().and_then(|network| match network {
        NetworkFile::Known(name) => cx.session.lasting.networks.known(name)?.preprocessing.as_ref(),
        NetworkFile::Builtin | NetworkFile::Analytic | NetworkFile::File(_) | NetworkFile::Vectors(_) => None,
    });
    if let Some(preparation) = known {
        let said = format!("Pictures for it: {}.", preparation.in_words());
        ui.label(RichText::new(said).small().color(palette().weak));
    }
    let wanted = if is_reset { Some(None) } else { chosen };
    if let Some(network) = wanted {
        cx.actions.push(Open::UsuallyThrough(network).into());
    }
}

fn show_device(ui: &mut Ui, cx: &mut SettingsContext<'_>) {
    let (name, now) = ("Device", cx.settings.computing.compute);
    let line = Line {
        name,
        about: "What runs networks; opened when the program starts.",
        given: cx.given.compute.map(|compute| format!("--compute {}", compute.word())),
        waits: now != cx.at_start.computing.compute,
        is_default: now == Compute::default(),
    };
    let words = |compute: Compute| match compute {
        Compute::Auto => "The GPU, if there is one",
        Compute::Gpu => "The GPU, whatever it is",
        Compute::Cpu => "The processor",
    };
    let mut chosen = None;
    let is_reset = line.show(ui, |ui| {
        chosen = choice(ui, name, &now, words(now), Compute::ALL.map(|it| (it, words(it).to_owned())));
    });
    cx.settings.computing.compute = if is_reset { Compute::default() } else { chosen.unwrap_or(now) };
    if let Some(collection) = cx.session.collection() {
        ui.label(RichText::new(format!("Now: {}", collection.device)).small().color(palette().weak));
    }
}

fn show_precision(ui: &mut Ui, cx: &mut SettingsContext<'_>) {
    let (name, Computing { compute, precision: now, .. }) = ("Precision", cx.settings.computing.clone());
    let line = Line {
        name,
        about: "The numbers in which networks run: 16 bits take half the memory and need a GPU that has them. Chosen when the \
                program starts.",
        given: cx.given.precision.map(|precision| format!("--precision {}", precision.word())),
        waits: now != cx.at_start.computing.precision,
        is_default: now == Precision::default(),
    };
    let words = |precision: Precision| format!("{} bits", precision.bytes() * 8);
    let mut chosen = None;
    let is_reset = line.show(ui, |ui| {
        ui.add_enabled_ui(compute != Compute::Cpu, |ui| {
            chosen = choice(ui, name, &now, &words(now), Precision::ALL.map(|it| (it, words(it))));
        });
    });
    cx.settings.computing.precision = if is_reset { Precision::default() } else { chosen.unwrap_or(now) };
}

fn show_thumbnails(ui: &mut Ui, cx: &mut SettingsContext<'_>) {
    let (name, default) = ("Memory for thumbnails", Memory::default().thumbnails_mib);
    let now = &mut cx.settings.memory.thumbnails_mib;
    let line = Line {
        name,
        about: "How much of what was seen is held: with more, pictures that were scrolled past are back at once.",
        given: None,
        waits: false,
        is_default: *now == default,
    };
    if line.show(ui, |ui| mebibytes(ui, name, now, Memory::THUMBNAILS_MIB)) {
        cx.settings.memory.thumbnails_mib = default;
    }
}

fn show_vectors(ui: &mut Ui, cx: &mut SettingsContext<'_>) {
    let (name, default) = ("Memory for vectors", Memory::default().vectors_mib);
    let at_start = cx.at_start.memory.vectors_mib;
    let now = &mut cx.settings.memory.vectors_mib;
    let line = Line {
        name,
        about: "How much of what neighbours were asked of is held: with more, layers that were asked before answer without \
                reading the disk. Counts from the next start on.",
        given: None,
        waits: *now != at_start,
        is_default: *now == default,
    };
    if line.show(ui, |ui| mebibytes(ui, name, now, Memory::VECTORS_MIB)) {
        cx.settings.memory.vectors_mib = default;
    }
}
