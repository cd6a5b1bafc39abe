//! `tiramisu tag FOLDER TAG`

use std::path::PathBuf;

use anyhow::{anyhow, bail};
use clap::Args as ClapArgs;

use super::arguments::{Arguments, NOTHING_CHANGED};
use super::opening::Opening;
use super::{Console, Interrupted, Misuse, Outcome, collection, query};
use crate::domain::{ImageId, Tags, counted};
use crate::engine::{Event, Request};

/// Tags images, or removes a tag from them. Tags are stored in the workspace as `tags.lance`; the pictures are not
/// changed.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu tag ~/Pictures blurred --image ~/Pictures/cats/tom.jpg
  tiramisu tag ~/Pictures small --where \"width < 256 or height < 256\"
  tiramisu tag ~/Pictures small --where \"label = 'icons'\" --remove
  tiramisu tag ~/Pictures --list")]
pub struct TagArgs {
    /// The folder that was extracted
    folder: PathBuf,
    /// The tag
    tag: Option<String>,
    /// The images for which this predicate is true (see `tiramisu query --help`)
    #[arg(long = "where", value_name = "PREDICATE")]
    predicate: Option<String>,
    /// This image; may be given several times
    #[arg(long, value_name = "PATH", num_args = 1.., conflicts_with = "predicate")]
    image: Vec<PathBuf>,
    /// Remove the tag instead
    #[arg(long)]
    remove: bool,
    /// List the tags
    #[arg(long, conflicts_with_all = ["tag", "predicate", "image", "remove"])]
    list: bool,
    /// How to open the folder
    #[command(flatten)]
    opening: Opening,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

impl Arguments for TagArgs {
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
/// When the images cannot be found, or the workspace is open elsewhere.
fn run(args: &TagArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let names_images = args.predicate.is_some() || !args.image.is_empty();
    if !args.list && (args.tag.is_none() || !names_images) {
        let lacking = if args.tag.is_none() { "a tag, and its images" } else { "the images of the tag" };
        bail!(Misuse(format!("name {lacking} (--where PREDICATE or --image PATH), or list the tags (--list)")));
    }
    let mut listener = collection::open_to_ask(&args.folder, &args.opening, None, console)?;
    let Some(written) = args.tag.as_ref().filter(|_| !args.list) else {
        listener.send(Request::TellTags);
        let tags = listener.wait(console, |listener, _| -> Option<anyhow::Result<_>> {
            let failed = || listener.tags_problem.clone().map(|problem| Err(problem.into()));
            listener.tags.clone().map(Ok).or_else(failed)
        })??;
        return list(&tags, console);
    };
    let tag = Tags::cleaned(written).map_err(|why| anyhow!("{why}: {written:?}"))?;
    let ids: Vec<ImageId> = match query::matching(&mut listener, args.predicate.as_deref(), console)? {
        Some(ids) => ids.to_vec(),
        None => args.image.iter().map(|path| Ok(listener.find(path, console)?.id)).collect::<anyhow::Result<_>>()?,
    };
    if ids.is_empty() {
        bail!("no image of {} matches, so no tag was changed", args.folder.display());
    }
    let matching = ids.len();
    listener.send(Request::Tag { images: ids.into_iter().collect(), tag: tag.clone(), is_on: !args.remove });
    // It is about to be written, and nobody could say whether it was: Ctrl-C has to wait that long.
    let changed = loop {
        let outcome = listener
            .answer(console, |event| if let Event::Tagged { changed, .. } = event { Some(*changed) } else { None });
        match outcome {
            Err(error) if error.is::<Interrupted>() => {}
            outcome => break outcome?,
        }
    };
    let answer = serde_json::json!({ "tag": tag, "added": !args.remove, "matching": matching, "changed": changed });
    let images = counted(changed, "image", "images");
    let words = match args.remove {
        false => format!("{tag} added to {images}; {} had it already\n", matching - changed),
        true => format!("{tag} removed from {images}; {} did not have it\n", matching - changed),
    };
    console.answer(&answer, &words)?;
    Ok(Outcome::Done)
}

fn list(tags: &Tags, console: &mut Console) -> anyhow::Result<Outcome> {
    let counts: Vec<serde_json::Value> =
        tags.iter().map(|(tag, ids)| serde_json::json!({ "tag": tag, "images": ids.len() })).collect();
    let words: String = tags.iter().map(|(tag, ids)| format!("{:>8}  {tag}\n", ids.len())).collect();
    console.answer(&serde_json::json!({ "tags": counts }), if words.is_empty() { "no tags yet\n" } else { &words })?;
    Ok(Outcome::Done)
}
