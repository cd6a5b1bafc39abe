//! What can be called by name: menus, shortcuts and the shortcut list are all made from this.

use eframe::egui::{self, Key, KeyboardShortcut, Modifiers};

use super::dock::Pane;
use crate::engine::ExportFormat;

/// A thing the person can do that has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Ask for a folder and open it.
    OpenFolder,
    /// Open the program's own pictures.
    OpenSample,
    /// Back to the welcome view.
    CloseFolder,
    /// Ask where, and export.
    Export(ExportFormat),
    /// Close the window.
    Quit,
    /// Take back the last choice.
    Undo,
    /// Bring it back.
    Redo,
    /// Select all that is shown.
    SelectAll,
    /// Select nothing.
    SelectNone,
    /// Select what is shown and not selected.
    InvertSelection,
    /// Put the cursor in the gallery's filter.
    Find,
    /// Use the built-in network.
    BuiltinNetwork,
    /// Use the filters from formulas.
    AnalyticNetwork,
    /// List all networks, to get and use them.
    Networks,
    /// Ask for a network's file and use it.
    LoadNetwork,
    /// Choose which layers are stored.
    ChooseLayers,
    /// Extract what is missing.
    Extract,
    /// Stop extracting.
    Cancel,
    /// Look at every image for neighbours, or ask an index again.
    AskExactly,
    /// Look at the next layer.
    NextLayer,
    /// Look at the previous layer.
    PreviousLayer,
    /// Bring a view to the front.
    Show(Pane),
    /// Arrange the views as on the first day.
    ResetLayout,
    /// Show everything larger.
    ZoomIn,
    /// Show everything smaller.
    ZoomOut,
    /// Show everything at its own size.
    ZoomReset,
    /// What the workspace costs, and its versions.
    Workspace,
    /// List the shortcuts.
    Shortcuts,
    /// Say what this is.
    About,
}

impl Command {
    /// Those with a shortcut, in the order of the list shown to the person.
    pub const WITH_SHORTCUT: [Command; 27] = [
        Command::OpenFolder,
        Command::CloseFolder,
        Command::Export(ExportFormat::Csv),
        Command::Quit,
        Command::Undo,
        Command::Redo,
        Command::SelectAll,
        Command::SelectNone,
        Command::InvertSelection,
        Command::Find,
        Command::Networks,
        Command::AskExactly,
        Command::NextLayer,
        Command::PreviousLayer,
        Command::Show(Pane::Gallery),
        Command::Show(Pane::Activations),
        Command::Show(Pane::Map),
        Command::Show(Pane::Network),
        Command::Show(Pane::Neighbours),
        Command::Show(Pane::Selection),
        Command::Show(Pane::Clusters),
        Command::Show(Pane::Classes),
        Command::Show(Pane::Findings),
        Command::ZoomIn,
        Command::ZoomOut,
        Command::ZoomReset,
        Command::Shortcuts,
    ];

