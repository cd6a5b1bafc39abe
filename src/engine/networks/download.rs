//! Downloading one file: it goes on where it stopped, and appears under its name only when it is whole and right.
//!
//! What has arrived lies in `NAME.part`, and beside it `NAME.part.from` says from where, and which state of the file it is
//! (the server's `ETag` or date). With that the server is asked for the rest, and sends everything if the file has changed.
//! Not every server keeps to that, so what was put together from pieces and does not fit is got once more from the
//! beginning.

mod part;
mod transfer;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crossbeam_channel::RecvTimeoutError;
use thiserror::Error;

use crate::domain::in_words;
use crate::engine::message::Progress;
use crate::engine::networks::content;
use crate::engine::networks::download::part::{Origin, Part};
use crate::engine::networks::download::transfer::{Arrival, Transfer};
use crate::network::zoo::Checksum;

pub use transfer::download_config;

/// A connection that breaks while the file still grows is opened again; one that brings nothing so often is given up.
const FRUITLESS_TRIES: usize = 3;
/// How often cancelling is looked for.
const TICK: Duration = Duration::from_millis(50);

/// A file to get.
pub struct Download<'a> {
    /// Addresses, tried in this order.
    pub from: &'a [String],
    /// Where it goes.
    pub target: &'a Path,
    /// By what it is known.
    pub checksum: Option<&'a Checksum>,
    /// Its size, if that is known exactly.
    pub exact_bytes: Option<u64>,
    /// More than this is something else.
    pub most_bytes: u64,
}

/// Why a file could not be had.
#[derive(Debug, Error)]
pub enum DownloadError {
    /// The person stopped it; what has arrived stays.
    #[error("it was stopped")]
    Cancelled,
    /// Every address failed, each for its own reason.
    #[error("{reasons}")]
    Everywhere {
        /// All of them.
        reasons: String,
    },
    /// There is nothing to ask.
    #[error("no address is known for this file")]
    NoAddress,
    /// No answer.
    #[error("no connection ({reason}): {url}")]
    Unreachable {
        /// What the system said.
        reason: String,
        /// Whom we asked.
        url: String,
    },
    /// An answer, but no file.
    #[error("the server answered {status}{}: {url}", status_in_words(*status))]
    Refused {
        /// HTTP's number.
        status: u16,
        /// Whom we asked.
        url: String,
    },
    /// Too little arrived, again and again.
    #[error("the connection broke after {} ({reason}); the same command continues from there: {url}", in_words::bytes(*got))]
    CutShort {
        /// What has arrived.
        got: u64,
        /// What the system said.
        reason: String,
        /// Whom we asked.
        url: String,
    },
    /// The size is wrong.
    #[error("the file there has {bytes} bytes instead of {}, so it is not the published one: {url}", .expected.map_or_else(|| "a plausible number".to_owned(), |n| n.to_string()))]
    WrongSize {
        /// What the server has.
        bytes: u64,
        /// What we expect.
        expected: Option<u64>,
        /// Whom we asked.
        url: String,
    },
    /// The content is wrong.
    #[error("what was downloaded is not the published file (its {checksum} does not match); it was deleted: {url}")]
    WrongContent {
        /// What we expect.
        checksum: Checksum,
        /// Whom we asked.
        url: String,
    },
    /// Somebody else gets the same file.
    #[error("another Tiramisu is downloading this file; wait for it, or stop it there: {}", .path.display())]
    Busy {
        /// What it writes.
        path: PathBuf,
    },
    /// Somebody else wrote, too.
    #[error("another program wrote into the partial download; it was deleted: {}", .path.display())]
    Disturbed {
        /// What it wrote into.
        path: PathBuf,
    },
    /// The disk refuses.
    #[error("it cannot be written ({source}); check the space and permissions: {}", .path.display())]
    Disk {
        /// What the system said.
        source: io::Error,
        /// Where.
        path: PathBuf,
    },
}

fn status_in_words(status: u16) -> &'static str {
    match status {
        401 | 403 => " (not allowed)",
        404 | 410 => " (the file is not there any more)",
        429 => " (too many requests; try again later)",
        500.. => " (a problem of the server; try again later)",
        _ => "",
    }
}

/// How much of a file there is.
pub type Grown<'a> = &'a mut dyn FnMut(Stage);

