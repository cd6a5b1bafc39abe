//! What classes are made of: labels, tags, clusters, and what a person puts together.

use eframe::egui::containers::menu::{MenuButton, MenuConfig};
use eframe::egui::{Button, Key, PopupCloseBehavior, RichText, TextEdit, Ui};

use crate::domain::{ClassChange, ClassOrigin, ClassesBy};
use crate::engine::{AnalysisKind, AnalysisWish, ClassMeans, ClassWish};
use crate::session::{Action, Session};
use crate::ui::theme::palette;
use crate::ui::widgets::name_field;
use crate::ui::widgets::text::{counted, main_button, menu_arrow, small};

/// Width of the menu in points, at most.
const MENU_WIDTH: f32 = 420.0;

/// The choice of classes, and the field for a new one.
pub(super) struct Making {
    is_by_label: bool,
    is_by_tag: bool,
    is_by_cluster: bool,
    name: String,
}

impl Default for Making {
    fn default() -> Self {
        Self { is_by_label: true, is_by_tag: false, is_by_cluster: false, name: String::new() }
    }
}

impl Making {
    /// Shows what classes are made of as a menu in a row of other controls: who looks at some changes it seldom.
    pub(super) fn show_menu(&mut self, ui: &mut Ui, session: &Session, means: &ClassMeans, actions: &mut Vec<Action>) {
        let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
        let words = RichText::new(format!("Classes of {}", self.in_words(session))).small();
        let (menu, _) =
            MenuButton::from_button(small((words, menu_arrow(palette().text)))).config(config).ui(ui, |ui| {
                ui.set_max_width(MENU_WIDTH);
                self.show_all(ui, session, means, actions);
            });
        menu.on_hover_text("Labels, tags, clusters, and what you select").accessible_name("What classes are made of");
        if is_comparing(session) {
            ui.spinner();
        }
    }

