//! Wishes go down to the engine.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Action, Chosen, Comparison, Pick, Selection, Session};
use crate::domain::{Example, ImageId, NeighbourWish, ProjectionMethod, Representation, Sort};
use crate::engine::{AnalysisWish, ChosenFor, ExportExists, ExportRequest, Look, OpenRequest, Request, Thresholds};

impl Session {
    /// Changes what is chosen and says what the engine must be asked for.
    pub fn act(&mut self, action: Action) -> Vec<Request> {
        match action {
            Action::OpenFolder(folder) => self.act(Action::OpenAgain { folder, workspace: None }),
            Action::OpenAgain { folder, workspace } => {
                self.resumes = false;
                // Layers are chosen for one collection; another one goes on with what its workspace has.
                self.wanted_layers = None;
                vec![self.open(folder, workspace)]
            }
            Action::OpenSample => {
                self.wanted_layers = None;
                self.asked_workspace = None;
                self.resumes = false;
                vec![Request::OpenSample { network: self.network.clone() }]
            }
            Action::Close => {
                // Making the sample or extracting stops at once, before the engine takes the request.
                if let Some(progress) = &self.progress {
                    progress.cancel();
                }
                vec![Request::Close]
            }
            Action::UseNetwork(network) => {
                self.network = network;
                self.wanted_layers = None;
                self.reopen()
            }
            Action::ListNetworks
            | Action::FetchNetwork(_)
            | Action::CancelFetch(_)
            | Action::AddNetwork { .. }
            | Action::RemoveNetwork(_) => self.act_on_networks(action),
            Action::KeepHouse(_) | Action::StopHouse | Action::KeepIndex(_) | Action::KeepActivations(_) => {
                self.act_on_house(action)
            }
            Action::StoreLayers(layers) => {
                self.wanted_layers = layers;
                self.reopen()
            }
            Action::Extract => vec![Request::Extract],
            Action::Cancel => {
                // Read by the job at once, without waiting for the engine to take the request.
                if let Some(progress) = &self.progress {
                    progress.cancel();
                }
                vec![Request::Cancel]
            }
            Action::MeasureLayers => vec![Request::Look(Look::LayerTimes)],
            Action::CancelExport => {
                if let Some(progress) = &self.export {
                    progress.cancel();
                }
                Vec::new()
            }
            Action::PlaceOnMap => self.place_on_map(),
            Action::MakeMapAnew => self.make_map_anew(),
            Action::Cluster(wish) => {
                // Not every method needs an engine to be chosen.
                self.choices.remove(&ChosenFor::Clusters);
                vec![Request::Analyse(AnalysisWish::Cluster(wish))]
            }
            Action::FindDuplicates(wish) => vec![Request::Analyse(AnalysisWish::Duplicates(wish))],
            Action::FindOutliers(wish) => vec![Request::Analyse(AnalysisWish::Outliers(wish))],
            Action::FindClasses(wish) => vec![Request::Analyse(AnalysisWish::Classes(wish))],
            Action::MakeEmbedding => vec![Request::Analyse(AnalysisWish::Embed(Thresholds::default()))],
            Action::OpenClustering(name) => {
                // Of what was made another day nobody knows it any more.
                self.choices.remove(&ChosenFor::Clusters);
                vec![Request::OpenClustering(name)]
            }
            Action::NameCluster { cluster, name } => match &self.clustering {
                Some(known) => {
                    let name = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
                    vec![Request::NameCluster { clustering: known.wish.name(), cluster, name }]
                }
                None => Vec::new(),
            },
            Action::Explain(_) | Action::CloseWhy | Action::WantUnusual => self.act_on_channels(action),
            Action::CancelAnalyses => {
                if let Some(progress) = &self.analysis {
                    progress.cancel();
                }
                vec![Request::CancelAnalyses]
            }
            Action::Hover(image) => {
                self.hovered = image;
                Vec::new()
            }
            Action::WantThumbnails(ids) => vec![Request::Look(Look::Thumbnails(ids))],
            Action::Export { images, format, target } => {
                self.pending_export = None;
                let (images, scores) = images.into_iter().unzip();
                let vectors = self.source().filter(|_| format.is_of_vectors()).into_iter().collect();
                vec![Request::Export(ExportRequest { images, scores, format, vectors, target, overwrite: false })]
            }
            Action::ReplaceExport => {
                let agreed =
                    |exists: ExportExists| Request::Export(ExportRequest { overwrite: true, ..exists.request });
                self.pending_export.take().map(agreed).into_iter().collect()
            }
            Action::DropExport => {
                self.pending_export = None;
                Vec::new()
            }
            Action::Dismiss(id) => {
                self.notices.retain(|notice| notice.id != id);
                Vec::new()
            }
            Action::Undo => match self.history.undo(&self.chosen) {
                Some(before) => self.restore(before),
                None => Vec::new(),
            },
            Action::Redo => match self.history.redo(&self.chosen) {
                Some(after) => self.restore(after),
                None => Vec::new(),
            },
            choice => self.choose(choice),
        }
    }

