//! What the program writes of its own work, for whoever looks for a fault or for where time goes.
//!
//! Work stands in spans: `open` (`load` the network), `job` (each piece of long work), `decode` and `batch` (`forward`, `read`),
//! `commit`, `merge`, `look` (a question of a view), `frame` and `events` (of the window). Each is written when it ends, with
//! its counts and how long it took.

use std::ffi::OsStr;
use std::io::IsTerminal;

use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{EnvFilter, LevelFilter};
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::registry::LookupSpan;

use super::Misuse;

/// The environment's variable that says what is written.
pub const VARIABLE: &str = "TIRAMISU_LOG";

/// What is written where nobody asks for more.
const USUAL: &str = "error";

/// Writes to standard error what `wish`, the value of [`VARIABLE`], asks for.
///
/// # Errors
/// When the wish cannot be understood.
pub fn layer<S>(wish: Option<&OsStr>) -> Result<impl Layer<S> + use<S>, Misuse>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let filter = filter(wish)?;
    let is_coloured = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|no| no.is_empty());
    let written = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(is_coloured)
        .with_thread_names(true)
        .with_span_events(FmtSpan::CLOSE);
    Ok(written.with_filter(filter))
}

fn filter(wish: Option<&OsStr>) -> Result<EnvFilter, Misuse> {
    let wish = wish.filter(|wish| !wish.is_empty()).unwrap_or(USUAL.as_ref());
    let text = wish.to_str().ok_or_else(|| misuse(&wish.to_string_lossy(), "it is not Unicode"))?;
    // Taken apart and trimmed here: the filter would lose the beginning of what follows a space.
    let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    for part in &parts {
        let is_module = |word: &str| word == "tiramisu" || word.contains("::");
        let is_level = |word: &str| !word.is_empty() && word.parse::<LevelFilter>().is_ok();
        let after_last = part.rsplit_once('=').filter(|(_, after)| !after.contains(['}', ']']));
        match after_last {
            Some((of, "")) => return Err(misuse(text, &format!("no level is named for {of}"))),
            Some((_, level)) if !is_level(level) && !level.contains('[') => {
                return Err(misuse(text, &format!("{level} is no level")));
            }
            // The filter would take a misspelt level for a module, of which there is nothing to write.
            None if !part.contains('[') && !is_level(part) && !is_module(part) => {
                return Err(misuse(text, &format!("{part} is neither a level nor a module")));
            }
            Some(_) | None => {}
        }
        EnvFilter::builder().parse(part).map_err(|_| misuse(text, &format!("{part} is no filter")))?;
    }
    EnvFilter::builder().parse(parts.join(",")).map_err(|error| misuse(text, &error.to_string()))
}

fn misuse(text: &str, why: &str) -> Misuse {
    Misuse(format!(
        "{VARIABLE}={text} cannot be understood: {why}. Levels are off, error, warn, info, debug and trace. One stands alone, or \
         after a module or span, as in tiramisu=debug,[commit]=trace"
    ))
}
