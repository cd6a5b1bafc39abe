//! Images in groups: made, named, looked into.

use std::sync::Arc;

use eframe::egui::{Button, ComboBox, DragValue, Label, RichText, Ui};

use super::groups::{GroupPanel, PanelOf};
use crate::domain::{ClusterMethod, ClusterWish, Clustering};
use crate::engine::{AnalysisKind, AnalysisWish, Collection, Groups, Regroup};
use crate::session::{Action, Analyse, Session};
use crate::ui::by_the_way;
use crate::ui::clustering_words::title;
use crate::ui::icons::Icon;
use crate::ui::landmarks::Landmark;
use crate::ui::place_counts::PlaceCount;
use crate::ui::theme::palette;
use crate::ui::views::{View, ViewContext};
use crate::ui::widgets::choice::with_choice;
use crate::ui::widgets::empty::empty_state;
use crate::ui::widgets::group_card::{CardMeans, CardWish};
use crate::ui::widgets::old_labels;
use crate::ui::widgets::text::{counted, elapsed, thousands};

/// What the numbers of an agreement with labels mean.
const AGREEMENT: &str = "How well the clusters agree with the labels, which they were not told. NMI, normalised mutual information: \
    how much a cluster tells of the label, from 0, nothing, to 1, all. ARI, adjusted Rand index: how often two \
    images are together in both, 0 as by chance, 1 always. Purity: the share of images that bear the most \
    frequent label of their cluster; many small clusters make it high.";

/// How alike clusters and labels are, in a word, by the least NMI of which that is said.
const AGREEING: [(f64, &str); 3] = [(0.75, "closely"), (0.5, "largely"), (0.25, "partly")];

/// Of so many images clusters are found in a moment; of fewer a person sees them by eye.
const UNASKED: std::ops::RangeInclusive<usize> = 100..=5000;

/// The clusters view.
#[derive(Default)]
pub struct ClustersView {
    method: ClusterMethod,
    /// How many clusters, if the person said so.
    count: Option<usize>,
    /// The collection for which clusters were asked for by themselves.
    begun: Option<Arc<Collection>>,
    panel: GroupPanel,
}

impl View for ClustersView {
    fn show(&mut self, ui: &mut Ui, mut cx: ViewContext<'_>) {
        let session = cx.session;
        if session.collection().is_none() {
            empty_state(ui, "Nothing is open", "Open a folder of pictures first.", |_| {});
            return;
        }
        self.begin(session, cx.actions);
        self.show_controls(ui, session, cx.actions);
        match &session.opened.clustering {
            Some(clustering) => self.show_clusters(ui, clustering, &mut cx),
            None if session.opened.is_at(AnalysisKind::Clusters) => {
                empty_state(ui, "Clustering", "The images appear here in clusters.", |_| {})
            }
            None => self.show_none(ui, session, cx.actions),
        }
    }
}

impl ClustersView {
    /// How many clusters are shown, if some are.
    pub fn told(&self, session: &Session) -> Option<PlaceCount> {
        let clusters = session.opened.clustering.as_ref()?.count();
        PlaceCount::of([(clusters, format!("{} found", counted(clusters, "cluster", "clusters")))])
    }

    /// What happens in every frame, whether it is looked at or not: where clusters take a moment they are found, so that it is told how
    /// many there are.
    pub fn attend(&mut self, session: &Session, actions: &mut Vec<Action>) {
        if session.opened.images.len() <= *UNASKED.end() && by_the_way::can_begin(session, actions) {
            self.begin(session, actions);
        }
    }

    /// Clusters of before are shown again, and new ones made where that takes a moment, once for each collection: who comes here
    /// wants to see some, or to know how many there are.
    fn begin(&mut self, session: &Session, actions: &mut Vec<Action>) {
        let opened = &session.opened;
        let (Some(collection), Some((images, _))) = (session.collection(), opened.committed) else { return };
        let is_free = !session.is_busy() && !session.is_analysing() && opened.clustering.is_none();
        if !is_free
            || !opened.clusterings_are_known
            || self.begun.as_ref().is_some_and(|it| Arc::ptr_eq(it, collection))
        {
            return;
        }
        let wish = match opened.clusterings.last() {
            Some(name) => Some(Analyse::OpenClustering(name.clone())),
            None if UNASKED.contains(&images) => self.grouping(session),
            None => None,
        };
        if let Some(wish) = wish {
            self.begun = Some(collection.clone());
            actions.push(Analyse::Unasked(Box::new(wish)).into());
        }
    }