    /// Shows which classes there are to be, and how one is added.
    pub(super) fn show_all(&mut self, ui: &mut Ui, session: &Session, means: &ClassMeans, actions: &mut Vec<Action>) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let is_pressed = self.show_kinds(ui, session);
            let can = !self.has_none(session, means);
            if (is_pressed && can) || Self::show_again(ui, session, can) {
                actions.push(AnalysisWish::Classes(self.wish(session)).into());
            }
        });
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            self.show_own(ui, session, actions);
        });
    }

    /// Shows a button that compares them once more; says whether it was pressed.
    fn show_again(ui: &mut Ui, session: &Session, can: bool) -> bool {
        let is_free = !is_comparing(session);
        let why_not = match is_free {
            true => "There is nothing to compare yet: choose labels, tags or clusters",
            false => "Classes are being compared",
        };
        let button = ui.add_enabled(can && is_free, Button::new("Compare again"));
        let hint = "After pictures, labels, tags or clusters were added";
        button.on_hover_text(hint).on_disabled_hover_text(why_not).clicked()
    }

    /// Whether no class is wished for: nothing is switched on, and the person made none.
    pub(super) fn has_none(&self, session: &Session, means: &ClassMeans) -> bool {
        self.wish(session).by.is_empty() && !means.origins.iter().any(ClassOrigin::is_own)
    }

    /// What is switched on: `labels, tags`.
    fn in_words(&self, session: &Session) -> String {
        let by = self.wish(session).by;
        let word = |by: &ClassesBy| match by {
            ClassesBy::Label => "labels",
            ClassesBy::Tag => "tags",
            ClassesBy::Cluster(_) => "clusters",
        };
        if by.is_empty() { "your own".to_owned() } else { by.iter().map(word).collect::<Vec<_>>().join(", ") }
    }

    /// Shows what classes there are to be, as buttons that are on or off; says whether one was pressed.
    fn show_kinds(&mut self, ui: &mut Ui, session: &Session) -> bool {
        ui.label(RichText::new("Classes of").strong().color(palette().strong));
        let has_labels = has_labels(session);
        let clustering = clustering_of(session);
        let of_clustering = format!("Each cluster is a class: {}", clustering.as_deref().unwrap_or_default());
        let kinds = [
            (
                &mut self.is_by_label,
                ("labels", "Classes by label"),
                has_labels,
                "Each label is a class; tags and clusters can be switched on beside them",
                "No image has a label: that is the name of the folder it lies in",
            ),
            (
                &mut self.is_by_tag,
                ("tags", "Classes by tag"),
                session.opened.tags.words().next().is_some(),
                "Each tag is a class; an image may be in several",
                "No image has a tag yet",
            ),
            (
                &mut self.is_by_cluster,
                ("clusters", "Classes by cluster"),
                clustering.is_some(),
                &of_clustering,
                "There are no clusters yet",
            ),
        ];
        let mut is_pressed = false;
        for (is_on, (text, name), can, hint, why_not) in kinds {
            let button = Button::selectable(*is_on && can, text);
            let response = ui.add_enabled(can, button).on_hover_text(hint).on_disabled_hover_text(why_not);
            if response.accessible_name(name).clicked() {
                *is_on = !*is_on;
                is_pressed = true;
            }
        }
        is_pressed
    }

    /// Shows a way to classes for each thing that there is, the first of them large: one click, and its classes are compared.
    pub(super) fn show_begins(&mut self, ui: &mut Ui, session: &Session, has_vectors: bool) -> Option<ClassWish> {
        let (labels, tags) = (count_of_labels(session), session.opened.tags.words().count());
        let clustering = clustering_of(session);
        let each = |count: usize, one: &str, many: &str| format!("{}, each on a card", counted(count, one, many));
        let of_clusters = clustering.as_deref().map(|name| format!("Those of {name}, each on a card"));
        let ways = [
            ("One class per label", (labels > 0).then(|| each(labels, "label", "labels")), [true, false, false]),
            ("One class per tag", (tags > 0).then(|| each(tags, "tag", "tags")), [false, true, false]),
            ("One class per cluster", of_clusters, [false, false, true]),
        ];
        let mut wished = false;
        let there = ways.into_iter().filter_map(|(words, hint, by)| Some((words, hint?, by)));
        for (place, (words, hint, [by_label, by_tag, by_cluster])) in there.enumerate() {
            let button =
                ui.add_enabled_ui(has_vectors, |ui| if place == 0 { main_button(ui, words) } else { ui.button(words) });
            let button = button.inner.on_hover_text(&hint).on_disabled_hover_text("No image has vectors yet");
            if place == 0 {
                ui.label(RichText::new(hint).small().color(palette().weak));
            }
            if button.clicked() {
                (self.is_by_label, self.is_by_tag, self.is_by_cluster) = (by_label, by_tag, by_cluster);
                wished = true;
            }
        }
        wished.then(|| self.wish(session))
    }

    /// Whether there is anything that classes could be made of.
    pub(super) fn can_be_any(&self, session: &Session) -> bool {
        let has_tags = session.opened.tags.words().next().is_some();
        self.can_be_own(session) || has_tags || has_labels(session) || clustering_of(session).is_some()
    }

    /// Whether there is anything that a class of one's own could be made of.
    pub(super) fn can_be_own(&self, session: &Session) -> bool {
        let chosen = &session.opened.chosen;
        !chosen.selection.is_empty() || !chosen.filter.predicate.trim().is_empty()
    }

    /// Shows how a class of one's own is made: of the selection, and of the query while there is one.
    pub(super) fn show_own(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        ui.label(RichText::new("Your own").strong().color(palette().strong));
        self.show_field(ui, session, actions);
        self.show_query(ui, session, actions);
    }

    /// Shows a field that makes a class of the selection.
    fn show_field(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        let count = session.opened.chosen.selection.len();
        let hint = match count {
            0 => "Select pictures first, then write a name for them".to_owned(),
            count => format!("Make a class of {}", counted(count, "selected picture", "selected pictures")),
        };
        // What is to be done first stands where it would be written.
        let asks = if count == 0 { "Select pictures first" } else { "Name of a class" };
        let can_be_query = !session.opened.chosen.filter.predicate.trim().is_empty();
        let field =
            TextEdit::singleline(&mut self.name).hint_text(asks).desired_width(130.0).margin(name_field::IN_MENU);
        let response = ui.add_enabled(count > 0 || can_be_query, field).on_hover_text(&hint);
        let response = response.on_disabled_hover_text(&hint).accessible_name("Name of a class of the selection");
        let is_entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let can = count > 0 && !self.name.trim().is_empty() && !is_comparing(session);
        let mut is_wished = is_entered && can;
        if count > 0 {
            let words = format!("Make a class of {}", counted(count, "picture", "pictures"));
            let button = ui.add_enabled(can, Button::new(words)).on_hover_text(&hint);
            let why_not = if is_comparing(session) { "Classes are being compared" } else { "Write a name for it" };
            let button = button.on_disabled_hover_text(why_not).accessible_name("Make a class of the selection");
            is_wished |= button.clicked();
        }
        if is_wished {
            let name = std::mem::take(&mut self.name).trim().to_owned();
            let images = session.opened.chosen.selection.clone().into();
            let change = ClassChange::AddSelected { name, images };
            actions.push(AnalysisWish::Classes(self.changed(session, change)).into());
        }
    }

    /// Shows a button that makes a class of what the gallery's query finds, while there is one.
    fn show_query(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        let predicate = session.opened.chosen.filter.predicate.trim();
        if predicate.is_empty() || session.opened.query_error.is_some() {
            return;
        }
        let hint = format!("A class of the images where {predicate}, found anew whenever classes are compared");
        let can = !self.name.trim().is_empty() && !is_comparing(session);
        let button = ui.add_enabled(can, Button::new("… of the query")).on_hover_text(&hint);
        if button.on_disabled_hover_text("Write a name for it").clicked() {
            let name = std::mem::take(&mut self.name).trim().to_owned();
            let origin = ClassOrigin::Where(predicate.to_owned());
            actions.push(AnalysisWish::Classes(self.changed(session, ClassChange::Add { name, origin })).into());
        }
    }

    /// What is to be made.
    pub(super) fn wish(&self, session: &Session) -> ClassWish {
        let mut by = Vec::new();
        if self.is_by_label && has_labels(session) {
            by.push(ClassesBy::Label);
        }
        if self.is_by_tag && session.opened.tags.words().next().is_some() {
            by.push(ClassesBy::Tag);
        }
        by.extend(clustering_of(session).filter(|_| self.is_by_cluster).map(|name| ClassesBy::Cluster(Some(name))));
        ClassWish { by, ..ClassWish::default() }
    }

    /// A class for each label, whatever is switched on.
    pub(super) fn wish_by_label(&self, session: &Session) -> ClassWish {
        ClassWish { by: vec![ClassesBy::Label], ..self.wish(session) }
    }

    /// The same with a change to the classes of one's own.
    pub(super) fn changed(&self, session: &Session, change: ClassChange) -> ClassWish {
        ClassWish { change: Some(change), ..self.wish(session) }
    }
}

