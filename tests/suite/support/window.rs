//! The window without a screen, and an engine that is none: requests are noted and answered by rule.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, unbounded};
use eframe::egui::{Vec2, vec2};
use egui_kittest::wgpu::WgpuTestRenderer;
use egui_kittest::{Harness, Node};
use tiramisu::domain::{ImageId, ImageRecord};
use tiramisu::engine::{
    AnalysisAnswer, CatalogueLook, ChannelLook, ChannelValues, Event, ImageBoxes, Look, Problem, Request,
    ThumbnailPicture,
};
use tiramisu::session::{Action, Session};
use tiramisu::ui::chooser::Reply;
use tiramisu::ui::desktop::HandOver;
use tiramisu::ui::settings::Given;
use tiramisu::ui::{App, AppOptions, Chooser, Desktop, Question, Settings, Waker};

use super::{collection, groups};

/// A window in a test.
pub struct Window {
    pub harness: Harness<'static, App>,
    pub requests: Rc<RefCell<Vec<Request>>>,
    pub questions: Rc<RefCell<Vec<Question>>>,
    /// Pages that links opened.
    pub pages: Rc<RefCell<Vec<String>>>,
    /// Files that were handed to other programs.
    pub handed: Rc<RefCell<Vec<HandOver>>>,
    /// Dialogs that are open.
    replies: Rc<RefCell<Vec<Reply>>>,
    events: Sender<Event>,
    /// Where answers go that no window takes.
    _unheard: Option<Receiver<Event>>,
    answered: usize,
    images: usize,
    thumbnail: fn(&ImageRecord) -> ThumbnailPicture,
}

/// How a window is made.
pub struct Setup {
    pub size: Vec2,
    pub pixels_per_point: f32,
    pub settings: Settings,
    pub settings_dir: Option<PathBuf>,
    /// What the command line said.
    pub given: Given,
    /// What says which graphics adapters there are; two, at once, if nothing else does.
    pub list_adapters: Option<Arc<dyn Fn() -> Vec<String> + Send + Sync>>,
    /// What the person picks in every dialog.
    pub answer: Option<PathBuf>,
    /// Whether the dialogs stay open until [`Window::answer_dialog`].
    pub answers_later: bool,
    /// Whether the desktop has no dialogs.
    pub no_dialogs: bool,
    pub start: Option<Request>,
    /// What draws it; else a device of its own, once it is drawn.
    pub renderer: Option<WgpuTestRenderer>,
    /// What an image looks like.
    pub thumbnail: fn(&ImageRecord) -> ThumbnailPicture,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            size: vec2(1280.0, 800.0),
            pixels_per_point: 1.0,
            settings: all_views(),
            settings_dir: None,
            given: Given::default(),
            list_adapters: None,
            answer: None,
            answers_later: false,
            no_dialogs: false,
            start: None,
            renderer: None,
            thumbnail: collection::thumbnail,
        }
    }
}

/// All views at once and nothing beside them: where they are is another test's.
pub fn all_views() -> Settings {
    Settings { layout: Some("all views".into()), hides_inspector: true, ..Settings::default() }
}

impl Window {
    pub fn open(setup: Setup) -> Self {
        let Setup {
            size,
            pixels_per_point,
            settings,
            settings_dir,
            given,
            list_adapters,
            answer,
            answers_later,
            no_dialogs,
            start,
            renderer,
            thumbnail,
        } = setup;
        let (events, received) = unbounded();
        let requests = Rc::new(RefCell::new(Vec::new()));
        let questions = Rc::new(RefCell::new(Vec::new()));
        let (replies, pages) = (Rc::new(RefCell::new(Vec::new())), Rc::new(RefCell::new(Vec::new())));
        let (noted, asked, open, opened) = (requests.clone(), questions.clone(), replies.clone(), pages.clone());
        let handed_over = Rc::new(RefCell::new(Vec::new()));
        let handed = handed_over.clone();
        let chooser = Chooser::new(move |question, reply| {
            asked.borrow_mut().push(question);
            match answers_later {
                _ if no_dialogs => reply.no_dialog(),
                true => open.borrow_mut().push(reply),
                false => reply.answer(answer.clone()),
            }
        });
        let mut builder = Harness::builder()
            .with_size(size)
            .with_pixels_per_point(pixels_per_point)
            .with_max_steps(32)
            .with_render_cursor(false);
        if let Some(renderer) = renderer {
            builder = builder.renderer(renderer);
        }
        let harness = builder.build_eframe(move |cc| {
            let send = Box::new(move |request| noted.borrow_mut().push(request));
            let open_page = Box::new(move |page: &str| opened.borrow_mut().push(page.to_owned()));
            let desktop = Desktop::new(move |wish, failed| match &wish {
                HandOver::Open(_) => handed.borrow_mut().push(wish),
                HandOver::Reveal(_) => failed.tell(Problem::new("This file could not be shown", "there is no desktop")),
            });
            let waker = Waker::default();
            let two = || Arc::new(|| vec!["Adapter of two".to_owned(), "llvmpipe".to_owned()]) as _;
            let list_adapters = list_adapters.unwrap_or_else(two);
            let options = AppOptions {
                settings,
                settings_dir,
                given,
                list_adapters,
                chooser,
                open_page,
                desktop,
                waker,
                start,
                give_back: None,
            };
            App::new(&cc.egui_ctx, Session::default(), send, received, options)
        });
        Self {
            harness,
            requests,
            questions,
            pages,
            handed: handed_over,
            replies,
            events,
            _unheard: None,
            answered: 0,
            images: 0,
            thumbnail,
        }
    }