/// What a download tells while it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// So many bytes are there already, of so many if that is known.
    Begun {
        /// From an earlier run.
        already: u64,
        /// In all.
        total: Option<u64>,
    },
    /// So many bytes are there now.
    Grown(u64),
}

impl DownloadError {
    /// Whether the same address may well answer a moment later.
    fn may_pass(&self) -> bool {
        matches!(self, Self::CutShort { .. } | Self::Unreachable { .. } | Self::Refused { status: 429 | 500.., .. })
    }
}

/// Gets a file from the first address that has it, but first from the one that a beginning came from.
///
/// # Errors
/// The reason of every address. After [`DownloadError::Cancelled`] and [`DownloadError::CutShort`] the same call goes on where
/// this one stopped.
pub fn download(wish: &Download, progress: &Progress, grown: Grown) -> Result<(), DownloadError> {
    let part = Part::take(wish.target)?;
    let begun_at = part.origin().map(|origin| origin.url);
    let mut addresses: Vec<&String> = wish.from.iter().collect();
    addresses.sort_by_key(|url| Some(*url) != begun_at.as_ref());
    let mut errors = Vec::new();
    for url in addresses {
        match from_address(wish, url, &part, progress, grown) {
            Ok(()) => return Ok(()),
            Err(error @ (DownloadError::Cancelled | DownloadError::Disk { .. })) => return Err(error),
            Err(error) => errors.push(error),
        }
    }
    match errors.len() {
        0 | 1 => Err(errors.pop().unwrap_or(DownloadError::NoAddress)),
        _ => {
            let reasons: Vec<String> = errors.iter().map(DownloadError::to_string).collect();
            Err(DownloadError::Everywhere { reasons: reasons.join("; ") })
        }
    }
}

fn from_address(
    wish: &Download,
    url: &str,
    part: &Part,
    progress: &Progress,
    grown: Grown,
) -> Result<(), DownloadError> {
    let mut is_pieced = is_whole(wish, part);
    let mut got = match is_pieced {
        // It was stopped while it was compared, perhaps: nobody need be asked.
        true => {
            grown(Stage::Begun { already: part.len(), total: wish.exact_bytes });
            part.len()
        }
        false => receive_all(wish, url, part, progress, grown, &mut is_pieced)?,
    };
    loop {
        if part.len() != got {
            part.throw_away()?;
            return Err(DownloadError::Disturbed { path: part.path().to_owned() });
        }
        let Some(checksum) = wish.checksum else { break };
        match content::matches(part.path(), checksum, progress).map_err(part.refused())? {
            Some(true) => break,
            Some(false) => part.throw_away()?,
            None => return Err(DownloadError::Cancelled),
        }
        if !is_pieced {
            return Err(DownloadError::WrongContent { checksum: checksum.clone(), url: url.to_owned() });
        }
        // Pieces of different files, perhaps.
        is_pieced = false;
        got = receive_all(wish, url, part, progress, grown, &mut false)?;
    }
    part.finish(wish.target)
}

/// Whether all of it has arrived, as far as the size tells.
fn is_whole(wish: &Download, part: &Part) -> bool {
    let can_be_trusted = wish.checksum.is_some() || part.origin().is_some();
    part.len() > 0 && wish.exact_bytes == Some(part.len()) && can_be_trusted
}

/// Asks until everything is there, or nothing comes any more; returns how many bytes there are then. Says in `is_pieced`
/// whether they came in several pieces.
fn receive_all(
    wish: &Download,
    url: &str,
    part: &Part,
    progress: &Progress,
    grown: Grown,
    is_pieced: &mut bool,
) -> Result<u64, DownloadError> {
    // What came from another address is worth nothing here.
    let held = || part.state(url).map_or(0, |_| part.len());
    let mut most = held();
    let mut fruitless = 0;
    loop {
        *is_pieced |= held() > 0;
        let error = match receive(wish, url, part, progress, grown) {
            Ok(got) => return Ok(got),
            Err(error) => error,
        };
        let now = held();
        // An address that brought something is worth waiting for: the next one would begin anew.
        if !error.may_pass() || (now == 0 && !matches!(error, DownloadError::CutShort { .. })) {
            return Err(error);
        }
        if now > most {
            (most, fruitless) = (now, 0);
            continue;
        }
        fruitless += 1;
        if fruitless == FRUITLESS_TRIES {
            return Err(error);
        }
        pause(Duration::from_millis(300 << fruitless), progress)?;
    }
}

