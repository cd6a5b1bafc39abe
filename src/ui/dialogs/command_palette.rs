//! The command palette: everything that has a name, found by typing some of its letters.

use eframe::egui::{self, Align, Button, Event, Key, Modifiers, RichText, ScrollArea, TextEdit};

use super::modal;
use crate::session::{Action, Choose, Session};
use crate::ui::command::{Command, keys_in_words};
use crate::ui::theme::palette;

/// What is written, and where among what was found one stands.
#[derive(Default)]
pub struct CommandPalette {
    wanted: String,
    /// Where the arrows went; until they went anywhere it is the first of what was found by a word.
    at: Option<usize>,
    was_shown: bool,
    /// Whether the field was there to be typed in, and not only measured.
    was_drawn: bool,
}

/// Something that can be chosen.
#[derive(Clone, Copy)]
enum Entry {
    Command(Command),
    /// A layer to look at, by its place in the network.
    Layer(usize),
}

/// Entries drawn at most: whoever sees none among these types on.
const MOST: usize = 60;

impl CommandPalette {
    /// Shows it, and says whether it is done.
    pub(super) fn show(
        &mut self,
        ctx: &egui::Context,
        session: &Session,
        actions: &mut Vec<Action>,
        commands: &mut Vec<Command>,
    ) -> bool {
        let id = egui::Id::unique("command palette field");
        if !std::mem::replace(&mut self.was_shown, true) {
            self.take_typed(ctx);
        }
        if !self.was_drawn {
            // Before the field is there, which takes the keys of this frame then. What is only measured gives the keyboard back.
            ctx.memory_mut(|memory| memory.request_focus(id));
        }
        // Before the text field, which would take the arrows for itself.
        let pressed = |key: Key| ctx.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let moved = usize::from(pressed(Key::ArrowDown)) as isize - usize::from(pressed(Key::ArrowUp)) as isize;
        let is_entered = pressed(Key::Enter);
        let mut chosen = None;
        let is_done = modal(ctx, "Commands", 480.0, |ui| {
            let field = TextEdit::singleline(&mut self.wanted)
                .id(id)
                .hint_text("Type a command or a layer")
                .desired_width(f32::INFINITY);
            let response = ui.add(field).accessible_name("Find a command or a layer");
            if response.changed() {
                self.at = None;
            }
            if !self.was_drawn {
                response.request_focus();
                self.was_drawn = !ui.is_sizing_pass();
            }
            // After the field: what was typed in this frame, too, is looked for before Enter counts.
            let found = self.found(session);
            self.go(moved, found.len());
            let marked = self.marked(found.len());
            if is_entered {
                chosen = marked.and_then(|place| found.get(place)).copied();
            }
            ui.add_space(6.0);
            let room = (ctx.content_rect().height() - 220.0).clamp(80.0, 420.0);
            ScrollArea::vertical().max_height(room).auto_shrink([false, true]).show(ui, |ui| {
                for (place, entry) in found.iter().enumerate() {
                    let mut button = Button::selectable(marked == Some(place), entry.title(session))
                        .min_size(egui::vec2(ui.available_width(), 0.0));
                    if let Some(more) = entry.lacks(session).map(str::to_owned).or_else(|| entry.beside(session)) {
                        button = button.right_text(RichText::new(more).color(palette().weak));
                    }
                    let response = ui.add_enabled(entry.lacks(session).is_none(), button);
                    if marked == Some(place) && moved != 0 {
                        response.scroll_to_me(Some(Align::Center));
                    }
                    if response.clicked() {
                        chosen = Some(*entry);
                    }
                    if let Entry::Command(command) = entry {
                        let why_not = entry.lacks(session).unwrap_or_default();
                        response.on_hover_text(command.about()).on_disabled_hover_text(why_not);
                    }
                }
                if found.is_empty() {
                    ui.label(RichText::new("No command or layer is called that.").color(palette().weak));
                }
            });
            false
        });
        match chosen.filter(|entry| entry.lacks(session).is_none()) {
            Some(Entry::Command(command)) => commands.push(command),
            Some(Entry::Layer(layer)) => actions.push(Choose::Layer(layer).into()),
            None => return is_done,
        }
        true
    }

    /// Takes what was typed in the frame that opens it, for a hand is quicker than a frame: the field gets none of that, since a dialog is
    /// only measured at first.
    fn take_typed(&mut self, ctx: &egui::Context) {
        ctx.input_mut(|input| {
            input.events.retain(|event| {
                let (Event::Text(text) | Event::Paste(text)) = event else { return true };
                self.wanted += text;
                false
            });
        });
    }

