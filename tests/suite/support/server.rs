//! A publisher of files on the loopback address, who can be made to misbehave.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// What was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// `/file.bin`
    pub path: String,
    /// `bytes=100-`
    pub range: Option<String>,
    /// The state the rest is wanted of.
    pub if_range: Option<String>,
}

/// What is answered.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// Of the body only so much is sent.
    pub sent: usize,
    /// Whether the connection then stays open without a word.
    pub falls_silent: bool,
}

/// Serves until it is dropped.
pub struct Server {
    address: std::net::SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    is_over: Arc<AtomicBool>,
    join: Option<JoinHandle<()>>,
}

impl Answer {
    /// A whole file in a state.
    pub fn whole(body: &[u8], state: &str) -> Self {
        let headers = vec![("ETag", state.to_owned())];
        Self { status: 200, headers, body: body.to_vec(), sent: body.len(), falls_silent: false }
    }

    /// What a good server answers: the rest if the state is still the same, else everything.
    pub fn proper(asked: &Asked, body: &[u8], state: &str) -> Self {
        match asked.if_range.as_deref().is_none_or(|known| known == state) {
            true => Self::careless(asked, body, state),
            false => Self::whole(body, state),
        }
    }

    /// What a bad one answers: the rest, of whatever state the file is in by now.
    pub fn careless(asked: &Asked, body: &[u8], state: &str) -> Self {
        match asked.range.as_ref().and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()) {
            None => Self::whole(body, state),
            Some(start) if start >= body.len() => {
                let mut nothing = Self::error(416);
                nothing.headers.push(("Content-Range", format!("bytes */{}", body.len())));
                nothing
            }
            Some(start) => {
                let mut rest = Self::whole(&body[start..], state);
                rest.status = 206;
                let range = format!("bytes {start}-{}/{}", body.len() - 1, body.len());
                rest.headers.push(("Content-Range", range));
                rest
            }
        }
    }

    /// The same, but without a word about the state.
    pub fn stateless(mut self) -> Self {
        self.headers.retain(|(name, _)| *name != "ETag");
        self
    }

    /// No file.
    pub fn error(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: b"sorry".to_vec(), sent: 5, falls_silent: false }
    }

    /// The same, but the connection breaks after `sent` bytes.
    pub fn broken_after(mut self, sent: usize) -> Self {
        self.sent = sent.min(self.body.len());
        self
    }

    /// The same, but nothing comes after `sent` bytes and the connection stays.
    pub fn silent_after(mut self, sent: usize) -> Self {
        self.falls_silent = true;
        self.broken_after(sent)
    }
}

impl Server {
    /// Answers as `answer` says, which is told how many questions came before.
    pub fn start(answer: impl Fn(&Asked, usize) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (asked, is_over) = (Arc::<Mutex<Vec<Asked>>>::default(), Arc::<AtomicBool>::default());
        let (log, end, answer) = (asked.clone(), is_over.clone(), Arc::new(answer));
        let serve = move || {
            for connection in listener.incoming().flatten() {
                if end.load(Ordering::Relaxed) {
                    return;
                }
                let (log, end, answer) = (log.clone(), end.clone(), answer.clone());
                std::thread::spawn(move || {
                    let Some(asked) = read(&connection) else { return };
                    let before = {
                        let mut log = log.lock().expect("the log");
                        log.push(asked.clone());
                        log.len() - 1
                    };
                    let answer = answer(&asked, before);
                    write(&connection, &answer);
                    while answer.falls_silent && !end.load(Ordering::Relaxed) {
                        std::thread::sleep(Duration::from_millis(5));
                    }
                });
            }
        };
        Self { address, asked, is_over, join: Some(std::thread::spawn(serve)) }
    }

    /// The address of a file there.
    pub fn url(&self, file: &str) -> String {
        format!("http://{}/{file}", self.address)
    }

    /// What was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("the log").clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        TcpStream::connect(self.address).ok();
        if let Some(join) = self.join.take() {
            join.join().ok();
        }
    }
}

/// An address at which nobody listens.
pub fn nowhere(file: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    format!("http://{}/{file}", listener.local_addr().expect("an address"))
}

fn read(connection: &TcpStream) -> Option<Asked> {
    let mut lines = BufReader::new(connection).lines();
    let path = lines.next()?.ok()?.split(' ').nth(1)?.to_owned();
    let mut asked = Asked { path, range: None, if_range: None };
    for line in lines.map_while(Result::ok).take_while(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':')?;
        match name.to_lowercase().as_str() {
            "range" => asked.range = Some(value.trim().to_owned()),
            "if-range" => asked.if_range = Some(value.trim().to_owned()),
            _ => {}
        }
    }
    Some(asked)
}

fn write(mut connection: &TcpStream, answer: &Answer) {
    let mut head = format!("HTTP/1.1 {} -\r\nContent-Length: {}\r\n", answer.status, answer.body.len());
    for (name, value) in &answer.headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += "Connection: close\r\n\r\n";
    // The other side may have gone: that is what some tests are about.
    connection.write_all(head.as_bytes()).and_then(|()| connection.write_all(&answer.body[..answer.sent])).ok();
    connection.flush().ok();
}