/// Asks once, for everything or for the rest, and writes down what comes. Returns how many bytes there are then.
fn receive(wish: &Download, url: &str, part: &Part, progress: &Progress, grown: Grown) -> Result<u64, DownloadError> {
    let state = part.state(url);
    let mut already = if state.is_some() { part.len() } else { 0 };
    let transfer = Transfer::start(url, state.as_deref().map(|state| (already, state)));
    let unreachable = |reason: String| DownloadError::Unreachable { reason, url: url.to_owned() };
    let head = match wait(&transfer, progress)? {
        Some(Arrival::Head(head)) => head,
        Some(Arrival::Failed(reason)) => return Err(unreachable(reason)),
        Some(Arrival::Portion(_) | Arrival::End) | None => return Err(unreachable("no answer".to_owned())),
    };
    let is_wrong = |bytes| bytes > wish.most_bytes || wish.exact_bytes.is_some_and(|exact| exact != bytes);
    let is_other = head.state.is_some() && head.state != state;
    // Where the server leaves the state out, only a checksum would show that the file is another one by now.
    let would_show = head.state.is_some() || wish.checksum.is_some();
    match head.status {
        206 if head.starts_at == Some(already) && !is_other && would_show => {}
        // There is no more of it.
        416 if already > 0 && head.total == Some(already) && !is_other && !is_wrong(already) => {
            grown(Stage::Begun { already, total: head.total });
            return Ok(already);
        }
        // The rest of something else, or no rest of a file that became shorter: from the beginning.
        206 | 416 if already > 0 => {
            part.throw_away()?;
            return receive(wish, url, part, progress, grown);
        }
        200 => already = 0,
        status => return Err(DownloadError::Refused { status, url: url.to_owned() }),
    }
    let total = head.total;
    let wrong_size = |bytes| DownloadError::WrongSize { bytes, expected: wish.exact_bytes, url: url.to_owned() };
    if let Some(bytes) = total.filter(|bytes| is_wrong(*bytes)) {
        // What came from another address may well be right.
        if state.is_some() {
            part.throw_away()?;
        }
        return Err(wrong_size(bytes));
    }
    let origin = head.state.map(|state| Origin { url: url.to_owned(), state });
    let mut file = if already > 0 { part.go_on()? } else { part.begin(origin.as_ref())? };
    grown(Stage::Begun { already, total });
    let mut got = already;
    let cut_short = |got, reason: String| DownloadError::CutShort { got, reason, url: url.to_owned() };
    loop {
        match wait(&transfer, progress)? {
            Some(Arrival::Portion(bytes)) => {
                got += bytes.len() as u64;
                if got > wish.exact_bytes.unwrap_or(wish.most_bytes) {
                    drop(file);
                    part.throw_away()?;
                    return Err(wrong_size(got));
                }
                file.write_all(&bytes).map_err(part.refused())?;
                grown(Stage::Grown(got));
            }
            Some(Arrival::End) => break,
            Some(Arrival::Failed(reason)) => return Err(cut_short(got, reason)),
            Some(Arrival::Head(_)) | None => return Err(cut_short(got, "it was closed".to_owned())),
        }
    }
    if let Some(missing) = total.or(wish.exact_bytes).filter(|total| *total > got) {
        return Err(cut_short(got, format!("of {missing}")));
    }
    file.sync_all().map_err(part.refused())?;
    Ok(got)
}

/// What comes next; `None` if nothing will. Never waits longer than a tick for the person's wish to stop.
fn wait(transfer: &Transfer, progress: &Progress) -> Result<Option<Arrival>, DownloadError> {
    loop {
        if progress.is_cancelled() {
            return Err(DownloadError::Cancelled);
        }
        match transfer.arrivals.recv_timeout(TICK) {
            Ok(arrival) => return Ok(Some(arrival)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(None),
        }
    }
}

fn pause(time: Duration, progress: &Progress) -> Result<(), DownloadError> {
    let since = std::time::Instant::now();
    while since.elapsed() < time {
        if progress.is_cancelled() {
            return Err(DownloadError::Cancelled);
        }
        std::thread::sleep(TICK);
    }
    Ok(())
}
