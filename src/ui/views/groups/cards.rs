//! Each group on a card. Only cards in sight are drawn, and only what is on them is asked for.

use eframe::egui::{Rect, RichText, ScrollArea, Ui, vec2};

use super::known::{Described, Known, some_layer};
use super::{GroupPanel, PanelOf, Shows, told_apart};
use crate::domain::{Example, ImageId, Tags};
use crate::engine::{GroupLook, Groups};
use crate::session::{Ask, Choose};
use crate::ui::landmarks::Landmark;
use crate::ui::theme::palette;
use crate::ui::views::ViewContext;
use crate::ui::widgets::GridLayout;
use crate::ui::widgets::group_card::{self, CardWish, GroupCard, LEAST_WIDTH, ToldApart};
use crate::ui::widgets::text::small;

/// Between cards, in points.
const GAP: f32 = 8.0;
/// A lone card must not become a poster.
const MOST_STRETCH: f32 = 1.6;

impl GroupPanel {
    pub(super) fn show_cards(
        &mut self,
        ui: &mut Ui,
        of: &PanelOf<'_>,
        cx: &mut ViewContext<'_>,
    ) -> Option<(usize, CardWish)> {
        let described = self.known.described(of.groups, cx.session, cx.actions);
        if let Some(look) = Known::look(of.groups, cx.session) {
            show_state(ui, &look, cx);
        }
        let places = of.groups.places();
        let width = ui.available_width() - ui.spacing().scroll.allocated_width();
        let layout = layout(width, places.len());
        let mut wish = None;
        ScrollArea::vertical().id_salt("group cards").auto_shrink(false).show_viewport(ui, |ui, view| {
            ui.set_width(width);
            ui.set_height(layout.height());
            let origin = ui.min_rect().min.to_vec2();
            for cell in layout.cells_of(layout.rows_in(view.y_range())) {
                let index = places[cell];
                if index >= described.all().len() {
                    continue;
                }
                let rect = layout.rect_of(cell).translate(origin);
                let shown = ui.push_id(index, |ui| self.show_card(ui, rect, index, of, &described, cx)).inner;
                wish = shown.map(|wish| (index, wish)).or(wish.take());
            }
        });
        let (index, wish) = wish?;
        self.take_wish(index, wish, of, cx)
    }

    fn show_card(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        index: usize,
        of: &PanelOf<'_>,
        described: &Described,
        cx: &mut ViewContext<'_>,
    ) -> Option<CardWish> {
        Landmark::Group.mark(ui, rect);
        let group = &described.all()[index];
        let (title, what) = (of.groups.name(index), what(of.groups, index));
        let card = GroupCard {
            what: &what,
            title: &title,
            about: &(of.about)(index),
            group,
            colour: self.colour_of(of.groups, index, cx.session),
            is_member: &is_member(of.groups, index),
            is_marked: self.marked.contains(&index),
            means: (of.means)(index),
            to_remove: self.removals.of(index),
            example: example(of.groups, index),
            told_apart: told_apart(of.groups, index, described, cx),
        };
        card.show(ui, rect, index, &mut self.cards, cx.session, cx.thumbs, cx.actions)
    }

    /// Does what is wished of a card, or hands it on where only the view around knows how.
    fn take_wish(
        &mut self,
        index: usize,
        wish: CardWish,
        of: &PanelOf<'_>,
        cx: &mut ViewContext<'_>,
    ) -> Option<(usize, CardWish)> {
        match wish {
            CardWish::Select(pick) => cx.actions.push(Choose::PickGroup(of.groups.images(index), pick).into()),
            CardWish::Mark => match self.marked.iter().position(|marked| *marked == index) {
                Some(place) => drop(self.marked.remove(place)),
                None => self.marked.push(index),
            },
            CardWish::BeginName => {
                self.cards.naming = Some((index, of.groups.name(index), true));
            }
            CardWish::GiveUpName => self.cards.naming = None,
            CardWish::Tag(tag) => {
                debug_assert!(Tags::cleaned(&tag).is_ok(), "the field has looked at it");
                cx.actions.push(Choose::TagGroup { group: of.groups.images(index), tag, is_on: true }.into());
            }
            CardWish::MergeWith | CardWish::CompareWith => {
                // The others are marked next, and the line above says what can be done with them.
                if !self.marked.contains(&index) {
                    self.marked.push(index);
                }
                if wish == CardWish::CompareWith && self.marked.len() == 2 {
                    self.shows = Shows::Comparison;
                    self.follow_marks();
                }
            }
            CardWish::Name(name) => {
                self.cards.naming = None;
                return Some((index, CardWish::Name(name)));
            }
            CardWish::Split(_) | CardWish::Forget => return Some((index, wish)),
        }
        None
    }
}

/// How well a group is told from the others at the layer of the cards, where that is known.
fn told_apart(groups: &Groups, index: usize, described: &Described, cx: &ViewContext<'_>) -> Option<ToldApart> {
    let (separation, source) = (described.separation(index)?, some_layer(cx.session)?);
    told_apart::in_words(separation, groups, index, cx.session.opened.layer_titles.of_name(&source.layer))
}

/// That more is to come of classes, or why it does not.
fn show_state(ui: &mut Ui, look: &GroupLook, cx: &mut ViewContext<'_>) {
    let known = &cx.session.opened.groups;
    if known.answer(look).is_some() {
        return;
    }
    ui.horizontal_wrapped(|ui| match known.problem(look) {
        Some(problem) => {
            let words = format!("{}: {}", problem.what, problem.reason());
            ui.label(RichText::new(words).small().color(palette().problem));
            if ui.add(small("Try again")).clicked() {
                cx.actions.push(Ask::Groups(look.clone()).into());
            }
        }
        None => {
            ui.spinner();
            let words = "Looking for the pictures in the middle of each, and what distinguishes it";
            ui.label(RichText::new(words).small().color(palette().weak));
        }
    });
}

/// As many cards beside each other as there is room for, at least one.
fn layout(width: f32, count: usize) -> GridLayout {
    let columns = (((width + GAP) / (LEAST_WIDTH + GAP)).floor() as usize).max(1);
    let side = ((width - GAP * (columns - 1) as f32) / columns as f32).floor();
    let side = side.clamp(80.0, LEAST_WIDTH * MOST_STRETCH);
    GridLayout { columns, cell: vec2(side, group_card::height(side)), gap: GAP, count }
}

/// What a group is for screen readers and tests: `cluster 3`, `class cats`.
pub(super) fn what(groups: &Groups, index: usize) -> String {
    match groups {
        Groups::Clusters(_) => format!("cluster {index}"),
        Groups::Classes(means) => format!("class {}", means.vectors.classes[index]),
    }
}

/// What asks for neighbours of a group's mean.
pub(super) fn example(groups: &Groups, index: usize) -> Example {
    match groups {
        Groups::Clusters(clustering) => Example::Cluster { clustering: clustering.wish.name(), cluster: index },
        Groups::Classes(means) => Example::Class(means.vectors.classes[index].clone()),
    }
}

/// Whether an image is in a group.
pub(super) fn is_member(groups: &Groups, index: usize) -> impl Fn(ImageId) -> bool {
    move |id| match groups {
        Groups::Clusters(clustering) => clustering.cluster_of(id) == Some(index as u32),
        Groups::Classes(means) => means.members[index].binary_search(&id).is_ok(),
    }
}
