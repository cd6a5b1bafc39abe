//! Facts come up from the engine.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::notice::NoticeText;
use super::{Chosen, House, Notice, Phase, Session};
use crate::domain::{Example, ImageId, ImageRecord, Sort, counted, single_in_words};
use crate::engine::{Event, Kept, Request};

impl Session {
    /// Takes in one event. What it makes worth asking is returned.
    pub fn apply(&mut self, event: Event) -> Vec<Request> {
        match event {
            Event::Opening(folder) => self.forget(Phase::Opening(folder)),
            Event::Closed => self.forget(Phase::Welcome),
            Event::Opened(collection) => {
                self.chosen.layer = collection.default_layer();
                self.network = collection.network_file.clone();
                for remark in &collection.remarks {
                    self.tell(NoticeText::Problem(remark.clone()));
                }
                self.phase = Phase::Open(collection);
                return vec![Request::TellKept];
            }
            Event::Found(images) => {
                self.take_found(images);
                return self.resume(false);
            }
            Event::Walked { .. } => {
                self.is_walked = true;
                return self.resume(true);
            }
            Event::Described(images) => self.take_described(images),
            Event::JobStarted(progress) => {
                self.progress = Some(progress);
                self.settle_map();
            }
            Event::JobEnded { cancelled } => return self.take_job_end(cancelled),
            Event::Committed { images, version } => return self.take_commit(images, version),
            Event::InSingle { columns, is_news } => {
                if is_news {
                    self.tell(NoticeText::News(format!("{}.", single_in_words(&columns))));
                }
                self.in_single = columns;
            }
            Event::Thumbnails(pictures) => self.arrived.extend(pictures),
            Event::Activations(view) => {
                if self.chosen.probe == Some(view.image) && self.chosen.layer == view.layer {
                    self.activation_problem = None;
                    self.activation = Some(view);
                }
            }
            Event::LayerTimes(secs) => self.layer_secs = self.collection().is_some().then_some(secs),
            Event::Recognised { file, image } => return self.take_recognised(&file, image),
            Event::Neighbours(list) => {
                if self.is_asked_about(&list.wish) {
                    self.neighbours_problem = None;
                    self.neighbours = Some(list);
                    if self.chosen.sort == Sort::Similarity {
                        self.refresh_shown();
                    }
                }
            }
            Event::Answered(answer) => return self.take_answer(answer),
            Event::Kept(Kept::Map(map)) => return self.take_kept_map(map),
            Event::Kept(Kept::Found(finding)) => self.findings.take_kept(finding),
            Event::Exemplars(list) => self.take_exemplars(list),
            Event::Unusual(list) => self.take_unusual(list),
            Event::Likeness(likeness) => self.take_likeness(likeness),
            Event::Pair(pair) => self.take_pair(pair),
            Event::EngineChosen(of, choice) => self.findings.take_choice(of, choice),
            Event::AnalysisStarted(progress) => self.analysis = Some(progress),
            Event::AnalysisEnded { .. } => {
                if !self.is_analysing() {
                    self.projection_asked = None;
                }
            }
            Event::HouseStarted(progress) => self.house.progress = Some(progress),
            Event::HouseKept(news) => self.take_house_news(news),
            Event::Queried(answer) => return self.take_query_answer(answer),
            Event::Tags(tags) => {
                self.tags = tags;
                return self.ask_query();
            }
            Event::Tagged { .. } => {}
            Event::Results { clusterings, has_embedding, .. } => {
                self.clusterings = clusterings;
                self.has_embedding = has_embedding;
            }
            Event::ExportStarted(progress) => self.export = Some(progress),
            Event::Exported(summary) => self.take_export(&summary),
            Event::ExportExists(exists) => self.pending_export = Some(exists),
            Event::Networks(networks) => self.take_networks(networks),
            Event::FetchStarted { name, progress } => self.take_fetch_start(name, progress),
            Event::FetchEnded { name, cancelled } => self.take_fetch_end(&name, cancelled),
            Event::Remark(remark) => self.tell(NoticeText::Problem(remark)),
            Event::Problem { of, problem } => self.take_problem(of, problem),
        }
        Vec::new()
    }

    fn take_export(&mut self, summary: &crate::engine::ExportSummary) {
        let images = |count: usize| counted(count, "image", "images");
        let target = summary.target.display();
        if summary.written == summary.wanted {
            self.tell(NoticeText::News(format!("{} exported to {target}", images(summary.written))));
            return;
        }
        let what = format!("{} of {} exported to {target}", summary.written, images(summary.wanted));
        let why = match summary.failed.first() {
            Some((path, why)) => {
                format!("{} could not be, the first because {why}: {path}", images(summary.failed.len()))
            }
            None => "it was stopped".to_owned(),
        };
        self.tell(NoticeText::Problem(crate::engine::Problem::new(what, why)));
    }

    /// Tells the person something.
    pub fn tell(&mut self, text: NoticeText) {
        self.next_notice += 1;
        self.notices.push(Notice { id: self.next_notice, text, since: Instant::now() });
    }

