//! Listens to an engine without a window.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{anyhow, bail};
use crossbeam_channel::RecvTimeoutError;

use super::{Console, Interrupted, interrupt};
use crate::domain::camera_raw::CameraRaw;
use crate::domain::{ImageId, ImagePath, ImageRecord, ImageRecords, ImageRef, StoredLayer, StrategyChoice, Tags};
use crate::engine::{
    AnalysisAnswer, AnalysisWish, Asked, Collection, Engine, EngineOptions, Event, ImagesWish, NOT_KEPT, OpenWish,
    Problem, Progress, Request,
};

/// How often a waiting verb looks at the clock, the progress and Ctrl-C.
const TICK: Duration = Duration::from_millis(50);

/// An open folder and what the engine told of it.
pub struct Listener {
    engine: Engine,
    /// What is open.
    pub collection: Arc<Collection>,
    /// Every image known so far, by id; of a folder that is only asked, none until all were waited for.
    pub images: ImageRecords,
    /// Images that were asked about.
    known: HashMap<ImageId, ImageRecord>,
    /// Whether the whole folder was walked.
    pub is_walked: bool,
    /// Camera raw files of the folder, once it was walked by a job.
    pub camera_raw: CameraRaw,
    /// Images with vectors on disk, and the version they are in.
    pub committed: Option<(usize, u64)>,
    /// The stored columns whose numbers half precision does not hold.
    pub in_single: Vec<StoredLayer>,
    /// The tags, once they were told.
    pub tags: Option<Arc<Tags>>,
    /// Why they were not told, if they cannot be read.
    pub tags_problem: Option<Problem>,
    /// The running or last job.
    pub progress: Option<Arc<Progress>>,
    /// Whether the last job was stopped before its end; `None` while it runs or before it began.
    pub job_end: Option<bool>,
    /// Which strategy did the work of the last analysis, and why, if it asked.
    pub choice: Option<StrategyChoice>,
    /// What the verb asked for last.
    asked: Asked,
    /// What went wrong with that.
    pub problems: Vec<Problem>,
    /// Whether the result of the last analysis is in the workspace.
    pub is_kept: bool,
}

impl Listener {
    /// Starts an engine and opens a folder.
    ///
    /// # Errors
    /// When the folder cannot be opened, or Ctrl-C came meanwhile.
    pub fn open(options: EngineOptions, request: OpenWish, console: &mut Console) -> anyhow::Result<Self> {
        interrupt::listen();
        let is_brief = options.is_brief;
        let engine = Engine::start(options, || {})?;
        let asked = if request.extract { Asked::Extract } else { Asked::Nothing };
        let is_brief = is_brief && !request.extract;
        engine.send(Request::Open(request));
        let collection = loop {
            match receive(&engine)? {
                Some(Event::Opened(collection)) => break collection,
                Some(Event::Problem { of, problem }) if of.is_opening() => return Err(problem.into()),
                Some(Event::Problem { problem, .. }) => console.note(problem),
                _ if interrupt::was_asked() => bail!(Interrupted),
                _ => console.show_waiting(),
            }
        };
        if !console.is_json() {
            match collection.device.as_str() {
                // None was needed yet.
                "" => console.note(&collection.network_name),
                device => console.note(format_args!("{} · {device}", collection.network_name)),
            }
        }
        collection.remarks.iter().for_each(|remark| console.note(remark));
        let mut listener = Self {
            engine,
            collection,
            images: ImageRecords::default(),
            known: HashMap::new(),
            is_walked: false,
            camera_raw: CameraRaw::default(),
            committed: None,
            in_single: Vec::new(),
            tags: None,
            tags_problem: None,
            progress: None,
            job_end: None,
            choice: None,
            asked,
            problems: Vec::new(),
            is_kept: false,
        };
        if is_brief {
            // What can be asked depends on what is there.
            listener.wait(console, |listener, _| {
                listener.committed.map(|_| Ok(())).or_else(|| listener.failure().map(Err))
            })??;
        }
        Ok(listener)
    }

    /// For a verb that has its answer, has asked for nothing that writes, and ends now.
    pub fn leave(self) {
        self.engine.leave();
    }