    /// A window with `count` images, thumbnails and all.
    pub fn with_images(count: usize, setup: Setup) -> Self {
        let mut window = Self::open(setup);
        window.images = count;
        window.tell(collection::opened(count));
        window.settle();
        window
    }

    /// Does what a view would wish.
    pub fn act(&mut self, action: impl Into<Action>) {
        self.harness.state_mut().act(action);
        self.settle();
    }

    /// Tells what is known of some of the images now.
    pub fn describe(&mut self, records: &[ImageRecord]) {
        let mut images = self.session().opened.images.clone();
        images.replace(records.iter().map(ImageRecord::borrowed));
        self.tell([Event::Images(images)]);
    }

    pub fn tell(&mut self, events: impl IntoIterator<Item = Event>) {
        events.into_iter().for_each(|event| self.events.send(event).expect("the window listens"));
    }

    /// Nobody is left who could tell anything: whoever took requests is gone.
    pub fn end_engine(&mut self) {
        let (events, nobody) = unbounded();
        (self.events, self._unheard) = (events, Some(nobody));
        self.settle();
    }

    /// Picks `path` in the dialog that is open.
    pub fn answer_dialog(&mut self, path: &str) {
        let reply = self.replies.borrow_mut().pop().expect("a dialog is open");
        reply.answer(Some(path.into()));
        self.settle();
    }

    /// Turns away from the dialog that is open.
    pub fn decline_dialog(&mut self) {
        let reply = self.replies.borrow_mut().pop().expect("a dialog is open");
        reply.answer(None);
        self.settle();
    }

    /// The dialog that was asked for cannot be opened.
    pub fn lack_dialog(&mut self) {
        let reply = self.replies.borrow_mut().pop().expect("a dialog is asked for");
        reply.no_dialog();
        self.settle();
    }

