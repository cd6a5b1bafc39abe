//! A field for another name. It begins with the one there is, all of it selected: what is typed takes its place, and who wants to
//! change a letter moves on from there.

use eframe::egui::text::{CCursor, CCursorRange};
use eframe::egui::{Margin, Response, TextEdit};

/// What is about the words in a field that stands in a menu, in points: as in one that stands elsewhere. By themselves fields have
/// there what is about the words of an item, which is next to nothing.
pub const IN_MENU: Margin = Margin { left: 10, right: 10, top: 4, bottom: 4 };

/// Lets the person write over `text`, which `field` holds.
pub fn begin(field: &Response, text: &str) {
    field.request_focus();
    let mut state = TextEdit::load_state(&field.ctx, field.id).unwrap_or_default();
    let all = CCursorRange::two(CCursor::new(0), CCursor::new(text.chars().count()));
    state.cursor.set_char_range(Some(all));
    state.store(&field.ctx, field.id);
}
