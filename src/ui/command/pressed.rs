//! Which commands the keys call that were pressed, and whose a key is that means something else where text is typed.
//!
//! That is where text is typed when the key comes. A hand is quicker than a frame: in one that begins with a click into a field, or from
//! it, nobody knows before the window is drawn.

use eframe::egui::text::{CCursor, CCursorRange};
use eframe::egui::{Context, Event, KeyboardShortcut, TextEdit};

use super::Command;

/// What the keys of a frame call.
pub struct Pressed {
    /// What they call wherever text is typed.
    pub commands: Vec<Command>,
    /// What may be the field's instead, in which text is typed once the window is drawn.
    unsettled: Vec<(Command, KeyboardShortcut)>,
    /// What was typed behind the keys that ask for a folder: it is meant for the system's dialog, if one is asked for.
    pub behind_asking: Vec<Event>,
    /// Whether text was typed when the frame began.
    was_typing: bool,
}

impl Pressed {
    /// Takes the keys of this frame, before anything is drawn. `is_about_to_type`: whether a field is to get the focus. What is typed
    /// behind the keys that open the palette is the palette's, which is not there before the next frame: it waits in `typed_ahead`.
    pub fn take(ctx: &Context, is_about_to_type: bool, typed_ahead: &mut Vec<Event>) -> Self {
        if !typed_ahead.is_empty() {
            ctx.input_mut(|input| drop(input.events.splice(0..0, typed_ahead.drain(..))));
        }
        let was_typing = ctx.text_edit_focused();
        let is_key = |event: &Event| matches!(event, Event::Key { pressed: true, .. });
        // In nearly every frame there is none, and to ask for the keys of each command takes longer than a small view.
        if !ctx.input(|input| input.events.iter().any(is_key)) {
            return Self { commands: Vec::new(), unsettled: Vec::new(), behind_asking: Vec::new(), was_typing };
        }
        // The keys of the one may stand among what was typed behind those of the other.
        let behind_asking = take_typed_behind(ctx, Command::OpenFolder);
        *typed_ahead = take_typed_behind(ctx, Command::Palette);
        if !typed_ahead.is_empty() {
            ctx.request_repaint();
        }
        let is_open = is_about_to_type || is_key_after_click(ctx);
        let is_left = |command: Command| command.row().is_left_to_text && (was_typing || is_open);
        let mut all: Vec<_> = Command::with_shortcut().filter(|(command, _)| !command.row().is_of_egui).collect();
        // Ctrl+Shift+E is a Ctrl+E, too, if that is asked first.
        all.sort_by_key(|(_, keys)| !keys.modifiers.shift);
        let (left, mut commands): (Vec<_>, Vec<_>) = all.into_iter().partition(|(command, _)| is_left(*command));
        commands.retain(|(_, keys)| ctx.input_mut(|input| input.consume_shortcut(keys)));
        let unsettled = if is_open { left } else { Vec::new() };
        let commands = commands.into_iter().map(|(command, _)| command).collect();
        Self { commands, unsettled, behind_asking, was_typing }
    }

    /// What else they call, now that all is drawn. `is_about_to_type` as before that.
    pub fn settle(self, ctx: &Context, is_about_to_type: bool) -> Vec<Command> {
        let is_typing = ctx.text_edit_focused() || is_about_to_type;
        if is_typing && self.was_typing {
            return Vec::new();
        }
        let is_pressed = |keys: &KeyboardShortcut| ctx.input_mut(|input| input.consume_shortcut(keys));
        let pressed: Vec<Command> =
            self.unsettled.into_iter().filter(|(_, keys)| is_pressed(keys)).map(|(command, _)| command).collect();
        if is_typing && pressed.contains(&Command::SelectAll) {
            // The field took the click of this frame, and had no eyes for the key yet.
            select_all_text(ctx);
        }
        if is_typing { Vec::new() } else { pressed }
    }
}

/// Takes what was typed behind the keys of a command in the same frame, so that it is nobody else's.
fn take_typed_behind(ctx: &Context, command: Command) -> Vec<Event> {
    let Some(keys) = command.shortcut() else { return Vec::new() };
    let opens = |event: &Event| {
        matches!(event, Event::Key { key, pressed: true, modifiers, .. }
            if *key == keys.logical_key && modifiers.matches_logically(keys.modifiers))
    };
    let is_typed = |event: &Event| {
        matches!(event, Event::Text(_) | Event::Paste(_) | Event::Ime(_) | Event::Key { pressed: true, .. })
    };
    ctx.input_mut(|input| {
        let Some(place) = input.events.iter().position(opens) else { return Vec::new() };
        let behind = input.events.split_off(place + 1);
        let (typed, others): (Vec<_>, Vec<_>) = behind.into_iter().partition(is_typed);
        input.events.extend(others);
        typed
    })
}

/// Whether a button of the pointer was at work before a key was pressed in the same frame.
fn is_key_after_click(ctx: &Context) -> bool {
    ctx.input(|input| {
        let is_button = |event: &Event| matches!(event, Event::PointerButton { .. });
        let is_key = |event: &Event| matches!(event, Event::Key { pressed: true, .. });
        input.events.iter().skip_while(|event| !is_button(event)).any(is_key)
    })
}

fn select_all_text(ctx: &Context) {
    let Some(field) = ctx.memory(|memory| memory.focused()) else { return };
    let Some(mut state) = TextEdit::load_state(ctx, field) else { return };
    // As far as there is text: the field cuts it there.
    let all = CCursorRange::two(CCursor::new(0), CCursor::new(usize::MAX / 2));
    state.cursor.set_char_range(Some(all));
    state.store(ctx, field);
    ctx.request_repaint();
}
