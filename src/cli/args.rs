//! The command line as a person writes it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args as ClapArgs, Command, CommandFactory, Parser};

use super::Verb;
use super::opening::Opening;
use crate::domain::is_picture_name;
use crate::domain::predicate::mistyped;

/// Look inside convolutional networks through your own pictures.
///
/// Without a verb the window opens: on FOLDER if one is given, else on a welcome page. The verbs do the same work without
/// a display. Every image goes through a pre-trained network; what every layer saw is stored in a workspace of Lance
/// tables. The pictures themselves are never changed.
#[derive(Debug, Parser)]
// Its own name, also where it is called by another, as in an AppImage (`AppRun`).
#[command(
    version,
    bin_name = "tiramisu",
    args_conflicts_with_subcommands = true,
    after_help = EXAMPLES,
    max_term_width = 100
)]
pub struct Args {
    /// What to do instead of opening the window
    #[command(subcommand)]
    pub verb: Option<Verb>,
    /// Folder of pictures to open in the window; a picture stands for its folder (write ./info for a folder that is named
    /// like a verb)
    pub folder: Option<PathBuf>,
    /// How to open it
    #[command(flatten)]
    pub opening: Opening,
}

impl Args {
    /// The folder to open in the window: the one that was named, or that of the picture that was, as file managers do who
    /// open a picture with this program.
    pub fn folder_to_open(&self) -> Option<PathBuf> {
        let named = self.folder.as_ref()?;
        let is_picture = is_picture_name(named) && named.is_file();
        let whole = std::path::absolute(named).ok().filter(|_| is_picture);
        Some(whole.as_deref().and_then(Path::parent).unwrap_or(named).to_owned())
    }
}

const EXAMPLES: &str = "\
Examples:
  tiramisu                                   open the window
  tiramisu ~/Pictures                        open the window on a folder
  tiramisu sample ./sample                   write the built-in sample pictures
  tiramisu extract ./sample                  extract features of every layer; go on where an earlier run stopped
  tiramisu info ./sample                     what is known of the folder
  tiramisu neighbours ./sample/spirals/spirals_0003.jpg -k 5
  tiramisu classify cat.jpg --network squeezenet-1.1    what a picture shows
  tiramisu project ./sample --out map.csv    two numbers per image
  tiramisu cluster ./sample --count 12       clusters, and the channels that distinguish them
  tiramisu exemplars ./sample --channel 17   the images that excite a channel most
  tiramisu unusual ./sample/spirals/spirals_0003.jpg    what sets a picture apart from the others
  tiramisu why-similar ./sample/spirals/spirals_0003.jpg ./sample/spirals/spirals_0004.jpg    why alike
  tiramisu query ./sample \"label = 'spirals' and width > 128\"
  tiramisu tag ./sample round --where \"label in ('spirals', 'spheres')\"
  tiramisu export ./sample --label spirals --to spirals.csv
  tiramisu networks list                     which trained networks are available
  tiramisu storage ./sample                  bytes on disk, read and written, beside the least possible
  tiramisu versions ./sample name before     name the present state; `restore before` goes back to it
  tiramisu networks download squeezenet-1.1     download one; then --network squeezenet-1.1

Exit codes:
  0  done            2  the command line made no sense          130  stopped by Ctrl-C; it says what was saved
  1  failed          3  done, but some images could not be read   143  the same by `kill`

Log, on standard error:
  TIRAMISU_LOG=tiramisu=debug tiramisu extract ./sample    how long each batch and commit takes
  TIRAMISU_LOG=warn tiramisu ~/Pictures      what went wrong on the way

Where an image lies in the workspace, and how Python reads it: see the README.";

/// What to say of words of which the first is nearly a verb and nothing else that exists; `None` if it is a verb, a path or an
/// option, or like no verb. Of `help VERB` the verb is meant.
pub fn misspelt_verb(words: impl IntoIterator<Item = OsString>) -> Option<String> {
    let mut words = words.into_iter();
    let word = words.next()?.into_string().ok()?;
    let command = Args::command();
    if word == HELP {
        return unknown_to_help(command, words);
    }
    if word.starts_with('-') || command.find_subcommand(&word).is_some() || Path::new(&word).exists() {
        return None;
    }
    let verbs = command.get_subcommands().map(Command::get_name).chain([HELP]);
    let nearest = mistyped(&word, verbs)?;
    Some(format!(
        "there is neither a verb nor a folder called {word}. Did you mean {nearest}? (`tiramisu --help` lists the verbs)"
    ))
}

/// What to say of an option by which folders are opened where a verb does not take it, since it opens none or runs no network; `None`
/// of any other mistake. `words` are those that were misread, without the program.
pub fn option_of_others(error: &clap::Error, words: impl IntoIterator<Item = OsString>) -> Option<String> {
    let Some(ContextValue::String(option)) = error.get(ContextKind::InvalidArg) else { return None };
    let mut opening = Opening::augment_args(Command::new("opening"));
    opening.build();
    let is_of_opening = opening.get_arguments().any(|known| {
        known.get_long().is_some_and(|long| option.strip_prefix("--") == Some(long)) && !known.is_hide_set()
    });
    if error.kind() != ErrorKind::UnknownArgument || !is_of_opening {
        return None;
    }
    let command = Args::command();
    let (mut known, mut line) = (&command, "tiramisu".to_owned());
    for word in words {
        let Some(next) = known.find_subcommand(&word) else { break };
        known = next;
        line += &format!(" {}", next.get_name());
    }
    Some(format!(
        "`{line}` takes no {option}: it would change nothing here. Leave it out (`{line} --help` lists what can be said)"
    ))
}

/// The verb that says what the others do.
const HELP: &str = "help";

/// What to say of the first of these words that is no verb, or of a verb that there is no such part of.
fn unknown_to_help(mut command: Command, words: impl Iterator<Item = OsString>) -> Option<String> {
    // Until then it does not know what belongs to its verbs.
    command.build();
    let mut known = &command;
    let mut line = "tiramisu".to_owned();
    for word in words {
        let word = word.to_string_lossy();
        if let Some(next) = known.find_subcommand(&*word) {
            known = next;
            line += &format!(" {word}");
            continue;
        }
        let verbs = known.get_subcommands().map(Command::get_name);
        let meant = mistyped(&word, verbs).map(|nearest| format!(" Did you mean {nearest}?")).unwrap_or_default();
        return Some(format!("there is no verb called {word}.{meant} (`{line} --help` lists those there are)"));
    }
    None
}
