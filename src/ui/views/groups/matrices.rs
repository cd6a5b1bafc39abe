//! Groups as a matrix: against labels, or against each other. Numbers come once for the groups; a change of order is a new picture of
//! the same numbers.

use std::sync::Arc;

use eframe::egui::{Color32, ComboBox, Label, Rect, RichText, ScrollArea, Sense, Ui, UiBuilder, pos2, vec2};

use super::{GroupPanel, show_about};
use crate::domain::{Confusion, GroupSimilarity, ImageGroup, counted};
use crate::engine::{GroupAnswer, GroupLook, Groups};
use crate::session::{Action, Choose, Session};
use crate::ui::paint::ColourMap;
use crate::ui::theme::palette;
use crate::ui::widgets::empty::empty_state;
use crate::ui::widgets::matrix_picture::{Matrix, MatrixClick, MatrixPicture};
use crate::ui::widgets::text::single_line;
use crate::ui::widgets::tile;

/// From this width on, in points, what is said of a matrix stands beside it, in a column of so many points.
const BESIDE_FROM: f32 = 700.0;
const COLUMN: f32 = 230.0;
const BETWEEN: f32 = 12.0;

/// In which order groups stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Order {
    /// Similar ones beside each other.
    #[default]
    Similarity,
    /// By name.
    Name,
    /// The largest first.
    Size,
    /// The most similar to one of them first, by its place among the groups.
    NearestTo(usize),
}

/// What is drawn, worked out when something changes.
struct Drawn {
    of: Arc<GroupAnswer>,
    order: Order,
    is_of_labels: bool,
    /// Rows and columns of the numbers, as they stand.
    rows: Vec<usize>,
    columns: Vec<usize>,
    row_names: Vec<String>,
    column_names: Vec<String>,
    /// The least and the largest cosine of two groups.
    range: [f32; 2],
}

/// How the matrices are looked at.
#[derive(Default)]
pub(super) struct Matrices {
    order: Order,
    drawn: Option<Drawn>,
    revision: u64,
    picture: MatrixPicture,
}

