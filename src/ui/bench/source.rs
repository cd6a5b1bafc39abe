//! Where the window's events come from, and who answers it.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use super::aside::aside;
use super::generated::Generated;
use crate::engine::{Engine, Event, OpenWish, Request};

/// An engine, or what stands for one.
pub(super) struct Source {
    kind: Kind,
    /// The first wish.
    pub(super) start: Option<Request>,
    /// What the window asked for and nobody has seen yet.
    asked: Rc<RefCell<VecDeque<Request>>>,
}

enum Kind {
    Engine(Box<Engine>),
    Generated(Box<Generated>),
}

impl Source {
    pub(super) fn folder(engine: Engine, open: OpenWish) -> Self {
        let start = Some(Request::Open(open));
        Self { kind: Kind::Engine(Box::new(engine)), start, asked: Rc::default() }
    }

    pub(super) fn generated(images: usize) -> Self {
        Self { kind: Kind::Generated(Box::new(Generated::new(images))), start: None, asked: Rc::default() }
    }

    /// Whether an engine of its own answers, in its own time.
    pub(super) fn is_engine(&self) -> bool {
        matches!(self.kind, Kind::Engine(_))
    }

    /// Where the window puts its requests.
    pub(super) fn sender(&self) -> Box<dyn FnMut(Request)> {
        let asked = self.asked.clone();
        Box::new(move |request| asked.borrow_mut().push_back(request))
    }

    /// Hands on what was asked, and gives at most `most` of what there is to tell.
    pub(super) fn exchange(&mut self, most: usize) -> Vec<Event> {
        let asked: Vec<Request> = self.asked.borrow_mut().drain(..).collect();
        match &mut self.kind {
            Kind::Engine(engine) => {
                asked.into_iter().for_each(|request| engine.send(request));
                engine.events().try_iter().take(most).collect()
            }
            Kind::Generated(generated) => {
                if asked.is_empty() && generated.is_open() {
                    return Vec::new();
                }
                let told = aside(|| {
                    let answers = asked.into_iter().filter_map(|request| generated.answer(request));
                    let mut events: Vec<Event> = answers.collect();
                    events.extend(generated.opening().take(most));
                    events
                });
                told.unwrap_or_default()
            }
        }
    }
}
