//! Groups of images, clusters or classes, as both views of them show them: cards, groups against labels, against each other, two
//! beside each other, and pictures nearest to what one has more of than another.

mod cards;
mod compare;
mod difference;
mod known;
mod matrices;
mod removals;
mod sides;
mod told_apart;

use eframe::egui::text::LayoutJob;
use eframe::egui::{Button, Color32, ComboBox, Label, RichText, TextStyle, Ui};

use crate::domain::ClassOrigin;
use crate::engine::{AnalysisKind, GroupLook, Groups};
use crate::session::{Action, Ask, Choose, Session};
use crate::ui::command::Command;
use crate::ui::icons::Icon;
use crate::ui::theme::{ClusterColours, colour_of_label, label_colour, palette};
use crate::ui::views::ViewContext;
use crate::ui::widgets::Hover;
use crate::ui::widgets::channel_crop::ChannelOf;
use crate::ui::widgets::empty::empty_state;
use crate::ui::widgets::group_card::{CardMeans, CardState, CardWish};
use crate::ui::widgets::text::{counted, single_line, small};
use crate::ui::widgets::{shown_chip, tag_dot};

use difference::Difference;
use known::Known;
pub(super) use known::some_layer;
use matrices::Matrices;
use removals::Removals;

/// What is seen of groups.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shows {
    /// Each on a card.
    #[default]
    Cards,
    /// Groups against labels.
    Labels,
    /// Groups against each other.
    Similarity,
    /// Two beside each other.
    Comparison,
    /// Pictures nearest to a difference.
    Difference,
}

impl Shows {
    const ALL: [Self; 5] = [Self::Cards, Self::Labels, Self::Similarity, Self::Comparison, Self::Difference];

    fn title(self) -> &'static str {
        match self {
            Self::Cards => "Cards",
            Self::Labels => "With labels",
            Self::Similarity => "How alike",
            Self::Comparison => "Compare two",
            Self::Difference => "A without B",
        }
    }

    /// What is seen and what to do with it, for who sees it for the first time.
    fn about(self, are_classes: bool) -> &'static str {
        match (self, are_classes) {
            (Self::Cards, true) => {
                "On a card: typical pictures, how well the class is told from the others, and the channels that respond to it most. \
                 Tick two cards to compare them, or to see in pictures what one has and the other lacks."
            }
            (Self::Cards, false) => {
                "A cluster is a set of pictures that look alike to the network at one layer; nobody told it the labels. Look through \
                 the cards, name those that mean something, merge or split the others."
            }
            (Self::Labels, true) => {
                "Each row is a class, each column a label; a cell says how many of the row's pictures have the label. Click a cell to \
                 select them."
            }
            (Self::Labels, false) => {
                "Each row is a cluster, each column a label; a cell says how many of the row's pictures have the label. A row with \
                 one bright cell is a cluster of one kind. Click a cell to select its pictures."
            }
            (Self::Similarity, true) => {
                "Each cell says how alike two classes look to the network: 1 is the same, 0 has nothing in common. Bright pairs are \
                 those it may take for each other. Click a name to sort by it, a cell to select the pictures of both."
            }
            (Self::Similarity, false) => {
                "Each cell says how alike two clusters look to the network: 1 is the same, 0 has nothing in common. Bright pairs may \
                 be one cluster. Click a name to sort by it, a cell to select the pictures of both."
            }
            (Self::Comparison, _) => {
                "Two side by side: their typical pictures, their labels, and the channels of the network that are stronger in one \
                 than in the other."
            }
            (Self::Difference, _) => {
                "What A has and B lacks, in pictures: all that is in B is taken away from A, and the pictures nearest to what is left \
                 are shown. Beaches without the sea may give deserts."
            }
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Self::Cards => "Each on a card, with its pictures",
            Self::Labels => "How many pictures of each have which label, as a table",
            Self::Similarity => "How similar they are to each other, as a table",
            Self::Comparison => "Two beside each other, and what tells one from the other",
            Self::Difference => "The pictures nearest to what one has more of than another",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Cards => "Show cards",
            Self::Labels => "Show groups with labels",
            Self::Similarity => "Show similarity of groups",
            Self::Comparison => "Show two groups",
            Self::Difference => "Show a difference of groups",
        }
    }
}

