//! What is taken away, each on a thread of its own: images, and how what is known of them was made.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::engine::coordinator::Coordinator;
use crate::engine::export::job;
use crate::engine::message::{Asked, Event, ExportWish, Problem, Progress, RecipeSaved};
use crate::engine::opened::Opened;
use crate::engine::recipe::{recipe_in_text, recipe_of};
use crate::engine::thread::guard::guarded;
use crate::export::ExportError;
use crate::export::place::{check, write_whole};

const NOT_SAVED: &str = "The recipe was not saved";

impl Coordinator {
    /// Writes images.
    pub(super) fn export(&mut self, wish: ExportWish) {
        self.take_away("Exporting", "The export failed", move |opened, progress| job::export(&wish, opened, progress));
    }

    /// Writes down how what the workspace holds was made.
    pub(super) fn save_recipe(&mut self, target: PathBuf, overwrite: bool) {
        self.take_away("Saving the recipe", NOT_SAVED, move |opened, _| save(opened, &target, overwrite));
    }

    /// Tells how what the workspace holds was made.
    pub(super) fn tell_recipe(&mut self) {
        let what = "The recipe could not be made";
        let tell = move |opened: &Opened| recipe_of(opened).map(|recipe| Event::Recipe(Arc::new(recipe)));
        self.take_away("Making the recipe", what, move |opened, _| tell(opened));
    }

    /// Does `work` on a thread of its own and tells what comes of it; `what` could not be done if it panics. It goes on when
    /// something else is opened.
    fn take_away(
        &mut self,
        title: &str,
        what: &'static str,
        work: impl FnOnce(&Opened, &Arc<Progress>) -> Result<Event, Problem> + Send + 'static,
    ) {
        let Some(open) = &self.open else { return };
        self.exports.retain(|(_, join)| !join.is_finished());
        let progress = Arc::new(Progress::new(title));
        let (opened, outbox, counters) = (open.opened.clone(), self.outbox.clone(), progress.clone());
        let work = move || {
            let _job = counters.enter_span();
            outbox.tell(Event::ExportStarted(counters.clone()));
            let outcome = guarded(what, &Asked::Export, &outbox, || work(&opened, &counters));
            counters.end();
            match outcome {
                Some(Ok(event)) => outbox.tell(event),
                Some(Err(problem)) => outbox.complain(Asked::Export, problem),
                // It was told.
                None => {}
            }
        };
        match std::thread::Builder::new().name("tiramisu-export".into()).spawn(work) {
            Ok(join) => self.exports.push((progress, join)),
            Err(error) => self.outbox.complain(Asked::Export, Problem::new(what, error)),
        }
    }
}

fn save(opened: &Opened, target: &Path, overwrite: bool) -> Result<Event, Problem> {
    let refused = |error: ExportError| match !overwrite && matches!(error, ExportError::Exists { .. }) {
        true => Ok(Event::RecipeExists(target.to_owned())),
        false => Err(Problem::new(NOT_SAVED, error)),
    };
    // Before the work.
    if let Err(error) = check(&[target], overwrite) {
        return refused(error);
    }
    let recipe = recipe_of(opened)?;
    let text = recipe_in_text(&recipe)?;
    if let Err(error) = write_whole(target, overwrite, |writer| writer.write_all(text.as_bytes())) {
        return refused(error);
    }
    Ok(Event::RecipeSaved(RecipeSaved {
        target: target.to_owned(),
        layers: recipe.layers.len(),
        maps: recipe.maps.len(),
        clusterings: recipe.clusters.len(),
    }))
}
