//! `tiramisu unusual IMAGE`

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::bail;
use clap::Args as ClapArgs;
use serde::Serialize;

use super::arguments::{Arguments, NO_ANSWER};
use super::opening::Opening;
use super::source::Source;
use super::{Console, Outcome, collection, query};
use crate::domain::UnusualChannel;
use crate::engine::{ChannelLook, Event, Look, Request, UnusualList, no_vector};

/// Finds the channels at which an image is farthest from what is usual in the collection, in standard deviations: at one
/// layer, or at the averages of all stored ones.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu unusual ~/Pictures/cats/tom.jpg
  tiramisu unusual ~/Pictures/cats/tom.jpg --layer fire9/concat -k 20 --json")]
pub struct UnusualArgs {
    /// A picture of the collection
    image: PathBuf,
    /// The folder that was extracted [default: the nearest one above the picture that was]
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// How to open it
    #[command(flatten)]
    opening: Opening,
    /// Which vectors to look at
    #[command(flatten)]
    source: Source,
    /// How many channels to name
    #[arg(short, long = "count", default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..))]
    k: u32,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer<'a> {
    image: &'a str,
    /// `null` for all stored layers.
    layer: Option<&'a str>,
    pooling: &'a str,
    channels: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    layer: &'a str,
    channel: usize,
    /// The class that the channel stands for, if it stands for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<&'a str>,
    #[serde(skip)]
    title: String,
    value: f32,
    z: f32,
}

impl Arguments for UnusualArgs {
    fn wants_json(&self) -> bool {
        self.json
    }

    fn what_stays(&self) -> &'static str {
        NO_ANSWER
    }

    fn run(&self, console: &mut Console) -> anyhow::Result<Outcome> {
        run(self, console)
    }
}

/// Runs the verb.
///
/// # Errors
/// When the picture is not in a collection, or has no vectors.
fn run(args: &UnusualArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let folder = collection::folder_of(&args.image, args.folder.as_deref(), args.opening.workspace.as_deref())?;
    let mut listener = collection::open_to_ask(&folder, &args.opening, args.source.layer.as_deref(), console)?;
    let image = listener.find(&args.image, console)?.id;
    // Asked for even where all layers are looked at: it says what to do when nothing was extracted.
    let source = listener.source(&args.source)?;
    let source = args.source.layer.is_some().then_some(source);
    let look = Look::Channels(ChannelLook::Unusual { image, source: source.clone(), count: args.k as usize });
    let list: Arc<UnusualList> = listener.ask(Request::Look(look), console, |event| {
        if let Event::Unusual(list) = event { Some(list.clone()) } else { None }
    })?;
    if list.channels.is_empty() {
        let has_vectors =
            !query::ask(&mut listener, &format!("id = {} and has_vectors()", image.0), None, console)?.ids.is_empty();
        let record = listener.record(image)?;
        let what = "What is unusual in this picture cannot be computed";
        if has_vectors && record.problem.is_none() {
            bail!("{what}: no other image of its collection has vectors: {}. Extract more pictures.", record.path.text);
        }
        let layer = source.as_ref().map(|source| source.layer.as_str());
        bail!("{}", no_vector(what, &record.to_record(), layer));
    }
    let name = listener.record(image)?.path.text;
    let names = &listener.collection.class_names;
    let rows = list.channels.iter().map(|UnusualChannel { source, channel, value, z }| Row {
        layer: &source.layer,
        channel: *channel,
        class: names.class_of(&source.layer, *channel),
        title: names.channel_title(&source.layer, *channel),
        value: *value,
        z: *z,
    });
    let answer = Answer {
        image: name,
        layer: source.as_ref().map(|source| source.layer.as_str()),
        pooling: source.as_ref().map_or("average", |source| source.pooling.word()),
        channels: rows.collect(),
    };
    console.answer(&answer, &in_words(&answer))?;
    Ok(Outcome::Done)
}

fn in_words(answer: &Answer) -> String {
    let mut words = format!("{} · {} ({})\n", answer.image, answer.layer.unwrap_or("all layers"), answer.pooling);
    words += "deviations     value  channel\n";
    for Row { layer, title, value, z, .. } in &answer.channels {
        words += &format!("{z:+10.2}  {value:8.4}  {layer} {title}\n");
    }
    words
}
