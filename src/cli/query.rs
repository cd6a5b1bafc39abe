//! `tiramisu query FOLDER PREDICATE`

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args as ClapArgs;
use serde::Serialize;

use super::arguments::{Arguments, NOTHING_CHANGED};
use super::listener::Listener;
use super::opening::Opening;
use super::{Console, Misuse, Outcome, collection};
use crate::domain::{Count, Grouping, ImageId, Predicate, PredicateError, counted};
use crate::engine::{Event, Found, Look, QueryWish, Refusal, Request};

/// Finds the images for which a predicate over their columns, tags, clusters and features is true.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Predicates:
  columns      path (or name) label width height file_bytes (or size) modified problem id
  comparisons  = <> < <= > >=  like  ilike  in (..)  between .. and ..  is null  is not null
  logic        and  or  not  ( )
  arithmetic   + - * / ( )  over numbers, width, height, file_bytes, id and feature(..): width / height > 2
  functions    tag('x')  cluster('kmeans_20') = 3  feature('conv3', 17) > 2.5  has_vectors()
               measure('typicality') > 0.9
  A path is the one below the folder, with / between folders, as in path = 'cats/tom.jpg'; the absolute one of a picture in the
  folder means the same.
  A comparison with an unknown value (no label, the width of a picture that was not read, a division by zero) is never true.

Examples:
  tiramisu query ~/Pictures \"label = 'dog' and width > 512\"
  tiramisu query ~/Pictures \"modified >= '2024-05' and not tag('blurred')\" --count-by label
  tiramisu query ~/Pictures \"feature('conv3', 17) > 2.5\" --json")]
pub struct QueryArgs {
    /// The folder that was extracted
    folder: PathBuf,
    /// The predicate that must be true
    predicate: String,
    /// Count the images instead of listing them, by label, tag, problem or cluster:NAME
    #[arg(long, value_name = "WHAT", value_parser = grouping)]
    count_by: Option<Grouping>,
    /// How to open the folder
    #[command(flatten)]
    opening: Opening,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer<'a> {
    predicate: &'a str,
    count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<&'a [Count]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    images: Option<Vec<Row<'a>>>,
    remarks: &'a [String],
}

#[derive(Serialize)]
struct Row<'a> {
    id: u32,
    path: &'a str,
    label: Option<&'a str>,
}

impl Arguments for QueryArgs {
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
/// When the predicate cannot be read, or nothing was extracted yet.
fn run(args: &QueryArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let mut listener = collection::open_to_ask(&args.folder, &args.opening, None, console)?;
    let found = ask(&mut listener, &args.predicate, args.count_by.clone(), console)?;
    if found.counts.is_none() {
        listener.learn(found.ids.iter().copied(), console)?;
    }
    let records = || found.ids.iter().filter_map(|id| listener.record(*id).ok());
    let rows = records().map(|image| Row { id: image.id.0, path: image.path.text, label: image.label });
    let answer = Answer {
        predicate: &args.predicate,
        count: found.ids.len(),
        counts: found.counts.as_deref(),
        images: found.counts.is_none().then(|| rows.collect()),
        remarks: &found.remarks,
    };
    let mut words = String::new();
    match &found.counts {
        Some(counts) => {
            for Count { name, images } in counts {
                words += &format!("{images:>8}  {}\n", name.as_deref().unwrap_or("(none)"));
            }
            words += &format!("{:>8}  in all\n", found.ids.len());
        }
        None => records().for_each(|image| words += &format!("{}\n", image.path.text)),
    }
    console.answer(&answer, &words)?;
    if !console.is_json() {
        console.note(counted(found.ids.len(), "image", "images"));
        found.remarks.iter().for_each(|remark| console.note(remark));
    }
    Ok(Outcome::Done)
}

/// Asks for the images for which a predicate is true.
///
/// # Errors
/// When it cannot be answered: what is wrong, with the place.
pub(super) fn ask(
    listener: &mut Listener,
    predicate: &str,
    count_by: Option<Grouping>,
    console: &mut Console,
) -> anyhow::Result<Found> {
    let wish = QueryWish { text: predicate.to_owned(), count_by };
    // A panic is told as a problem, and has no other answer.
    let found = listener.ask(Request::Look(Look::Query(wish)), console, |event| {
        if let Event::Queried(answer) = event { Some(answer.found.clone()) } else { None }
    })?;
    found.map_err(|refusal| match refusal {
        Refusal::Text(error) => misuse(&error, predicate).into(),
        Refusal::Problem(problem) => problem.into(),
    })
}

/// The images for which `--where` is true, with what is to be said of it; `None` where it was not given.
///
/// # Errors
/// As [`ask`].
pub(super) fn matching(
    listener: &mut Listener,
    predicate: Option<&str>,
    console: &mut Console,
) -> anyhow::Result<Option<Arc<Vec<ImageId>>>> {
    let Some(predicate) = predicate else { return Ok(None) };
    let found = ask(listener, predicate, None, console)?;
    found.remarks.iter().for_each(|remark| console.note(remark));
    Ok(Some(found.ids))
}

/// Says what is wrong with a predicate before anything is opened for it.
///
/// # Errors
/// When it cannot be read.
pub(super) fn expect_predicate(predicate: &str) -> Result<(), Misuse> {
    Predicate::parse(predicate).map(drop).map_err(|error| misuse(&error, predicate))
}

fn misuse(error: &PredicateError, predicate: &str) -> Misuse {
    Misuse(format!("{error}\n{}", error.pointed(predicate)))
}

fn grouping(word: &str) -> Result<Grouping, String> {
    Grouping::from_word(word).ok_or_else(|| "write label, tag, problem or cluster:NAME".to_owned())
}