impl Matrices {
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        groups: &Groups,
        (is_of_labels, about): (bool, &str),
        session: &Session,
        actions: &mut Vec<Action>,
    ) {
        let look = GroupLook::Matrices(groups.clone());
        let Some(answer) = session.opened.groups.answer(&look).cloned() else {
            GroupPanel::ask(ui, &look, session, actions);
            return;
        };
        let GroupAnswer::Matrices { confusion, similarity } = &*answer else { return };
        if is_of_labels && confusion.columns.is_empty() {
            let hint = "No image of these groups has a label: that is the name of the folder it lies in, or comes from a file.";
            empty_state(ui, "There are no labels", hint, |_| {});
            return;
        }
        let is_current = |drawn: &Drawn| {
            Arc::ptr_eq(&drawn.of, &answer) && drawn.order == self.order && drawn.is_of_labels == is_of_labels
        };
        if !self.drawn.as_ref().is_some_and(is_current) {
            self.drawn = Some(drawn(&answer, confusion, similarity, groups, self.order, is_of_labels));
            self.revision += 1;
        }
        let Self { order, drawn: Some(drawn), picture, revision } = self else { return };
        let facts = facts(confusion, similarity, is_of_labels, picture.has_numbers());
        // As it was in the last frame, like what was said: where it is narrow, words are right beside it.
        let (said, width) = (picture.said().to_owned(), picture.width() + 2.0 * BETWEEN);
        let colours = ColourMap::Viridis;
        let colour = |row: usize, column: usize| -> Color32 {
            let (row, column) = (drawn.rows[row], drawn.columns[column]);
            match is_of_labels {
                // What is nearly nothing is to be told from nothing.
                true => colours.colour(confusion.share(row, column).sqrt()),
                false => {
                    let [low, high] = drawn.range;
                    colours.colour((similarity.cosine(row, column) - low) / (high - low).max(1e-6))
                }
            }
        };
        let words = |row: usize, column: usize| {
            let (row, column) = (drawn.rows[row], drawn.columns[column]);
            match is_of_labels {
                true => confusion.in_words(row, column),
                false => similarity_in_words(similarity, groups, row, column, drawn.range),
            }
        };
        let number = |row: usize, column: usize| {
            let (row, column) = (drawn.rows[row], drawn.columns[column]);
            match is_of_labels {
                // In hundredths; what rounds to none says nothing.
                true => Some((confusion.share(row, column) * 100.0).round())
                    .filter(|percent| *percent >= 1.0)
                    .map(|percent| format!("{percent:.0}")),
                false => (row != column).then(|| format!("{:.2}", similarity.cosine(row, column))),
            }
        };
        let matrix = Matrix {
            name: if is_of_labels { "Groups with labels" } else { "Similarity of groups" },
            rows: &drawn.row_names,
            columns: &drawn.column_names,
            axes: [if groups.are_classes() { "classes" } else { "clusters" }, axis_of_columns(groups, is_of_labels)],
            revision: *revision,
            colour: &colour,
            words: &words,
            number: &number,
        };
        let ends = match is_of_labels {
            true => ["0 %".to_owned(), "100 % of the row".to_owned()],
            false => drawn.range.map(|end| format!("{end:.2}")),
        };
        // As the cells are: of labels small shares are told from none.
        let of_scale = |share: f32| colours.colour(if is_of_labels { share.sqrt() } else { share });
        let room = ui.available_rect_before_wrap();
        let mut matrix_in = |ui: &mut Ui| picture.show(ui, &matrix);
        let show = |ui: &mut Ui, picture: &mut dyn FnMut(&mut Ui) -> Option<MatrixClick>| {
            ScrollArea::both().id_salt("matrix").auto_shrink(false).show(ui, |ui| picture(ui)).inner
        };
        let clicked = match room.width() >= BESIDE_FROM {
            // All that is said stands beside the matrix, which has the whole height.
            true => {
                let (left, _) = room.split_left_right_at_x(room.right() - COLUMN - BETWEEN);
                let beside = room.with_min_x(left.right().min(left.left() + width) + BETWEEN);
                ui.scope_builder(UiBuilder::new().max_rect(beside.with_max_x(beside.left() + COLUMN)), |ui| {
                    show_said(ui, &said, 3);
                    show_order(ui, order, groups, similarity);
                    show_scale(ui, &ends, of_scale);
                    ui.add(Label::new(RichText::new(&facts).small().color(palette().weak)).wrap());
                    ui.add(Label::new(RichText::new(about).small().color(palette().weak)).wrap());
                });
                ui.scope_builder(UiBuilder::new().max_rect(left), |ui| show(ui, &mut matrix_in)).inner
            }
            false => {
                show_about(ui, about, 1);
                ui.horizontal(|ui| {
                    show_order(ui, order, groups, similarity);
                    show_scale(ui, &ends, of_scale);
                    let cut = single_line(ui.painter(), facts.clone(), 11.5, palette().weak, ui.available_width());
                    ui.add(Label::new(cut)).on_hover_text(&facts);
                });
                show_said(ui, &said, 1);
                show(ui, &mut matrix_in)
            }
        };
        let pick = tile::pick_held(ui);
        match clicked {
            Some(MatrixClick::Cell(row, column)) => {
                let (row, column) = (drawn.rows[row], drawn.columns[column]);
                let group = match is_of_labels {
                    true => of_confusion(confusion, groups, row, column),
                    false => Some(of_similarity(similarity, groups, row, column)),
                };
                actions.extend(group.map(|group| Action::from(Choose::PickGroup(group, pick))));
            }
            Some(MatrixClick::Row(row)) if is_of_labels => {
                let place = confusion.rows[drawn.rows[row]].place;
                actions.extend(place.map(|place| Action::from(Choose::PickGroup(groups.images(place), pick))));
            }
            Some(MatrixClick::Row(row)) => *order = Order::NearestTo(similarity.groups[drawn.rows[row]]),
            None => {}
        }
    }
}

