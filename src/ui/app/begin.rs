//! The app as it begins: what is remembered is followed, and the first wish is sent.

use crossbeam_channel::Receiver;
use eframe::egui;

use super::taking::ToTake;
use super::zooming::Zooming;
use super::{App, AppOptions};
use crate::engine::{Event, Request};
use crate::session::Session;
use crate::ui::dialogs::Dialog;
use crate::ui::giving_back::GivingBack;
use crate::ui::inspector::Inspector;
use crate::ui::performance::Performance;
use crate::ui::picture_menu::PictureMenu;
use crate::ui::places::Places;
use crate::ui::theme;
use crate::ui::thumbnails::Thumbnails;
use crate::ui::toasts::Toasts;
use crate::ui::top_bar::TopBar;
use crate::ui::tour::Tour;
use crate::ui::viewer::Viewer;
use crate::ui::views::Views;
use crate::ui::views::welcome::WelcomeView;

impl App {
    /// Sets up `ctx` and makes the app. Requests go to `send`, events come from `events`.
    pub fn new(
        ctx: &egui::Context,
        mut session: Session,
        mut send: Box<dyn FnMut(Request)>,
        events: Receiver<Event>,
        options: AppOptions,
    ) -> Self {
        let AppOptions {
            settings,
            settings_dir,
            given,
            list_adapters,
            mut chooser,
            open_page,
            mut desktop,
            waker,
            start,
            give_back,
        } = options;
        theme::install(ctx);
        theme::choose(ctx, settings.theme);
        let zooming = Zooming::begin(ctx, settings.size);
        session.opened.chosen.maps = settings.maps.clone().usable();
        waker.attach(ctx);
        chooser.attach(waker.clone());
        desktop.attach(waker.clone());
        // What is opened at once begins where the person was in it or, if nobody was, in the first place.
        if start.is_none() {
            session.lasting.place = settings.place;
        }
        session.lasting.default_network.clone_from(&settings.default_network);
        if let Some(start) = start {
            // The network given on the command line is the one shown from now on.
            if let Request::Open(open) = &start {
                session.lasting.network = open.network.clone();
                session.lasting.asked_workspace.clone_from(&open.workspace);
            }
            if let Request::OpenSample { network } = &start {
                session.lasting.network = network.clone();
            }
            send(start);
        }
        Self {
            session,
            send,
            events,
            left_news: None,
            chooser,
            open_page,
            desktop,
            picture_menu: PictureMenu::default(),
            to_take: ToTake::default(),
            waker,
            views: Views::restored(&settings),
            welcome: WelcomeView::default(),
            places: Places::restored(&settings),
            top_bar: TopBar::default(),
            inspector: Inspector::default(),
            viewer: Viewer::default(),
            tour: Tour::default(),
            toasts: Toasts::default(),
            saved: settings.clone(),
            at_start: settings.clone(),
            settings,
            given,
            list_adapters,
            pending: None,
            writing: None,
            settings_dir,
            zooming,
            thumbnails: Thumbnails::default(),
            dialog: Dialog::None,
            fallen: None,
            path_dialog: None,
            typed_ahead: Vec::new(),
            typed_for_dialog: String::new(),
            was_typing: false,
            last_frame_secs: 0.0,
            is_alone: false,
            performance: Performance::default(),
            giving_back: GivingBack::begin(give_back),
        }
    }
}