/// What the view that groups are shown in knows of them.
pub(super) struct PanelOf<'a> {
    /// The groups.
    pub groups: &'a Groups,
    /// What can be done with each.
    pub means: &'a dyn Fn(usize) -> CardMeans,
    /// Where each is from, in words; empty where that is known.
    pub about: &'a dyn Fn(usize) -> String,
}

/// The names of those that are marked stand where there is so much room left for them, in points.
const LEAST_NAMES: f32 = 90.0;

/// How groups are looked at.
#[derive(Default)]
pub(super) struct GroupPanel {
    shows: Shows,
    /// Groups that are marked, in the order in which they were.
    marked: Vec<usize>,
    /// The groups that all of this is about.
    of: Option<Groups>,
    known: Known,
    cards: CardState,
    matrices: Matrices,
    /// The two that are compared.
    pair: [Option<usize>; 2],
    difference: Difference,
    colours: ClusterColours,
    removals: Removals,
    hover: Hover,
}

impl GroupPanel {
    /// Shows groups and gives what is wished of one of them, where it is not done here; `more` stands behind the ways to look at them.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        of: &PanelOf<'_>,
        more: &mut dyn FnMut(&mut Ui),
        cx: &mut ViewContext<'_>,
    ) -> Option<(usize, CardWish)> {
        if let Groups::Clusters(clustering) = of.groups {
            self.colours.refresh(clustering, cx.session.opened.images.label_places());
        }
        self.removals.refresh(ui.ctx(), of.groups, cx.session);
        self.cards.under = None;
        self.cards.channels.clear();
        self.cards.maps.clear();
        if self.of.as_ref() != Some(of.groups) {
            self.take_in(of.groups);
        }
        let mut wish = self.show_ways(ui, of, more, cx.session);
        let about = self.shows.about(of.groups.are_classes());
        shown_chip::show_all_the_same(ui, cx.session);
        if !self.shows_matrix() {
            show_about(ui, about, 2);
        }
        match self.shows {
            Shows::Cards => wish = self.show_cards(ui, of, cx).or(wish),
            Shows::Labels | Shows::Similarity => {
                let is_of_labels = self.shows == Shows::Labels;
                self.matrices.show(ui, of.groups, (is_of_labels, about), cx.session, cx.actions);
            }
            Shows::Comparison => self.show_comparison(ui, of, cx),
            Shows::Difference => self.show_difference(ui, of, cx),
        }
        if !self.cards.channels.is_empty() {
            let channels = &mut self.cards.channels;
            channels.sort_unstable();
            channels.dedup();
            // Asked in every frame that shows them; the session asks for what is missing, once.
            let is_missing = |of: &(usize, usize)| cx.session.opened.groups.exemplars(of.0, of.1).is_none();
            if channels.iter().any(is_missing) {
                cx.actions.push(Ask::ExemplarsOfSome(channels.clone()).into());
            }
        }
        if !self.cards.maps.is_empty() && !cx.session.is_busy() {
            cx.actions.push(Ask::ChannelMaps(self.cards.maps.clone()).into());
        }
        self.hover.settle(self.cards.under, cx.session, cx.actions);
        if let Some(ChannelOf { layer, channel }) = self.cards.looks_into.take() {
            cx.actions.push(Choose::Layer(layer).into());
            cx.actions.push(Choose::Channel(Some(channel)).into());
            cx.commands.push(Command::LookInside);
        }
        if std::mem::take(&mut self.cards.looks_inside) {
            cx.commands.push(Command::LookInside);
        }
        wish
    }

    /// Whether groups are shown as a matrix, which has the room for itself.
    pub(super) fn shows_matrix(&self) -> bool {
        matches!(self.shows, Shows::Labels | Shows::Similarity)
    }

    /// Other groups are shown: what was said of places means others now, unless they are the same groups changed a little.
    fn take_in(&mut self, groups: &Groups) {
        let is_like = match (&self.of, groups) {
            (Some(Groups::Clusters(before)), Groups::Clusters(now)) => before.has_groups_of(now),
            (Some(Groups::Classes(before)), Groups::Classes(now)) => before.vectors.classes == now.vectors.classes,
            (None | Some(Groups::Clusters(_) | Groups::Classes(_)), Groups::Clusters(_) | Groups::Classes(_)) => false,
        };
        if !is_like {
            self.marked.clear();
            self.pair = [None, None];
            if self.shows == Shows::Comparison {
                // Those that were compared are gone.
                self.shows = Shows::Cards;
            }
            self.difference.clear();
            self.cards.naming = None;
        }
        if self.shows == Shows::Labels && are_labels(groups) {
            self.shows = Shows::Cards;
        }
        self.known = Known::of(groups);
        self.of = Some(groups.clone());
    }

    /// Ways to look at groups, and what can be done with those that are marked: on one line, so that cards stay where they are when
    /// one of them is marked.
    fn show_ways(
        &mut self,
        ui: &mut Ui,
        of: &PanelOf<'_>,
        more: &mut dyn FnMut(&mut Ui),
        session: &Session,
    ) -> Option<(usize, CardWish)> {
        let mut wish = None;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            ui.label(RichText::new("Show").strong().color(palette().strong));
            for shows in Shows::ALL {
                let why_not = "Each class here is one label and nothing else: there is nothing to compare";
                let can = shows != Shows::Labels || !are_labels(of.groups);
                let chip = Button::selectable(self.shows == shows, RichText::new(shows.title()).small());
                let chip = ui.add_enabled(can, chip).on_hover_text(shows.hint()).on_disabled_hover_text(why_not);
                if chip.accessible_name(shows.name()).clicked() {
                    self.shows = shows;
                    self.follow_marks();
                }
            }
            more(ui);
            if !self.marked.is_empty() {
                ui.separator();
                wish = self.show_marked(ui, of, session);
            }
        });
        wish
    }

    /// The colour of a group, which is that of the same thing wherever it is shown.
    fn colour_of(&self, groups: &Groups, index: usize, session: &Session) -> Color32 {
        let labels = session.opened.images.label_places();
        match groups {
            Groups::Clusters(_) => self.colours.colour(index),
            Groups::Classes(means) => {
                let name = &means.vectors.classes[index];
                let of_thing = match means.origins.get(index) {
                    Some(ClassOrigin::Label) => colour_of_label(labels, Some(name)),
                    Some(ClassOrigin::Tag) => Some(tag_dot::colour_of(session, name)),
                    Some(ClassOrigin::Cluster(_) | ClassOrigin::Where(_) | ClassOrigin::Selection(_)) | None => None,
                };
                // What has no colour elsewhere does not look like a label.
                of_thing.unwrap_or_else(|| label_colour(labels.len() + index))
            }
        }
    }

    /// Two that are marked are two that are meant.
    fn follow_marks(&mut self) {
        if let [a, b] = self.marked[..] {
            self.pair = [Some(a), Some(b)];
            if self.shows == Shows::Difference {
                self.difference.begin([a, b]);
            }
        }
    }

    /// What can be done with those that are marked.
    fn show_marked(&mut self, ui: &mut Ui, of: &PanelOf<'_>, session: &Session) -> Option<(usize, CardWish)> {
        let mut wish = None;
        let are_two = self.marked.len() == 2;
        let compare = ui.add_enabled(are_two, small((Icon::Compare.small(), "Compare")));
        let why_not = "Mark two of them";
        if compare.on_disabled_hover_text(why_not).accessible_name("Compare the marked").clicked() {
            self.shows = Shows::Comparison;
            self.follow_marks();
        }
        let difference = ui.add_enabled(are_two, small("A without B"));
        let hint = "The pictures nearest to what the first has more of than the second";
        let difference = difference.on_hover_text(hint).on_disabled_hover_text(why_not);
        if difference.accessible_name("Difference of the marked").clicked() {
            self.shows = Shows::Difference;
            self.follow_marks();
        }
        if (of.means)(self.marked[0]).can_regroup {
            let can = self.marked.len() > 1 && !session.opened.is_at(AnalysisKind::Clusters);
            let merge = ui.add_enabled(can, small("Merge"));
            let hint = format!("Make one of {}", counted(self.marked.len(), "group", "groups"));
            let merge = merge.on_hover_text(hint).on_disabled_hover_text("Mark two or more of them");
            if merge.accessible_name("Merge the marked").clicked() {
                wish = Some((self.marked[0], CardWish::MergeWith));
            }
        }
        // Last, so that buttons stay where they are as more are marked.
        let names: Vec<String> = self.marked.iter().take(3).map(|group| of.groups.name(*group)).collect();
        let more = if self.marked.len() > names.len() { ", …" } else { "" };
        let words = format!("{} marked: {}{more}", self.marked.len(), names.join(", "));
        if ui.add(small("Unmark all")).clicked() {
            self.marked.clear();
        }
        let left = ui.available_size_before_wrap().x;
        if left >= LEAST_NAMES {
            let words = single_line(ui.painter(), words, 11.0, palette().weak, left - 4.0);
            ui.add(Label::new(words));
        }
        wish
    }

    /// The groups that are marked, in the order in which they were.
    pub(super) fn marked(&self) -> &[usize] {
        &self.marked
    }

    /// None is marked any more.
    pub(super) fn unmark_all(&mut self) {
        self.marked.clear();
    }

    /// Asks what is to be seen, once, and shows why there is no answer; says whether there may be one yet.
    fn ask(ui: &mut Ui, look: &GroupLook, session: &Session, actions: &mut Vec<Action>) {
        if session.opened.groups.is_unasked(look) {
            actions.push(Ask::Groups(look.clone()).into());
        }
        match session.opened.groups.problem(look) {
            Some(problem) => empty_state(ui, &problem.what, &problem.reason(), |ui| {
                if ui.button("Try again").clicked() {
                    actions.push(Ask::Groups(look.clone()).into());
                }
            }),
            None => empty_state(ui, "Comparing", "What is found appears here.", |_| {}),
        }
    }
}