/// In which order groups stand.
fn show_order(ui: &mut Ui, order: &mut Order, groups: &Groups, similarity: &GroupSimilarity) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let now = match *order {
            Order::Similarity => "similar ones together".to_owned(),
            Order::Name => "by name".to_owned(),
            Order::Size => "by size".to_owned(),
            Order::NearestTo(group) if group < groups.len() => format!("nearest to {}", groups.name(group)),
            Order::NearestTo(_) => String::new(),
        };
        let combo = ComboBox::from_id_salt("order of groups").width(190.0).truncate().selected_text(now);
        let combo = combo.show_ui(ui, |ui| {
            let orders =
                [(Order::Similarity, "Similar ones together"), (Order::Name, "By name"), (Order::Size, "By size")];
            for (other, title) in orders {
                ui.selectable_value(order, other, title);
            }
            ui.label(RichText::new("Nearest to").small().color(palette().weak));
            for group in &similarity.groups {
                ui.selectable_value(order, Order::NearestTo(*group), groups.name(*group));
            }
        });
        combo.response.accessible_name("Order of the groups");
    });
}

/// What the cell says that is told, so that it can be read, in room for so many lines: nothing below it moves.
fn show_said(ui: &mut Ui, said: &str, lines: usize) {
    let height = 20.0 * lines as f32;
    ui.allocate_ui(vec2(ui.available_width(), height), |ui| {
        ui.set_min_height(height);
        let words = Label::new(RichText::new(said).size(14.0).color(palette().strong));
        ui.add(if lines == 1 { words.truncate() } else { words.wrap() });
    });
}

/// What the columns are.
fn axis_of_columns(groups: &Groups, is_of_labels: bool) -> &'static str {
    match (is_of_labels, groups.are_classes()) {
        (true, _) => "labels",
        (false, true) => "classes",
        (false, false) => "clusters",
    }
}

/// The colours of the cells, with what is at the ends.
fn show_scale(ui: &mut Ui, ends: &[String; 2], colour: impl Fn(f32) -> Color32) {
    const STEPS: usize = 24;
    // As one, so that no line breaks within it.
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.label(RichText::new(&ends[0]).small().color(palette().weak));
        let (rect, _) = ui.allocate_exact_size(vec2(120.0, 8.0), Sense::hover());
        let width = rect.width() / STEPS as f32;
        for step in 0..STEPS {
            let left = rect.left() + step as f32 * width;
            let part = Rect::from_min_max(pos2(left, rect.top()), pos2(left + width + 0.5, rect.bottom()));
            ui.painter().rect_filled(part.intersect(rect), 0.0, colour((step as f32 + 0.5) / STEPS as f32));
        }
        ui.label(RichText::new(&ends[1]).small().color(palette().weak));
    });
}