    /// The images an export asked for now would write: the selection in gallery order or, if that is empty, the
    /// neighbours.
    pub fn to_export(&self) -> Vec<(ImageId, Option<f64>)> {
        let list = self.neighbours.as_ref();
        let score = |id| list.and_then(|l| l.neighbours.iter().find(|n| n.image == id)).map(|n| n.score);
        if !self.chosen.selection.is_empty() {
            return self.chosen.selection.iter().map(|id| (id, score(id))).collect();
        }
        list.map(|l| l.neighbours.iter().map(|n| (n.image, Some(n.score))).collect()).unwrap_or_default()
    }

    /// Asks for the neighbours of the probe, if there can be any.
    pub(super) fn ask_neighbours(&self) -> Vec<Request> {
        match self.neighbour_wish() {
            Some(wish) if self.committed.is_some_and(|(images, _)| images > 0) => {
                vec![Request::Look(Look::Neighbours(wish))]
            }
            _ => Vec::new(),
        }
    }

    /// Whether a part of the probe is compared at a layer whose whole activations are kept.
    fn keeps_activations(&self) -> bool {
        let layer = self.collection().and_then(|collection| collection.layers.get(self.chosen.layer));
        let is_kept = layer.is_some_and(|layer| self.kept_activations(&layer.name).is_some());
        let asks_with_a_box = self.chosen.region.is_some() && self.chosen.like.is_none();
        is_kept && asks_with_a_box && self.chosen.comparison == Comparison::Layer
    }

    /// Whether a list of neighbours is of what is asked about now: the probe, or what stands in its place.
    pub(super) fn is_asked_about(&self, wish: &NeighbourWish) -> bool {
        match &self.chosen.like {
            Some(like) => wish.examples.first().is_some_and(|(first, _)| first == like),
            None => self.chosen.probe.is_some() && self.chosen.probe == wish.image(),
        }
    }

    /// What is asked for now; `None` without a probe that can be read, or at a layer that is not stored.
    fn neighbour_wish(&self) -> Option<NeighbourWish> {
        let chosen = &self.chosen;
        let can_be_read =
            |probe: &ImageId| self.image(*probe).is_none_or(|image| image.problem.is_none() || image.is_gone());
        let probe = chosen.probe.filter(can_be_read);
        let collection = self.collection()?;
        let at = match &chosen.comparison {
            Comparison::Layer => Representation::Layer(self.source()?),
            Comparison::Network if self.has_embedding => Representation::Embedding,
            Comparison::Network => return None,
            Comparison::Mix(layers) => {
                let stored = |&(index, weight): &(usize, f32)| {
                    let of = Chosen { layer: index, ..chosen.clone() };
                    Some((of.source(&collection.layers, &collection.stored)?, weight))
                };
                Representation::Mix(layers.iter().map(stored).collect::<Option<_>>()?)
            }
        };
        let first = match (&chosen.like, chosen.region) {
            (Some(like), _) => like.clone(),
            (None, Some(region)) if at != Representation::Embedding => Example::Region { image: probe?, region },
            (None, _) => Example::Image(probe?),
        };
        let is_first = |id: ImageId| first.image() == Some(id);
        let further = chosen.examples.iter().filter(|(id, _)| !is_first(*id));
        let further = further.map(|(id, weight)| (Example::Image(*id), *weight));
        let among = chosen.only_shown.then(|| {
            let mut shown = self.shown.clone();
            shown.sort_unstable();
            Arc::new(shown)
        });
        Some(NeighbourWish {
            examples: std::iter::once((first.clone(), 1.0)).chain(further).collect(),
            at,
            metric: chosen.metric,
            k: chosen.neighbour_count,
            among,
            anywhere: chosen.anywhere && self.keeps_activations(),
            exactly: chosen.exactly,
        })
    }

