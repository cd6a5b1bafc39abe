//! `tiramisu networks list|show|add|download|remove`

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{anyhow, bail};
use clap::{Args as ClapArgs, Subcommand, ValueEnum};

use super::arguments::Arguments;
use super::opening::network_named;
use super::parsers::one_of;
use super::{Console, Interrupted, Outcome, interrupt};
use crate::domain::{Decoding, Fit, Interpolation, counted, in_words};
use crate::engine::networks::{self, Inside, KnownFile, PreparationWish};
use crate::engine::{KnownNetwork, NetworkFile, Progress};

/// Lists and downloads trained networks. They are downloaded from their publishers, and only when you ask for it.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu networks list
  tiramisu networks show googlenet
  tiramisu networks show ~/Downloads/mine.onnx               what a file holds: its layers, and how pictures are prepared
  tiramisu networks download squeezenet-1.1                     goes on where an earlier download stopped
  tiramisu networks download resnet50 --from /media/stick       without a connection
  tiramisu networks add mine.onnx --name birds --like resnet50
  tiramisu extract ~/Pictures --network birds")]
pub struct NetworksArgs {
    /// What to do
    #[command(subcommand)]
    verb: NetworksVerb,
}

/// What can be done with networks.
#[derive(Debug, Subcommand)]
pub enum NetworksVerb {
    /// List all networks, and which are on this machine
    List(ListArgs),
    /// Describe a network, with its layers if it is on this machine
    Show(ShowArgs),
    /// Add a network of your own; its file stays where it is
    Add(AddArgs),
    /// Download the missing files of a network and verify their checksums
    #[command(alias = "fetch")]
    Download(DownloadArgs),
    /// Delete the downloaded files of a network, or forget one of your own
    Remove(NamedArgs),
}

/// Names all networks.
#[derive(Debug, ClapArgs)]
pub struct ListArgs {
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

/// What is to be shown.
#[derive(Debug, ClapArgs)]
pub struct ShowArgs {
    /// A name of `tiramisu networks list`, or a file; `builtin` for the built-in network, `filters` for those from formulas
    #[arg(value_name = "NAME|FILE")]
    network: PathBuf,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

/// One network.
#[derive(Debug, ClapArgs)]
pub struct NamedArgs {
    /// Its name
    name: String,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

/// Downloads.
#[derive(Debug, ClapArgs)]
pub struct DownloadArgs {
    /// Its name
    name: String,
    /// Folder to look for the files in before anything is downloaded
    #[arg(long, value_name = "DIR")]
    from: Vec<PathBuf>,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

/// Adds.
#[derive(Debug, ClapArgs)]
pub struct AddArgs {
    /// The network's file
    file: PathBuf,
    /// What to call it [default: the file's name]
    #[arg(long)]
    name: Option<String>,
    /// Prepare pictures as for this network [default: as the file's format suggests]
    #[arg(long, value_name = "NAME")]
    like: Option<String>,
    /// How the picture is fitted: stretch, crop:SHORTER (for example crop:256), or letterbox
    #[arg(long, value_parser = parse_fit)]
    fit: Option<Fit>,
    /// How pixels are interpolated
    #[arg(long, value_parser = one_of(Interpolation::ALL, Interpolation::word))]
    interpolation: Option<Interpolation>,
    /// How much of a picture is decoded: whole gives its makers' numbers, scaled is several times faster on large JPEGs
    #[arg(long, value_parser = one_of(Decoding::ALL, Decoding::word))]
    decoding: Option<Decoding>,
    /// Order of the colours
    #[arg(long)]
    channels: Option<Colours>,
    /// What is subtracted from each channel, in the network's order, from 0 to 255: 104,117,123
    #[arg(long, value_name = "A,B,C", value_parser = parse_triple)]
    mean: Option<Triple>,
    /// What each channel is divided by after that: 58.395,57.12,57.375
    #[arg(long, value_name = "A,B,C", value_parser = parse_triple)]
    deviation: Option<Triple>,
    /// What everything is multiplied by
    #[arg(long)]
    scale: Option<f32>,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Colours {
    Rgb,
    Bgr,
}

/// A number for each channel.
#[derive(Clone, Copy, Debug)]
struct Triple([f32; 3]);

impl NetworksVerb {
    fn wants_json(&self) -> bool {
        match self {
            NetworksVerb::List(args) => args.json,
            NetworksVerb::Show(args) => args.json,
            NetworksVerb::Remove(args) => args.json,
            NetworksVerb::Add(args) => args.json,
            NetworksVerb::Download(args) => args.json,
        }
    }
}

impl Arguments for NetworksArgs {
    fn wants_json(&self) -> bool {
        self.verb.wants_json()
    }