    /// What the person said, or as suits the number of images.
    fn count_for(&self, session: &Session) -> usize {
        self.count.unwrap_or_else(|| session.opened.usual_clusters())
    }

    fn show_controls(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let combo =
                ComboBox::from_id_salt("method").width(142.0).selected_text(self.method.title()).show_ui(ui, |ui| {
                    for method in ClusterMethod::ALL {
                        ui.selectable_value(&mut self.method, method, method.title()).on_hover_text(method.hint());
                    }
                });
            let hint = format!("How clusters are found. {}.", self.method.hint());
            combo.response.on_hover_text(hint).accessible_name("Cluster method");
            if self.method.takes_count() {
                let mut count = self.count_for(session);
                let drag = DragValue::new(&mut count).range(1..=1000).speed(0.2).prefix("find ").suffix(" clusters");
                let hint = "How many clusters the next clustering finds; at first as suits the number of images";
                if ui.add(drag).on_hover_text(hint).accessible_name("Number of clusters").changed() {
                    self.count = Some(count);
                }
            }
            let can = can_group(session);
            if let Some(running) = session.opened.analyses.of(AnalysisKind::Clusters) {
                if ui.button((Icon::Stop.small(), "Stop")).clicked() {
                    actions.push(Analyse::Stop(running.number).into());
                }
                ui.spinner();
            } else {
                let hint = "At the current layer, by cosine";
                let why_not = "The current layer is not stored, or no image has vectors yet";
                let button = ui.add_enabled(can, Button::new((Icon::Group.atom(), "Cluster"))).on_hover_text(hint);
                Landmark::Cluster.mark(ui, button.rect);
                if button.on_disabled_hover_text(why_not).clicked() {
                    actions.extend(self.grouping(session).map(Action::from));
                }
            }
            if !session.opened.clusterings.is_empty() {
                let now = session.opened.clustering.as_ref().map(|known| known.wish.name());
                let words = now.as_ref().map_or("Stored clusterings".to_owned(), |now| title(session, now));
                let combo = ComboBox::from_id_salt("stored clusterings").width(210.0).truncate().selected_text(words);
                let shown = combo.show_ui(ui, |ui| {
                    for name in &session.opened.clusterings {
                        let entry = ui.selectable_label(Some(name) == now.as_ref(), title(session, name));
                        if entry.on_hover_text(name).clicked() {
                            actions.push(Analyse::OpenClustering(name.clone()).into());
                        }
                    }
                });
                shown
                    .response
                    .on_hover_text("Clusterings that are stored in the workspace")
                    .accessible_name("Stored clusterings");
            }
        });
        ui.add_space(2.0);
    }

    /// The way to clusters: those that were found before, or new ones.
    fn show_none(&self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        let stored = session.opened.clusterings.last();
        let (title, hint) = match stored {
            Some(_) => ("No clusters are shown", "There are some that were found before."),
            None => ("No clusters yet", "Cluster the images by what the layer sees in them. No labels are needed."),
        };
        empty_state(ui, title, hint, |ui| {
            if let Some(name) = stored
                && ui.button("Show the last ones").on_hover_text(name).clicked()
            {
                actions.push(Analyse::OpenClustering(name.clone()).into());
            }
            if can_group(session) && ui.button("Cluster them now").clicked() {
                actions.extend(self.grouping(session).map(Action::from));
            }
        });
    }

    /// What is asked for by the controls, at the current layer.
    fn grouping(&self, session: &Session) -> Option<Analyse> {
        let wish = ClusterWish { count: self.count_for(session), ..ClusterWish::new(self.method, session.source()?) };
        Some(Analyse::Begin(AnalysisWish::Cluster(wish)))
    }

    fn show_clusters(&mut self, ui: &mut Ui, clustering: &Arc<Clustering>, cx: &mut ViewContext<'_>) {
        let session = cx.session;
        let facts = Label::new(RichText::new(facts_of(session, clustering)).small().color(palette().weak)).truncate();
        let facts = with_choice(ui.add(facts), session, AnalysisKind::Clusters);
        let more = more_of(clustering);
        if !more.is_empty() {
            facts.on_hover_ui(|ui| more.iter().for_each(|text| drop(ui.label(text))));
        }
        if session.opened.has_clusters_of_old_labels() {
            let what = "Labels changed since: names, label mixes and the agreement are of those of before.";
            let hint = "Counts the labels of the same clusters; no picture changes its cluster";
            if old_labels::show(ui, what, ("Count them again", hint), true) {
                cx.actions.push(Analyse::OpenClustering(clustering.wish.name()).into());
            }
        }
        let is_busy = session.opened.is_at(AnalysisKind::Clusters);
        let means = CardMeans { can_regroup: true, is_busy, ..CardMeans::default() };
        let groups = Groups::Clusters(clustering.clone());
        let of = PanelOf { groups: &groups, means: &|_| means, about: &|_| String::new() };
        let wish = self.panel.show(ui, &of, &mut |_| {}, cx);
        let Some((cluster, wish)) = wish else { return };
        match wish {
            CardWish::Name(name) => cx.actions.push(Analyse::NameCluster { cluster, name }.into()),
            CardWish::Split(parts) => {
                let how = Regroup::Split { cluster: cluster as u32, parts };
                cx.actions.push(Analyse::Regroup(how).into());
            }
            CardWish::MergeWith => {
                let clusters = self.panel.marked().iter().map(|cluster| *cluster as u32).collect();
                cx.actions.push(Analyse::Regroup(Regroup::Merge(clusters)).into());
                self.panel.unmark_all();
            }
            CardWish::Select(_)
            | CardWish::Mark
            | CardWish::BeginName
            | CardWish::GiveUpName
            | CardWish::Tag(_)
            | CardWish::CompareWith
            | CardWish::Forget => {}
        }
    }
}