/// Whether they are the labels themselves: what each has of which label is known then.
fn are_labels(groups: &Groups) -> bool {
    match groups {
        Groups::Classes(means) => means.origins.iter().all(|origin| *origin == ClassOrigin::Label),
        Groups::Clusters(_) => false,
    }
}

/// What is seen, in so many lines at most: in a narrow view the pictures are to have the room, and the pointer shows the rest.
fn show_about(ui: &mut Ui, about: &str, most: usize) {
    let font = TextStyle::Small.resolve(ui.style());
    let mut job = LayoutJob::simple(about.to_owned(), font, palette().weak, ui.available_width());
    job.wrap.max_rows = most;
    ui.add(Label::new(job).wrap()).on_hover_text(about);
}

/// A list from which one of the groups is picked; `none` stands there as long as none is.
fn pick_group(ui: &mut Ui, (label, none): (&str, &str), groups: &Groups, now: &mut Option<usize>) -> bool {
    let before = *now;
    let text = now.filter(|group| *group < groups.len()).map_or_else(|| none.to_owned(), |group| groups.name(group));
    let combo = ComboBox::from_id_salt(label).width(150.0).truncate().selected_text(text).show_ui(ui, |ui| {
        for group in groups.places() {
            ui.selectable_value(now, Some(group), groups.name(group));
        }
    });
    combo.response.accessible_name(label);
    *now != before
}
