//! What the table of the views says of each, and what follows from it.

use eframe::egui::Key;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Pane;

/// What the table says of a view.
pub(super) struct ViewRow {
    /// The word for it in arrangements that people have: it must stay as it is.
    pub word: &'static str,
    /// The name on the tab and in the menu.
    pub name: &'static str,
    /// The name of the command that brings it to the front.
    pub go_to: &'static str,
    /// The key that does so, while Alt is held.
    pub key: Option<Key>,
    /// Where it stands on the first day, behind those with the same place that come before it in the table.
    pub home: Home,
}

/// Where a view stands on the first day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// At the left, from top to bottom.
    Left,
    /// At the right, above.
    UpperRight,
    /// At the right, below.
    LowerRight,
    /// In a strip below all others; where there is little room, at the right, below.
    Bottom,
}

impl Pane {
    /// The word for it in arrangements.
    pub fn word(self) -> &'static str {
        self.row().word
    }

    /// The view that a word stands for.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|pane| pane.word() == word)
    }

    /// The name on the tab.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The name of the command that brings it to the front.
    pub fn go_to(self) -> &'static str {
        self.row().go_to
    }

    /// The key that does so, while Alt is held.
    pub fn key(self) -> Option<Key> {
        self.row().key
    }

    /// Where it stands on the first day.
    pub fn home(self) -> Home {
        self.row().home
    }
}

impl Serialize for Pane {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl<'de> Deserialize<'de> for Pane {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Self::of_word(&word).ok_or_else(|| de::Error::custom(format!("there is no view {word}")))
    }
}

/// Makes of the table one name a view, the state of all, and the one place where each is shown.
macro_rules! views {
    ($($(#[$doc:meta])* $pane:ident($field:ident: $view:ty) { $($row:tt)* })*) => {
        /// One of the views.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Pane {
            $($(#[$doc])* $pane,)*
        }

        impl Pane {
            /// All of them, in the order of the table.
            pub const ALL: [Pane; [$(Pane::$pane),*].len()] = [$(Pane::$pane),*];

            fn row(self) -> &'static ViewRow {
                match self {
                    $(Pane::$pane => &ViewRow { $($row)* },)*
                }
            }
        }

        /// What each view keeps of its own.
        #[derive(Default)]
        pub struct Views {
            $($(#[$doc])* pub $field: $view,)*
        }

        impl Views {
            /// All views as they were looked at in the last run, as far as that is remembered.
            pub fn restored(settings: &Settings) -> Self {
                let mut views = Self::default();
                $(views.$field.restore(settings);)*
                views
            }

            /// Puts down how each is looked at, to be remembered.
            pub fn keep(&self, settings: &mut Settings) {
                $(self.$field.keep(settings);)*
            }

            /// Shows one of them.
            pub fn show(&mut self, pane: Pane, ui: &mut Ui, cx: ViewContext<'_>) {
                match pane {
                    $(Pane::$pane => self.$field.show(ui, cx),)*
                }
            }
        }
    };
}

pub(super) use views;
