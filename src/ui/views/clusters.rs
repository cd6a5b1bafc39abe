//! Images in groups: made, named, looked into.

use std::sync::Arc;

use eframe::egui::{Button, ComboBox, DragValue, Key, Label, Rect, RichText, ScrollArea, TextEdit, Ui, Vec2, vec2};

use crate::domain::{Cluster, ClusterMethod, ClusterWish, Clustering, ImageGroup, ImageId, ImageRef};
use crate::engine::{AnalysisKind, AnalysisWish};
use crate::session::{Action, Analyse, Choose, Session};
use crate::ui::command::Command;
use crate::ui::theme::{self, palette};
use crate::ui::thumbnails::Thumbnails;
use crate::ui::views::{View, ViewContext};
use crate::ui::widgets::choice::with_choice;
use crate::ui::widgets::empty::empty_state;
use crate::ui::widgets::text::{counted, elapsed, thousands};
use crate::ui::widgets::{Hover, Tile, TileMarks};

/// Side of an exemplar in points.
const TILE: f32 = 56.0;
/// Height of a group's row: a line, pictures, a line.
const ROW: f32 = TILE + 68.0;

/// The clusters view.
#[derive(Default)]
pub struct ClustersView {
    method: ClusterMethod,
    count: usize,
    hover: Hover,
    under: Option<ImageId>,
    /// Whether the picture that was clicked is to be looked inside of.
    looks_inside: bool,
    naming: Option<Naming>,
}

/// A name that is being written.
struct Naming {
    /// The group's index.
    cluster: usize,
    text: String,
    /// Whether the field was not shown yet.
    is_new: bool,
}

impl View for ClustersView {
    fn show(&mut self, ui: &mut Ui, cx: ViewContext<'_>) {
        let ViewContext { session, thumbs, actions, commands, .. } = cx;
        self.under = None;
        if session.collection().is_none() {
            empty_state(ui, "Nothing is open", "Open a folder of pictures first.", |_| {});
            return;
        }
        self.show_controls(ui, session, actions);
        match &session.opened.clustering {
            Some(clustering) => self.show_clusters(ui, session, clustering, thumbs, actions),
            None if session.is_analysing() => {
                empty_state(ui, "Grouping", "The images appear here in clusters.", |_| {})
            }
            None => {
                let hint = "Group the images by what the layer sees in them. No labels are needed.";
                empty_state(ui, "No clusters yet", hint, |_| {});
            }
        }
        self.hover.settle(self.under, session, actions);
        if std::mem::take(&mut self.looks_inside) {
            commands.push(Command::LookInside);
        }
    }
}

impl ClustersView {
    fn show_controls(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        if self.count == 0 {
            self.count = 20;
        }
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let combo =
                ComboBox::from_id_salt("method").width(142.0).selected_text(self.method.title()).show_ui(ui, |ui| {
                    for method in ClusterMethod::ALL {
                        ui.selectable_value(&mut self.method, method, method.title());
                    }
                });
            combo.response.on_hover_text("How clusters are found").accessible_name("Cluster method");
            if self.method.takes_count() {
                let drag = DragValue::new(&mut self.count).range(1..=1000).speed(0.2).prefix("groups ");
                ui.add(drag).accessible_name("Number of clusters");
            }
            let can = session.source().is_some() && session.opened.committed.is_some_and(|(images, _)| images > 0);
            if session.is_analysing() {
                if ui.button("Stop").clicked() {
                    actions.push(Analyse::Stop.into());
                }
                ui.spinner();
            } else {
                let hint = "At the current layer, by cosine";
                let why_not = "The current layer is not stored, or no image has vectors yet";
                let button = ui.add_enabled(can, Button::new("Cluster")).on_hover_text(hint);
                if let (true, Some(source)) = (button.on_disabled_hover_text(why_not).clicked(), session.source()) {
                    actions.push(
                        AnalysisWish::Cluster(ClusterWish {
                            count: self.count,
                            ..ClusterWish::new(self.method, source)
                        })
                        .into(),
                    );
                }
            }
            if !session.opened.clusterings.is_empty() {
                let shown = session.opened.clustering.as_ref().map(|known| known.wish.name());
                let now = shown.as_deref().unwrap_or("stored clusterings");
                let combo = ComboBox::from_id_salt("stored clusterings").width(150.0).truncate().selected_text(now);
                let shown = combo.show_ui(ui, |ui| {
                    for name in &session.opened.clusterings {
                        if ui.selectable_label(name == now, name).clicked() {
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

    fn show_clusters(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        clustering: &Arc<Clustering>,
        thumbs: &mut Thumbnails,
        actions: &mut Vec<Action>,
    ) {
        let facts = Label::new(RichText::new(facts_of(session, clustering)).small().color(palette().weak)).truncate();
        with_choice(ui.add(facts), session, AnalysisKind::Clusters);
        ScrollArea::vertical().id_salt("clusters").auto_shrink(false).show_rows(
            ui,
            ROW,
            clustering.clusters.len(),
            |ui, rows| {
                for index in rows {
                    let cluster = &clustering.clusters[index];
                    ui.push_id(index, |ui| self.show_cluster(ui, session, clustering, index, cluster, thumbs, actions));
                }
            },
        );
    }

    #[expect(clippy::too_many_arguments, reason = "a row is drawn from all that the view knows")]
    fn show_cluster(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        clustering: &Arc<Clustering>,
        index: usize,
        cluster: &Cluster,
        thumbs: &mut Thumbnails,
        actions: &mut Vec<Action>,
    ) {
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), eframe::egui::Sense::hover());
        let mut row = ui.new_child(eframe::egui::UiBuilder::new().max_rect(rect.shrink2(vec2(0.0, 3.0))));
        row.horizontal(|ui| {
            let (dot, _) = ui.allocate_exact_size(Vec2::splat(12.0), eframe::egui::Sense::hover());
            ui.painter().circle_filled(dot.center(), 4.5, theme::label_colour(index));
            self.show_name(ui, index, cluster, actions);
            let images = RichText::new(thousands(cluster.size)).small().color(palette().weak);
            let select = ui.add(Button::new(images).frame(false)).on_hover_text("Select the images of this cluster");
            if select.accessible_name(format!("Select cluster {index}")).clicked() {
                let pick = ui.input(|input| crate::ui::widgets::tile::pick_of_set(input.modifiers));
                actions.push(Choose::PickGroup(ImageGroup::Cluster(clustering.clone(), index as u32), pick).into());
            }
            ui.add(Label::new(RichText::new(labels_of(cluster)).small().color(palette().weak)).truncate());
        });
        row.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            let room = (ui.available_width() / (TILE + 4.0)) as usize;
            for id in cluster.exemplars.iter().take(room) {
                let Some(image) = session.image(*id) else { continue };
                let (picture, _) = ui.allocate_exact_size(Vec2::splat(TILE), eframe::egui::Sense::hover());
                self.show_exemplar(ui, session, image, picture, index, thumbs, actions);
            }
        });
        row.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            ui.label(RichText::new("distinguished by").small().color(palette().weak));
            for distinguishing in &cluster.distinguishing {
                let known =
                    session.collection().and_then(|c| c.layers.iter().position(|l| l.name == distinguishing.layer));
                let (Some(layer), true) = (known, ui.available_width() > 90.0) else { continue };
                let title = session.opened.channel_title(&distinguishing.layer, distinguishing.channel);
                let text = format!("{} {title}", session.opened.layer_titles.of_name(&distinguishing.layer));
                let hint = format!(
                    "{:.1} standard deviations above the collection's mean. Click to see the channel.",
                    distinguishing.mean_z
                );
                if ui.add(Button::new(RichText::new(text).small()).small()).on_hover_text(hint).clicked() {
                    actions.push(Choose::Layer(layer).into());
                    actions.push(Choose::Channel(Some(distinguishing.channel)).into());
                }
            }
        });
    }