    fn what_stays(&self) -> &'static str {
        "What was downloaded so far is saved; the same command continues from there."
    }

    fn run(&self, console: &mut Console) -> anyhow::Result<Outcome> {
        run(self, console)
    }
}

/// Runs the verb.
///
/// # Errors
/// When there is no such network, or it cannot be had, read or removed.
fn run(args: &NetworksArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    match &args.verb {
        NetworksVerb::List(_) => list(console),
        NetworksVerb::Show(args) => show(&network_named(&args.network), console),
        NetworksVerb::Add(args) => add(args, console),
        NetworksVerb::Download(args) => download(args, console),
        NetworksVerb::Remove(args) => {
            let deleted = networks::remove(&args.name, None)?;
            let answer: Vec<String> = deleted.iter().map(|path| path.display().to_string()).collect();
            let text = match &answer[..] {
                [] => format!("{} had no downloaded files\n", args.name),
                files => format!("deleted:\n  {}\n", files.join("\n  ")),
            };
            console.answer(&serde_json::json!({ "name": args.name, "deleted": answer }), &text)?;
            Ok(Outcome::Done)
        }
    }
}

fn show(network: &NetworkFile, console: &mut Console) -> anyhow::Result<Outcome> {
    let known = match network {
        NetworkFile::Known(name) => Some(networks::show(name, None)?),
        NetworkFile::Builtin | NetworkFile::Analytic | NetworkFile::File(_) | NetworkFile::Vectors(_) => None,
    };
    let is_elsewhere = known.as_ref().is_some_and(|known| !known.is_here);
    let inside = match networks::look_inside(network, None) {
        Ok(inside) => Some(inside),
        Err(_) if is_elsewhere => None,
        Err(problem) => return Err(problem.into()),
    };
    let mut answer = serde_json::to_value(&known)?;
    let mut text = known.as_ref().map(everything_of).unwrap_or_default();
    if let Some(inside) = inside {
        text += &match known {
            Some(_) => layers_of(&inside),
            None => format!("{}\n{}\n{}", inside.name, inside.about, layers_of(&inside)),
        };
        if let serde_json::Value::Object(fields) = &mut answer {
            fields.insert("input".to_owned(), serde_json::json!(inside.input));
            fields.insert("layers".to_owned(), serde_json::to_value(&inside.layers)?);
        } else {
            answer = serde_json::to_value(&inside)?;
        }
    }
    console.answer(&answer, &text)?;
    Ok(Outcome::Done)
}

fn layers_of(inside: &Inside) -> String {
    let [channels, height, width] = inside.input;
    let count = counted(inside.layers.len(), "layer", "layers");
    let mut text =
        format!("\n{count} over a picture of {channels} x {height} x {width}; those with a * are stored by default\n");
    let longest = inside.layers.iter().map(|layer| layer.name.chars().count()).max().unwrap_or(0);
    for layer in &inside.layers {
        let ([channels, height, width], star) = (layer.shape, if layer.stored_by_default { "*" } else { " " });
        text += &format!("  {star} {:longest$}  {}  {channels} x {height} x {width}\n", layer.name, layer.kind);
    }
    text
}

fn list(console: &mut Console) -> anyhow::Result<Outcome> {
    let (networks, problems) = networks::list(None)?;
    for problem in &problems {
        console.note(problem);
    }
    let longest = networks.iter().map(|network| network.name.len()).max().unwrap_or(0);
    let line = |network: &KnownNetwork| {
        let size = network.bytes().filter(|bytes| *bytes > 0).map(in_words::bytes).unwrap_or_default();
        let top_1 = network.top_1.map(|top_1| format!("{top_1:.1}")).unwrap_or_default();
        let state = if network.is_here { "here" } else { "" };
        format!("{:longest$}  {state:4}  {size:>8}  {top_1:>5}  {}\n", network.name, network.title)
    };
    let mut text: String = networks.iter().map(line).collect();
    text = format!("{:longest$}  {:4}  {:>8}  {:>5}\n{text}", "name", "", "size", "top-1");
    text += "\ntop-1: accuracy on ImageNet in per cent, as published. `tiramisu networks show NAME` says more.\n";
    console.answer(&networks, &text)?;
    Ok(if problems.is_empty() { Outcome::Done } else { Outcome::DoneExceptSome })
}

fn add(args: &AddArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let wish = PreparationWish {
        like: args.like.clone(),
        fit: args.fit,
        interpolation: args.interpolation,
        decoding: args.decoding,
        blue_first: args.channels.map(|channels| channels == Colours::Bgr),
        mean: args.mean.map(|triple| triple.0),
        deviation: args.deviation.map(|triple| triple.0),
        scale: args.scale,
    };
    let network = networks::add(&args.file, args.name.as_deref(), &wish, None)?;
    console
        .answer(&network, &format!("added; use it with --network {}\n\n{}", network.name, everything_of(&network)))?;
    Ok(Outcome::Done)
}

fn download(args: &DownloadArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    interrupt::listen();
    let progress = Arc::new(Progress::new(format!("Downloading {}", args.name)));
    let downloaded = std::thread::scope(|scope| {
        let work = scope.spawn(|| networks::download_network(&args.name, None, &args.from, &progress));
        while !work.is_finished() {
            std::thread::sleep(Duration::from_millis(20));
            match progress.total() {
                0 => console.show_waiting(),
                _ => console.show_bytes(&progress),
            }
            if interrupt::was_asked() {
                progress.cancel();
            }
        }
        work.join()
    });
    console.hide();
    let Some(downloaded) = downloaded.map_err(|_| anyhow!("the download failed"))?? else {
        bail!(Interrupted);
    };
    for problem in &downloaded.problems {
        console.note(problem);
    }
    let network = &downloaded.network;
    let text = match downloaded.bytes {
        0 => format!("{} is here: {}\n", network.name, network.path.display()),
        bytes => {
            format!(
                "{} is here now ({} downloaded): {}\n",
                network.name,
                in_words::bytes(bytes),
                network.path.display()
            )
        }
    };
    let problems: Vec<String> = downloaded.problems.iter().map(ToString::to_string).collect();
    let answer = serde_json::json!({ "network": network, "downloaded_bytes": downloaded.bytes, "problems": problems });
    console.answer(&answer, &text)?;
    Ok(if problems.is_empty() { Outcome::Done } else { Outcome::DoneExceptSome })
}

fn everything_of(network: &KnownNetwork) -> String {
    let mut text = format!("{}\n", network.title);
    if !network.about.is_empty() {
        text += &format!("{}\n", network.about);
    }
    text += "\n";
    let mut row = |what: &str, said: &str| {
        if !said.is_empty() {
            text += &format!("{what:13}{said}\n");
        }
    };
    row("name", &network.name);
    row("format", network.format);
    row("publisher", &network.publisher);
    row("licence", &network.licence);
    row("page", &network.page);
    row("classes", &network.classes.map(|count| count.to_string()).unwrap_or_default());
    row("top-1", &network.top_1.map(|top_1| format!("{top_1} % on ImageNet, as published")).unwrap_or_default());
    let prepared = network.preprocessing.as_ref().map(|preprocessing| preprocessing.in_words());
    row("pictures", &prepared.unwrap_or_else(|| "as the file's format suggests".to_owned()));
    row("here", if network.is_here { "yes" } else { "no" });
    row("file", &network.path.display().to_string());
    for file in &network.files {
        text += &describe_file(file);
    }
    text
}

fn describe_file(file: &KnownFile) -> String {
    let size = match file.bytes {
        Some(bytes) if file.bytes_are_exact => format!(", {bytes} bytes"),
        Some(bytes) => format!(", about {}", in_words::bytes(bytes)),
        None => String::new(),
    };
    let state = match (file.is_here, file.is_optional) {
        (true, _) => "here",
        (false, true) => "missing, optional",
        (false, false) => "missing",
    };
    let mut text = format!("\n{} ({state}{size})\n", file.name);
    for from in &file.from {
        text += &format!("  {from}\n");
    }
    let checksum = file.checksum.as_deref().unwrap_or("no checksum was published");
    text + &format!("  {checksum}\n")
}

fn parse_fit(text: &str) -> Result<Fit, String> {
    match text.split_once(':') {
        None if text == "stretch" => Ok(Fit::Stretch),
        None if text == "letterbox" => Ok(Fit::Letterbox { fill: [0; 3] }),
        Some(("crop", px)) => match px.parse() {
            Ok(shorter_px) => Ok(Fit::Crop { shorter_px }),
            Err(_) => Err(format!("`{px}` is no number of pixels")),
        },
        _ => Err("write stretch, crop:256 (or another number) or letterbox".to_owned()),
    }
}

fn parse_triple(text: &str) -> Result<Triple, String> {
    let numbers: Vec<f32> = text.split(',').filter_map(|number| number.trim().parse().ok()).collect();
    match numbers[..] {
        [first, second, third] if text.matches(',').count() == 2 => Ok(Triple([first, second, third])),
        _ => Err("three numbers are needed, with commas between them".to_owned()),
    }
}
