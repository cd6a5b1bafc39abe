//! Which picture is held beside this one.

use eframe::egui::{Button, Id, Popup, PopupCloseBehavior, Rect, RichText, Role, Sense, Ui, Vec2, WidgetInfo};

use crate::domain::ImageId;
use crate::session::{Choose, Session};
use crate::ui::command::command_key;
use crate::ui::icons::Icon;
use crate::ui::theme::palette;
use crate::ui::views::ViewContext;
use crate::ui::widgets::tile::{paint_picture, paint_waiting};

/// Of each kind so many are offered.
const OFFERED: usize = 8;
/// Side of a picture that is offered, in points.
const SIDE: f32 = 64.0;
/// Pictures beside each other.
const COLUMNS: usize = 4;

/// The button that offers pictures, or the one that puts the second away.
pub(super) fn show(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let chosen = &cx.session.opened.chosen;
    if let Some(other) = chosen.beside {
        let name = cx.session.image(other).map_or("", |image| image.path.in_folder());
        let stop = Button::new((Icon::Close.small(), name)).truncate();
        if ui.add(stop).on_hover_text("Stop comparing").accessible_name("Stop comparing").clicked() {
            cx.actions.push(Choose::Beside(None).into());
        }
        return;
    }
    // Two that are selected are two that are meant.
    let others: Vec<ImageId> = others_selected(cx.session).take(2).collect();
    if let [other] = others[..] {
        let button = Button::new((Icon::Compare.atom(), "Compare the two"));
        let hint = "Both selected pictures side by side, at every depth";
        if ui.add(button).on_hover_text(hint).accessible_name("Compare the two").clicked() {
            cx.actions.push(Choose::Beside(Some(other)).into());
        }
        return;
    }
    let button = ui.button("Compare with…").on_hover_text("A second picture beside this one, at every depth");
    Popup::menu(&button).close_behavior(PopupCloseBehavior::CloseOnClick).show(|ui| offer(ui, cx));
}

/// The selected pictures but the one looked at.
fn others_selected(session: &Session) -> impl Iterator<Item = ImageId> {
    let probe = session.opened.chosen.probe;
    session.opened.chosen.selection.iter().filter(move |id| Some(*id) != probe)
}

fn offer(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let probe = cx.session.opened.chosen.probe;
    let selected: Vec<ImageId> = others_selected(cx.session).take(OFFERED).collect();
    let list = cx.session.opened.neighbours.iter().flat_map(|list| &list.neighbours);
    let near: Vec<ImageId> = list.map(|found| found.image).filter(|id| Some(*id) != probe).take(OFFERED).collect();
    if selected.is_empty() && near.is_empty() {
        ui.set_max_width(240.0);
        ui.label(format!("Select a second picture: click it with {} held, here or in any view.", command_key()));
        return;
    }
    for (title, ids) in [("Selected", selected), ("Most similar", near)] {
        if ids.is_empty() {
            continue;
        }
        ui.label(RichText::new(title).small().color(palette().weak));
        for row in ids.chunks(COLUMNS) {
            ui.horizontal(|ui| row.iter().for_each(|id| picture(ui, *id, title, cx)));
        }
    }
}

fn picture(ui: &mut Ui, id: ImageId, title: &str, cx: &mut ViewContext<'_>) {
    let Some(image) = cx.session.image(id) else { return };
    let (_, rect) = ui.allocate_space(Vec2::splat(SIDE));
    let response = ui.interact(rect, Id::unique("inside: compare with").with((title, id)), Sense::click());
    let name = format!("Compare with {}", image.path.text);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let inner: Rect = rect.shrink(1.0);
    match cx.thumbs.get(id) {
        Some((texture, size)) => paint_picture(ui.painter(), inner, texture, size),
        None => paint_waiting(ui.painter(), inner),
    }
    if response.hovered() {
        let stroke = eframe::egui::Stroke::new(1.5, palette().strong);
        ui.painter().rect_stroke(rect, 4.0, stroke, eframe::egui::StrokeKind::Inside);
    }
    if response.clicked() {
        cx.actions.push(Choose::Beside(Some(id)).into());
    }
    response.on_hover_text(image.path.text);
}