    #[expect(clippy::too_many_arguments, reason = "a tile is drawn from all that the view knows")]
    fn show_exemplar(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        image: ImageRef<'_>,
        picture: Rect,
        index: usize,
        thumbs: &mut Thumbnails,
        actions: &mut Vec<Action>,
    ) {
        let name = format!("Cluster {index}: {}", image.path.text);
        let marks = TileMarks::of(session, image);
        let response = Tile { image, marks, name: &name }.show(ui, picture, ui.scope_id().with(image.id.0), thumbs);
        self.looks_inside |= response.double_clicked();
        if response.clicked() {
            let modifiers = ui.input(|input| input.modifiers);
            actions.push(Choose::Click(image.id, crate::ui::widgets::tile::pick(modifiers)).into());
        }
        if response.hovered() {
            self.under = Some(image.id);
        }
    }

    fn show_name(&mut self, ui: &mut Ui, index: usize, cluster: &Cluster, actions: &mut Vec<Action>) {
        if let Some(naming) = self.naming.as_mut().filter(|naming| naming.cluster == index) {
            let edit = TextEdit::singleline(&mut naming.text).desired_width(120.0);
            let edit = ui.add(edit).accessible_name("Name of the cluster");
            // Once: else whatever else is clicked would never get the keys.
            if std::mem::take(&mut naming.is_new) {
                edit.request_focus();
            } else if !edit.has_focus() {
                let is_given_up = ui.input(|input| input.key_pressed(Key::Escape));
                let name = std::mem::take(&mut naming.text);
                if !is_given_up && name.trim() != cluster.name.as_deref().unwrap_or_default() {
                    actions.push(Analyse::NameCluster { cluster: index, name }.into());
                }
                self.naming = None;
            }
            return;
        }
        let title = RichText::new(cluster.title(index)).color(palette().strong);
        let button = ui.add(Button::new(title).frame(false)).on_hover_text("Click to give it a name");
        if button.accessible_name(format!("Name cluster {index}")).clicked() {
            let text = cluster.name.clone().unwrap_or_default();
            self.naming = Some(Naming { cluster: index, text, is_new: true });
        }
    }
}

fn facts_of(session: &Session, clustering: &Clustering) -> String {
    let wish = &clustering.wish;
    let mut facts = format!(
        "{} of {} by {} at {}, {}",
        counted(clustering.clusters.len(), "group", "groups"),
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
        facts += &format!(
            "  ·  with the labels of {} images: NMI {:.2}, ARI {:.2}, purity {:.2}",
            thousands(agreement.images),
            agreement.nmi,
            agreement.ari,
            agreement.purity
        );
    }
    if let Some(quality) = &clustering.quality {
        facts += &format!("  ·  {quality}");
    }
    facts
}

/// `dalmatian 48, emu 2`.
fn labels_of(cluster: &Cluster) -> String {
    let names: Vec<String> = cluster.labels.iter().take(3).map(|(label, count)| format!("{label} {count}")).collect();
    names.join(", ")
}
