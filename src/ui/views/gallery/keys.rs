//! The keyboard in the gallery: arrows, Home, End, Page up, Page down, Enter, Space.

use eframe::egui::{self, Context, EventFilter, Id, Key, Modifiers};

use crate::session::{Action, Choose};
use crate::ui::widgets::GridLayout;

/// Moves the probe by the keys pressed, unless they belong to another widget; says whether its picture is to be opened.
pub(super) fn step(
    ctx: &Context,
    grid_id: Id,
    layout: GridLayout,
    page_height: f32,
    actions: &mut Vec<Action>,
) -> bool {
    let focused = ctx.memory(|memory| memory.focused());
    if focused.is_some_and(|id| id != grid_id) || ctx.any_popup_open() {
        return false;
    }
    if focused == Some(grid_id) {
        // Otherwise an arrow would move the focus to the next button.
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ctx.memory_mut(|memory| memory.set_focus_lock_filter(grid_id, filter));
    }
    let row = layout.columns as isize;
    let page = row * layout.rows_per_page(page_height) as isize;
    let all = layout.count as isize;
    let keys = [
        (Key::ArrowLeft, -1),
        (Key::ArrowRight, 1),
        (Key::ArrowUp, -row),
        (Key::ArrowDown, row),
        (Key::PageUp, -page),
        (Key::PageDown, page),
        (Key::Home, -all),
        (Key::End, all),
    ];
    for (key, by) in keys {
        if ctx.input_mut(|input: &mut egui::InputState| input.consume_key(Modifiers::NONE, key)) {
            actions.push(Choose::Step(by).into());
        }
    }
    let opens = |key| ctx.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    focused == Some(grid_id) && (opens(Key::Enter) || opens(Key::Space))
}
