//! What is known and what is chosen: pure state, not a pixel, no threads.
//!
//! [`Session::apply`](state::Session::apply) takes in what the engine says; [`Session::act`](act) turns what the person
//! wishes into new choices and requests to the engine. Views only read.

// A new wish, event or look is to be missed by the compiler, not by the person.
#![deny(clippy::wildcard_enum_match_arm)]

pub mod act;
pub mod action;
pub mod apply;
mod asking;
pub mod channels;
mod choosing;
pub mod chosen;
pub mod history;
pub mod house;
pub mod networks;
pub mod notice;
mod places;
pub mod placing;
mod problems;
pub mod query;
pub mod resuming;
pub mod selection;
pub mod shown;
pub mod state;
pub mod tagging;

pub use action::{Action, Pick};
pub use channels::Why;
pub use chosen::{Chosen, Colouring, Comparison};
pub use history::History;
pub use house::House;
pub use networks::Fetch;
pub use notice::Notice;
pub use selection::Selection;
pub use state::{Phase, Session};
pub use tagging::TagEdit;
