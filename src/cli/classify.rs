//! `tiramisu classify IMAGE...`

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use clap::Args as ClapArgs;
use serde::Serialize;

use super::arguments::{Arguments, NOTHING_CHANGED};
use super::opening::Opening;
use super::parsers::one_of;
use super::{Console, Outcome, interrupt};
use crate::domain::{ClassScore, Precision, counted};
use crate::engine::{self, Classification, ClassifyWish, Progress};
use crate::gpu::Compute;

/// Names what pictures show: a network's most probable classes. The pictures may be anywhere; nothing about them is
/// stored.
///
/// Names come from a list beside the network's file (synset_words.txt or labels.txt, one name a line), or from
/// --labels. A list beside the file is used by the window and the other verbs, too.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu classify tom.jpg --network squeezenet-1.1
  tiramisu classify ~/Pictures/cats/*.jpg --network resnet50.onnx --labels imagenet_classes.txt -k 1
  tiramisu classify tom.jpg --network squeezenet-1.1 --json")]
pub struct ClassifyArgs {
    /// Pictures
    #[arg(required = true, value_name = "IMAGE")]
    images: Vec<PathBuf>,
    /// Network that names classes: a name of `tiramisu networks list`, or a file [default: the built-in one, which has
    /// no class names]
    #[arg(long, value_name = "NAME|FILE")]
    network: Option<PathBuf>,
    /// A list of class names, one a line, in the network's order [default: the one beside the network's file]
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// How many classes to name of each picture
    #[arg(short, long = "count", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    k: u32,
    /// The device that computes; auto takes the GPU, unless there is none or it is a software renderer
    #[arg(long, default_value = "auto", value_parser = one_of(Compute::ALL, Compute::word))]
    compute: Compute,
    /// The graphics adapter that computes, by a part of its name, where there are several
    #[arg(long, value_name = "NAME")]
    adapter: Option<String>,
    /// The precision in which the network runs: half takes half the memory and needs a GPU with 16-bit numbers
    #[arg(long, default_value = "single", value_parser = one_of(Precision::ALL, Precision::word))]
    precision: Precision,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer<'a> {
    network: &'a str,
    /// The layer whose numbers became the probabilities.
    layer: &'a str,
    /// How many classes there are.
    classes: usize,
    device: &'a str,
    images: Vec<Row<'a>>,
    unreadable: Vec<Unreadable<'a>>,
    /// Whether it was stopped before all pictures were looked at.
    interrupted: bool,
}

#[derive(Serialize)]
struct Row<'a> {
    path: String,
    classes: &'a [ClassScore],
}

#[derive(Serialize)]
struct Unreadable<'a> {
    path: String,
    problem: &'a str,
}

impl Arguments for ClassifyArgs {
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
/// When the network names no classes, or the list of names does not fit it.
fn run(args: &ClassifyArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let opening = Opening {
        network: args.network.clone(),
        compute: Some(args.compute),
        adapter: args.adapter.clone(),
        precision: Some(args.precision),
        ..Opening::default()
    };
    let wish = ClassifyWish {
        network: opening.network_file(),
        labels: args.labels.clone(),
        images: args.images.clone(),
        count: args.k as usize,
    };
    interrupt::listen();
    let (progress, options) = (Arc::new(Progress::new("Classifying")), opening.engine_options());
    let found = std::thread::scope(|scope| {
        let work = scope.spawn(|| engine::classify(&wish, &options, &progress));
        while !work.is_finished() {
            std::thread::sleep(Duration::from_millis(10));
            console.show(&progress);
            if interrupt::was_asked() {
                progress.cancel();
            }
        }
        work.join()
    });
    let found = found.map_err(|_| anyhow!("the network failed while it ran"))??;
    report(&found, args.images.len(), console)
}

fn report(found: &Classification, asked: usize, console: &mut Console) -> anyhow::Result<Outcome> {
    let interrupted = found.images.len() < asked;
    let mut answer = Answer {
        network: &found.network,
        layer: &found.layer,
        classes: found.classes,
        device: &found.device,
        images: Vec::new(),
        unreadable: Vec::new(),
        interrupted,
    };
    let mut words = String::new();
    for image in &found.images {
        let path = image.path.display().to_string();
        match &image.classes {
            Ok(classes) => {
                words += &format!("{path}\n");
                for class in classes {
                    words += &format!("{:7.2} %  {}\n", class.probability * 100.0, class.name);
                }
                answer.images.push(Row { path, classes });
            }
            Err(problem) => answer.unreadable.push(Unreadable { path, problem }),
        }
    }
    if !console.is_json() {
        console.hide();
        console.note(format_args!("{} · {}", found.network, found.device));
        answer.unreadable.iter().for_each(|image| console.note(image.problem));
    }
    if interrupted {
        let looked_at = found.images.len();
        words += &format!(
            "stopped before the end; {looked_at} of {} were looked at\n",
            counted(asked, "picture", "pictures")
        );
    }
    let (none_read, all_read) = (answer.images.is_empty(), answer.unreadable.is_empty());
    console.answer(&answer, &words)?;
    Ok(match () {
        () if interrupted => interrupt::outcome(),
        () if all_read => Outcome::Done,
        () if none_read => Outcome::Failed,
        () => Outcome::DoneExceptSome,
    })
}
