//! "A without B", answered in pictures: those nearest to what one group has more of than another.

use eframe::egui::{Key, Label, Rect, RichText, ScrollArea, TextEdit, Ui, Vec2, vec2};

use super::known::usual_pair;
use super::{GroupPanel, PanelOf, pick_group};
use crate::domain::{Neighbour, counted};
use crate::engine::{ArithmeticWish, ClassMeans, GroupAnswer, GroupLook, Groups, terms_of};
use crate::ui::theme::{colour_of_label, palette};
use crate::ui::views::ViewContext;
use crate::ui::widgets::empty::empty_state;
use crate::ui::widgets::text::main_button;
use crate::ui::widgets::tile::{self, CAPTION_HEIGHT};
use crate::ui::widgets::{GridLayout, Tile, TileMarks};

/// Pictures that are asked for.
const PICTURES: usize = 60;
/// Width of a picture in points.
const TILE: f32 = 96.0;
/// Groups named that are nearest.
const NEAREST: usize = 8;

/// Places of groups, each with whether it is taken away; or why what is written means nothing.
type Read = Result<Vec<(usize, bool)>, String>;

/// What is calculated.
#[derive(Default)]
pub(super) struct Difference {
    pair: [Option<usize>; 2],
    with_own: bool,
    /// What is written, of classes.
    expression: String,
    /// What it means, or why it means nothing; of which text.
    read: Option<(String, Read)>,
}

impl Difference {
    /// The difference of these two.
    pub(super) fn begin(&mut self, [a, b]: [usize; 2]) {
        self.pair = [Some(a), Some(b)];
        self.expression.clear();
    }

    /// Nothing any more.
    pub(super) fn clear(&mut self) {
        self.pair = [None, None];
        self.read = None;
    }

    /// The terms that are wished for; `None` as long as there are none.
    fn terms(&mut self, groups: &Groups) -> Option<Read> {
        if let (Groups::Classes(means), false) = (groups, self.expression.trim().is_empty()) {
            return Some(self.read(means));
        }
        let [a, b] = self.pair;
        let known = |group: &usize| *group < groups.len();
        let first = a.filter(known)?;
        let second = b.filter(known).map(|second| (second, true));
        Some(Ok(std::iter::once((first, false)).chain(second).collect()))
    }

    fn read(&mut self, means: &ClassMeans) -> Read {
        let expression = &self.expression;
        if self.read.as_ref().is_none_or(|(text, _)| text != expression) {
            let found = terms_of(&means.vectors.classes, expression).map_err(|problem| problem.reason());
            self.read = Some((expression.clone(), found));
        }
        self.read.as_ref().map_or_else(|| Ok(Vec::new()), |(_, found)| found.clone())
    }

    fn show_controls(&mut self, ui: &mut Ui, groups: &Groups) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let is_picked = pick_group(ui, ("What", "Pick A"), groups, &mut self.pair[0])
                | {
                    ui.label("without");
                    pick_group(ui, ("without what", "Pick B"), groups, &mut self.pair[1])
                };
            if is_picked {
                self.expression.clear();
            }
            if groups.are_classes() {
                let hint = "A class, or classes joined by + and −: wolves - forest. Where a difference would be negative \
                            it is 0, so it shows what the first class has more of. For exploration only: the authors of \
                            this method withdrew their first interpretation of it.";
                let field = TextEdit::singleline(&mut self.expression);
                let field = field.hint_text("or class - class + class").desired_width(200.0);
                let field = ui.add(field).on_hover_text(hint).accessible_name("Classes to calculate with");
                if field.has_focus() && ui.input(|input| input.key_pressed(Key::Escape)) {
                    self.expression.clear();
                }
            }
            let hint = "Also the pictures of the groups themselves, which are usually the nearest";
            ui.checkbox(&mut self.with_own, "Their own pictures, too").on_hover_text(hint);
        });
    }
}

/// What the pictures are nearest to: `Most like what blobs has and dots lacks, nearest first`.
fn left_in_words(terms: &[(usize, bool)], groups: &Groups) -> String {
    let name = |group: usize| groups.name(group);
    let what = match terms {
        [(only, _)] => name(*only),
        [(a, _), (b, true)] => format!("what {} has and {} lacks", name(*a), name(*b)),
        terms => {
            let sign =
                |place: usize, is_minus: bool| if place == 0 { "" } else { [" + ", " − "][usize::from(is_minus)] };
            let named = terms
                .iter()
                .enumerate()
                .map(|(place, (group, is_minus))| format!("{}{}", sign(place, *is_minus), name(*group)));
            named.collect()
        }
    };
    format!("Most like {what}, nearest first")
}

