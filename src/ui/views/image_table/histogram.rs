//! How many images have which number: bars, over which a range is chosen by dragging, or by arrow keys and Enter.
//!
//! A bar stands for all images; the bright part of it for those that pass the filter.

use eframe::egui::{
    Align2, EventFilter, FontId, Id, InputState, Key, Modifiers, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo,
    pos2, vec2,
};

use super::rows::PADDING;
use crate::domain::predicate::Narrowing;
use crate::domain::{Bin, ColumnKind, TableColumn};
use crate::ui::theme::palette;
use crate::ui::widgets::text::{counted, thousands};

/// Above the bars, and below them for the numbers at both ends, in points.
const ABOVE: f32 = 8.0;
const BELOW: f32 = 20.0;
/// Size of the numbers at both ends.
const SMALL: f32 = 10.5;

/// The bars between which a range is being chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Brush {
    column: TableColumn,
    /// Where it began, and where it is now.
    ends: [usize; 2],
}

/// What is wished of a histogram.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Wish {
    /// Only these numbers.
    Narrow(Narrowing),
    /// All numbers again.
    Widen,
}

/// A histogram that is to be drawn.
pub(super) struct Histogram<'a> {
    pub(super) column: TableColumn,
    pub(super) bins: &'a [Bin],
    /// To which numbers the filter narrows the images, if it does.
    pub(super) narrowing: Option<&'a Narrowing>,
    /// Whether predicates know the column.
    pub(super) can_narrow: bool,
}