fn has_labels(session: &Session) -> bool {
    session.opened.images.labels().keys().any(|label| !label.is_empty())
}

/// How many labels there are.
pub(super) fn count_of_labels(session: &Session) -> usize {
    session.opened.images.labels().keys().filter(|label| !label.is_empty()).count()
}

/// The clustering that is shown, or the first there is.
fn clustering_of(session: &Session) -> Option<String> {
    let shown = session.opened.clustering.as_ref().map(|clustering| clustering.wish.name());
    shown.or_else(|| session.opened.clusterings.first().cloned())
}

/// Where a class is from, for a hover text.
pub(super) fn origin_in_words(means: &ClassMeans, class: usize) -> String {
    match &means.origins[class] {
        ClassOrigin::Label => "The images with this label".to_owned(),
        ClassOrigin::Tag => "The images with this tag".to_owned(),
        ClassOrigin::Cluster(clustering) => format!("A cluster of {clustering}"),
        ClassOrigin::Where(predicate) => format!("The images where {predicate}"),
        ClassOrigin::Selection(paths) => {
            format!("{} that were selected", counted(paths.len(), "image", "images"))
        }
    }
}

/// Whether classes are being compared: other analyses do not bring any.
pub(super) fn is_comparing(session: &Session) -> bool {
    session.opened.is_at(AnalysisKind::Classes)
}
