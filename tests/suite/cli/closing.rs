//! Closing the window ends the program, whatever runs: the real window, on a screen of its own. A machine without Xvfb says that this
//! was skipped.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tiramisu::store::Workspace;

use super::super::support::command::{Home, rows_on_disk};
use super::super::support::hanging::HangingFiles;
use super::super::support::renderer::adapters;
use super::stopping::Ended;
use crate::support::skipped;

/// Long enough for the slowest machine.
const PATIENCE: Duration = Duration::from_secs(300);

/// A screen that nobody sees.
struct Screen {
    server: Child,
    number: u32,
}

impl Screen {
    /// `None`, with a word about it, where there is none to be had.
    fn open() -> Option<Self> {
        if adapters().is_empty() {
            skipped!("there is no graphics adapter to draw with");
            return None;
        }
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "1000x700x24", "-nolisten", "tcp"]);
        let mut server = match command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn() {
            Ok(server) => server,
            Err(error) => {
                skipped!("Xvfb cannot be run: {error}");
                return None;
            }
        };
        let mut number = String::new();
        BufReader::new(server.stdout.take().expect("piped")).read_line(&mut number).expect("its number");
        let number = number.trim().parse().unwrap_or_else(|error| panic!("no screen: {error}"));
        Some(Self { server, number })
    }

    /// The program's window on it.
    fn start(&self, home: &Home, folder: &Path, workspace: &Path) -> Child {
        let mut command = home.command([folder]);
        command.arg("--workspace").arg(workspace).args(["--compute", "cpu"]);
        command.env("DISPLAY", format!(":{}", self.number)).env_remove("WAYLAND_DISPLAY");
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
    }

    /// Asks the only window there is to close, as the button of a window's frame does; `false` while there is none.
    fn close_window(&self) -> io::Result<bool> {
        let mut client = Client::connect(self.number)?;
        let (protocols, delete) = (client.atom("WM_PROTOCOLS")?, client.atom("WM_DELETE_WINDOW")?);
        let mut is_there = false;
        for window in client.windows()? {
            if client.property(window, protocols)?.contains(&delete) {
                client.send(window, protocols, delete)?;
                is_there = true;
            }
        }
        // What was sent has arrived when this is answered.
        client.atom("WM_NAME")?;
        Ok(is_there)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.server.kill().ok();
        self.server.wait().ok();
    }
}

/// Just enough of the protocol of X11 to ask a window to close.
struct Client {
    stream: UnixStream,
    root: u32,
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

impl Client {
    fn connect(screen: u32) -> io::Result<Self> {
        let mut stream = UnixStream::connect(format!("/tmp/.X11-unix/X{screen}"))?;
        // Numbers as here, version 11.0, nobody to vouch for us.
        stream.write_all(&[b'l', 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0])?;
        let mut head = [0; 8];
        stream.read_exact(&mut head)?;
        assert_eq!(head[0], 1, "it lets nobody in");
        let mut said = vec![0; usize::from(u16::from_le_bytes([head[6], head[7]])) * 4];
        stream.read_exact(&mut said)?;
        let vendor = usize::from(u16::from_le_bytes([said[16], said[17]])).next_multiple_of(4);
        let formats = usize::from(said[21]) * 8;
        let root = number(&said, 32 + vendor + formats);
        Ok(Self { stream, root })
    }

    /// Sends a request of a kind with a byte of its own, and what follows in words of four bytes.
    fn ask(&mut self, kind: u8, byte: u8, words: &[u8]) -> io::Result<()> {
        let length = u16::try_from(1 + words.len() / 4).map_err(io::Error::other)?.to_le_bytes();
        let mut request = vec![kind, byte, length[0], length[1]];
        request.extend_from_slice(words);
        self.stream.write_all(&request)
    }

    /// An answer: 32 bytes and what follows. That of a window which is gone is empty.
    fn answer(&mut self) -> io::Result<Vec<u8>> {
        let mut answer = vec![0; 32];
        self.stream.read_exact(&mut answer)?;
        if answer[0] != 1 {
            return Ok(vec![0; 32]);
        }
        let mut rest = vec![0; number(&answer, 4) as usize * 4];
        self.stream.read_exact(&mut rest)?;
        answer.extend(rest);
        Ok(answer)
    }

