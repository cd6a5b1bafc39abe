//! `tiramisu exemplars FOLDER`

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::bail;
use clap::Args as ClapArgs;
use serde::Serialize;

use super::arguments::{Arguments, NO_ANSWER};
use super::opening::Opening;
use super::source::Source;
use super::{Console, Outcome, collection};
use crate::domain::{Pooling, counted};
use crate::engine::{ChannelLook, Event, ExemplarList, Look, Request};

/// Images named of one channel.
const OF_ONE: u32 = 32;

/// Finds the images that excite a channel most; without a channel the strongest image of each channel of the layer.
///
/// They are updated while images are extracted. If a workspace has none, they are made from its vectors and stored.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu exemplars ~/Pictures --layer fire9/concat --channel 17
  tiramisu exemplars ~/Pictures --layer fire9/concat --json")]
pub struct ExemplarsArgs {
    /// The folder that was extracted
    folder: PathBuf,
    /// How to open it
    #[command(flatten)]
    opening: Opening,
    /// Layer whose channels are looked at [default: the deepest stored layer before the class scores]
    #[arg(long, value_name = "NAME")]
    layer: Option<String>,
    /// Which channel [default: all]
    #[arg(long)]
    channel: Option<usize>,
    /// How many images per channel, 32 at most [default: 32 of one channel, 1 of each]
    #[arg(short, long = "count", value_parser = clap::value_parser!(u32).range(1..=OF_ONE as i64))]
    k: Option<u32>,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Row<'a> {
    channel: usize,
    /// The class that the channel stands for, if it stands for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<&'a str>,
    #[serde(skip)]
    title: String,
    rank: usize,
    value: f32,
    /// Of the largest value in the channel's map.
    row: Option<u32>,
    column: Option<u32>,
    label: Option<&'a str>,
    path: &'a str,
}

#[derive(Serialize)]
struct Answer<'a> {
    layer: &'a str,
    channels: usize,
    /// Height and width of a channel's map.
    map: [usize; 2],
    /// Whether every image with vectors was considered.
    is_current: bool,
    exemplars: Vec<Row<'a>>,
}

impl Arguments for ExemplarsArgs {
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
/// When nothing was extracted yet, or the layer has no such channel.
fn run(args: &ExemplarsArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let mut listener = collection::open_to_ask(&args.folder, &args.opening, args.layer.as_deref(), console)?;
    let wanted = Source { layer: args.layer.clone(), pooling: Pooling::Maximum };
    let source = listener.source(&wanted)?;
    let layers = listener.collection.clone();
    let Some(index) = layers.layers.iter().position(|layer| layer.name == source.layer) else {
        bail!("the network has no layer {}", source.layer)
    };
    let [channels, height, width] = layers.layers[index].shape;
    if let Some(channel) = args.channel.filter(|channel| *channel >= channels) {
        bail!("layer {} has no channel {channel}: it has {channels}, counted from 0", source.layer)
    }
    let count = args.k.unwrap_or(if args.channel.is_some() { OF_ONE } else { 1 }) as usize;
    let look = Look::Channels(ChannelLook::Exemplars { layer: index, channel: args.channel, count });
    let list: Arc<ExemplarList> = listener.ask(Request::Look(look), console, |event| {
        if let Event::Exemplars(list) = event { Some(list.clone()) } else { None }
    })?;
    let named = list.lists.iter().flat_map(|(_, list)| list.iter().map(|exemplar| exemplar.image));
    listener.learn(named, console)?;
    let rows = list.lists.iter().flat_map(|(channel, list)| {
        list.iter().enumerate().filter_map(|(rank, exemplar)| {
            let image = listener.record(exemplar.image).ok()?;
            Some(Row {
                channel: *channel,
                class: layers.class_names.class_of(&source.layer, *channel),
                title: layers.class_names.channel_title(&source.layer, *channel),
                rank: rank + 1,
                value: exemplar.value,
                row: exemplar.place.map(|[row, _]| row),
                column: exemplar.place.map(|[_, column]| column),
                label: image.label,
                path: image.path.text,
            })
        })
    });
    let answer = Answer {
        layer: &source.layer,
        channels,
        map: [height, width],
        is_current: list.is_current,
        exemplars: rows.collect(),
    };
    console.answer(&answer, &in_words(&answer))?;
    Ok(Outcome::Done)
}

fn in_words(answer: &Answer) -> String {
    let [height, width] = answer.map;
    let mut words =
        format!("{}: {} of {height} × {width}\n", answer.layer, counted(answer.channels, "channel", "channels"));
    if !answer.is_current {
        words += "not every image is included yet: an extraction is running or was stopped\n";
    }
    let longest = answer.exemplars.iter().map(|row| row.title.chars().count()).max().unwrap_or(0).max("channel".len());
    words += &format!("{:longest$}  rank     value  row,column  image\n", "channel");
    for Row { title, rank, value, row, column, path, .. } in &answer.exemplars {
        let place = row.zip(*column).map_or_else(|| "-".to_owned(), |(row, column)| format!("{row},{column}"));
        words += &format!("{title:longest$}  {rank:4}  {value:8.4}  {place:>10}  {path}\n");
    }
    if answer.exemplars.is_empty() {
        words += "no image excites it\n";
    }
    words
}
