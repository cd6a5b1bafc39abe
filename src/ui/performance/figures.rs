//! What the panel says, counted a few times a second.

use eframe::egui::RepaintCause;

use super::Readings;
use super::frame_log::{FrameLog, FrameRecord, Part};
use super::memory_use::{self, Held};
use crate::domain::FrameTimes;
use crate::engine::Progress;

/// Frames that are drawn as bars.
const BARS: usize = 150;

/// What the panel says.
pub(super) struct Figures {
    pub(super) times: FrameTimes,
    /// What the graphics device took, if that is known.
    pub(super) drawn: Option<FrameTimes>,
    /// What each of the last frames took, in milliseconds, the newest last.
    pub(super) bars_ms: Vec<f64>,
    /// Mean and longest of what frames did, in milliseconds.
    pub(super) parts: Vec<(Part, [f64; 2])>,
    /// Of the last seconds: events taken in, requests sent, bytes of thumbnails uploaded.
    pub(super) done: [usize; 3],
    /// What waits, and how much of it.
    pub(super) waiting: Vec<(&'static str, usize)>,
    /// What runs: its title, done and total.
    pub(super) running: Vec<(String, usize, usize)>,
    pub(super) held: Vec<Held>,
    pub(super) resident_bytes: Option<u64>,
    /// What asked for this frame, how often, and where in the sources that is.
    pub(super) causes: Vec<(String, usize, String)>,
}

impl Figures {
    pub(super) fn count(
        log: &FrameLog,
        now_secs: f64,
        readings: &Readings<'_>,
        resident_bytes: Option<u64>,
        drawn: Option<FrameTimes>,
        causes: &[RepaintCause],
    ) -> Self {
        let Readings { session, thumbnails, news_waiting, .. } = readings;
        let mut bars_ms: Vec<f64> = log.recent(now_secs).rev().take(BARS).map(|frame| frame.secs() * 1e3).collect();
        bars_ms.reverse();
        let sum = |of: fn(&FrameRecord) -> usize| log.recent(now_secs).map(of).sum();
        let [asked, to_upload] = thumbnails.waiting();
        let opened = &session.opened;
        let running = |progress: &&Progress| !progress.has_ended();
        let jobs = [&opened.progress, &opened.maintenance.progress, &session.lasting.export];
        let jobs = jobs.into_iter().flatten().map(|progress| &**progress).filter(running);
        let analyses = opened.analyses.now().map(|begun| &*begun.progress);
        let downloads = session.lasting.networks.downloads.iter().map(|download| &*download.progress);
        let in_words = |progress: &Progress| (progress.title.clone(), progress.done(), progress.total());
        Self {
            times: log.times(now_secs),
            drawn,
            bars_ms,
            parts: log.parts(now_secs),
            done: [sum(|frame| frame.news), sum(|frame| frame.requests), sum(|frame| frame.uploaded_bytes)],
            waiting: vec![
                ("News of the engine", *news_waiting),
                ("Thumbnails asked for", asked),
                ("Thumbnails to upload", to_upload),
            ],
            running: jobs.chain(analyses).chain(downloads).map(in_words).collect(),
            held: memory_use::of(readings),
            resident_bytes,
            causes: counted_causes(causes),
        }
    }
}

/// The same causes together, most frequent first.
fn counted_causes(causes: &[RepaintCause]) -> Vec<(String, usize, String)> {
    let mut counted: Vec<(String, usize, String)> = Vec::new();
    for cause in causes {
        let place = format!("{}:{}", cause.file, cause.line);
        match counted.iter_mut().find(|(_, _, known)| *known == place) {
            Some((_, count, _)) => *count += 1,
            None => counted.push((short(cause), 1, place)),
        }
    }
    counted.sort_by_key(|(_, count, _)| std::cmp::Reverse(*count));
    counted
}

/// The reason that was given or, without one, the last two parts of the file's path.
fn short(cause: &RepaintCause) -> String {
    if !cause.reason.is_empty() {
        return cause.reason.to_string();
    }
    let parts: Vec<&str> = cause.file.rsplit(['/', '\\']).take(2).collect();
    parts.into_iter().rev().collect::<Vec<_>>().join("/")
}