    /// The name shown to the person.
    pub fn name(self) -> &'static str {
        match self {
            Command::OpenFolder => "Open folder…",
            Command::OpenSample => "Open the sample collection",
            Command::CloseFolder => "Close folder",
            Command::Export(format) => format.description().command,
            Command::Quit => "Quit",
            Command::Undo => "Undo",
            Command::Redo => "Redo",
            Command::SelectAll => "Select all",
            Command::SelectNone => "Select none",
            Command::InvertSelection => "Invert selection",
            Command::Find => "Find in the gallery",
            Command::BuiltinNetwork => "Built-in network",
            Command::AnalyticNetwork => "Analytic filters",
            Command::Networks => "Networks…",
            Command::Workspace => "Workspace…",
            Command::LoadNetwork => "Load a network file…",
            Command::ChooseLayers => "Stored layers…",
            Command::Extract => "Extract what is missing",
            Command::Cancel => "Stop extracting",
            Command::AskExactly => "Neighbours exactly, or by index",
            Command::NextLayer => "Next layer",
            Command::PreviousLayer => "Previous layer",
            Command::Show(Pane::Gallery) => "Go to the gallery",
            Command::Show(Pane::Activations) => "Go to the activations",
            Command::Show(Pane::Map) => "Go to the map",
            Command::Show(Pane::Network) => "Go to the layers",
            Command::Show(Pane::Neighbours) => "Go to the neighbours",
            Command::Show(Pane::Selection) => "Go to the selection",
            Command::Show(Pane::Clusters) => "Go to the clusters",
            Command::Show(Pane::Findings) => "Go to the findings",
            Command::Show(Pane::Classes) => "Go to the classes",
            Command::ResetLayout => "Reset the layout",
            Command::ZoomIn => "Zoom in",
            Command::ZoomOut => "Zoom out",
            Command::ZoomReset => "Actual size",
            Command::Shortcuts => "Keyboard shortcuts",
            Command::About => "About Tiramisu",
        }
    }

    /// The keys that call it. `COMMAND` is ⌘ on macOS and Ctrl elsewhere.
    pub fn shortcut(self) -> Option<KeyboardShortcut> {
        const COMMAND: Modifiers = Modifiers::COMMAND;
        const COMMAND_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);
        let (modifiers, key) = match self {
            Command::OpenFolder => (COMMAND, Key::O),
            Command::CloseFolder => (COMMAND, Key::W),
            Command::Export(ExportFormat::Csv) => (COMMAND, Key::E),
            Command::Quit => (COMMAND, Key::Q),
            Command::Undo => (COMMAND, Key::Z),
            Command::Redo => (COMMAND_SHIFT, Key::Z),
            Command::SelectAll => (COMMAND, Key::A),
            Command::SelectNone => (COMMAND_SHIFT, Key::A),
            Command::InvertSelection => (COMMAND, Key::I),
            Command::Find => (COMMAND, Key::F),
            Command::Networks => (COMMAND_SHIFT, Key::N),
            Command::AskExactly => (COMMAND_SHIFT, Key::E),
            Command::NextLayer => (COMMAND, Key::CloseBracket),
            Command::PreviousLayer => (COMMAND, Key::OpenBracket),
            Command::Show(Pane::Gallery) => (COMMAND, Key::Num1),
            Command::Show(Pane::Activations) => (COMMAND, Key::Num2),
            Command::Show(Pane::Map) => (COMMAND, Key::Num3),
            Command::Show(Pane::Network) => (COMMAND, Key::Num4),
            Command::Show(Pane::Neighbours) => (COMMAND, Key::Num5),
            Command::Show(Pane::Selection) => (COMMAND, Key::Num6),
            Command::Show(Pane::Clusters) => (COMMAND, Key::Num7),
            Command::Show(Pane::Classes) => (COMMAND, Key::Num8),
            Command::Show(Pane::Findings) => (COMMAND, Key::Num9),
            Command::ZoomIn => (COMMAND, Key::Plus),
            Command::ZoomOut => (COMMAND, Key::Minus),
            Command::ZoomReset => (COMMAND, Key::Num0),
            Command::Shortcuts => (Modifiers::NONE, Key::F1),
            _ => return None,
        };
        Some(KeyboardShortcut::new(modifiers, key))
    }

    /// `hint` with the keys that call this, if any do: `Look at every image (Ctrl+Shift+E)`.
    pub fn with_keys(self, hint: &str) -> String {
        match self.shortcut() {
            Some(keys) => format!("{hint} ({})", keys_in_words(&keys)),
            None => hint.to_owned(),
        }
    }

    /// Whether typing in a text field means something else by these keys.
    fn yields_to_text(self) -> bool {
        matches!(self, Command::Undo | Command::Redo | Command::SelectAll | Command::SelectNone)
    }

    /// The commands whose keys were pressed. Zooming is left to egui, which knows keyboard layouts.
    pub fn pressed(ctx: &egui::Context) -> Vec<Command> {
        let is_typing = ctx.text_edit_focused();
        // Ctrl+Shift+E is a Ctrl+E, too, if that is asked first.
        let mut commands = Command::WITH_SHORTCUT;
        commands.sort_by_key(|command| !command.shortcut().is_some_and(|keys| keys.modifiers.shift));
        commands
            .into_iter()
            .filter(|command| !matches!(command, Command::ZoomIn | Command::ZoomOut | Command::ZoomReset))
            .filter(|command| !(is_typing && command.yields_to_text()))
            .filter(|command| {
                command.shortcut().is_some_and(|keys| ctx.input_mut(|input| input.consume_shortcut(&keys)))
            })
            .collect()
    }
}

/// A shortcut as it is written on a keyboard: `Ctrl+Shift+Z`, `Ctrl+[`, `Alt+Left`. Keys without a character of their own
/// are in words, since the fonts at hand may lack the signs for them; so are plus and minus, which would be lost in `Ctrl++`.
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
