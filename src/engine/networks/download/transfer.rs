//! One answer of a server, on a thread of its own: whoever waits for it can stop waiting at once, also when the server
//! is silent.

use std::io::Read;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};
use ureq::config::ConfigBuilder;
use ureq::http::{HeaderMap, header};
use ureq::typestate::AgentScope;

use crate::network::zoo::is_own;

/// How much arrives at once.
const PORTION: usize = 64 << 10;
/// Portions that wait to be written.
const WAITING: usize = 16;
/// A server that says nothing for so long is gone.
const SILENCE: Duration = Duration::from_secs(30);

/// A running answer. Dropping it lets the thread end at its next portion, or when the silence is too long.
pub struct Transfer {
    /// What comes, in order; it ends after `End` or `Failed`.
    pub arrivals: Receiver<Arrival>,
}

/// What arrives.
pub enum Arrival {
    /// First the answer itself.
    Head(Head),
    /// Then the file.
    Portion(Vec<u8>),
    /// That was all.
    End,
    /// Nothing more will come, and why.
    Failed(String),
}

/// What a server says before the file.
pub struct Head {
    /// HTTP's number.
    pub status: u16,
    /// Where in the file the answer begins, if it says so.
    pub starts_at: Option<u64>,
    /// The whole file's size.
    pub total: Option<u64>,
    /// Which state of the file this is, in words that the server understands later.
    pub state: Option<String>,
}

impl Transfer {
    /// Asks for a file, or for what follows after `rest.0` bytes of the state `rest.1`.
    pub fn start(url: &str, rest: Option<(u64, &str)>) -> Self {
        let (sender, arrivals) = bounded(WAITING);
        let url = url.to_owned();
        let rest = rest.map(|(already, state)| (already, state.to_owned()));
        let reader = sender.clone();
        let work = move || {
            let last = match ask(&url, rest.as_ref(), &reader) {
                Ok(()) => Arrival::End,
                Err(reason) => Arrival::Failed(reason),
            };
            reader.send(last).ok();
        };
        if let Err(error) = std::thread::Builder::new().name("tiramisu-download".into()).spawn(work) {
            sender.try_send(Arrival::Failed(error.to_string())).ok();
        }
        Self { arrivals }
    }
}

/// How an address is asked: for how long, and where it may send us on to. Nobody sends us from `https` to `http`, and an address
/// without `https` sends us nowhere.
pub fn download_config(url: &str) -> ConfigBuilder<AgentScope> {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_resolve(Some(SILENCE))
        .timeout_connect(Some(SILENCE))
        .timeout_recv_response(Some(2 * SILENCE))
        .timeout_per_read(Some(SILENCE))
        .user_agent(concat!("tiramisu/", env!("CARGO_PKG_VERSION")));
    match is_own(url) {
        // No proxy can reach this machine's own addresses, and none of its programs sends us elsewhere.
        true => config.proxy(None).max_redirects(0),
        // Whoever is on the way could send us anywhere.
        false if url.starts_with("http://") => config.max_redirects(0),
        // Wherever it is sent on to, too.
        false => config.https_only(true),
    }
}

fn ask(url: &str, rest: Option<&(u64, String)>, arrivals: &Sender<Arrival>) -> Result<(), String> {
    let mut request = download_config(url).build().new_agent().get(url);
    if let Some((already, state)) = rest {
        request = request.header(header::RANGE, format!("bytes={already}-")).header(header::IF_RANGE, state);
    }
    let mut response = request.call().map_err(|error| error.to_string())?;
    let length = response.body().content_length();
    let head = Head::new(response.status().as_u16(), response.headers(), length);
    let is_file = matches!(head.status, 200 | 206);
    // Nobody may be waiting any more; then there is nothing left to do.
    if arrivals.send(Arrival::Head(head)).is_err() || !is_file {
        return Ok(());
    }
    let mut body = response.body_mut().as_reader();
    loop {
        let mut portion = vec![0; PORTION];
        match body.read(&mut portion).map_err(|error| error.to_string())? {
            0 => return Ok(()),
            read => portion.truncate(read),
        }
        if arrivals.send(Arrival::Portion(portion)).is_err() {
            return Ok(());
        }
    }
}

impl Head {
    fn new(status: u16, headers: &HeaderMap, length: Option<u64>) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        // `bytes 100-999/1000`
        let range = text(header::CONTENT_RANGE).and_then(|range| range.strip_prefix("bytes "));
        let starts_at = range.and_then(|range| range.split('-').next()?.trim().parse().ok());
        let total = match range {
            Some(range) => range.rsplit('/').next().and_then(|total| total.parse().ok()),
            None => length,
        };
        // A weak tag stands for something alike, not for the same bytes.
        let tag = text(header::ETAG).filter(|tag| !tag.starts_with("W/"));
        let state = tag.or_else(|| text(header::LAST_MODIFIED)).map(str::to_owned);
        Self { status, starts_at, total, state }
    }
}
