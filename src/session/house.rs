//! What is known of the workspace itself.

use std::sync::Arc;

use super::notice::NoticeText;
use super::{Action, Session};
use crate::engine::{HouseNews, HouseWish, Problem, Progress, Request};

/// What the workspace costs and which versions it has, once that was asked for.
#[derive(Clone, Debug, Default)]
pub struct House {
    /// How it is.
    pub news: Option<Arc<HouseNews>>,
    /// The running or last work in it.
    pub progress: Option<Arc<Progress>>,
    /// Why the last work was not done.
    pub problem: Option<Problem>,
}

impl House {
    /// Whether work runs.
    pub fn is_busy(&self) -> bool {
        self.progress.as_ref().is_some_and(|progress| !progress.has_ended())
    }
}

impl Session {
    pub(super) fn act_on_house(&mut self, action: Action) -> Vec<Request> {
        match action {
            Action::KeepHouse(wish) if self.collection().is_some() => {
                self.house.problem = None;
                vec![Request::KeepHouse(wish)]
            }
            Action::StopHouse => {
                if let Some(progress) = &self.house.progress {
                    progress.cancel();
                }
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn take_house_news(&mut self, news: Arc<HouseNews>) {
        if !news.done.is_empty() {
            self.tell(NoticeText::News(news.done.clone()));
        }
        self.house.problem = None;
        self.house.news = Some(news);
    }

    /// What to ask when the person first looks at the workspace.
    pub fn house_look() -> Action {
        Action::KeepHouse(HouseWish::Look { measured: false })
    }
}
