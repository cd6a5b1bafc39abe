//! Keys in words.

use eframe::egui::{self, Key, KeyboardShortcut};

/// A shortcut as it is written on a keyboard: `Ctrl+Shift+Z`, `Ctrl+[`, `Alt+Left`. Keys without a character of their own
/// are in words, since the fonts at hand may lack the signs for them; so are plus and minus, which would be lost in `Ctrl++`.
#[expect(clippy::wildcard_enum_match_arm, reason = "egui has a word for every key, and these alone have a sign")]
pub fn keys_in_words(keys: &KeyboardShortcut) -> String {
    let modifiers = egui::ModifierNames::NAMES.format(&keys.modifiers, cfg!(target_os = "macos"));
    let key = match keys.logical_key {
        Key::OpenBracket => "[",
        Key::CloseBracket => "]",
        Key::OpenCurlyBracket => "{",
        Key::CloseCurlyBracket => "}",
        Key::Backtick => "`",
        Key::Backslash => "\\",
        Key::Slash => "/",
        Key::Pipe => "|",
        Key::Comma => ",",
        Key::Period => ".",
        Key::Semicolon => ";",
        Key::Colon => ":",
        Key::Quote => "'",
        Key::Equals => "=",
        Key::Questionmark => "?",
        Key::Exclamationmark => "!",
        key => key.name(),
    };
    if modifiers.is_empty() { key.to_owned() } else { format!("{modifiers}+{key}") }
}

/// The key that is held for commands, as it is written on a keyboard: `Ctrl`, or `Cmd` on macOS.
pub fn command_key() -> &'static str {
    let names = egui::ModifierNames::NAMES;
    if cfg!(target_os = "macos") { names.mac_cmd } else { names.ctrl }
}
