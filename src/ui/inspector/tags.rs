//! The tags of the current picture: seen, taken away, given; and the saved selections that it is in, which are none.

use eframe::egui::{Button, Key, RichText, TextEdit, Ui};

use crate::domain::{ImageGroup, ImageId, Tags, saved_tag};
use crate::session::{Action, Choose, Session};
use crate::ui::icons::Icon;
use crate::ui::theme::palette;
use crate::ui::widgets::tag_chip::TagChip;
use crate::ui::widgets::tags_seen::tags_of;
use crate::ui::widgets::text::counted;
use crate::ui::widgets::tile;

/// Width of what stands in the field while nothing is written, in points.
const HINT: f32 = 136.0;

/// So many saved selections are named.
const SAVED: usize = 8;

/// What is written into the field.
#[derive(Default)]
pub(super) struct TagField {
    written: String,
    problem: Option<String>,
}

impl TagField {
    /// Shows a chip a tag, and a field for another one.
    pub(super) fn show(&mut self, ui: &mut Ui, session: &Session, image: ImageId, actions: &mut Vec<Action>) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = eframe::egui::vec2(4.0, 4.0);
            for tag in tags_of(&session.opened.tags, image).iter() {
                let tag = &**tag;
                let name = format!("Remove {tag} from this picture");
                let chip = TagChip { tag, words: tag.to_owned(), hint: &name, name: &name };
                // Cut short it has a line of its own, and not what another one left of its line.
                let is_amid_line = ui.cursor().left() > ui.max_rect().left() + 1.0;
                if is_amid_line && chip.width(ui) > ui.available_width() {
                    ui.end_row();
                }
                if chip.show(ui, session, actions) {
                    actions.push(Choose::Tag { ids: vec![image], tag: tag.to_owned(), is_on: false }.into());
                }
            }
            // What is left of the line; where that is less than its hint takes, a line of its own.
            let margin = 2.0 * ui.spacing().button_padding.x;
            let left = ui.available_size_before_wrap().x - margin;
            let width = if left >= HINT { left } else { HINT };
            let field = TextEdit::singleline(&mut self.written).hint_text("Tag this picture").desired_width(width);
            let response = ui.add(field).accessible_name("Tag this picture");
            if response.changed() {
                self.problem = None;
            }
            if response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) && !self.written.is_empty() {
                match Tags::cleaned(&self.written) {
                    Ok(tag) => {
                        self.written.clear();
                        actions.push(Choose::Tag { ids: vec![image], tag, is_on: true }.into());
                        // The next tag can be written at once.
                        response.request_focus();
                    }
                    Err(problem) => self.problem = Some(problem),
                }
            }
        });
        if let Some(problem) = &self.problem {
            ui.label(RichText::new(problem).small().color(palette().problem));
        }
        show_saved(ui, session, image, actions);
    }
}

/// The saved selections that the picture is in. Nothing is taken away here: they are no words of this picture's.
fn show_saved(ui: &mut Ui, session: &Session, image: ImageId, actions: &mut Vec<Action>) {
    let tags = &session.opened.tags;
    let mut around = tags.saved_selections().filter(|(_, images)| images.binary_search(&image).is_ok()).peekable();
    if around.peek().is_none() {
        return;
    }
    ui.label(RichText::new("In saved selections").small().color(palette().weak));
    for (name, images) in around.take(SAVED) {
        let button = Button::new((Icon::Save.small(), RichText::new(name).small()));
        let hint = format!("Select all of the saved selection {name}: {}", counted(images.len(), "image", "images"));
        let response = ui.add(button.frame_when_inactive(false).truncate()).on_hover_text(hint);
        let response = response.accessible_name(format!("Saved selection {name}"));
        if let (true, Ok(tag)) = (response.clicked(), saved_tag(name)) {
            actions.push(Choose::PickGroup(ImageGroup::Tag(tags.clone(), tag), tile::pick_held(ui)).into());
        }
    }
}
