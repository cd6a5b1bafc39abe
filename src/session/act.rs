//! Wishes go down to the engine.

use std::path::PathBuf;

use super::{Action, Selection, Session};
use crate::domain::ImageId;
use crate::engine::{AnalysisKind, AnalysisWish, ExportExists, ExportRequest, Look, OpenRequest, Request, Thresholds};

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
            Action::ListNetworks => vec![Request::ListNetworks],
            Action::FetchNetwork(name) => self.fetch_network(name),
            Action::CancelFetch(name) => self.cancel_fetch(&name),
            Action::AddNetwork { file, name, wish } => {
                self.added = Some(name.clone());
                vec![Request::AddNetwork { file, name, wish }]
            }
            Action::RemoveNetwork(name) => vec![Request::RemoveNetwork(name)],
            Action::KeepHouse(wish) => self.keep_house(wish),
            Action::StopHouse => {
                if let Some(progress) = &self.house.progress {
                    progress.cancel();
                }
                Vec::new()
            }
            Action::KeepIndex(wish) => self.analyse_if_open(AnalysisWish::Index(wish)),
            Action::KeepActivations(wish) => self.analyse_if_open(AnalysisWish::Activations(wish)),
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
                self.findings.drop_choice(AnalysisKind::Clusters);
                vec![Request::Analyse(AnalysisWish::Cluster(wish))]
            }
            Action::FindDuplicates(wish) => vec![Request::Analyse(AnalysisWish::Duplicates(wish))],
            Action::FindOutliers(wish) => vec![Request::Analyse(AnalysisWish::Outliers(wish))],
            Action::FindClasses(wish) => vec![Request::Analyse(AnalysisWish::Classes(wish))],
            Action::MakeEmbedding => vec![Request::Analyse(AnalysisWish::Embed(Thresholds::default()))],
            Action::OpenClustering(name) => {
                // Of what was made another day nobody knows it any more.
                self.findings.drop_choice(AnalysisKind::Clusters);
                vec![Request::OpenClustering(name)]
            }
            Action::NameCluster { cluster, name } => match &self.clustering {
                Some(known) => {
                    let name = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
                    vec![Request::NameCluster { clustering: known.wish.name(), cluster, name }]
                }
                None => Vec::new(),
            },
            Action::Explain(other) => self.explain(other),
            Action::CloseWhy => {
                self.why = None;
                Vec::new()
            }
            Action::WantUnusual => self.ask_unusual(),
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
            Action::Click(id, pick) => self.choose(|session| session.click(id, pick)),
            Action::PickMany(ids, pick) => self.choose(|session| session.pick_many(ids, pick)),
            Action::Step(by) => self.choose(|session| session.step(by)),
            Action::SelectAll => {
                self.choose(|session| session.chosen.selection = session.shown.iter().copied().collect())
            }
            Action::ClearSelection => self.choose(|session| session.chosen.selection = Selection::default()),
            Action::InvertSelection => self.choose(Self::invert_selection),
            Action::SetFilter(filter) => self.choose(|session| session.chosen.filter = filter),
            Action::SetSort(sort) => self.choose(|session| session.chosen.sort = sort),
            Action::SetLayer(layer) => self.choose(|session| session.choose_layer(layer)),
            Action::SetPooling(pooling) => self.choose(|session| session.chosen.pooling = pooling),
            Action::SetMetric(metric) => self.choose(|session| session.chosen.metric = metric),
            Action::SetNeighbourCount(count) => self.choose(|session| session.chosen.neighbour_count = count.max(1)),
            Action::SetComparison(comparison) => self.choose(|session| session.chosen.comparison = comparison),
            Action::AddExamples(ids, weight) => self.choose(|session| session.add_examples(ids, weight)),
            Action::RemoveExample(id) => {
                self.choose(|session| session.chosen.examples.retain(|(example, _)| *example != id))
            }
            Action::SetLike(like) => self.choose(|session| session.chosen.like = like),
            Action::SetRegion(region) => self.choose(|session| session.chosen.region = region),
            Action::SetAnywhere(anywhere) => self.choose(|session| session.chosen.anywhere = anywhere),
            Action::SetExactly(exactly) => self.choose(|session| session.chosen.exactly = exactly),
            Action::SetOnlyShown(only_shown) => self.choose(|session| session.chosen.only_shown = only_shown),
            Action::SetChannel(channel) => self.choose(|session| session.chosen.channel = channel),
            Action::SetColouring(colouring) => self.choose(|session| session.chosen.colouring = colouring),
            Action::SetProjection(method) => self.choose(|session| session.chosen.projection = method),
            Action::Tag { ids, tag, is_on } => self.choose(|session| session.edit_tag(ids, tag, is_on)),
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
}
