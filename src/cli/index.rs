//! `tiramisu index FOLDER`

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::arguments::Arguments;
use super::opening::Opening;
use super::parsers::one_of;
use super::source::Source;
use super::{Console, Outcome, collection};
use crate::domain::{IndexKind, IndexRecord, Metric, counted, moment_in_words};
use crate::engine::{AnalysisAnswer, AnalysisWish, IndexWish};

/// Builds an index over the vectors of a layer, for collections where comparing every image takes longer than 20 ms.
/// Its recall is measured on images of the collection and reported with every answer; `neighbours --exact` searches
/// without it.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu index ~/Pictures --layer fire9/concat
  tiramisu index ~/Pictures --kind ivf-hnsw-sq --metric euclidean
  tiramisu index ~/Pictures --list
  tiramisu index ~/Pictures --layer fire9/concat --extend     after images were added elsewhere than by `extract`
  tiramisu index ~/Pictures --layer fire9/concat --remove")]
pub struct IndexArgs {
    /// The folder that was extracted
    folder: PathBuf,
    /// How to open it
    #[command(flatten)]
    opening: Opening,
    /// Which vectors to index
    #[command(flatten)]
    source: Source,
    /// The kind of index
    #[arg(long, default_value = "ivf-rq", value_parser = one_of(IndexKind::ALL, IndexKind::word))]
    kind: IndexKind,
    /// The metric it answers
    #[arg(long, default_value = "cosine", value_parser = one_of(Metric::ALL, Metric::word))]
    metric: Metric,
    /// Add the images that came since it was built
    #[arg(long, conflicts_with = "remove")]
    extend: bool,
    /// Remove it
    #[arg(long, alias = "drop")]
    remove: bool,
    /// Only list the indices, with their recall
    #[arg(long, conflicts_with_all = ["remove", "extend"])]
    list: bool,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

impl Arguments for IndexArgs {
    fn wants_json(&self) -> bool {
        self.json
    }

    fn what_stays(&self) -> &'static str {
        "How well the index finds was not fully measured; the same command measures it again."
    }

    fn run(&self, console: &mut Console) -> anyhow::Result<Outcome> {
        run(self, console)
    }
}

/// Runs the verb.
///
/// # Errors
/// When nothing was extracted yet, or there are too few images.
fn run(args: &IndexArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let mut listener = collection::open_to_ask(&args.folder, &args.opening, args.source.layer.as_deref(), console)?;
    let wish = match (args.list, args.remove, args.extend) {
        (true, ..) => IndexWish::List,
        (_, true, _) => IndexWish::Remove(listener.source(&args.source)?),
        (_, _, true) => IndexWish::Extend(listener.source(&args.source)?),
        _ => IndexWish::Build { source: listener.source(&args.source)?, kind: args.kind, metric: args.metric },
    };
    let indices = listener.analyse(AnalysisWish::Index(wish), console, |answer| {
        if let AnalysisAnswer::Indices(indices) = answer { Some(indices.clone()) } else { None }
    })?;
    let mut words: String = indices.iter().map(in_words).collect();
    if indices.is_empty() {
        words = "there is no index; every image is compared\n".to_owned();
    }
    console.answer(&indices, &words)?;
    Ok(Outcome::Done)
}

fn in_words(record: &IndexRecord) -> String {
    let measured = match record.measured_unix_secs {
        0 => String::new(),
        secs => format!("; measured {}", moment_in_words(secs)),
    };
    format!(
        "{} ({}), {}, {}: {}, recall@{} {:.3} (worst {:.2}) over {} probes\n  \
         {:.2} ms per query, 99 % within {:.2} ms, exact search {:.2} ms; {} cells, {} x k compared exactly; built in \
         {:.1} s{measured}\n",
        record.source.layer,
        record.source.pooling.word(),
        record.kind.word(),
        record.metric.word(),
        counted(record.rows, "image", "images"),
        record.measured_k,
        record.recall,
        record.least_recall,
        record.measured_probes,
        record.median_ms,
        record.p99_ms,
        record.exact_median_ms,
        record.probes,
        record.refine,
        record.built_secs,
    )
}
