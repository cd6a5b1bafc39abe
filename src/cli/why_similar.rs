//! `tiramisu why-similar A B`

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args as ClapArgs;
use serde::Serialize;

use super::arguments::{Arguments, NOTHING_CHANGED};
use super::opening::Opening;
use super::parsers::one_of;
use super::source::Source;
use super::{Console, Outcome, collection};
use crate::domain::{ChannelShare, Metric};
use crate::engine::{ChannelLook, Event, Look, Request, WhySimilar, WhySimilarWish};

/// Says why two images are alike at a layer: the channels that contribute most to the score.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu why-similar ~/Pictures/cats/tom.jpg ~/Pictures/cats/tim.jpg
  tiramisu why-similar ~/Pictures/cats/tom.jpg ~/Pictures/dogs/rex.jpg --difference --layer fire9/concat --json")]
pub struct WhySimilarArgs {
    /// A picture of the collection
    a: PathBuf,
    /// Another one
    b: PathBuf,
    /// The folder that was extracted [default: the nearest one above the first picture that was]
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// How to open it
    #[command(flatten)]
    opening: Opening,
    /// Which vectors to compare
    #[command(flatten)]
    source: Source,
    /// How alike two vectors are
    #[arg(long, default_value = "cosine", value_parser = one_of(Metric::ALL, Metric::word))]
    metric: Metric,
    /// Name the channels that differ most instead of those that make them similar
    #[arg(long)]
    difference: bool,
    /// How many channels to name
    #[arg(short, long = "count", default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..))]
    k: u32,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer<'a> {
    a: &'a str,
    b: &'a str,
    layer: &'a str,
    pooling: &'a str,
    metric: Metric,
    /// How alike they are, by the metric.
    score: f64,
    is_difference: bool,
    /// The sum of what all channels add.
    total: f64,
    channels: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    #[serde(flatten)]
    share: ChannelShare,
    /// The class that the channel stands for, if it stands for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<&'a str>,
    #[serde(skip)]
    title: String,
}

impl Arguments for WhySimilarArgs {
    fn wants_json(&self) -> bool {
        self.json
    }

    fn what_stays(&self) -> &'static str {
        NOTHING_CHANGED
    }

    fn run(&self, console: &mut Console) -> anyhow::Result<Outcome> {
        run(self, console)
    }
}

/// Runs the verb.
///
/// # Errors
/// When a picture is not in the collection, or has no vector at that layer.
fn run(args: &WhySimilarArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let folder = collection::folder_of(&args.a, args.folder.as_deref(), args.opening.workspace.as_deref())?;
    let mut listener = collection::open_to_ask(&folder, &args.opening, args.source.layer.as_deref(), console)?;
    let (a, b) = (listener.find(&args.a, console)?.id, listener.find(&args.b, console)?.id);
    let (source, count) = (listener.source(&args.source)?, args.k as usize);
    let wish =
        WhySimilarWish { a, b, parts: [None; 2], source, metric: args.metric, is_difference: args.difference, count };
    let found: Arc<WhySimilar> =
        listener.ask(Request::Look(Look::Channels(ChannelLook::WhySimilar(wish))), console, |event| {
            if let Event::WhySimilar(found) = event { Some(found.clone()) } else { None }
        })?;
    let (layer, names) = (&found.wish.source.layer, &listener.collection.class_names);
    let rows = found.channels.iter().map(|share| Row {
        share: *share,
        class: names.class_of(layer, share.channel),
        title: names.channel_title(layer, share.channel),
    });
    let answer = Answer {
        a: listener.record(a)?.path.text,
        b: listener.record(b)?.path.text,
        layer,
        pooling: found.wish.source.pooling.word(),
        metric: args.metric,
        score: found.score,
        is_difference: args.difference,
        total: found.total,
        channels: rows.collect(),
    };
    console.answer(&answer, &in_words(&answer))?;
    Ok(Outcome::Done)
}

fn in_words(answer: &Answer) -> String {
    let of = if answer.is_difference { "difference" } else { "similarity" };
    let mut words = format!(
        "{}\n{}\n{} ({}), {} {:.4}; shares of the {of}\n  share         a         b  channel\n",
        answer.a,
        answer.b,
        answer.layer,
        answer.pooling,
        answer.metric.word(),
        answer.score
    );
    for Row { share: ChannelShare { a, b, share, .. }, title, .. } in &answer.channels {
        words += &format!("{:5.1} %  {a:8.4}  {b:8.4}  {title}\n", share * 100.0);
    }
    words
}
