//! What the list of the commands says of each, and how it is written.

use eframe::egui::{Key, KeyboardShortcut, Modifiers};

use crate::session::Session;

/// The key that is held for commands: ⌘ on macOS and Ctrl elsewhere.
pub const COMMAND: Modifiers = Modifiers::COMMAND;

/// The same with Shift.
pub const COMMAND_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

/// The key that is held for what leads somewhere.
pub const ALT: Modifiers = Modifiers::ALT;

/// A stretch of a menu in which commands follow each other; `ui/menu.rs` says which menus have which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// What is opened.
    Open,
    /// The folder that is open.
    Folder,
    /// What is brought in.
    Import,
    /// What is taken away.
    Export,
    /// The pictures' own files.
    Files,
    /// The end.
    Quit,
    /// Choices taken back.
    Undo,
    /// What is selected.
    Select,
    /// What is looked for.
    Find,
    /// What is remembered.
    Settings,
    /// The places.
    Places,
    /// Back and forward.
    Ways,
    /// How the views are arranged.
    Arrangement,
    /// One picture.
    Picture,
    /// The layer before the one that is looked at.
    LayerBefore,
    /// The layer after it. The list has them the other way round.
    LayerAfter,
    /// How large everything is.
    Zoom,
    /// Networks that are part of the program.
    OwnNetworks,
    /// All other networks.
    Networks,
    /// What is extracted.
    Extraction,
    /// What helps.
    Help,
}

/// What to do before a command can be chosen; `None` if it can be.
pub type Lacks = Option<&'static str>;

/// What the list says of a command.
pub struct Row {
    /// The name shown to the person; `…` where it asks something first.
    pub name: &'static str,
    /// The keys that call it.
    pub keys: Option<KeyboardShortcut>,
    /// Whether egui does it by itself when its keys are pressed.
    pub is_of_egui: bool,
    /// Whether its keys mean something else where text is typed.
    pub is_left_to_text: bool,
    /// Where it stands in the menus, if it does.
    pub section: Option<Section>,
    /// What lacks before the menus let it be chosen, said as what to do. Keys call it all the same: what comes of that tells why
    /// nothing does.
    pub lacks: fn(&Session) -> Lacks,
    /// Other words by which a person may look for it.
    pub also: &'static str,
    /// Whether it is what is used now, if it is one of several of which one is.
    pub is_used: Option<fn(&Session) -> bool>,
}

impl Row {
    /// A command of this name, which can always be chosen.
    pub const fn named(name: &'static str) -> Self {
        Self {
            name,
            keys: None,
            is_of_egui: false,
            is_left_to_text: false,
            section: None,
            lacks: |_| None,
            also: "",
            is_used: None,
        }
    }

    /// Called by these keys.
    pub const fn keys(self, modifiers: Modifiers, key: Key) -> Self {
        Self { keys: Some(KeyboardShortcut::new(modifiers, key)), ..self }
    }

    /// Called by these keys, which egui minds: it knows keyboard layouts.
    pub const fn keys_of_egui(self, modifiers: Modifiers, key: Key) -> Self {
        Self { is_of_egui: true, ..self.keys(modifiers, key) }
    }

    /// Its keys are left to the text field in which something is typed.
    pub const fn left_to_text(self) -> Self {
        Self { is_left_to_text: true, ..self }
    }

    /// Stands in a menu.
    pub const fn stands_in(self, section: Section) -> Self {
        Self { section: Some(section), ..self }
    }

    /// Can be chosen only if nothing of this lacks.
    pub const fn if_so(self, lacks: fn(&Session) -> Lacks) -> Self {
        Self { lacks, ..self }
    }

    /// Found by these words, too.
    pub const fn also(self, words: &'static str) -> Self {
        Self { also: words, ..self }
    }

    /// One of several, which is used if this is so.
    pub const fn used_if(self, is_used: fn(&Session) -> bool) -> Self {
        Self { is_used: Some(is_used), ..self }
    }
}

/// Makes of the list the enum of all commands, what is known of each, and the order in which they are shown. Commands that
/// differ by a value stand in it once, with the values there are.
macro_rules! commands {
    (@each $command:ident) => { vec![Command::$command] };
    (@each $command:ident $values:expr) => { $values.map(Command::$command).to_vec() };
    ($($(#[doc = $about:literal])+ $command:ident $(($value:ident: $of:ty = $values:expr))? => $row:expr;)*) => {
        /// A thing the person can do that has a name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Command {
            $($(#[doc = $about])+ $command $(($of))?,)*
        }

        impl Command {
            /// All of them, in the order of the list.
            pub fn all() -> Vec<Command> {
                [$(commands!(@each $command $($values)?)),*].concat()
            }

            /// What it does, in a sentence.
            pub fn about(self) -> &'static str {
                match self {
                    $(Command::$command { .. } => concat!($($about),+).trim_start(),)*
                }
            }

            fn row(self) -> Row {
                match self {
                    $(Command::$command $(($value))? => $row,)*
                }
            }
        }
    };
}

pub(super) use commands;
