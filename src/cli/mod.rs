//! The command line: the engine's other listener, for people without a display and for other programs. One file a verb,
//! and a variant of [`Verb`] here.
//!
//! A verb's arguments become plain requests to the engine; what comes back is printed once, as text for a person or, with
//! `--json`, as one document for a machine. Standard output carries the answer and nothing else; progress and remarks go
//! to standard error (what `features` writes is a stream of rows, its answer). The document of a verb that was stopped has `"interrupted": true`; `info`, `versions` and all of `networks`
//! but `download` simply end.

// A new wish, answer or format is to be missed by the compiler, not by the person.
#![deny(clippy::wildcard_enum_match_arm)]

pub mod activations;
pub mod adopt;
mod adopting;
mod args;
mod arguments;
pub mod bench_window;
pub mod boxes;
pub mod centrality;
pub mod class;
pub mod classify;
pub mod cluster;
pub mod collection;
pub mod console;
mod csv_table;
pub mod duplicates;
pub mod embed;
pub mod exemplars;
pub mod export;
pub mod extract;
pub mod features;
pub mod graph;
pub mod import;
pub mod index;
pub mod info;
pub mod interrupt;
pub mod listener;
pub mod log;
pub mod mcp;
mod move_files;
mod named_images;
pub mod neighbours;
pub mod networks;
pub mod odd_pictures;
mod opening;
pub mod outcome;
pub mod outliers;
pub mod pace;
mod parsers;
pub mod project;
pub mod pull;
pub mod query;
pub mod recipe;
pub mod relocate;
pub mod run;
pub mod sample;
pub mod select;
mod source;
pub mod storage;
pub mod suspicious_labels;
pub mod tag;
pub mod tags;
pub mod unusual;
mod vector_file;
pub mod vectors;
pub mod versions;
pub mod why_similar;
mod with_choice;

pub use args::{Args, misspelt_verb, option_of_others};
pub use bench_window::{BenchWindowArgs, DriveWindow};
pub use console::Console;
pub use opening::Opening;
pub use outcome::{Interrupted, Misuse, Outcome};

use arguments::Arguments;
use clap::Subcommand;

/// What can be done from the command line.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Extract features of every layer for all pictures below a folder
    Extract(extract::ExtractArgs),
    /// Make features of pictures that come as an Arrow stream, for other programs
    Features(features::FeaturesArgs),
    /// Take features that were made elsewhere into the workspace of a folder
    Adopt(adopt::AdoptArgs),
    /// Store vectors of your own, to be looked at like those of a network
    Vectors(vectors::VectorsArgs),
    /// Bring a workspace that lies elsewhere to this machine, and only what is new there the next time
    Pull(pull::PullArgs),
    /// Say that a folder was moved or renamed, so that its workspace goes along
    Relocate(relocate::RelocateArgs),
    /// Say what is known of a folder
    Info(info::InfoArgs),
    /// Find the images most like one of them
    #[command(alias = "neighbors")]
    Neighbours(neighbours::NeighboursArgs),
    /// Name what pictures show: a network's most probable classes
    Classify(classify::ClassifyArgs),
    /// Find images that are the same picture
    Duplicates(duplicates::DuplicatesArgs),
    /// Find images unlike the others
    Outliers(outliers::OutliersArgs),
    /// Find labels that are probably wrong
    SuspiciousLabels(suspicious_labels::SuspiciousLabelsArgs),
    /// Find blurred, dark, empty and misshapen pictures, and files that cannot be read
    OddPictures(odd_pictures::OddPicturesArgs),
    /// Build an index over the vectors of a layer
    Index(index::IndexArgs),
    /// Store whole activations of chosen layers, to search for parts of pictures
    Activations(activations::ActivationsArgs),
    /// Compare labels by what their images have in common, over all layers
    Class(class::ClassArgs),
    /// Find typical pictures, hubs and bridges in the graph of nearest neighbours
    Centrality(centrality::CentralityArgs),
    /// Write the graph of nearest neighbours, or of images and their strong features
    Graph(graph::GraphArgs),
    /// Make the full-network embedding
    Embed(embed::EmbedArgs),
    /// Lay images out on a map: two numbers for each
    Project(project::ProjectArgs),
    /// Cluster images by what a layer sees in them
    Cluster(cluster::ClusterArgs),
    /// Find communities in the graph of nearest neighbours
    Communities(cluster::CommunitiesArgs),
    /// Find the images that excite a channel most
    Exemplars(exemplars::ExemplarsArgs),
    /// Find the channels at which an image is unusual
    Unusual(unusual::UnusualArgs),
    /// Say why two images are alike, channel by channel
    #[command(alias = "explain")]
    WhySimilar(why_similar::WhySimilarArgs),
    /// Find images by a predicate over what is known of them
    Query(query::QueryArgs),
    /// Tag images, or remove a tag
    Tag(tag::TagArgs),
    /// Write tags, names of clusters and classes to a file, or bring them back from one
    Tags(tags::TagsArgs),
    /// Select images in the open window
    Select(select::SelectArgs),
    /// Import labels, splits and boxes from the files of a data set
    Import(import::ImportArgs),
    /// List the boxes that were imported, or make each a picture of its own
    Boxes(boxes::BoxesArgs),
    /// Take images away: copied files, tables of them, their vectors
    Export(export::ExportArgs),
    /// Move the pictures' files into folders of their labels, tags or clusters
    Move(move_files::MoveArgs),
    /// Write down how what is known of a folder was made
    Recipe(recipe::RecipeArgs),
    /// Do what a recipe says
    Run(run::RunArgs),
    /// Write sample pictures made by the program itself
    Sample(sample::SampleArgs),
    /// List and download trained networks, or add your own
    Networks(networks::NetworksArgs),
    /// Show what the workspace costs on disk, and maintain it
    Storage(storage::StorageArgs),
    /// List, name, restore and compare versions of the workspace
    Versions(versions::VersionsArgs),
    /// Measure how long frames of the window take, without a screen
    BenchWindow(BenchWindowArgs),
    /// Serve the verbs as tools to a program that asks (Model Context Protocol)
    Mcp(mcp::McpArgs),
}

