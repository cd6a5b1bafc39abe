//! The window. The only home of egui.
//!
//! [`App`] draws a [`Session`](crate::session::Session) and turns what the person does into actions on it. It knows the
//! engine only as a queue of events and a place to put requests, so a test drives it without either. [`run`] opens the
//! window itself.
//!
//! - `views/`: one file a view, and one table of them; a view reads the session and pushes actions.
//! - `paint/`: what is drawn by shaders of our own.
//! - `widgets/`: parts several views are made of.
//! - `dialogs/`: what asks before it goes on.
//! - `viewer/`: one picture in the place of the views.
//! - `performance/`: what frames cost, in a panel; `bench/`: the window driven without a screen, to be measured.
//! - `rail`, `top_bar`, `inspector`: what is around the views in every place; `places`: how each place arranges them.
//! - `icons`: the signs on buttons, of one set.
//! - `tour`: a few steps for who is new; `landmarks`: where that is drawn what it points at.
//! - `command`: everything that has a name, in one list for menus, shortcuts and texts; `dock`: how the views are arranged.

// A new variant is to be missed by the compiler, not by the person.
#![deny(clippy::wildcard_enum_match_arm)]

pub mod again;
pub mod app;
pub mod bench;
mod browser;
mod by_the_way;
pub mod chooser;
mod clustering_words;
pub mod command;
pub mod desktop;
pub mod dialog_failures;
mod dialogs;
pub mod dock;
mod error;
mod export_menu;
pub mod giving_back;
pub mod icons;
mod inspector;
mod landmarks;
pub mod later;
mod menu;
mod network_words;
pub mod paint;
pub mod performance;
mod picture_menu;
mod place_counts;
pub mod places;
mod question_words;
mod rail;
mod run;
pub mod settings;
mod status;
mod table_look;
pub mod theme;
pub mod thumbnails;
pub mod toasts;
mod top_bar;
mod tour;
pub mod viewer;
pub mod views;
mod waker;
pub mod widgets;

pub use app::{App, AppOptions};
pub use chooser::{Chooser, Question};
pub use desktop::{Desktop, expect_display};
pub use error::UiError;
pub use run::{Launch, run};
pub use settings::Settings;
pub use waker::Waker;
