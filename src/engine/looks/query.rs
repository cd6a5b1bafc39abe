//! Questions about images, in the [language of predicates](crate::domain::predicate).

use std::sync::Arc;

use crate::domain::predicate::{Check, Column, Comparison, Field, Span, Test, Value};
use crate::domain::{Predicate, PredicateError};
use crate::engine::collection::catalogue::Catalogue;
use crate::engine::collection::matching::{ids, refusal, unread, with_paths_below};
use crate::engine::message::{Asked, Event, Found, LookKind, Problem, QueryAnswer, QueryWish, Refusal};
use crate::engine::opened::Opened;
use crate::engine::thread::guard::guarded;
use crate::engine::thread::slot::Slot;
use crate::store::{QueryError, StoreError, Workspace};

/// Answers the newest question, on a thread of its own.
pub struct QueryWorker {
    opened: Arc<Opened>,
    workspace: Option<Workspace>,
}

impl QueryWorker {
    /// Nothing is opened yet.
    pub fn new(opened: Arc<Opened>) -> Self {
        Self { opened, workspace: None }
    }

    /// Answers until nobody asks any more. A question that was overtaken is not answered.
    pub fn serve(mut self, slot: &Slot<QueryWish>) {
        while let Some((wish, number)) = slot.wait() {
            // Not the text: it may hold labels and tags.
            let look = tracing::debug_span!("look", kind = "query", images = tracing::field::Empty).entered();
            let is_stale = || slot.is_stale(number);
            let outbox = self.opened.outbox.clone();
            let of = Asked::Look(LookKind::Query);
            let found = guarded("The question could not be answered", &of, &outbox, || self.answer(&wish, &is_stale));
            if let Some(found) = found.filter(|_| !is_stale()) {
                if let Ok(found) = &found {
                    look.record("images", found.ids.len());
                }
                outbox.tell(Event::Queried(QueryAnswer { wish, found }));
            }
        }
    }

    fn answer(&mut self, wish: &QueryWish, is_stale: &dyn Fn() -> bool) -> Result<Found, Refusal> {
        let predicate = Predicate::parse(&wish.text).map_err(Refusal::Text)?;
        let outcome = self.ask(&predicate, wish, is_stale);
        if matches!(outcome, Err(Refusal::Problem(_))) {
            // What could not be read is opened anew the next time.
            self.workspace = None;
        }
        outcome
    }

    fn ask(&mut self, predicate: &Predicate, wish: &QueryWish, is_stale: &dyn Fn() -> bool) -> Result<Found, Refusal> {
        let workspace = match &mut self.workspace {
            Some(workspace) => {
                workspace.refresh().map_err(unread)?;
                workspace
            }
            None => self.workspace.insert(self.opened.workspace.now().map_err(unread)?),
        };
        let predicate = &with_paths_below(predicate, workspace, &self.opened.folder);
        let found = ids(workspace, predicate, self.opened.features(), is_stale)?;
        let count = |grouping| {
            workspace.count_by(&found, grouping, Some(self.opened.features())).map_err(|error| match error {
                // It was not the predicate that named it.
                QueryError::Predicate(error) => {
                    Refusal::Problem(Problem::new("The images could not be counted", error))
                }
                error @ (QueryError::Store(_) | QueryError::Stopped) => refusal(error),
            })
        };
        let counts = wish.count_by.as_ref().map(count).transpose()?;
        let remarks = remarks(workspace, predicate, &self.opened.catalogue).map_err(unread)?;
        let set = Arc::new(found.iter().copied().collect());
        Ok(Found { ids: Arc::new(found), set, counts, remarks })
    }
}

/// Labels, tags and absolute paths that are asked for and that no image has: most often they were misspelt. The paths of images are
/// shortened by then.
fn remarks(workspace: &Workspace, predicate: &Predicate, catalogue: &Catalogue) -> Result<Vec<String>, StoreError> {
    let mut remarks = Vec::new();
    let tests = predicate.tests();
    let tags: Vec<&str> = tests.iter().filter_map(|test| tag_of(test)).collect();
    if !tags.is_empty() {
        let known = workspace.tags_of_met(|id| catalogue.get(id))?;
        let names: Vec<&str> = known.iter().map(|(tag, _)| tag).collect();
        for tag in tags.into_iter().filter(|tag| !known.is_known(tag)) {
            let said = format!("no image has the tag {tag}");
            remarks.push(PredicateError::unknown_name(said, tag, "tags", &names, Span::default()).to_string());
        }
    }
    let folder = workspace.image_folder();
    for path in predicate.absolute_paths() {
        remarks.push(format!("no image is at {path}: it was not found below {}", folder.display()));
    }
    let labels: Vec<&str> = tests.iter().flat_map(|test| labels_of(test)).collect();
    if !labels.is_empty() {
        let images = catalogue.now();
        let known = images.labels();
        let names: Vec<&str> = known.keys().map(String::as_str).filter(|label| !label.is_empty()).collect();
        for label in labels.into_iter().filter(|label| !known.contains_key(*label)) {
            let said = format!("no image has the label {label}");
            remarks.push(PredicateError::unknown_name(said, label, "labels", &names, Span::default()).to_string());
        }
    }
    Ok(remarks)
}

fn tag_of(test: &Test) -> Option<&str> {
    let Field::Tag(tag) = &test.field else { return None };
    Some(tag)
}

fn labels_of(test: &Test) -> Vec<&str> {
    let Field::Column(Column::Label) = test.field else { return Vec::new() };
    match &test.check {
        Check::Compare(Comparison::Equal | Comparison::Unequal, value) => text_of(value).into_iter().collect(),
        Check::In(values) => values.iter().filter_map(text_of).collect(),
        // No label need be there for these.
        Check::IsTrue
        | Check::IsNull
        | Check::Compare(..)
        | Check::Against(..)
        | Check::Between(..)
        | Check::Like { .. } => Vec::new(),
    }
}

fn text_of(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        Value::Number(_) | Value::Time(_) | Value::Arithmetic(_) => None,
    }
}