impl Verb {
    /// The verb that drives a window does it by this.
    pub fn hand_window(&mut self, drive: DriveWindow) {
        if let Verb::BenchWindow(args) = self {
            args.window = Some(drive);
        }
    }

    fn arguments(&self) -> &dyn Arguments {
        match self {
            Verb::Extract(args) => args,
            Verb::Features(args) => args,
            Verb::Adopt(args) => args,
            Verb::Vectors(args) => args,
            Verb::Pull(args) => args,
            Verb::Relocate(args) => args,
            Verb::Info(args) => args,
            Verb::Neighbours(args) => args,
            Verb::Classify(args) => args,
            Verb::Duplicates(args) => args,
            Verb::Outliers(args) => args,
            Verb::SuspiciousLabels(args) => args,
            Verb::OddPictures(args) => args,
            Verb::Index(args) => args,
            Verb::Activations(args) => args,
            Verb::Class(args) => args,
            Verb::Centrality(args) => args,
            Verb::Graph(args) => args,
            Verb::Embed(args) => args,
            Verb::Project(args) => args,
            Verb::Cluster(args) => args,
            Verb::Communities(args) => args,
            Verb::Exemplars(args) => args,
            Verb::Unusual(args) => args,
            Verb::WhySimilar(args) => args,
            Verb::Query(args) => args,
            Verb::Tag(args) => args,
            Verb::Tags(args) => args,
            Verb::Select(args) => args,
            Verb::Import(args) => args,
            Verb::Boxes(args) => args,
            Verb::Export(args) => args,
            Verb::Move(args) => args,
            Verb::Recipe(args) => args,
            Verb::Run(args) => args,
            Verb::Sample(args) => args,
            Verb::Networks(args) => args,
            Verb::Storage(args) => args,
            Verb::Versions(args) => args,
            Verb::BenchWindow(args) => args,
            Verb::Mcp(args) => args,
        }
    }
}

/// Runs one verb and says how it went. Every failure has been shown to the person when this returns.
pub fn run(verb: &Verb) -> Outcome {
    let verb = verb.arguments();
    let mut console = Console::new(verb.wants_json());
    verb.run(&mut console).unwrap_or_else(|error| {
        // A failure stays one, whatever the person pressed meanwhile.
        if error.is::<Interrupted>() {
            console.interrupted(verb.what_stays());
            return interrupt::outcome();
        }
        console.fail(&error);
        if error.is::<Misuse>() { Outcome::Misused } else { Outcome::Failed }
    })
}