/// Works out what stands where.
fn drawn(
    of: &Arc<GroupAnswer>,
    confusion: &Confusion,
    similarity: &GroupSimilarity,
    groups: &Groups,
    order: Order,
    is_of_labels: bool,
) -> Drawn {
    let mut rows: Vec<usize> = (0..similarity.groups.len()).collect();
    match order {
        Order::Similarity => rows.clone_from(&similarity.by_similarity),
        Order::Name => rows.sort_by_cached_key(|row| groups.name(similarity.groups[*row]).to_lowercase()),
        Order::Size => rows.sort_by_key(|row| std::cmp::Reverse(groups.size(similarity.groups[*row]))),
        Order::NearestTo(group) => {
            if let Ok(row) = similarity.groups.binary_search(&group) {
                rows = similarity.nearest_to(row);
            }
        }
    }
    let off_diagonal =
        rows.iter().flat_map(|a| rows.iter().filter(move |b| a != *b).map(move |b| similarity.cosine(*a, *b)));
    let range = off_diagonal.fold([1.0f32, -1.0], |[low, high], cosine| [low.min(cosine), high.max(cosine)]);
    let range = if range[0] > range[1] { [0.0, 1.0] } else { range };
    let (of, row_names, column_names, columns) = match is_of_labels {
        false => {
            let names: Vec<String> = rows.iter().map(|row| groups.name(similarity.groups[*row])).collect();
            (of.clone(), names.clone(), names, rows.clone())
        }
        true => {
            rows = confusion_rows(confusion, similarity, &rows);
            let columns = confusion.columns_along(&rows);
            let names = rows.iter().map(|row| confusion.rows[*row].name.clone()).collect();
            let labels = columns.iter().map(|column| confusion.columns[*column].name.clone()).collect();
            (of.clone(), names, labels, columns)
        }
    };
    Drawn { of, order, is_of_labels, rows, columns, row_names, column_names, range }
}

/// The rows of the confusion in the order of the groups; what is not compared comes last.
fn confusion_rows(confusion: &Confusion, similarity: &GroupSimilarity, rows: &[usize]) -> Vec<usize> {
    let row_of = |group: usize| confusion.rows.iter().position(|end| end.place == Some(group));
    let mut ordered: Vec<usize> = rows.iter().filter_map(|row| row_of(similarity.groups[*row])).collect();
    ordered.extend((0..confusion.rows.len()).filter(|row| confusion.rows[*row].place.is_none()));
    ordered
}

/// What stands in a cell, as far as it has room for that.
fn facts(confusion: &Confusion, similarity: &GroupSimilarity, is_of_labels: bool, has_numbers: bool) -> String {
    match is_of_labels {
        true => {
            let images: usize = confusion.rows.iter().map(|end| end.images).sum();
            let labelled = counted(images, "labelled image", "labelled images");
            let numbers = match has_numbers {
                true => "the number is the share in per cent",
                false => "point at one for the share in per cent",
            };
            format!("{labelled}; the brighter a cell, the more of its row it holds: {numbers}")
        }
        false => {
            let left_out = match similarity.left_out {
                0 => String::new(),
                count => format!("; {} not shown", counted(count, "smaller group is", "smaller groups are")),
            };
            let numbers = if has_numbers { "" } else { "; point at one for its number" };
            format!("A cell is the cosine between the middles of both{numbers}{left_out}")
        }
    }
}

fn similarity_in_words(
    of: &GroupSimilarity,
    groups: &Groups,
    row: usize,
    column: usize,
    [low, high]: [f32; 2],
) -> String {
    let (a, b) = (of.groups[row], of.groups[column]);
    if row == column {
        return format!("{}: {}", groups.name(a), counted(groups.size(a), "image", "images"));
    }
    let cosine = of.cosine(row, column);
    // With one pair alone there is nothing to compare it with.
    let among = match (cosine - low) / (high - low) {
        share if share >= 0.75 => ", among the most alike here",
        share if share <= 0.25 => ", among the least alike here",
        _ => "",
    };
    format!("{} and {}: cosine {cosine:.3}{among}", groups.name(a), groups.name(b))
}

/// The images of a cell: of a group, with a label; none of what is put together.
fn of_confusion(confusion: &Confusion, groups: &Groups, row: usize, column: usize) -> Option<ImageGroup> {
    let (group, label) = (&confusion.rows[row], &confusion.columns[column]);
    label.place?;
    Some(groups.images(group.place?).and(ImageGroup::Label(Some(label.name.clone()))))
}

/// The images of both groups.
fn of_similarity(of: &GroupSimilarity, groups: &Groups, row: usize, column: usize) -> ImageGroup {
    let (a, b) = (groups.images(of.groups[row]), of.groups[column]);
    if row == column { a } else { a.or(groups.images(b)) }
}
