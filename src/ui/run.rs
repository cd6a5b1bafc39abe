//! Opening the window.

use std::path::PathBuf;
use std::time::Duration;

use eframe::egui::{IconData, ViewportBuilder, vec2};
use eframe::egui_wgpu::{WgpuSetup, WgpuSetupExisting};

use super::settings::Given;
use super::{App, AppOptions, Settings, UiError, Waker, paint};
use crate::engine::{Engine, Problem, Request};
use crate::session::{Open, Session};

/// What the command line asked the window for.
#[derive(Clone, Debug, Default)]
pub struct Launch {
    /// What is remembered.
    pub settings: Settings,
    /// Where that is kept; `None` keeps nothing.
    pub settings_dir: Option<PathBuf>,
    /// The folder to open at once.
    pub folder: Option<PathBuf>,
    /// Where its workspace lies, if not in the usual place.
    pub workspace: Option<PathBuf>,
    /// What it said of that which is remembered.
    pub given: Given,
    /// What the person is to be told first.
    pub remark: Option<Problem>,
}

impl Launch {
    /// Readies the session for what is asked for; what the engine is to be asked first, if anything. A folder that was open
    /// before is opened where the person was, through the network of then unless another is named.
    pub fn begin(&self, session: &mut Session) -> Option<Request> {
        let Self { settings, given, remark, .. } = self;
        let lasting = &mut session.lasting;
        lasting.has_chosen_network = given.network.is_some();
        lasting.network = given.network.clone().unwrap_or_else(|| settings.network.elsewhere());
        lasting.default_network.clone_from(&settings.default_network);
        lasting.use_default_network();
        if let Some(remark) = remark {
            lasting.notices.tell_problem(remark.clone());
        }
        // They are remembered, and the next window may be opened from elsewhere.
        let absolute = |place: &PathBuf| std::path::absolute(place).unwrap_or_else(|_| place.clone());
        let (folder, workspace) = (absolute(self.folder.as_ref()?), self.workspace.as_ref().map(absolute));
        let left = settings.known(&folder, workspace.as_deref()).and_then(|known| known.left.clone());
        session.act(Open::Again { folder, workspace, left }).into_iter().next()
    }
}

/// So long the engine may take to end in order when the window is closed. What cannot be stopped by then, such as building an
/// index, is given up; what it committed is saved.
const PATIENCE: Duration = Duration::from_millis(1500);

/// Opens the window on `engine`, which was told to call `waker`, and returns when it is closed: whether the engine has ended, too.
/// If not, some of its work cannot be stopped, and the process is to end with it.
///
/// # Errors
/// When there is no display or nothing that can draw on it.
pub fn run(engine: Engine, waker: Waker, launch: Launch) -> Result<bool, UiError> {
    let mut session = Session::default();
    let start = launch.begin(&mut session);
    let Launch { settings, settings_dir, given, .. } = launch;
    let mut options = eframe::NativeOptions {
        viewport: ViewportBuilder::default()
            .with_title("Tiramisu")
            .with_app_id("tiramisu")
            .with_inner_size(window_size(&settings))
            .with_min_inner_size(vec2(640.0, 480.0))
            .with_icon(icon())
            .with_drag_and_drop(true),
        renderer: eframe::Renderer::Wgpu,
        ..eframe::NativeOptions::default()
    };
    if let Some(handles) = engine.gpu().for_window() {
        let crate::gpu::WgpuHandles { instance, adapter, device, queue } = handles;
        options.wgpu_options.wgpu_setup = WgpuSetup::Existing(WgpuSetupExisting { instance, adapter, device, queue });
    }
    let app_options = AppOptions { settings, settings_dir, given, waker, start, ..AppOptions::default() };
    let (send, events) = (Box::new(engine.requests()), engine.events().clone());
    let creator: eframe::AppCreator<'_> = Box::new(move |cc| {
        if let Some(render_state) = &cc.wgpu_render_state {
            paint::install(render_state);
        }
        Ok(Box::new(App::new(&cc.egui_ctx, session, send, events, app_options)))
    });
    let closed = eframe::run_native("Tiramisu", options, creator).map_err(|error| UiError::Open(error.to_string()));
    let has_ended = engine.end_within(PATIENCE);
    closed.map(|()| has_ended)
}

/// The program's own, for title bars and lists of windows.
fn icon() -> IconData {
    // Without one a window is as good as with one.
    eframe::icon_data::from_png_bytes(include_bytes!("../../assets/icons/tiramisu.png")).unwrap_or_default()
}

/// The size of last time, unless it is none.
fn window_size(settings: &Settings) -> eframe::egui::Vec2 {
    match settings.window_size {
        Some([width, height]) if width.is_finite() && height.is_finite() && width >= 640.0 && height >= 480.0 => {
            vec2(width.min(8192.0), height.min(8192.0))
        }
        _ => vec2(1360.0, 860.0),
    }
}