    /// The entry that Enter chooses: where the arrows went, or the first of what was found by a word. Where neither was, it is none:
    /// nobody who only opened it means the command that happens to stand first.
    fn marked(&self, found: usize) -> Option<usize> {
        let last = found.checked_sub(1)?;
        let first = (!self.wanted.trim().is_empty()).then_some(0);
        self.at.or(first).map(|at| at.min(last))
    }

    /// Follows the arrows.
    fn go(&mut self, by: isize, found: usize) {
        if by != 0 {
            self.at = match self.marked(found) {
                Some(at) => Some(at.saturating_add_signed(by).min(found.saturating_sub(1))),
                None => Some(0),
            };
        }
    }

    /// What fits, best first: commands that cannot be chosen now come last.
    fn found(&self, session: &Session) -> Vec<Entry> {
        let commands = Command::all().into_iter().filter(|command| *command != Command::Palette).map(Entry::Command);
        let layers = session.collection().map_or(0, |collection| collection.layers.len());
        // Layers are many; nobody looks for one without a letter of it.
        let layers = (0..layers).filter(|_| !self.wanted.trim().is_empty()).map(Entry::Layer);
        let mut found: Vec<(bool, usize, Entry)> = commands
            .chain(layers)
            .filter_map(|entry| {
                let names = entry.names(session);
                let by_name = names.iter().filter_map(|name| distance(name, &self.wanted)).min();
                // By its name before all that is found by other words only.
                let nearest = by_name.or_else(|| Some(entry.distance_of_other_words(&self.wanted)? + 10_000))?;
                Some((entry.lacks(session).is_some(), nearest, entry))
            })
            .collect();
        found.sort_by_key(|(is_disabled, distance, _)| (*is_disabled, *distance));
        found.into_iter().take(MOST).map(|(_, _, entry)| entry).collect()
    }
}

impl Entry {
    fn title(self, session: &Session) -> String {
        match self {
            Self::Command(command) => command.name().to_owned(),
            Self::Layer(layer) => format!("Layer {}", session.opened.layer_titles.name(layer)),
        }
    }

    /// What it can be found by: a layer also by what its file calls it.
    fn names(self, session: &Session) -> Vec<String> {
        let mut names = vec![self.title(session)];
        if let (Self::Layer(layer), Some(collection)) = (self, session.collection()) {
            names.extend(collection.layers.get(layer).map(|layer| format!("Layer {}", layer.name)));
        }
        names
    }

    /// What stands at its right.
    fn beside(self, session: &Session) -> Option<String> {
        match self {
            Self::Command(command) => {
                let keys = command.shortcut().map(|keys| keys_in_words(&keys));
                let parts: Vec<String> = command.takes(session).into_iter().chain(keys).collect();
                (!parts.is_empty()).then(|| parts.join("  ·  "))
            }
            Self::Layer(layer) => {
                let [channels, ..] = session.collection()?.layers.get(layer)?.shape;
                Some(format!("{channels} channels"))
            }
        }
    }

    /// How far other words are by which it is found, of which what is wanted has to begin one.
    fn distance_of_other_words(self, wanted: &str) -> Option<usize> {
        let Self::Command(command) = self else { return None };
        let wanted = wanted.trim().to_lowercase();
        let words = command.also();
        let begins = |at: usize| at == 0 || words.as_bytes()[at - 1] == b' ';
        words.match_indices(&wanted).map(|(at, _)| at).find(|at| begins(*at)).filter(|_| !wanted.is_empty())
    }

    /// What to do before it can be chosen; `None` if it can be.
    fn lacks(self, session: &Session) -> Option<&'static str> {
        match self {
            Self::Command(command) => command.lacks(session),
            Self::Layer(_) => None,
        }
    }
}

/// How far what is wanted is from a name, less being nearer; `None` when its letters do not stand in it in their order.
///
/// Letters that follow each other, and beginnings of words, are near.
fn distance(name: &str, wanted: &str) -> Option<usize> {
    let lower = |text: &str| text.chars().flat_map(char::to_lowercase).collect::<Vec<char>>();
    let (name, wanted) = (lower(name), lower(wanted.trim()));
    if wanted.is_empty() {
        return Some(0);
    }
    let whole = name.windows(wanted.len()).position(|window| window == wanted);
    if let Some(at) = whole {
        let begins_word = at == 0 || !name[at - 1].is_alphanumeric();
        return Some(if begins_word { at } else { at + 100 });
    }
    let (mut at, mut distance) = (0, 1000);
    for letter in wanted.into_iter().filter(|letter| !letter.is_whitespace()) {
        let further = name[at..].iter().position(|own| *own == letter)?;
        distance += further;
        at += further + 1;
    }
    Some(distance)
}