    /// Asks for the map of the layer; with `again` even if there is one, since images may have been added.
    pub(super) fn ask_projection(&mut self, again: bool) -> Vec<Request> {
        let (Some(wish), Some((rows @ 1.., _))) = (self.projection_wish(), self.committed) else { return Vec::new() };
        let fits = |p: &crate::domain::Projection| p.wish == wish && (!again || p.ids.len() == rows);
        if !again && self.projection_asked.as_ref() == Some(&wish) {
            return Vec::new();
        }
        if again && self.projection.as_deref().is_some_and(fits) {
            return Vec::new();
        }
        let is_drawn = self.projection.as_ref().is_some_and(|map| map.wish == wish);
        self.projection_asked = Some(wish.clone());
        self.choices.remove(&ChosenFor::Map);
        match wish.method {
            ProjectionMethod::Pca => vec![Request::Look(Look::Projection { source: wish.source })],
            _ if again || is_drawn => vec![Request::Analyse(AnalysisWish::Project(wish))],
            // It may have been made before.
            _ => vec![Request::Analyse(AnalysisWish::Show(wish))],
        }
    }

    fn ask_activations(&self) -> Vec<Request> {
        match (self.chosen.probe, self.collection()) {
            (Some(image), Some(_)) => vec![Request::Look(Look::Activations { image, layer: self.chosen.layer })],
            _ => Vec::new(),
        }
    }

    fn open(&mut self, folder: PathBuf, workspace: Option<PathBuf>) -> Request {
        self.asked_workspace.clone_from(&workspace);
        Request::Open(OpenRequest {
            folder,
            workspace,
            network: self.network.clone(),
            layers: self.wanted_layers.clone(),
            extract: true,
        })
    }

    fn reopen(&mut self) -> Vec<Request> {
        let Some(folder) = self.folder() else { return Vec::new() };
        let of_open = self.collection().map(|collection| collection.workspace.clone());
        let workspace = of_open.or_else(|| self.asked_workspace.clone());
        // What was chosen is taken up again.
        self.resumes = true;
        vec![self.open(folder, workspace)]
    }

    /// Makes a choice that can be taken back.
    fn choose(&mut self, action: Action) -> Vec<Request> {
        let before = self.chosen.clone();
        self.change(action);
        if self.chosen == before {
            return Vec::new();
        }
        let requests = self.ask_what_changed(&before);
        self.history.record(before);
        requests
    }

    pub(super) fn restore(&mut self, chosen: Chosen) -> Vec<Request> {
        let before = std::mem::replace(&mut self.chosen, chosen);
        self.ask_what_changed(&before)
    }

    fn change(&mut self, action: Action) {
        match action {
            Action::Click(id, pick) => self.click(id, pick),
            Action::PickMany(ids, pick) => {
                let mut selection = match pick {
                    Pick::Replace => Selection::default(),
                    _ => self.chosen.selection.clone(),
                };
                ids.into_iter().for_each(|id| {
                    selection.insert(id);
                });
                self.chosen.selection = selection;
            }
            Action::Step(by) => self.step(by),
            Action::SelectAll => self.chosen.selection = self.shown.iter().copied().collect(),
            Action::ClearSelection => self.chosen.selection = Selection::default(),
            Action::InvertSelection => {
                let selection = &self.chosen.selection;
                self.chosen.selection = self.shown.iter().copied().filter(|id| !selection.contains(*id)).collect();
            }
            Action::SetFilter(filter) => self.chosen.filter = filter,
            Action::SetSort(sort) => self.chosen.sort = sort,
            Action::SetLayer(layer) => {
                if self.collection().is_some_and(|c| layer < c.layers.len()) && layer != self.chosen.layer {
                    self.chosen.layer = layer;
                    self.chosen.channel = None;
                }
            }
            Action::SetPooling(pooling) => self.chosen.pooling = pooling,
            Action::SetMetric(metric) => self.chosen.metric = metric,
            Action::SetNeighbourCount(count) => self.chosen.neighbour_count = count.max(1),
            Action::SetComparison(comparison) => self.chosen.comparison = comparison,
            Action::AddExamples(ids, weight) => {
                let examples = &mut self.chosen.examples;
                examples.retain(|(id, _)| !ids.contains(id));
                examples.extend(ids.into_iter().map(|id| (id, weight)));
            }
            Action::RemoveExample(id) => self.chosen.examples.retain(|(example, _)| *example != id),
            Action::SetLike(like) => self.chosen.like = like,
            Action::SetRegion(region) => self.chosen.region = region,
            Action::SetAnywhere(anywhere) => self.chosen.anywhere = anywhere,
            Action::SetExactly(exactly) => self.chosen.exactly = exactly,
            Action::SetOnlyShown(only_shown) => self.chosen.only_shown = only_shown,
            Action::SetChannel(channel) => self.chosen.channel = channel,
            Action::SetColouring(colouring) => self.chosen.colouring = colouring,
            Action::SetProjection(method) => self.chosen.projection = method,
            Action::Tag { ids, tag, is_on } => self.edit_tag(ids, tag, is_on),
            _ => unreachable!("`act` handles every wish that is not a choice"),
        }
        // What is asked about cannot speak for or against itself.
        if let (Some(probe), None) = (self.chosen.probe, &self.chosen.like) {
            self.chosen.examples.retain(|(id, _)| *id != probe);
        }
    }

