//! Tooltips of what small buttons lie on: where the pointer is on one of these, its own tooltip is told alone.

use eframe::egui::{Response, Ui};

use super::bubble;

/// Tells `contents` while the pointer is over it and over nothing that lies on it.
///
/// What can be dragged as well as clicked is hovered also where a button lies on it: a press there would click the button, and a
/// drag begin on what is below.
pub fn on_hover_ui(response: &Response, contents: impl FnOnce(&mut Ui)) {
    let top = response.ctx.viewport(|viewport| viewport.hits.click.as_ref().map(|widget| widget.id));
    if top.is_none_or(|top| top == response.id) {
        bubble::on_hover_ui(response, contents);
    }
}
