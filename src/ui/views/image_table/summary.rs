//! Above the rows of each column how all images are distributed over it, and what of that the filter lets through.
//!
//! What is chosen here becomes a part of the predicate, so that it is seen, changed and taken back like what a person writes.

use eframe::egui::{Align2, Button, FontId, Pos2, Rect, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use super::histogram::{Brush, Histogram, Wish};
use super::layout::{Columns, Placed};
use super::names::Names;
use super::rows::PADDING;
use crate::domain::predicate::{NarrowedColumn, Narrowing, asks_for_tag, with_tag};
use crate::domain::{ColumnValue, Distribution, DistributionWish, Filter, ImageFacts, Spread, TableColumn, ValueCount};
use crate::session::{Action, Choose, Session};
use crate::ui::icons::Icon;
use crate::ui::theme::palette;
use crate::ui::widgets::text::{counted, single_line, thousands};

/// Shows what is known of the columns, in a strip below their names.
pub(super) fn show(
    ui: &mut Ui,
    strip: Rect,
    columns: &Columns,
    session: &Session,
    facts: &ImageFacts,
    brush: &mut Option<Brush>,
    actions: &mut Vec<Action>,
) {
    let filter = &session.opened.chosen.filter;
    let clustering = facts.clustering.as_ref().map(|clustering| clustering.wish.name());
    for placed in columns.all.iter().copied() {
        let Placed { column, across, .. } = placed;
        let clip = columns.clip(placed, strip);
        let mut part = ui.new_child(UiBuilder::new().max_rect(strip).id_salt(("summary", column)));
        part.set_clip_rect(clip.intersect(ui.clip_rect()));
        let rect = Rect::from_x_y_ranges(across, strip.y_range());
        if column == TableColumn::Path {
            show_count(&part, rect, session);
            continue;
        }
        if !DistributionWish::is_of(column) {
            continue;
        }
        let Some(distribution) = session.opened.distributions.get(column) else {
            let waiting = if session.opened.distributions.has_failed(column) { "not counted" } else { "counting…" };
            say_of(&part, rect, column, waiting);
            continue;
        };
        let narrowed = NarrowedColumn::of(column, clustering.as_deref());
        let summary = Summary { column, narrowed, predicate: &filter.predicate };
        if let Some(predicate) = summary.show(&mut part, rect, distribution, brush) {
            actions.push(Choose::Filter(Filter { predicate, ..filter.clone() }).into());
        }
    }
}

/// How many rows there are, and how many of them are selected.
fn show_count(ui: &Ui, rect: Rect, session: &Session) {
    let opened = &session.opened;
    let (all, shown) = (opened.images.len(), opened.shown.len());
    let said = match shown == all {
        true => counted(all, "image", "images"),
        false => format!("{} of {}", thousands(shown), counted(all, "image", "images")),
    };
    let corner = rect.left_top() + vec2(PADDING, 12.0);
    let first = ui.painter().text(corner, Align2::LEFT_TOP, said, FontId::proportional(13.5), palette().strong);
    let selected = opened.chosen.selection.len();
    if selected > 0 {
        let below = first.left_bottom() + vec2(0.0, 11.0);
        say(ui, below, &format!("{} selected", thousands(selected)));
    }
    // What the bars beside it are, and what one can do with them.
    let hint = if shown == all { "Drag over bars, or click" } else { "Bright: shown, dim: all" };
    let hint = single_line(ui.painter(), hint.to_owned(), 11.5, palette().weak, rect.width() - 2.0 * PADDING);
    ui.painter().galley(pos2(rect.left() + PADDING, rect.bottom() - 8.0 - hint.size().y), hint, palette().weak);
}

fn say(ui: &Ui, at: Pos2, text: &str) {
    ui.painter().text(at, Align2::LEFT_CENTER, text, FontId::proportional(11.5), palette().weak);
}

/// Says why there is nothing to see of a column.
fn say_of(ui: &Ui, rect: Rect, column: TableColumn, text: &str) {
    let response = ui.interact(rect, ui.scope_id().with("said"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{}: {text}", column.title())));
    say(ui, pos2(rect.left() + PADDING, rect.center().y), text);
}

/// A column and what the predicate says of it.
struct Summary<'a> {
    column: TableColumn,
    narrowed: Option<NarrowedColumn>,
    predicate: &'a str,
}

impl Summary<'_> {
    /// Shows it; says what the predicate becomes, if something was chosen.
    fn show(&self, ui: &mut Ui, rect: Rect, distribution: &Distribution, brush: &mut Option<Brush>) -> Option<String> {
        let narrowing = self.narrowed.as_ref().and_then(|column| column.narrowing(self.predicate));
        let chosen = match &distribution.spread {
            Spread::Bins(bins) if bins.is_empty() => {
                say_of(ui, rect, self.column, "nothing known yet");
                None
            }
            Spread::Bins(bins) => {
                let (column, can_narrow) = (self.column, self.narrowed.is_some());
                let histogram = Histogram { column, bins, narrowing: narrowing.as_ref(), can_narrow };
                histogram.show(ui, rect, brush).and_then(|wish| match wish {
                    Wish::Narrow(to) => self.narrowed(Some(&to)),
                    Wish::Widen => self.narrowed(None),
                })
            }
            Spread::Names { most, others } => self.show_names(ui, rect, most, *others, narrowing.as_ref()),
        };
        // The names are at the left, and bars grow from below: what takes the filter away stands above them at the right.
        let is_bins = matches!(distribution.spread, Spread::Bins(_));
        let widened =
            (is_bins && narrowing.is_some() && self.show_widen(ui, rect)).then(|| self.narrowed(None)).flatten();
        chosen.or(widened)
    }

    fn show_names(
        &self,
        ui: &mut Ui,
        rect: Rect,
        most: &[ValueCount],
        others: usize,
        narrowing: Option<&Narrowing>,
    ) -> Option<String> {
        let of_tags = self.column == TableColumn::Tags;
        let is_chosen = |value: &ColumnValue| match (value, narrowing) {
            (ColumnValue::Name(tag), _) if of_tags => asks_for_tag(self.predicate, tag),
            (value, Some(Narrowing::Values(values))) => values.contains(value),
            (_, Some(Narrowing::Between(..)) | None) => false,
        };
        // That none of all tags is there is more than one comparison: it is written, not clicked.
        let nothing = most.iter().rposition(|count| count.value == ColumnValue::Nothing).filter(|_| of_tags);
        let most = &most[..nothing.unwrap_or(most.len())];
        if most.is_empty() {
            say_of(ui, rect, self.column, if of_tags { "no tags yet" } else { "none" });
        }
        let names = Names { column: self.column, most, others, is_chosen: &is_chosen };
        let clicked = names.show(ui, rect)?;
        if let (ColumnValue::Name(tag), true) = (&clicked, of_tags) {
            return Some(with_tag(self.predicate, tag, !is_chosen(&clicked)));
        }
        self.narrowed(toggled(narrowing, clicked).as_ref())
    }

    fn narrowed(&self, to: Option<&Narrowing>) -> Option<String> {
        Some(self.narrowed.as_ref()?.narrowed(self.predicate, to))
    }

    /// The button that takes the filter of the column away.
    fn show_widen(&self, ui: &mut Ui, rect: Rect) -> bool {
        let place = Rect::from_center_size(rect.right_top() + vec2(-14.0, 11.0), vec2(16.0, 16.0));
        let button = Button::new(Icon::Close.sized(10.0)).small().frame_when_inactive(true);
        let response = ui.put(place, button).on_hover_text("Take the filter of this column away");
        response.accessible_name(format!("Show all of {}", self.column.title())).clicked()
    }
}

/// The names that are wanted when one was clicked: it as well, or not any more. Images without a name stand alone.
fn toggled(narrowing: Option<&Narrowing>, clicked: ColumnValue) -> Option<Narrowing> {
    let before = match narrowing {
        Some(Narrowing::Values(values)) => values.clone(),
        Some(Narrowing::Between(..)) | None => Vec::new(),
    };
    let was_chosen = before.contains(&clicked);
    let is_kept = |value: &ColumnValue| *value != clicked && *value != ColumnValue::Nothing;
    let mut values: Vec<ColumnValue> = match clicked {
        ColumnValue::Nothing => Vec::new(),
        ColumnValue::Name(_) | ColumnValue::Cluster(_) => before.into_iter().filter(is_kept).collect(),
    };
    if !was_chosen {
        values.push(clicked);
    }
    (!values.is_empty()).then_some(Narrowing::Values(values))
}
