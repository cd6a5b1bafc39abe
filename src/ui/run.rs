//! Opening the window.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use std::{panic, thread};

use eframe::egui::{self, IconData, ViewportBuilder, vec2};
use eframe::egui_wgpu::{WgpuSetup, WgpuSetupCreateNew};

use super::again::{self, Again, Lost};
use super::paint::{self, Loss};
use super::settings::Given;
use super::{App, AppOptions, Settings, UiError, Waker};
use crate::engine::{Collection, Engine, Problem, Request};
use crate::gpu::on_screen::{adapter_for_window, descriptor_for_window};
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
    /// In whose place this process stands, if their devices were lost.
    pub lost: Option<Lost>,
    /// Gives room that is free back to the system.
    pub give_back: Option<fn()>,
}

impl Launch {
    /// Readies the session for what is asked for; what the engine is to be asked first, if anything. A folder that was open
    /// before is opened where the person was, through the network of then unless another is named.
    pub fn begin(&self, session: &mut Session) -> Option<Request> {
        let Self { settings, given, remark, .. } = self;
        let lasting = &mut session.lasting;
        lasting.only_looks = given.only_look;
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
/// If not, some of its work cannot be stopped, and the process is to end with it. Where the device that draws is lost, the process
/// becomes another one, whose window opens where this one was left.
///
/// # Errors
/// When there is no display or nothing that can draw on it.
pub fn run(engine: Engine, waker: Waker, launch: Launch) -> Result<bool, UiError> {
    let mut session = Session::default();
    let start = launch.begin(&mut session);
    let Launch { settings, settings_dir, given, lost, give_back, .. } = launch;
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
    if let Some(computes) = engine.gpu().graphics.as_ref().map(|handles| handles.adapter.get_info()) {
        options.wgpu_options.wgpu_setup = WgpuSetup::CreateNew(WgpuSetupCreateNew {
            native_adapter_selector: Some(Arc::new(move |adapters, surface| {
                adapter_for_window(Some(&computes), adapters, surface).map_err(|error| error.to_string())
            })),
            device_descriptor: Arc::new(descriptor_for_window),
            ..WgpuSetupCreateNew::without_display_handle()
        });
    }
    let (loss, again) = (Loss::default(), Again::as_started(lost));
    survive_drawing_by_what_is_lost(loss.clone(), again.clone());
    let app_options =
        AppOptions { settings, settings_dir, given: given.clone(), waker, start, give_back, ..AppOptions::default() };
    let (send, events) = (Box::new(engine.requests()), engine.events().clone());
    let engine = Rc::new(RefCell::new(Some(engine)));
    let owned = engine.clone();
    let creator: eframe::AppCreator<'_> = Box::new(move |cc| {
        if let Some(render_state) = &cc.wgpu_render_state {
            paint::install(render_state);
            let ctx = cc.egui_ctx.clone();
            loss.watch(&render_state.device, move || ctx.request_repaint());
        }
        let app = App::new(&cc.egui_ctx, session, send, events, app_options);
        Ok(Box::new(Watched { app, loss, again, given, engine: owned, noted: None }))
    });
    let closed = eframe::run_native("Tiramisu", options, creator).map_err(|error| UiError::Open(error.to_string()));
    let has_ended = engine.take().is_none_or(|engine| engine.end_within(PATIENCE));
    closed.map(|()| has_ended)
}

/// A frame may be half drawn when the device is lost, and the toolkit panics then. What it holds must not be given back, which panics,
/// too: the process becomes another one before that. What was chosen in the last half a second is forgotten.
fn survive_drawing_by_what_is_lost(loss: Loss, again: Again) {
    let (window, usual) = (thread::current().id(), panic::take_hook());
    panic::set_hook(Box::new(move |panicked| {
        if loss.is_there() && thread::current().id() == window {
            again.start();
        }
        usual(panicked);
    }));
}

/// The app, as long as there is something to draw it by.
struct Watched {
    app: App,
    loss: Loss,
    again: Again,
    given: Given,
    engine: Rc<RefCell<Option<Engine>>>,
    /// What was open when it was last noted how to start again.
    noted: Option<Arc<Collection>>,
}

impl Watched {
    /// What is open is opened again, if it comes to that, and nothing where it was closed.
    fn note_open(&mut self) {
        let open = self.app.session().collection();
        let is_noted = match (&self.noted, open) {
            (Some(noted), Some(open)) => Arc::ptr_eq(noted, open),
            // At first it may be on its way.
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        if !is_noted {
            self.again.note(again::line(&self.given, open.map(|open| &**open)));
            self.noted = open.cloned();
        }
    }
}

impl eframe::App for Watched {
    fn logic(&mut self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        if self.loss.is_there() {
            eframe::App::on_exit(&mut self.app);
            // Whatever has not ended by then is given up like this process.
            let _has_ended = self.engine.take().is_none_or(|engine| engine.end_within(PATIENCE));
            self.again.start();
        }
        eframe::App::logic(&mut self.app, ctx, frame);
        self.note_open();
    }

    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        eframe::App::ui(&mut self.app, ui, frame);
    }

    fn on_exit(&mut self) {
        eframe::App::on_exit(&mut self.app);
    }
}

/// The program's own, for title bars and lists of windows.
fn icon() -> IconData {
    // Without one a window is as good as with one.
    eframe::icon_data::from_png_bytes(include_bytes!("../../assets/icons/tiramisu.png")).unwrap_or_default()
}

/// The size of last time, unless it is none.
fn window_size(settings: &Settings) -> egui::Vec2 {
    match settings.window_size {
        Some([width, height]) if width.is_finite() && height.is_finite() && width >= 640.0 && height >= 480.0 => {
            vec2(width.min(8192.0), height.min(8192.0))
        }
        _ => vec2(1360.0, 860.0),
    }
}
