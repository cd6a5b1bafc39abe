//! The command line: the engine's other listener, for people without a display and for other programs. One file a verb.
//!
//! A verb's arguments become plain requests to the engine; what comes back is printed once, as text for a person or, with
//! `--json`, as one document for a machine. Standard output carries the answer and nothing else; progress and remarks go
//! to standard error. The document of a verb that was stopped has `"interrupted": true`; `info`, `versions` and all of `networks`
//! but `fetch` simply end.

pub mod activations;
mod args;
pub mod class;
pub mod classify;
pub mod cluster;
pub mod collection;
pub mod console;
pub mod duplicates;
pub mod embed;
pub mod exemplars;
pub mod explain;
pub mod export;
pub mod extract;
pub mod graph;
pub mod index;
pub mod info;
pub mod interrupt;
pub mod listener;
pub mod log;
pub mod neighbours;
pub mod networks;
mod opening;
pub mod outcome;
pub mod outliers;
pub mod pace;
mod parsers;
pub mod project;
pub mod query;
pub mod sample;
mod source;
pub mod storage;
pub mod tag;
pub mod unusual;
pub mod versions;
mod with_choice;

pub use args::{Args, Verb, misspelt_verb};
pub use console::Console;
pub use outcome::{Interrupted, Misuse, Outcome};

/// Runs one verb and says how it went. Every failure has been shown to the person when this returns.
pub fn run(verb: &Verb) -> Outcome {
    let mut console = Console::new(verb.wants_json());
    let outcome = match verb {
        Verb::Extract(args) => extract::run(args, &mut console),
        Verb::Info(args) => info::run(args, &mut console),
        Verb::Neighbours(args) => neighbours::run(args, &mut console),
        Verb::Classify(args) => classify::run(args, &mut console),
        Verb::Duplicates(args) => duplicates::run(args, &mut console),
        Verb::Outliers(args) => outliers::run(args, &mut console),
        Verb::Activations(args) => activations::run(args, &mut console),
        Verb::Index(args) => index::run(args, &mut console),
        Verb::Class(args) => class::run(args, &mut console),
        Verb::Graph(args) => graph::run(args, &mut console),
        Verb::Embed(args) => embed::run(args, &mut console),
        Verb::Project(args) => project::run(args, &mut console),
        Verb::Cluster(args) => cluster::run_clusters(args, &mut console),
        Verb::Communities(args) => cluster::run_communities(args, &mut console),
        Verb::Exemplars(args) => exemplars::run(args, &mut console),
        Verb::Unusual(args) => unusual::run(args, &mut console),
        Verb::Explain(args) => explain::run(args, &mut console),
        Verb::Query(args) => query::run(args, &mut console),
        Verb::Tag(args) => tag::run(args, &mut console),
        Verb::Export(args) => export::run(args, &mut console),
        Verb::Sample(args) => sample::run(args, &mut console),
        Verb::Networks(args) => networks::run(args, &mut console),
        Verb::Storage(args) => storage::run(args, &mut console),
        Verb::Versions(args) => versions::run(args, &mut console),
    };
    outcome.unwrap_or_else(|error| {
        // A failure stays one, whatever the person pressed meanwhile.
        if error.is::<Interrupted>() {
            console.interrupted(what_stays(verb));
            return interrupt::outcome();
        }
        console.fail(&error);
        if error.is::<Misuse>() { Outcome::Misused } else { Outcome::Failed }
    })
}

/// What there is of a verb's work when it is stopped before its end.
fn what_stays(verb: &Verb) -> &'static str {
    match verb {
        Verb::Extract(_) | Verb::Activations(_) => "What was committed stays; the same command goes on from there.",
        Verb::Networks(_) => "What has arrived stays; the same command goes on from there.",
        Verb::Sample(_) | Verb::Export(_) => "What was written stays.",
        Verb::Storage(_) => "Every table is whole, and what was done by then stays done.",
        Verb::Index(_) => "How well the index finds was not measured to the end; the same command does it anew.",
        Verb::Embed(_)
        | Verb::Project(_)
        | Verb::Cluster(_)
        | Verb::Communities(_)
        | Verb::Duplicates(_)
        | Verb::Outliers(_)
        | Verb::Class(_)
        | Verb::Graph(_) => {
            "Nothing of its result was kept; the same command begins anew. What was extracted is as before."
        }
        // These make what a workspace lacks, and keep it when it is whole.
        Verb::Exemplars(_) | Verb::Unusual(_) => "There is no answer yet; the same command asks again.",
        Verb::Info(_)
        | Verb::Classify(_)
        | Verb::Neighbours(_)
        | Verb::Explain(_)
        | Verb::Query(_)
        | Verb::Tag(_)
        | Verb::Versions(_) => "Nothing was changed.",
    }
}
