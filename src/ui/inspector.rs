//! The inspector at the right: what is known of the current picture, and what it is most like at this depth.

mod nearest;
mod tags;

use eframe::egui::{self, Frame, Label, Margin, Panel, RichText, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use super::command::Command;
use super::theme::{colour_of_label, palette};
use super::views::ViewContext;
use super::widgets::text::{bytes, single_line};
use super::widgets::tile::{self, Tile, TileMarks};
use super::widgets::{Hover, ask_with, class_bar};
use crate::domain::{Example, ImageId, ImageRef};
use crate::session::Session;

/// In a window of fewer points the views want the room.
const ROOM_FROM: f32 = 1120.0;

/// Its width in points, until the person gives it another one, and which it may have.
const WIDTH: f32 = 212.0;
const WIDTHS: std::ops::RangeInclusive<f32> = WIDTH..=380.0;

/// Height of the picture at most, in points.
const PICTURE: f32 = 190.0;

/// How many classes are listed.
const CLASSES: usize = 5;

/// What the inspector keeps of its own.
#[derive(Default)]
pub struct Inspector {
    tags: tags::TagField,
    hover: Hover,
    under: Option<ImageId>,
    /// How wide it was drawn.
    width: Option<f32>,
}

/// Whether there is room for it in a window that is so wide.
pub fn has_room(ctx: &egui::Context) -> bool {
    ctx.content_rect().width() >= ROOM_FROM
}

impl Inspector {
    /// The width that the person gave it, in points, if that is another than it has by itself; `before` as long as it was not drawn.
    pub fn width(&self, before: Option<f32>) -> Option<f32> {
        self.width.map_or(before, |width| (width != WIDTH).then_some(width))
    }

    /// Draws it beside all that is in `ui`.
    pub fn show(&mut self, ui: &mut Ui, mut cx: ViewContext<'_>) {
        self.under = None;
        let width = cx.settings.inspector_width.filter(|width| width.is_finite()).unwrap_or(WIDTH);
        let frame = Frame::new().fill(palette().ground).inner_margin(Margin { left: 0, right: 6, top: 0, bottom: 0 });
        let panel = Panel::right("inspector").resizable(true).default_size(width).size_range(WIDTHS);
        let shown = panel.frame(frame).show_separator_line(false).show(ui, |ui| {
            let room = ui.max_rect();
            // As wide as it is, whatever stands in it: a panel would follow what its content takes.
            ui.expand_to_include_rect(room);
            ui.painter().rect_filled(room, 6.0, palette().panel);
            let mut inner = ui.new_child(egui::UiBuilder::new().max_rect(room.shrink2(vec2(12.0, 10.0))));
            let area = ScrollArea::vertical().id_salt("inspector").auto_shrink(false);
            area.show(&mut inner, |ui| self.content(ui, &mut cx));
        });
        self.width = Some(shown.response.rect.width().round());
        self.hover.settle(self.under, cx.session, cx.actions);
    }

    fn content(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let session = cx.session;
        let Some(image) = session.opened.chosen.probe.and_then(|probe| session.image(probe)) else {
            ui.weak("What is known of a picture appears here once you click it.");
            return;
        };
        ui.spacing_mut().item_spacing.y = 4.0;
        picture(ui, image, cx);
        if session.opened.is_looked_at_as_typical(image.id) {
            let why = "Typical of the collection";
            ui.add(Label::new(RichText::new(why).small().color(palette().weak)).truncate())
                .on_hover_text("It is looked at until you choose another one.");
        }
        Self::facts(ui, image, session);
        ui.add_space(4.0);
        self.tags.show(ui, session, image.id, cx.actions);
        if let Some(reason) = image.problem {
            ui.add_space(6.0);
            ui.label(RichText::new("This picture could not be read").color(palette().problem));
            ui.label(RichText::new(reason).small().color(palette().weak));
            return;
        }
        seen(ui, session, image.id);
        self.under = nearest::show(ui, cx);
    }

    fn facts(ui: &mut Ui, image: ImageRef<'_>, session: &Session) {
        let (folder, name) = image.path.text.rsplit_once('/').unwrap_or(("", image.path.text));
        if let Some(label) = image.label {
            let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 20.0), Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, label));
            let dot = colour_of_label(session.opened.images.label_places(), Some(label)).unwrap_or(palette().weak);
            ui.painter().circle_filled(rect.left_center() + vec2(5.0, 0.0), 4.5, dot);
            let line = single_line(ui.painter(), label.to_owned(), 15.0, palette().strong, rect.width() - 17.0);
            let top = rect.center().y - line.size().y / 2.0;
            ui.painter().galley(pos2(rect.left() + 17.0, top), line, palette().strong);
        }
        ui.add(Label::new(RichText::new(name).color(palette().text)).truncate()).on_hover_text(image.path.text);
        let mut facts = bytes(image.file_bytes);
        if image.width > 0 {
            facts = format!("{} × {}  ·  {facts}", image.width, image.height);
        }
        if !folder.is_empty() {
            facts = format!("{facts}  ·  in {folder}");
        }
        ui.add(Label::new(RichText::new(facts).small().color(palette().weak)).truncate())
            .on_hover_text(image.path.text);
    }
}

/// A title above a part.
fn heading(ui: &mut Ui, text: &str) {
    ui.add_space(10.0);
    ui.label(RichText::new(text).small().color(palette().weak));
}

/// The picture itself; a click shows it at its own resolution, a double click looks inside.
fn picture(ui: &mut Ui, image: ImageRef<'_>, cx: &mut ViewContext<'_>) {
    let width = ui.available_width();
    let size = match [image.width, image.height] {
        [0, _] | [_, 0] => vec2(width, width.min(PICTURE)),
        [w, h] => vec2(width, (width * h as f32 / w as f32).clamp(60.0, PICTURE)),
    };
    let (_, rect) = ui.allocate_space(size);
    let marks = TileMarks { selected: false, probe: false, ..TileMarks::of(cx.session, image) };
    let name = format!("Current picture: {}", image.path.text);
    let id = ui.scope_id().with("current picture");
    let session = cx.session;
    let more = |ui: &mut Ui| {
        tile::tell_tags(ui, session, image.id);
        ui.label(RichText::new(Command::LookInside.with_keys("Double click to look inside")).small());
    };
    let response = Tile { image, marks, name: &name, more: Some(&more) }.show(ui, rect, id, cx.thumbs);
    ask_with::can_be_dragged(&response, || Example::Image(image.id));
    if cx.session.opened.chosen.asked_probe() != Some(image.id) {
        ask_with::on_picture(ui, rect, image, cx.actions);
    }
    if response.double_clicked() {
        cx.commands.push(Command::LookInside);
    }
}

/// What the network says that the picture shows, if it names anything.
fn seen(ui: &mut Ui, session: &Session, image: ImageId) {
    let is_of_it = |view: &&crate::engine::ActivationView| view.image == image && !view.classes.is_empty();
    let Some(view) = session.opened.activation.as_ref().filter(is_of_it) else { return };
    heading(ui, "The network sees");
    ui.spacing_mut().item_spacing.y = 3.0;
    view.classes.iter().take(CLASSES).for_each(|class| class_bar::show(ui, class));
}
