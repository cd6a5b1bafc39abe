//! What is known and what is chosen: pure state, not a pixel, no threads.
//!
//! A [`Session`] has two parts: what is [`Lasting`], and what belongs to the collection that is [`OpenedCollection`]. The next opening
//! replaces the second part as a whole.
//!
//! [`Session::apply`] takes in what the engine says; [`Session::act`] turns what the person wishes into new choices and
//! requests to the engine. Wishes are grouped by subject ([`Choose`], [`Open`], ...); each group stands with all that is done
//! about it in one file, beside the state it changes. Views only read.

// A new wish, event or look is to be missed by the compiler, not by the person.
#![deny(clippy::wildcard_enum_match_arm)]

mod action;
mod apply;
mod combining;
mod export;
mod go;
mod lasting;
mod left_at;
mod open;
mod opened;
mod place;
mod problems;
mod state;
mod taken;
mod taking_up;

pub use action::Action;
pub use combining::Combining;
pub use export::Export;
pub use go::Go;
pub use lasting::Lasting;
pub use lasting::networks::{Download, KnownNetworks, Networks};
pub use lasting::notices::{Notice, NoticeOf, NoticeText, Notices};
pub use left_at::{LeftAt, LeftPicture, TakeUp};
pub use open::Open;
pub use opened::analyse::Analyse;
pub use opened::ask::Ask;
pub use opened::choose::{Choose, Pick};
pub use opened::chosen::{Chosen, Comparison};
pub use opened::cluster_edit::ClusterEdit;
pub use opened::cut_outs::{CutOut, CutOutState, CutOuts};
pub use opened::depths::{Depths, stored_layers};
pub use opened::distributions::Distributions;
pub use opened::extract::Extract;
pub use opened::findings::Findings;
pub use opened::groups::GroupsKnown;
pub use opened::history::History;
pub use opened::history_words::Done;
pub use opened::importing::{Import, ImportState};
pub use opened::inside::{Inside, strip_layers};
pub use opened::left_out::Spare;
pub use opened::maintain::Maintain;
pub use opened::maintenance::Maintenance;
pub use opened::mapping::MapState;
pub use opened::maps::{ChooseMap, Colouring, MapChoice, Maps, MethodBy};
pub use opened::pick_news::PickNews;
pub use opened::running::{Begun, Running};
pub use opened::saving::Save;
pub use opened::tag_colour_edit::TagColourEdit;
pub use opened::tag_edit::TagEdit;
pub use opened::trail::{Stop, Stride, Trail};
pub use opened::undoing::Undone;
pub use opened::why_similar::{Unexplained, Why};
pub use opened::{OpenedCollection, Phase};
pub use place::Place;
pub use state::Session;
pub use taken::{Taken, ToExport};