fn can_group(session: &Session) -> bool {
    session.source().is_some() && session.opened.committed.is_some_and(|(images, _)| images > 0)
}

fn facts_of(session: &Session, clustering: &Clustering) -> String {
    let wish = &clustering.wish;
    let mut facts = format!(
        "{} of {} by {} at {}, {}",
        counted(clustering.count(), "cluster", "clusters"),
        counted(clustering.ids.len(), "image", "images"),
        wish.method.title(),
        session.opened.layer_titles.of_name(&wish.source.layer),
        elapsed(clustering.elapsed_secs)
    );
    // Of what each has, not of every image: this is said in every frame.
    let unassigned = clustering.ids.len()
        - clustering.clusters.iter().map(|cluster| cluster.size).sum::<usize>().min(clustering.ids.len());
    if unassigned > 0 {
        facts += &format!(", {} in none", thousands(unassigned));
    }
    if let Some(agreement) = &clustering.agreement {
        let how = AGREEING.iter().find(|(from, _)| agreement.nmi >= *from).map_or("hardly", |(_, word)| *word);
        facts += &format!(
            "  ·  {how} like the labels (NMI {:.2}, ARI {:.2}, purity {:.2})",
            agreement.nmi, agreement.ari, agreement.purity
        );
    }
    facts
}

/// What else is said of it while the pointer is over the facts.
fn more_of(clustering: &Clustering) -> Vec<String> {
    let agreement = clustering.agreement.as_ref();
    let labels = agreement.map(|it| format!("{AGREEMENT} Over {}.", counted(it.images, "image", "images")));
    let quality = clustering.quality.as_ref().map(|quality| {
        format!("{quality}: to be compared with that of other groupings of the same layer, of itself it says little.")
    });
    labels.into_iter().chain(quality).collect()
}
