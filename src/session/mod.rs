//! What is known and what is chosen: pure state, not a pixel, no threads.
//!
//! [`Session::apply`](state::Session::apply) takes in what the engine says; [`Session::act`](act) turns what the person
//! wishes into new choices and requests to the engine. Views only read.

// A new wish, event or look is to be missed by the compiler, not by the person.
#![deny(clippy::wildcard_enum_match_arm)]

pub mod act;
pub mod action;
mod answers;
pub mod apply;
mod asking;
pub mod channels;
mod choosing;
pub mod chosen;
pub mod fetch;
pub mod findings;
mod following;
pub mod history;
pub mod house;
pub mod housekeeping;
pub mod networks;
pub mod notice;
mod places;
pub mod placing;
mod problems;
pub mod query;
mod resumed;
pub mod resuming;
pub mod selection;
pub mod shown;
pub mod state;
pub mod tag_edit;
pub mod tagging;
pub mod why;

pub use action::{Action, Pick};
pub use chosen::{Chosen, Colouring, Comparison};
pub use fetch::Fetch;
pub use findings::Findings;
pub use history::History;
pub use house::House;
pub use notice::Notice;
pub use selection::Selection;
pub use state::{Phase, Session};
pub use tag_edit::TagEdit;
pub use why::Why;
