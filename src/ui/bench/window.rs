//! A window without a screen: frames are drawn when they are asked for, and time goes on by a sixtieth of a second each.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crossbeam_channel::{Sender, bounded};
use eframe::egui::accesskit::{Role, TreeUpdate};
use eframe::egui::{self, Key, Modifiers, PointerButton, Pos2, RawInput, Rect, Vec2, ViewportId, pos2};

use super::painter::Painter;
use super::processor::Waiting;
use super::source::Source;
use crate::domain::{HeldMemory, images_touched};
use crate::engine::Event;
use crate::session::{Action, Session};
use crate::ui::{App, AppOptions, Chooser, Settings, Waker};

/// Events that wait for the window at most, as between an engine and a window.
const CAPACITY: usize = 64;
/// Seconds from frame to frame, by the window's clock.
const FRAME_SECS: f64 = 1.0 / 60.0;
/// Whoever wants the next frame no sooner waits for nothing that was just done.
const RESTS: Duration = Duration::from_millis(500);

/// Nobody rests for longer.
const LONG_REST: Duration = Duration::from_secs(10);

/// Things of which is told what they took, of each frame.
const DID: usize = 4;

/// What happens in one frame.
pub(super) enum Doing {
    /// Mouse and keyboard.
    Input(Vec<egui::Event>),
    /// A wish, as a click on a menu ends in one.
    Act(Action),
    /// News.
    Tell(Event),
}