    /// The folder that is open or being opened.
    pub fn folder(&self) -> Option<PathBuf> {
        match &self.phase {
            Phase::Welcome => None,
            Phase::Opening(folder) => Some(folder.clone()),
            Phase::Open(collection) => Some(collection.folder.clone()),
        }
    }

    pub(super) fn forget(&mut self, phase: Phase) {
        // The same folder is opened again after its workspace went back to an earlier state.
        let opening = match &phase {
            Phase::Opening(folder) => Some(folder.clone()),
            Phase::Welcome | Phase::Open(_) => None,
        };
        let is_same = opening.is_some() && self.folder() == opening;
        let resumed = self.set_aside(opening.as_ref());
        *self = Session {
            phase,
            resumed,
            house: if is_same { std::mem::take(&mut self.house) } else { House::default() },
            network: self.network.clone(),
            asked_workspace: self.asked_workspace.take(),
            wanted_layers: self.wanted_layers.take(),
            export: self.export.take(),
            networks: self.networks.take(),
            fetches: std::mem::take(&mut self.fetches),
            added: self.added.take(),
            notices: std::mem::take(&mut self.notices),
            next_notice: self.next_notice,
            chosen: Chosen {
                metric: self.chosen.metric,
                pooling: self.chosen.pooling,
                neighbour_count: self.chosen.neighbour_count,
                colouring: self.chosen.colouring,
                projection: self.chosen.projection,
                ..Chosen::default()
            },
            ..Session::default()
        };
    }

    fn take_found(&mut self, images: Vec<ImageRecord>) {
        let first_new = self.images.len();
        for image in images {
            debug_assert_eq!(image.id.index(), self.images.len(), "images arrive in id order");
            *self.labels.entry(image.label.clone().unwrap_or_default()).or_default() += 1;
            self.problem_count += usize::from(image.problem.is_some());
            self.gone_count += usize::from(image.is_gone());
            if let Some(resumed) = &mut self.resumed {
                resumed.meet(&image);
            }
            self.images.push(image);
        }
        // The walk finds images in path order: usually they just follow, and nothing need be sorted.
        let new = &self.images[first_new..];
        let last = self.shown.last().map(|id| &self.images[id.index()].path);
        let follows = new.is_sorted_by_key(|image| &image.path)
            && new.first().is_none_or(|first| last.is_none_or(|last| *last <= first.path));
        if self.chosen.sort == Sort::Path && follows {
            let passing: Vec<_> = new.iter().filter(|image| self.passes(image)).map(|image| image.id).collect();
            self.shown.extend(passing);
        } else {
            self.refresh_shown();
        }
    }

    fn take_described(&mut self, images: Vec<ImageRecord>) {
        for image in images {
            let Some(slot) = self.images.get_mut(image.id.index()) else { continue };
            self.problem_count += usize::from(image.problem.is_some());
            self.problem_count -= usize::from(slot.problem.is_some());
            self.gone_count += usize::from(image.is_gone());
            self.gone_count -= usize::from(slot.is_gone());
            *slot = image;
        }
        if self.chosen.sort == Sort::Pixels || self.chosen.filter.only_problems {
            self.refresh_shown();
        }
    }

    /// The picture from elsewhere is none: its image is what is looked at from now on, as if it had been clicked. No step
    /// of its own, since the person has made one choice only.
    fn take_recognised(&mut self, file: &Path, image: ImageId) -> Vec<Request> {
        let Some(Example::File { path, region }) = &self.chosen.like else { return Vec::new() };
        if path != file {
            return Vec::new();
        }
        let region = *region;
        let (probe, anchor) = (Some(image), Some(image));
        let mut chosen = Chosen { like: None, probe, anchor, region, ..self.chosen.clone() };
        chosen.examples.retain(|(example, _)| *example != image);
        self.restore(chosen)
    }

    fn take_job_end(&mut self, cancelled: bool) -> Vec<Request> {
        if cancelled {
            self.tell(NoticeText::News("Stopped. What was done so far is kept; Extract goes on from there.".into()));
        }
        self.unusual_asked = None;
        // A map that was there before stays; what is new can be placed on it.
        let mut requests = match (self.keeps_map(), self.awaits_kept_map()) {
            (true, _) => Vec::new(),
            (false, true) => {
                self.map_overdue = true;
                Vec::new()
            }
            (false, false) => self.ask_projection(true),
        };
        requests.extend(self.ask_exemplars());
        if !cancelled {
            requests.extend(self.keep_indices_up());
            requests.extend(self.count_activations());
        }
        requests
    }

    fn take_commit(&mut self, images: usize, version: u64) -> Vec<Request> {
        self.committed = Some((images, version));
        self.unusual_asked = None;
        let mut requests = self.ask_neighbours();
        requests.extend(self.ask_exemplars());
        requests.extend(self.ask_query());
        // The map is made anew when it would gain a quarter; the last commit always does (see `take_job_end`).
        let drawn = self.projection.as_ref().map_or(0, |projection| projection.ids.len());
        if images * 4 >= drawn * 5 && !self.keeps_map() {
            requests.extend(self.ask_projection(false));
        }
        requests
    }
}