    /// Draws until `is_so`, for at most ten seconds: what another thread finds out, nobody tells this one of.
    ///
    /// # Panics
    ///
    /// If it never becomes so; `what` is waited for.
    pub fn wait_until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        for _ in 0..2000 {
            self.harness.run_steps(1);
            if is_so(self) {
                return;
            }
            thread::sleep(Duration::from_millis(5));
        }
        panic!("{what}: waited for in vain: {:?}", self.names());
    }

    /// Whether a name has `words` in it.
    pub fn says(&self, words: &str) -> bool {
        self.names().iter().any(|name| name.contains(words))
    }

    /// Answers looks and draws until nothing is asked any more.
    pub fn settle(&mut self) {
        for _ in 0..12 {
            self.harness.run_steps(3);
            if !self.answer() {
                break;
            }
        }
        self.harness.run_steps(2);
    }

    /// Answers what was asked since the last time; says whether anything was.
    pub fn answer(&mut self) -> bool {
        let asked: Vec<Request> = self.requests.borrow()[self.answered..].to_vec();
        self.answered += asked.len();
        let images = self.session().opened.images.clone();
        // Of a million images only where it is asked for.
        let known = || images.to_vec();
        let record = |id: &ImageId| images.get(*id).expect("only what is known is asked for").to_record();
        let about = self.session().collection().map_or_else(collection::collection, |open| (**open).clone());
        let mut any = false;
        for request in asked {
            let Request::Look(look) = request else { continue };
            any = true;
            let answer = match look {
                Look::Thumbnails(ids) => {
                    Event::Thumbnails(ids.iter().map(|id| (self.thumbnail)(&record(id))).collect())
                }
                Look::Picture(None) => continue,
                // The first one stays, but where a test tells of another.
                Look::Representative { .. } => continue,
                Look::Picture(Some(wish)) => Event::Picture(collection::picture(wish)),
                Look::Activations { image, layer } => Event::Activations(collection::activation(image, layer, &about)),
                Look::Neighbours(wish) => Event::Neighbours(collection::answer(&wish, images.len())),
                Look::HoverNeighbours(wish) => Event::HoverNeighbours(collection::answer(&wish, images.len())),
                Look::Depths(None) => continue,
                Look::Depths(Some(wish)) => {
                    let rows = collection::depths(&wish, images.len());
                    self.tell(rows.into_iter().map(Event::DepthNeighbours));
                    continue;
                }
                Look::Nearest(wish) => Event::Nearest(collection::nearest(&wish, images.len())),
                Look::LayerTimes => {
                    let secs = (0..about.layers.len()).map(|layer| 1e-4 * (1 + layer) as f64);
                    Event::LayerTimes(Arc::new(secs.collect()))
                }
                Look::Channels(ChannelLook::Exemplars { layer, channel, count }) => {
                    Event::Exemplars(Arc::new(collection::exemplars(layer, channel, count, &about)))
                }
                Look::Channels(ChannelLook::ExemplarsOfSome { channels, count }) => {
                    Event::ExemplarsOfSome(Arc::new(groups::exemplars(&channels, count, &about)))
                }
                Look::Groups(look) => {
                    let answer = Arc::new(groups::answer(&look, &known()));
                    Event::Groups(look, answer)
                }
                Look::Channels(ChannelLook::Unusual { image, source, .. }) => {
                    Event::Unusual(Arc::new(collection::unusual(image, source, &about)))
                }
                Look::Channels(ChannelLook::Values { source, channel }) => {
                    let values = (0..images.len()).map(|image| ((image * 7 + channel) % 10) as f32).collect();
                    Event::ChannelValues(Arc::new(ChannelValues { source, channel, values }))
                }
                Look::Channels(ChannelLook::WhySimilar(wish)) => {
                    Event::WhySimilar(Arc::new(collection::similarity(wish)))
                }
                Look::Pair { images, layer } => {
                    Event::Pair(Box::new(images.map(|image| collection::activation(image, layer, &about))))
                }
                Look::Beside { image, layer } => Event::Beside(collection::activation(image, layer, &about)),
                Look::Point(wish) => Event::Point(collection::point(wish, &about)),
                Look::Strip(wish) => Event::Strip(Arc::new(collection::strip(wish, &about))),
                Look::ChannelMaps(wishes) => Event::ChannelMaps(wishes.iter().map(groups::channel_map).collect()),
                Look::Crops(wishes) => Event::Crops(wishes.into_iter().map(collection::crop).collect()),
                // No boxes were imported, but where a test tells of some.
                Look::Boxes { image } => Event::ImageBoxes(ImageBoxes { image, boxes: Vec::new(), count: 0 }),
                Look::Query(wish) => Event::Queried(collection::query_answer(wish, &known())),
                Look::Catalogue(CatalogueLook::Order { number, wish }) => {
                    Event::Ordered { number, order: wish.make(&|| false).expect("it is not stale") }
                }
                Look::Catalogue(CatalogueLook::Group { number, group, images }) => {
                    Event::Grouped { number, images: group.images(&images) }
                }
                Look::Catalogue(CatalogueLook::Tally(wish)) => Event::Tallied(wish.count()),
                Look::Catalogue(CatalogueLook::Distribution(wish)) => {
                    Event::Distributed(wish.count(&|| false).expect("it is not stale"))
                }
                Look::PcaMap { source } => {
                    Event::Answered(AnalysisAnswer::Map(Arc::new(collection::projection(source, &known()))))
                }
            };
            self.tell([answer]);
        }
        any
    }

    pub fn session(&self) -> &Session {
        self.harness.state().session()
    }

    /// The last choices that can be taken back, in words, the newest first.
    pub fn history(&self, most: usize) -> Vec<String> {
        self.session().opened.done(most).into_iter().map(|done| done.words).collect()
    }

    /// Requests sent since the window opened.
    pub fn sent(&self) -> Vec<Request> {
        self.requests.borrow().clone()
    }

    /// Forgets what was sent.
    pub fn forget_sent(&mut self) {
        self.requests.borrow_mut().clear();
        self.answered = 0;
    }

    /// Clicks what has this name and waits until everything asked for is there.
    pub fn click(&mut self, name: &str) {
        use egui_kittest::kittest::Queryable;
        self.harness.get_by_label(name).click();
        self.settle();
    }

    /// Presses what has this name as a screen reader does, also where it is scrolled out of sight, and waits.
    pub fn press(&mut self, name: &str) {
        use egui_kittest::kittest::Queryable;
        self.harness.get_by_label(name).click_accesskit();
        self.settle();
    }

    /// Whether something has this name.
    pub fn has(&self, name: &str) -> bool {
        use egui_kittest::kittest::Queryable;
        self.harness.query_by_label(name).is_some()
    }

    /// Everything that has a name, for messages of failing tests.
    pub fn names(&self) -> Vec<String> {
        use egui_kittest::kittest::NodeT;
        let root: Node<'_> = self.harness.root();
        let name = |node: Node<'_>| node.accesskit_node().label().or_else(|| node.accesskit_node().value());
        root.children_recursive().filter_map(name).collect()
    }

    /// Writes what is seen as a PNG below the target folder, for a person to look at; says nothing when there is no
    /// way to draw.
    pub fn picture(&mut self, name: &str) {
        if std::env::var_os("TIRAMISU_PICTURES").is_none() {
            return;
        }
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pictures");
        std::fs::create_dir_all(&dir).expect("the target folder can be written");
        match self.harness.render() {
            Ok(image) => image.save(dir.join(format!("{name}.png"))).expect("a picture can be written"),
            Err(reason) => eprintln!("no picture of {name}: {reason}"),
        }
    }
}
