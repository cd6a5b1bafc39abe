//! Speeds and memory of this machine, as one table. Nothing is asserted.
//!
//! ```sh
//! cargo bench --profile release                  # everything; an hour on two cores
//! cargo bench --profile release -- network       # one section: network, layers, decode, scaled, extraction, photographs,
//!                                                # notebook, memory, search, neighbours, projections, clusters, kmeans,
//!                                                # centrality, growth, million, question, verbs, window, welcome,
//!                                                # worth
//! ```
//!
//! `--profile release` builds with what `cargo test --release` has built already.

#![allow(
    clippy::unwrap_used,
    clippy::get_unwrap,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "what is measured is printed, and what cannot be measured ends"
)]

mod centrality;
mod clusters;
mod decode;
mod difference;
mod extraction;
mod growth;
mod kmeans;
mod large_collection;
mod layers;
mod million;
mod neighbours;
mod network;
mod notebook;
mod process;
mod projections;
mod python;
mod question;
mod search;
mod sets;
mod table;
mod verbs;
mod welcome;
mod window;
mod worth;

use table::Table;

type Section = fn(&mut Table);

const SECTIONS: [(&str, Section); 21] = [
    ("network", network::measure),
    ("layers", layers::measure),
    ("decode", decode::measure_speed),
    ("scaled", decode::measure_likeness),
    ("extraction", extraction::measure_speed),
    ("photographs", extraction::measure_photographs),
    ("notebook", notebook::measure),
    ("memory", extraction::measure_memory),
    ("search", search::measure),
    ("neighbours", neighbours::measure),
    ("projections", projections::measure),
    ("clusters", clusters::measure),
    ("kmeans", kmeans::measure),
    ("centrality", centrality::measure),
    ("growth", growth::measure),
    ("million", million::measure),
    ("question", question::measure),
    ("verbs", verbs::measure),
    ("window", window::measure),
    ("welcome", welcome::measure),
    ("worth", worth::measure),
];

fn main() {
    // Cargo adds `--bench`.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let mut table = Table::default();
    for (name, measure) in SECTIONS {
        if wanted.is_empty() || wanted.iter().any(|word| word == name) {
            eprintln!("measuring {name} ...");
            measure(&mut table);
        }
    }
    table.print();
}
