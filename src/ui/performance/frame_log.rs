//! The frames of the last seconds, and what each of them did.

use std::collections::VecDeque;

use crate::domain::FrameTimes;
use crate::ui::views::Pane;

/// Seconds that are remembered.
pub(super) const SECONDS: f64 = 5.0;
/// Frames that are remembered at most: so many are drawn in the time on the fastest screens.
const MOST: usize = 1200;

/// What the window does in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Events of the engine are taken in.
    News,
    /// Thumbnails that arrived go to the GPU.
    Thumbnails,
    /// Menus, status bar, and the tabs of the views.
    Bars,
    /// A view is laid out.
    View(Pane),
    /// Dialogs, notices and panels are laid out.
    Dialogs,
    /// What the person chose is done.
    Choices,
    /// What is left of the frame, without tessellation and handing over to the GPU.
    Rest,
}

impl Part {
    const COUNT: usize = 6 + Pane::ALL.len();

    fn index(self) -> usize {
        match self {
            Part::News => 0,
            Part::Thumbnails => 1,
            Part::Bars => 2,
            Part::Dialogs => 3,
            Part::Choices => 4,
            Part::Rest => 5,
            Part::View(pane) => 6 + pane as usize,
        }
    }

    fn all() -> impl Iterator<Item = Part> {
        let own = [Part::News, Part::Thumbnails, Part::Bars, Part::Dialogs, Part::Choices, Part::Rest];
        own.into_iter().chain(Pane::ALL.map(Part::View))
    }

    /// What it is called.
    pub(super) fn title(self) -> &'static str {
        match self {
            Part::News => "News taken in",
            Part::Thumbnails => "Thumbnails uploaded",
            Part::Bars => "Menus, bars and tabs",
            Part::Dialogs => "Dialogs and notices",
            Part::Choices => "Choices carried out",
            Part::Rest => "Settings and the rest",
            Part::View(pane) => pane.name(),
        }
    }
}

/// One frame.
#[derive(Clone, Debug, Default)]
pub(super) struct FrameRecord {
    /// When it was laid out, by the clock of the instruments.
    at_secs: f64,
    parts_secs: [f32; Part::COUNT],
    /// All of it, tessellation and handing over included, if that is known.
    whole_secs: Option<f32>,
    pub(super) news: usize,
    pub(super) requests: usize,
    pub(super) uploaded_bytes: usize,
}

impl FrameRecord {
    /// What it took, as far as it is known.
    pub(super) fn secs(&self) -> f64 {
        f64::from(self.whole_secs.unwrap_or_else(|| self.parts_secs.iter().sum()))
    }
}

/// The frames of the last seconds.
#[derive(Default)]
pub(super) struct FrameLog {
    frames: VecDeque<FrameRecord>,
    now: FrameRecord,
}

impl FrameLog {
    pub(super) fn add(&mut self, part: Part, secs: f64) {
        self.now.parts_secs[part.index()] += secs as f32;
    }

    /// The frame that is being laid out.
    pub(super) fn now(&mut self) -> &mut FrameRecord {
        &mut self.now
    }

    /// It is laid out; only now is it known what the one before took in all.
    pub(super) fn end_frame(&mut self, now_secs: f64, whole_secs_before: Option<f32>) {
        if let Some(before) = self.frames.back_mut() {
            before.whole_secs = whole_secs_before;
        }
        let ended = std::mem::take(&mut self.now);
        self.frames.push_back(FrameRecord { at_secs: now_secs, ..ended });
        while self.frames.len() > MOST || self.frames.front().is_some_and(|first| first.at_secs < now_secs - SECONDS) {
            self.frames.pop_front();
        }
    }

    /// What the last frame that was laid out did, and the seconds of that; what took no time is left out.
    pub(super) fn last(&self) -> impl Iterator<Item = (Part, f32)> + '_ {
        let last = self.frames.back();
        Part::all().filter_map(move |part| Some((part, last?.parts_secs[part.index()]))).filter(|(_, secs)| *secs > 0.0)
    }

    /// Those of the last seconds, the newest last.
    pub(super) fn recent(&self, now_secs: f64) -> impl DoubleEndedIterator<Item = &FrameRecord> {
        self.frames.iter().filter(move |frame| frame.at_secs >= now_secs - SECONDS)
    }

    pub(super) fn times(&self, now_secs: f64) -> FrameTimes {
        FrameTimes::of(self.recent(now_secs).map(FrameRecord::secs)).unwrap_or_default()
    }

    /// Mean and longest of each part in milliseconds, the most costly first; what took nothing is left out.
    pub(super) fn parts(&self, now_secs: f64) -> Vec<(Part, [f64; 2])> {
        let frames: Vec<&FrameRecord> = self.recent(now_secs).collect();
        let of = |part: Part| {
            let secs = frames.iter().map(|frame| f64::from(frame.parts_secs[part.index()]));
            let mean = secs.clone().sum::<f64>() / frames.len().max(1) as f64;
            (part, [mean, secs.fold(0.0, f64::max)].map(|secs| secs * 1e3))
        };
        let mut parts: Vec<_> = Part::all().map(of).filter(|(_, [_, longest])| *longest > 0.0).collect();
        parts.sort_by(|(_, [a, _]), (_, [b, _])| b.total_cmp(a));
        parts
    }
}