    fn click(&mut self, id: ImageId, pick: Pick) {
        if id.index() >= self.images.len() {
            return;
        }
        match pick {
            Pick::Replace => self.chosen.selection = [id].into_iter().collect(),
            Pick::Toggle => {
                if !self.chosen.selection.insert(id) {
                    self.chosen.selection.remove(id);
                }
            }
            Pick::Add => {
                self.chosen.selection.insert(id);
            }
            Pick::Range => {
                let place = |id: ImageId| self.shown.iter().position(|&other| other == id);
                let ends = (place(self.chosen.anchor.unwrap_or(id)).or_else(|| place(id)), place(id));
                if let (Some(a), Some(b)) = ends {
                    self.chosen.selection = self.shown[a.min(b)..=a.max(b)].iter().copied().collect();
                }
            }
        }
        if pick != Pick::Range {
            self.chosen.anchor = Some(id);
        }
        if self.chosen.probe != Some(id) {
            // A part of one picture is not that part of another.
            self.chosen.region = None;
        }
        // Whoever clicks an image wants to see what is like it; whoever picks further ones may want them as examples.
        if pick == Pick::Replace {
            self.chosen.like = None;
        }
        self.chosen.probe = Some(id);
    }

    fn step(&mut self, by: isize) {
        let Some(last) = self.shown.len().checked_sub(1) else { return };
        let here = self.chosen.probe.and_then(|probe| self.shown.iter().position(|&id| id == probe));
        let next = match here {
            Some(here) => here.saturating_add_signed(by).min(last),
            None => 0,
        };
        self.click(self.shown[next], Pick::Replace);
    }

    /// Whatever depends on a choice that differs from `before` is dropped and asked for anew.
    fn ask_what_changed(&mut self, before: &Chosen) -> Vec<Request> {
        let now = &self.chosen;
        let probe_changed = now.probe != before.probe;
        let layer_changed = now.layer != before.layer;
        let source_changed = layer_changed || now.pooling != before.pooling;
        let map_changed = source_changed || now.projection != before.projection;
        let asked = |chosen: &Chosen| {
            let Chosen {
                metric,
                neighbour_count,
                comparison,
                examples,
                like,
                region,
                anywhere,
                only_shown,
                exactly,
                ..
            } = chosen.clone();
            (metric, neighbour_count, comparison, examples, like, region, anywhere, only_shown, exactly)
        };
        let ranking_changed = asked(now) != asked(before) || (now.only_shown && now.filter != before.filter);
        let channel_changed = now.channel != before.channel;
        let order_changed = now.filter != before.filter || now.sort != before.sort;
        let by_similarity = now.sort == Sort::Similarity;
        let mut requests = self.ask_tags(before);
        if now.filter.predicate != before.filter.predicate {
            self.drop_query();
            requests.extend(self.ask_query());
        }
        let now = &self.chosen;
        if probe_changed || layer_changed {
            // The old picture stays only while it is of the same image: better than a flash of nothing.
            if probe_changed || now.probe.is_none() {
                self.activation = None;
            }
            self.activation_problem = None;
            requests.extend(self.ask_activations());
        }
        if order_changed || (by_similarity && probe_changed) {
            self.refresh_shown();
        }
        if probe_changed || source_changed || ranking_changed {
            self.why = None;
            self.neighbours_problem = None;
            if probe_changed || self.chosen.like != before.like || self.neighbour_wish().is_none() {
                self.neighbours = None;
            }
            requests.extend(self.ask_neighbours());
        }
        if map_changed {
            requests.extend(self.ask_projection(false));
        }
        if layer_changed || channel_changed {
            requests.extend(self.ask_exemplars());
        }
        requests
    }
}
