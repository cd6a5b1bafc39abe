//! Which labels the images of a group bear: a bar in the colours of labels, and the same in words.

use eframe::egui::{Rect, Role, Sense, Ui, WidgetInfo, pos2};

use crate::domain::{LabelPlaces, counted};
use crate::ui::theme::{colour_of_label, palette};
use crate::ui::widgets::text::thousands;

/// Labels that have a piece of the bar of their own; the rest is one grey piece.
const PIECES: usize = 8;
/// Labels of a mix that are named where there is one line for them.
const NAMED_AT_ONCE: usize = 3;
/// Labels that are named while the pointer is over the bar.
const NAMED: usize = 8;

/// Draws the bar into `rect`; `size` is how many images the group has, with or without labels, and `words` say of it what the bar shows.
pub fn show(
    ui: &Ui,
    rect: Rect,
    labels: &[(String, usize)],
    size: usize,
    places: &LabelPlaces,
    (of, words): (&str, &str),
) {
    let id = ui.make_persistent_id(("label mix", of));
    let response = ui.interact(rect, id, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{of}: {words}")));
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 2.0, palette().raised);
    let all = size.max(labels.iter().map(|(_, count)| count).sum()).max(1) as f32;
    let mut left = rect.left();
    let mut piece = |count: usize, colour| {
        let right = (left + rect.width() * count as f32 / all).min(rect.right());
        painter.rect_filled(Rect::from_min_max(pos2(left, rect.top()), pos2(right, rect.bottom())), 0.0, colour);
        left = right;
    };
    for (label, count) in labels.iter().take(PIECES) {
        piece(*count, colour_of_label(places, Some(label)).unwrap_or(palette().weak));
    }
    piece(labels.iter().skip(PIECES).map(|(_, count)| count).sum(), palette().weak);
    response.on_hover_ui(|ui| {
        for (label, count) in labels.iter().take(NAMED) {
            ui.label(format!("{label}  {}", thousands(*count)));
        }
        if labels.len() > NAMED {
            ui.label(format!("and {}", counted(labels.len() - NAMED, "other label", "other labels")));
        }
        let labelled: usize = labels.iter().map(|(_, count)| count).sum();
        if labelled < size {
            ui.label(format!("{} without a label", thousands(size - labelled)));
        }
    });
}

/// `all dalmatian`, `92 % dalmatian`, `mixed (purity 30 %): emu 3, dalmatian 2, …`.
pub fn in_words(labels: &[(String, usize)]) -> String {
    let labelled: usize = labels.iter().map(|(_, count)| count).sum();
    match labels {
        [] => "no labels".to_owned(),
        [(label, _)] => format!("all {label}"),
        // Rounded down: what is not all is not 100 %.
        [(label, most), ..] if most * 2 >= labelled => format!("{} % {label}", most * 100 / labelled.max(1)),
        [(_, most), ..] => {
            let purity = most * 100 / labelled.max(1);
            let named: Vec<String> = labels
                .iter()
                .take(NAMED_AT_ONCE)
                .map(|(label, count)| format!("{label} {}", thousands(*count)))
                .collect();
            let more = if labels.len() > NAMED_AT_ONCE { ", …" } else { "" };
            // First: what does not fit on a card is cut off at the end.
            format!("mixed (purity {purity} %): {}{more}", named.join(", "))
        }
    }
}