/// What a frame took.
#[derive(Clone, Copy, Default)]
pub(super) struct Frame {
    /// The window's own thread, from input to handing over to the GPU, in seconds; without waiting for a processor that other
    /// programs had, where the system counts that.
    pub(super) thread_secs: f64,
    /// The same until it was drawn; `None` if it was not drawn.
    pub(super) drawn_secs: Option<f64>,
    /// Bytes that went to the GPU.
    pub(super) uploaded_bytes: Option<u64>,
    /// Images that the window's own thread looked at, one by one.
    pub(super) looked_at: u64,
    /// News and thumbnails that wait after it.
    pub(super) waiting: usize,
    /// What took longest of the first of these, and the seconds of that.
    pub(super) did: [(&'static str, f32); DID],
    /// Whether the window wants the next frame at once.
    pub(super) wants_another: bool,
    /// Whether it wants none for a while: nothing moves, and nothing waits for the last key.
    pub(super) rests: bool,
}

pub(super) struct BenchWindow {
    ctx: egui::Context,
    app: App,
    source: Source,
    waiting_for_processor: Waiting,
    /// Seconds of that in all frames so far.
    waited_secs: f64,
    painter: Option<Painter>,
    events: Sender<Event>,
    /// For which there was no room.
    waiting: VecDeque<Event>,
    /// What happens in the next frames, one each.
    upcoming: VecDeque<Doing>,
    size: Vec2,
    frames: u64,
    last_secs: Option<f32>,
    /// What is to be seen and what it is called, if that was asked for.
    tree: Option<TreeUpdate>,
}

impl BenchWindow {
    pub(super) fn new(size: Vec2, painter: Option<Painter>, mut source: Source, give_back: Option<fn()>) -> Self {
        let (events, inbox) = bounded(CAPACITY);
        let ctx = egui::Context::default();
        let options = AppOptions {
            settings: Settings::default(),
            settings_dir: None,
            chooser: Chooser::new(|_, _| {}),
            desktop: crate::ui::Desktop::new(|_, _| {}),
            open_page: Box::new(|_| {}),
            waker: Waker::default(),
            start: source.start.take(),
            give_back,
            ..AppOptions::default()
        };
        let app = App::new(&ctx, Session::default(), source.sender(), inbox, options);
        let (waiting, upcoming) = Default::default();
        let waiting_for_processor = Waiting::of_this_thread();
        Self {
            ctx,
            app,
            source,
            waiting_for_processor,
            waited_secs: 0.0,
            painter,
            events,
            waiting,
            upcoming,
            size,
            frames: 0,
            last_secs: None,
            tree: None,
        }
    }

    /// Seconds that frames waited for a processor, which are not part of their times; `None` where the system does not count it.
    pub(super) fn waited_secs(&self) -> Option<f64> {
        self.waiting_for_processor.is_known().then_some(self.waited_secs)
    }

    pub(super) fn session(&self) -> &Session {
        self.app.session()
    }

    /// Who holds how much memory, as the window counts it.
    pub(super) fn held(&self) -> Vec<HeldMemory> {
        self.app.held()
    }

    /// Bytes of thumbnails that are to be seen, and how many are asked for or wait.
    pub(super) fn pictures(&self) -> (usize, usize) {
        let thumbnails = self.app.thumbnails();
        (thumbnails.bytes(), thumbnails.waiting().iter().sum())
    }

    /// Whether what it asks is answered in other threads.
    pub(super) fn is_answered_elsewhere(&self) -> bool {
        self.source.is_engine()
    }

    /// Whether threads of its own are at work for its maps. Where nothing is drawn, nothing is brought to a device either.
    pub(super) fn is_at_work(&self) -> bool {
        self.painter.is_some() && self.app.maps_are_at_work()
    }

    /// Whether nothing is to happen any more, as far as the window knows.
    pub(super) fn is_quiet(&self) -> bool {
        self.upcoming.is_empty() && self.waiting.is_empty() && self.events.is_empty()
    }

    /// Nobody does anything for a while: what is free goes back to the system meanwhile.
    pub(super) fn rest(&self) {
        let begun = Instant::now();
        while !self.app.has_given_back() && begun.elapsed() < LONG_REST {
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// In one of the next frames this happens.
    pub(super) fn then(&mut self, doing: Doing) {
        self.upcoming.push_back(doing);
    }

    /// The pointer goes there, and the button is pressed and let go.
    pub(super) fn click(&mut self, at: Pos2) {
        self.then(Doing::Input(vec![egui::Event::PointerMoved(at)]));
        self.press(at, true, Modifiers::NONE);
        self.press(at, false, Modifiers::NONE);
    }

    /// The button goes down or up.
    pub(super) fn press(&mut self, at: Pos2, pressed: bool, modifiers: Modifiers) {
        let button = egui::Event::PointerButton { pos: at, button: PointerButton::Primary, pressed, modifiers };
        self.then(Doing::Input(vec![egui::Event::ModifiersChanged(modifiers), egui::Event::PointerMoved(at), button]));
    }

    /// A key is struck.
    pub(super) fn strike(&mut self, modifiers: Modifiers, key: Key) {
        let event = |pressed| egui::Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
        self.then(Doing::Input(vec![egui::Event::ModifiersChanged(modifiers), event(true)]));
        self.then(Doing::Input(vec![event(false), egui::Event::ModifiersChanged(Modifiers::NONE)]));
    }

    /// Where everything of a role and such a name is seen.
    pub(super) fn places(&mut self, role: Role, is_named: impl Fn(&str) -> bool) -> Vec<Rect> {
        self.ctx.enable_accesskit();
        self.step();
        self.ctx.disable_accesskit();
        let nodes = self.tree.take().map(|tree| tree.nodes).unwrap_or_default();
        let fitting = nodes
            .iter()
            .map(|(_, node)| node)
            .filter(|node| node.role() == role && node.label().or_else(|| node.value()).is_some_and(&is_named));
        let rect = |bounds: egui::accesskit::Rect| {
            let [min, max] = [(bounds.x0, bounds.y0), (bounds.x1, bounds.y1)].map(|(x, y)| pos2(x as f32, y as f32));
            Rect::from_min_max(min, max)
        };
        fitting.filter_map(|node| node.bounds()).map(rect).collect()
    }

    /// Draws the next frame.
    pub(super) fn step(&mut self) -> Frame {
        let room = CAPACITY.saturating_sub(self.events.len() + self.waiting.len());
        self.waiting.extend(self.source.exchange(room));
        let doing = self.upcoming.pop_front();
        let mut input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, self.size)),
            time: Some(self.frames as f64 * FRAME_SECS),
            predicted_dt: FRAME_SECS as f32,
            max_texture_side: self.painter.as_ref().map(Painter::max_texture_side),
            focused: true,
            ..RawInput::default()
        };
        self.frames += 1;
        let mut action = None;
        match doing {
            Some(Doing::Input(events)) => input.events = events,
            Some(Doing::Act(wish)) => action = Some(wish),
            Some(Doing::Tell(news)) => self.waiting.push_back(news),
            None => {}
        }
        while let Some(event) = self.waiting.pop_front() {
            if let Err(back) = self.events.try_send(event) {
                self.waiting.push_front(back.into_inner());
                break;
            }
        }
        let (began, waited) = (Instant::now(), self.waiting_for_processor.secs());
        let looked_at = images_touched();
        if let Some(action) = action {
            self.app.act(action);
        }
        let mut did = vec![("Wish carried out", began.elapsed().as_secs_f32())];
        let (app, last_secs) = (&mut self.app, self.last_secs);
        let mut output = self.ctx.run_ui(input, |ui| {
            app.take_in(&ui.ctx().clone());
            app.draw(ui, last_secs);
        });
        self.tree = output.platform_output.accesskit_update.take();
        let root = output.viewport_output.get(&ViewportId::ROOT);
        let wants_another = root.is_some_and(|viewport| viewport.repaint_delay.is_zero());
        let rests = root.is_none_or(|viewport| viewport.repaint_delay >= RESTS);
        did.extend(self.app.last_frame_did());
        let uploaded_bytes = match &mut self.painter {
            Some(painter) => {
                let painted = painter.paint(&self.ctx, output);
                did.extend([
                    ("Shapes cut into triangles", painted.tessellating_secs),
                    ("Textures sent", painted.textures_secs),
                    ("Handed to the GPU", painted.handing_over_secs),
                ]);
                Some(painted.bytes)
            }
            None => {
                let began = Instant::now();
                std::hint::black_box(self.ctx.tessellate(output.shapes, output.pixels_per_point));
                did.push(("Shapes cut into triangles", began.elapsed().as_secs_f32()));
                None
            }
        };
        did.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        did.resize(DID, ("", 0.0));
        let did = did.try_into().unwrap_or([("", 0.0); DID]);
        let looked_at = images_touched() - looked_at;
        let waiting = self.events.len() + self.waiting.len() + self.pictures().1;
        let waited_secs = self.waiting_for_processor.secs() - waited;
        self.waited_secs += waited_secs;
        let thread_secs = (began.elapsed().as_secs_f64() - waited_secs).max(0.0);
        self.last_secs = Some(thread_secs as f32);
        let drawn_secs = self.painter.as_ref().and_then(|painter| match painter.wait() {
            Ok(()) => Some(began.elapsed().as_secs_f64()),
            Err(error) => {
                tracing::warn!("a frame was not drawn: {error}");
                None
            }
        });
        Frame { thread_secs, drawn_secs, uploaded_bytes, looked_at, waiting, did, wants_another, rests }
    }
}