impl GroupPanel {
    pub(super) fn show_difference(&mut self, ui: &mut Ui, of: &PanelOf<'_>, cx: &mut ViewContext<'_>) {
        self.difference.show_controls(ui, of.groups);
        let terms = match self.difference.terms(of.groups) {
            Some(Ok(terms)) => terms,
            Some(Err(why)) => {
                ui.add(Label::new(RichText::new(why).color(palette().problem)).wrap());
                return;
            }
            None => {
                let hint = "Pick A, what to begin with, and B, what to take away from it: the pictures nearest to what is left \
                            appear here. It is there to be explored; nothing follows from it.";
                let described = self.known.described(of.groups, cx.session, cx.actions);
                let usual = usual_pair(of.groups, &described);
                empty_state(ui, "What without what?", hint, |ui| {
                    let Some([a, b]) = usual else { return };
                    let words = format!("Show {} without {}", of.groups.name(a), of.groups.name(b));
                    if main_button(ui, &words).clicked() {
                        self.difference.begin([a, b]);
                    }
                });
                return;
            }
        };
        self.show_sides(ui, &terms, of, cx);
        let wish = ArithmeticWish {
            of: of.groups.clone(),
            terms: terms.clone(),
            count: PICTURES,
            with_own: self.difference.with_own,
        };
        let look = GroupLook::Arithmetic(wish);
        let answer = cx.session.opened.groups.answer(&look).cloned();
        let Some(GroupAnswer::Arithmetic { pictures, groups, over: [features, layers] }) = answer.as_deref() else {
            Self::ask(ui, &look, cx.session, cx.actions);
            return;
        };
        let over = format!(
            "Compared over {} of {}: 1 is the same, 0 has nothing in common",
            counted(*features, "feature", "features"),
            counted(*layers, "layer", "layers")
        );
        let words = RichText::new(left_in_words(&terms, of.groups)).color(palette().strong);
        ui.add(Label::new(words).truncate()).on_hover_text(over);
        self.show_nearest(ui, groups, of);
        if pictures.is_empty() {
            let hint = "Nothing is left of the first when the other is taken away, or every picture is one of theirs.";
            empty_state(ui, "No picture is like that", hint, |_| {});
            return;
        }
        self.show_pictures(ui, pictures, cx);
    }

    /// The groups nearest to it, each a way on.
    fn show_nearest(&mut self, ui: &mut Ui, groups: &[(usize, f64)], of: &PanelOf<'_>) {
        if groups.is_empty() {
            return;
        }
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            let word = if of.groups.are_classes() { "nearest classes" } else { "nearest clusters" };
            ui.label(RichText::new(word).small().color(palette().weak));
            for (group, cosine) in groups.iter().take(NEAREST) {
                let name = of.groups.name(*group);
                let text = RichText::new(format!("{name} {cosine:.3}")).small();
                let chip = ui.selectable_label(false, text).on_hover_text("Its cosine. Click to begin with it");
                if chip.accessible_name(format!("Nearest: {name}")).clicked() {
                    self.difference.pair = [Some(*group), None];
                    self.difference.expression.clear();
                }
            }
        });
    }

    fn show_pictures(&mut self, ui: &mut Ui, pictures: &[Neighbour], cx: &mut ViewContext<'_>) {
        let width = ui.available_width() - ui.spacing().scroll.allocated_width();
        let layout = GridLayout::fill(width, TILE, 2.0 * CAPTION_HEIGHT - 3.0, 6.0, pictures.len());
        ScrollArea::vertical().id_salt("nearest pictures").auto_shrink(false).show_viewport(ui, |ui, view| {
            ui.set_width(width);
            ui.set_height(layout.height());
            let origin = ui.min_rect().min.to_vec2();
            for cell in layout.cells_of(layout.rows_in(view.y_range())) {
                let near = pictures[cell];
                let Some(image) = cx.session.image(near.image) else { continue };
                let rect = layout.rect_of(cell).translate(origin);
                let picture = Rect::from_min_size(rect.min, Vec2::splat(layout.cell.x));
                let marks = TileMarks::of(cx.session, image);
                let name = format!("Nearest {}: {}", cell + 1, image.path.text);
                let id = ui.make_persistent_id(("nearest picture", image.id.0));
                let response = Tile { image, marks, name: &name, more: None }.show(ui, picture, id, cx.thumbs);
                self.cards.looks_inside |= response.double_clicked();
                if response.clicked() {
                    let held = ui.input(|input| input.modifiers);
                    cx.actions.push(tile::click(image.id, held).into());
                }
                if response.hovered() {
                    self.cards.under = Some(image.id);
                }
                let first = Rect::from_min_size(picture.left_bottom(), vec2(rect.width(), CAPTION_HEIGHT - 1.0));
                let second = first.translate(vec2(0.0, CAPTION_HEIGHT - 3.0));
                tile::paint_caption(ui, first, None, &format!("{}  ·  {:.3}", cell + 1, near.score), palette().text);
                let label = image.label.unwrap_or_else(|| image.path.in_folder());
                tile::paint_caption(
                    ui,
                    second,
                    colour_of_label(cx.session.opened.images.label_places(), image.label),
                    label,
                    palette().weak,
                );
            }
        });
    }
}