    fn atom(&mut self, name: &str) -> io::Result<u32> {
        let mut words = vec![name.len() as u8, 0, 0, 0];
        words.extend_from_slice(name.as_bytes());
        words.resize(words.len().next_multiple_of(4), 0);
        self.ask(16, 0, &words)?;
        Ok(number(&self.answer()?, 8))
    }

    fn windows(&mut self) -> io::Result<Vec<u32>> {
        self.ask(15, 0, &self.root.to_le_bytes())?;
        Ok(self.answer()?[32..].chunks_exact(4).map(|word| number(word, 0)).collect())
    }

    /// The numbers of a property; none where the window has no such property.
    fn property(&mut self, window: u32, name: u32) -> io::Result<Vec<u32>> {
        let words = [window, name, 0, 0, 64].map(u32::to_le_bytes).concat();
        self.ask(20, 0, &words)?;
        Ok(self.answer()?[32..].chunks_exact(4).map(|word| number(word, 0)).collect())
    }

    fn send(&mut self, window: u32, protocols: u32, what: u32) -> io::Result<()> {
        let mut words = [window, 0].map(u32::to_le_bytes).concat();
        words.extend_from_slice(&[33, 32, 0, 0]);
        words.extend([window, protocols, what, 0, 0, 0, 0].map(u32::to_le_bytes).concat());
        self.ask(25, 0, &words)
    }
}

/// Waits for what is to come while the program runs.
fn until(what: &str, program: &mut Child, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        if program.try_wait().expect("it can be waited for").is_some() {
            let mut said = String::new();
            program.stderr.take().expect("piped").read_to_string(&mut said).expect("UTF-8");
            panic!("it ended before {what}: {said}");
        }
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Closes the window and says how it ended.
fn closed(screen: &Screen, mut program: Child) -> Ended {
    until("its window", &mut program, || screen.close_window().expect("the screen answers"));
    let begun = Instant::now();
    let ended = Ended::of(program);
    eprintln!("ended {:?} after its window was closed", begun.elapsed());
    ended
}

#[test]
fn closing_the_window_ends_an_extraction_and_keeps_what_is_committed() {
    let Some(screen) = Screen::open() else { return };
    let home = Home::new();
    let (folder, workspace) = (home.sample("pictures", 60), home.path("workspace"));
    // More than are extracted until the window is there.
    const PICTURES: usize = 2400;
    let painted: Vec<_> = Home::files(&folder).into_iter().map(|(name, _)| name).collect();
    for number in 0..PICTURES - painted.len() {
        let from = folder.join(&painted[number % painted.len()]);
        fs::hard_link(&from, folder.join(format!("again{number}.png"))).expect("a link");
    }
    let mut program = screen.start(&home, &folder, &workspace);
    until("a commit", &mut program, || rows_on_disk(&workspace) > 0);
    let ended = closed(&screen, program);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let writer = Workspace::open_to_write(&workspace).expect("nobody holds it");
    let rows = rows_on_disk(&workspace);
    assert!((1..PICTURES).contains(&rows), "it went on to the end: {rows} rows");
    assert!(writer.images().expect("they are whole").len() >= rows);
}

#[test]
fn closing_the_window_ends_the_program_also_where_the_folder_hangs() {
    let Some(screen) = Screen::open() else { return };
    let home = Home::new();
    let (folder, workspace) = (home.sample("pictures", 12), home.path("workspace"));
    let first = Home::files(&folder)[0].0.clone();
    let files: Vec<_> = (0..4).map(|number| folder.join(format!("hangs{number}.png"))).collect();
    for file in &files {
        fs::copy(folder.join(&first), file).expect("a picture");
    }
    let Some(mut hanging) = HangingFiles::hold(&files) else { return };
    let program = screen.start(&home, &folder, &workspace);
    hanging.until_asked();
    let ended = closed(&screen, program);
    assert!(hanging.waited_for() > 0, "it ended when the drive answered, and not before");
    assert_eq!(ended.code, Some(0), "{ended:?}");
}