impl Histogram<'_> {
    /// Draws it and says what is wished.
    pub(super) fn show(&self, ui: &Ui, rect: Rect, brush: &mut Option<Brush>) -> Option<Wish> {
        let bars = Rect::from_min_max(rect.min + vec2(PADDING, ABOVE), rect.max - vec2(PADDING, BELOW));
        let last = self.bins.len().checked_sub(1)?;
        let id = ui.scope_id().with("histogram");
        let sense = if self.can_narrow { Sense::click_and_drag() } else { Sense::focusable_noninteractive() };
        let response = ui.interact(rect, id, sense);
        response.widget_info(|| self.info());
        let bar_at = |x: f32| {
            let share = ((x - bars.left()) / bars.width().max(1.0)).clamp(0.0, 1.0);
            ((share * self.bins.len() as f32) as usize).min(last)
        };
        let mut wish = None;
        if self.can_narrow {
            wish = self.follow(ui, &response, bar_at, brush);
        }
        self.paint(ui, rect, bars, brush.filter(|brush| brush.column == self.column));
        if let Some(pointer) = response.hover_pos() {
            let bar = bar_at(pointer.x);
            let hint = if self.can_narrow && brush.is_none() { "\nDrag over bars to see only these" } else { "" };
            response.on_hover_text_at_pointer(format!("{}{hint}", self.in_words(bar)));
        }
        wish
    }

    /// Follows pointer and keys.
    fn follow(
        &self,
        ui: &Ui,
        response: &Response,
        bar_at: impl Fn(f32) -> usize,
        brush: &mut Option<Brush>,
    ) -> Option<Wish> {
        let column = self.column;
        let own = brush.filter(|brush| brush.column == column);
        let pointer = response.interact_pointer_pos();
        if response.drag_started() {
            let from = ui.input(|input| input.pointer.press_origin()).or(pointer)?;
            *brush = Some(Brush { column, ends: [bar_at(from.x); 2] });
        }
        if let (true, Some(pointer), Some(brush)) = (response.dragged(), pointer, brush.as_mut()) {
            brush.ends[1] = bar_at(pointer.x);
        }
        if response.drag_stopped() {
            let Brush { ends, .. } = brush.take().filter(|brush| brush.column == column)?;
            return Some(Wish::Narrow(self.between(ends)));
        }
        if response.clicked() {
            let ends = match (pointer, own) {
                (Some(pointer), _) => [bar_at(pointer.x); 2],
                // By a key, or by a screen reader.
                (None, Some(own)) => own.ends,
                (None, None) => [0, self.bins.len() - 1],
            };
            *brush = None;
            let wished = self.between(ends);
            // The same once more takes it away.
            return Some(if self.narrowing == Some(&wished) { Wish::Widen } else { Wish::Narrow(wished) });
        }
        if response.has_focus() {
            return self.follow_keys(ui, response.id, own, brush);
        }
        if own.is_some() && !response.dragged() {
            *brush = None;
        }
        None
    }

    /// Arrows go from bar to bar, with Shift they take further ones in; Delete takes the range away.
    fn follow_keys(&self, ui: &Ui, id: Id, own: Option<Brush>, brush: &mut Option<Brush>) -> Option<Wish> {
        let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        let pressed =
            |modifiers: Modifiers, key: Key| ui.input_mut(|input: &mut InputState| input.consume_key(modifiers, key));
        let last = self.bins.len() - 1;
        for (key, by) in [(Key::ArrowLeft, -1), (Key::ArrowRight, 1)] {
            let step = |bar: usize| bar.saturating_add_signed(by).min(last);
            // What Shift is held with is without it, too, if that is asked first.
            if pressed(Modifiers::SHIFT, key) {
                let [from, to] = own.map_or([0, 0], |own| own.ends);
                *brush = Some(Brush { column: self.column, ends: [from, step(to)] });
            } else if pressed(Modifiers::NONE, key) {
                let to = own.map_or(0, |own| step(own.ends[1]));
                *brush = Some(Brush { column: self.column, ends: [to, to] });
            }
        }
        let widens = pressed(Modifiers::NONE, Key::Delete) || pressed(Modifiers::NONE, Key::Backspace);
        widens.then_some(Wish::Widen)
    }

    /// The numbers of some bars.
    fn between(&self, [a, b]: [usize; 2]) -> Narrowing {
        let (from, until) = (self.bins[a.min(b)].from, self.bins[a.max(b)].until);
        match self.column.kind() {
            // The next bar begins with the next whole number.
            ColumnKind::Whole | ColumnKind::Date => Narrowing::Between(from, until - 1.0),
            ColumnKind::Decimal | ColumnKind::Text | ColumnKind::Name => Narrowing::Between(from, until),
        }
    }

    /// The bars that are within what the filter lets through.
    fn within(&self) -> Option<[usize; 2]> {
        let Some(Narrowing::Between(from, to)) = self.narrowing else { return None };
        let first = self.bins.iter().position(|bin| bin.until > *from)?;
        let begins_within = |bin: &Bin| match self.column.kind() {
            ColumnKind::Whole | ColumnKind::Date => bin.from <= *to,
            // The end of a range is where the next bar begins.
            ColumnKind::Decimal | ColumnKind::Text | ColumnKind::Name => bin.from < *to,
        };
        let last = self.bins.iter().rposition(begins_within)?;
        (first <= last).then_some([first, last])
    }

    /// What a bar says.
    fn in_words(&self, bar: usize) -> String {
        let Bin { from, until, images: [all, shown] } = self.bins[bar];
        let [from, until] = [from, until].map(|value| self.column.in_words(value));
        let range = if from == until { from } else { format!("{from} to {until}") };
        match shown == all {
            true => format!("{range}: {}", counted(all, "image", "images")),
            false => format!("{range}: {} of {}", thousands(shown), counted(all, "image", "images")),
        }
    }

    fn ends(&self) -> [String; 2] {
        let [first, last] = [self.bins.first(), self.bins.last()];
        [first.map_or(0.0, |bin| bin.from), last.map_or(0.0, |bin| bin.until)].map(|end| self.column.in_words(end))
    }

    fn info(&self) -> WidgetInfo {
        let [least, most] = self.ends();
        let counted = self.bins.iter().filter(|bin| bin.images[0] > 0).count();
        let said = format!("{least} to {most}, {counted} bars with images");
        WidgetInfo {
            current_text_value: Some(said),
            ..WidgetInfo::labeled(Role::Slider, self.can_narrow, format!("Histogram of {}", self.column.title()))
        }
    }

    fn paint(&self, ui: &Ui, rect: Rect, bars: Rect, brush: Option<Brush>) {
        let (painter, palette) = (ui.painter(), palette());
        let width = bars.width() / self.bins.len() as f32;
        let left = |bar: usize| bars.left() + bar as f32 * width;
        let stretch = |[a, b]: [usize; 2]| {
            Rect::from_min_max(pos2(left(a.min(b)), bars.top() - 4.0), pos2(left(a.max(b) + 1), bars.bottom()))
        };
        if let Some(within) = self.within() {
            let within = stretch(within);
            painter.rect_filled(within, 2.0, palette.accent_fill);
            for x in [within.left(), within.right()] {
                painter.vline(x, within.y_range(), Stroke::new(1.0, palette.accent));
            }
        }
        if let Some(brush) = brush {
            painter.rect_filled(stretch(brush.ends), 2.0, palette.accent.gamma_multiply(0.22));
        }
        let most = self.bins.iter().map(|bin| bin.images[0]).max().unwrap_or(0).max(1) as f32;
        let gap = if width >= 4.0 { 1.0 } else { 0.0 };
        for (bar, bin) in self.bins.iter().enumerate() {
            for (count, colour) in bin.images.into_iter().zip([palette.lifted, palette.accent]) {
                if count == 0 {
                    continue;
                }
                // What is there is seen, however little it is.
                let height = (bars.height() * count as f32 / most).max(1.5);
                let place = Rect::from_min_max(
                    pos2(left(bar), bars.bottom() - height),
                    pos2(left(bar + 1) - gap, bars.bottom()),
                );
                painter.rect_filled(place, 0.0, colour);
            }
        }
        painter.hline(bars.x_range(), bars.bottom() + 0.5, Stroke::new(1.0, palette.line));
        let font = FontId::proportional(SMALL);
        let [least, most] = self.ends();
        let below = bars.bottom() + 3.0;
        let first = painter.text(pos2(bars.left(), below), Align2::LEFT_TOP, least, font.clone(), palette.weak);
        let last = painter.layout_no_wrap(most, font, palette.weak);
        // Where both have no room the second gives way.
        if first.right() + 6.0 + last.size().x <= bars.right() {
            painter.galley(pos2(bars.right() - last.size().x, below), last, palette.weak);
        }
        if ui.memory(|memory| memory.has_focus(ui.scope_id().with("histogram"))) {
            let around = rect.shrink2(vec2(3.0, 2.0));
            painter.rect_stroke(around, 3.0, Stroke::new(1.0, palette.accent), eframe::egui::StrokeKind::Inside);
        }
    }
}