    /// What is known of an image that an answer names.
    ///
    /// # Errors
    /// When it came after the folder was opened, or nobody asked about it.
    pub fn record(&self, image: ImageId) -> anyhow::Result<ImageRef<'_>> {
        self.images
            .get(image)
            .or_else(|| self.known.get(&image).map(ImageRecord::borrowed))
            .ok_or_else(|| anyhow!("image {} was added while this ran; run the same command again", image.0))
    }

    /// Asks about images, unless all are known.
    ///
    /// # Errors
    /// As [`Listener::ask`].
    pub fn learn(&mut self, images: impl IntoIterator<Item = ImageId>, console: &mut Console) -> anyhow::Result<()> {
        let images: Vec<ImageId> = images.into_iter().collect();
        if self.is_walked || images.is_empty() {
            return Ok(());
        }
        self.ask(Request::TellImages(ImagesWish::These(images)), console, |event| {
            matches!(event, Event::Known(_)).then_some(())
        })
    }

    /// The image that lies at a path below the folder, if there is one.
    ///
    /// # Errors
    /// As [`Listener::ask`].
    pub fn image_at(&mut self, path: ImagePath, console: &mut Console) -> anyhow::Result<Option<ImageRecord>> {
        if self.is_walked {
            let path = path.borrowed();
            return Ok(self.images.iter().find(|record| record.path == path).map(ImageRef::to_record));
        }
        self.ask(Request::TellImages(ImagesWish::At(path)), console, |event| {
            if let Event::Known(found) = event { Some(found.first().cloned()) } else { None }
        })
    }

    /// Sends a wish. From now on the problems of it are the verb's own, and no others.
    pub fn send(&mut self, request: Request) {
        self.problems.clear();
        self.asked = request.asked();
        self.engine.send(request);
    }

    /// What the verb asked for and cannot have, if that is so.
    pub fn failure(&self) -> Option<anyhow::Error> {
        self.problems.first().map(|problem| problem.clone().into())
    }

    /// Takes events in until `is_enough` says so, drawing progress. The last event is offered to it as well.
    ///
    /// # Errors
    /// When the engine has ended. Ctrl-C cancels the running job and waits for its orderly end; without a running job it is
    /// [`Interrupted`].
    pub fn wait<T>(
        &mut self,
        console: &mut Console,
        mut is_enough: impl FnMut(&Self, Option<&Event>) -> Option<T>,
    ) -> anyhow::Result<T> {
        loop {
            let event = receive(&self.engine)?;
            if let Some(event) = &event {
                self.take(event);
            }
            match &event {
                Some(Event::Remark(remark) | Event::DeviceLost { problem: remark, .. }) => console.note(remark),
                // The verb does not fail on it, but the person should know.
                Some(Event::Problem { of, problem }) if !self.is_own(of) => console.note(problem),
                _ => {}
            }
            if let Some(answer) = is_enough(self, event.as_ref()) {
                console.hide();
                return Ok(answer);
            }
            if let Some(progress) = self.progress.as_ref().filter(|progress| !progress.has_ended()) {
                console.show(progress);
                if interrupt::was_asked() && !progress.is_cancelled() {
                    progress.cancel();
                    self.engine.send(Request::Cancel);
                }
            } else if interrupt::was_asked() && self.progress.as_ref().is_none_or(|progress| !progress.is_cancelled()) {
                // No job runs, or the last one ended by itself: what is waited for now would not hear of it.
                bail!(Interrupted);
            } else {
                console.show_waiting();
            }
        }
    }

    /// Asks for an analysis and waits until its result, which `pick` finds among the answers, is kept in the workspace.
    ///
    /// # Errors
    /// As [`Listener::wait`], and when the analysis fails or was stopped.
    pub fn analyse<T: Clone>(
        &mut self,
        wish: AnalysisWish,
        console: &mut Console,
        pick: impl Fn(&AnalysisAnswer) -> Option<T>,
    ) -> anyhow::Result<T> {
        let result = self.finding_of(wish, console, pick)?;
        self.problems.iter().for_each(|problem| console.note(problem));
        self.is_kept = !self.problems.iter().any(|problem| problem.what.ends_with(NOT_KEPT));
        Ok(result)
    }

    /// The same where what is found is told even though the analysis failed midway: then it is a failure all the same.
    ///
    /// # Errors
    /// As [`Listener::analyse`], and when anything went wrong.
    pub fn analyse_whole<T: Clone>(
        &mut self,
        wish: AnalysisWish,
        console: &mut Console,
        pick: impl Fn(&AnalysisAnswer) -> Option<T>,
    ) -> anyhow::Result<T> {
        let result = self.finding_of(wish, console, pick)?;
        self.failure().map_or(Ok(result), Err)
    }

    /// Asks for an analysis, and waits for its end.
    fn finding_of<T: Clone>(
        &mut self,
        wish: AnalysisWish,
        console: &mut Console,
        pick: impl Fn(&AnalysisAnswer) -> Option<T>,
    ) -> anyhow::Result<T> {
        self.send(Request::Analyse(wish));
        let mut found = None;
        self.wait(console, |listener, event| {
            let event = event?;
            if let Event::Answered(answer) = event {
                found = pick(answer).or(found.take());
            }
            // What is found is written to the workspace before the end.
            matches!(event, Event::AnalysisEnded { .. }).then(|| match (found.take(), listener.failure()) {
                (Some(found), _) => Ok(found),
                (None, Some(failure)) => Err(failure),
                (None, None) if interrupt::was_asked() => Err(Interrupted.into()),
                (None, None) => Err(anyhow!("the analysis was stopped before its end; no result was saved")),
            })
        })?
    }

    /// Where the result of the last analysis lies, for a sentence.
    pub fn kept_as(&self, table: &str) -> String {
        match self.is_kept {
            true => format!("saved as {table}"),
            false => "not saved".to_owned(),
        }
    }

    /// Asks for something, and waits for the answer, which `pick` finds among the events.
    ///
    /// # Errors
    /// As [`Listener::wait`], and when the engine cannot answer.
    pub fn ask<T>(
        &mut self,
        request: Request,
        console: &mut Console,
        pick: impl Fn(&Event) -> Option<T>,
    ) -> anyhow::Result<T> {
        self.send(request);
        self.answer(console, pick)
    }

    /// Waits for the answer to what was sent last.
    ///
    /// # Errors
    /// As [`Listener::ask`].
    pub fn answer<T>(&mut self, console: &mut Console, pick: impl Fn(&Event) -> Option<T>) -> anyhow::Result<T> {
        self.wait(console, |listener, event| {
            if interrupt::was_asked() && event.is_some_and(|event| matches!(event, Event::AnalysisEnded { .. })) {
                return Some(Err(Interrupted.into()));
            }
            event.and_then(&pick).map(Ok).or_else(|| listener.failure().map(Err))
        })?
    }

    /// Waits until every image of the workspace is known.
    ///
    /// # Errors
    /// As [`Listener::wait`].
    pub fn wait_for_images(&mut self, console: &mut Console) -> anyhow::Result<()> {
        if self.is_walked {
            return Ok(());
        }
        self.send(Request::TellImages(ImagesWish::All));
        self.wait(console, |listener, _| listener.is_walked.then_some(Ok(())).or_else(|| listener.failure().map(Err)))?
    }

    /// Whether a problem is one of what the verb asked for. What could not be opened again keeps it from everything.
    fn is_own(&self, of: &Asked) -> bool {
        *of == self.asked || of.is_opening()
    }

    fn take(&mut self, event: &Event) {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "what a verb asked for it takes itself; the rest is the window's"
        )]
        match event {
            Event::Images(images) if images.revision() >= self.images.revision() => self.images = images.clone(),
            Event::Known(images) => self.known.extend(images.iter().map(|image| (image.id, image.clone()))),
            Event::Walked { .. } => self.is_walked = true,
            Event::CameraRaw(raw) => self.camera_raw = raw.clone(),
            Event::Committed { images, version } => self.committed = Some((*images, *version)),
            Event::InSingle { columns, .. } => self.in_single.clone_from(columns),
            Event::Tags(tags) => self.tags = Some(tags.clone()),
            Event::Problem { of: Asked::Tags, problem } => self.tags_problem = Some(problem.clone()),
            Event::StrategyChosen(_, choice) => self.choice = Some(choice.clone()),
            Event::JobStarted(progress) => {
                self.progress = Some(progress.clone());
                self.job_end = None;
            }
            Event::ExportStarted(progress)
            | Event::AnalysisStarted(progress)
            | Event::ImportStarted(progress)
            | Event::ComparisonStarted(progress) => self.progress = Some(progress.clone()),
            Event::JobEnded { cancelled } => self.job_end = Some(*cancelled),
            Event::Problem { of, problem } if self.is_own(of) => self.problems.push(problem.clone()),
            _ => {}
        }
    }
}

/// The next event, or `None` after a tick without one.
fn receive(engine: &Engine) -> anyhow::Result<Option<Event>> {
    match engine.events().recv_timeout(TICK) {
        Ok(event) => Ok(Some(event)),
        Err(RecvTimeoutError::Timeout) => Ok(None),
        Err(RecvTimeoutError::Disconnected) => bail!("the engine has ended; the log on standard error may say why"),
    }
}
