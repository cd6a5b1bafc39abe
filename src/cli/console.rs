//! What the person or the other program sees.

#![expect(clippy::print_stderr, reason = "this is the one place of the command line that writes remarks")]

use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use super::pace::Pace;
use crate::domain::{counted, in_words, thousands};
use crate::engine::{AnalysisWish, Progress};

/// Standard output for the answer, standard error for everything else.
pub struct Console {
    is_json: bool,
    bar: Option<ProgressBar>,
    began: Instant,
    /// When lines are due where no bar can be drawn.
    pace: Pace,
}

impl Console {
    /// Draws a progress bar only where a person can see one; elsewhere a line now and then says how far the work is.
    pub fn new(is_json: bool) -> Self {
        Self { is_json, bar: None, began: Instant::now(), pace: Pace::default() }
    }

    /// Whether the answer is for a machine.
    pub fn is_json(&self) -> bool {
        self.is_json
    }

    /// Draws how far a job is, on standard error: a bar on a terminal, else a line every few seconds.
    pub fn show(&mut self, progress: &Progress) {
        let template = "{prefix} {wide_bar} {pos} of {len}  {msg}";
        self.draw(progress, template, &rate_in_words(progress), || progress_in_words(progress));
    }

    /// The same of a job that counts bytes.
    pub fn show_bytes(&mut self, progress: &Progress) {
        let mut words = format!("{}/s", in_words::bytes(progress.images_per_sec() as u64));
        if let Some(left) = progress.left_secs() {
            words += &format!(", {} left", in_words::duration(left));
        }
        let line = || {
            let [done, total] = [progress.done(), progress.total()].map(|bytes| in_words::bytes(bytes as u64));
            format!("{}: {done} of {total} ({:.0} %), {words}", progress.title, progress.share() * 100.0)
        };
        self.draw(progress, "{prefix} {wide_bar} {decimal_bytes} of {decimal_total_bytes}  {msg}", &words, line);
    }

    /// The same of a job of which nobody knows how much there is to do: how much was done.
    pub fn show_done(&mut self, progress: &Progress) {
        let rate = rate_in_words(progress);
        let line = || format!("{}: {}, {rate}", progress.title, thousands(progress.done_now()));
        self.draw(progress, "{prefix} {spinner} {pos}  {msg}", &rate, line);
    }

    /// Says that work of which nobody knows how far it is goes on. Only where no bar can be drawn, and not often.
    pub fn show_waiting(&mut self) {
        let elapsed = self.began.elapsed();
        if !io::stderr().is_terminal() && self.pace.is_due(elapsed) {
            eprintln!("Still at work after {}", in_words::duration(elapsed.as_secs_f64()));
        }
    }

    fn draw(&mut self, progress: &Progress, template: &str, message: &str, line: impl Fn() -> String) {
        if !io::stderr().is_terminal() {
            if self.pace.is_due(self.began.elapsed()) {
                eprintln!("{}", line());
            }
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr_with_hz(10));
            let style = ProgressStyle::with_template(template);
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_prefix(progress.title.clone());
            bar.enable_steady_tick(Duration::from_millis(250));
            bar
        });
        bar.set_length(progress.total() as u64);
        bar.set_position(progress.done() as u64);
        bar.set_message(message.to_owned());
    }

    /// Takes the progress bar away.
    pub fn hide(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    /// Says that there are not so many neighbours as were asked for, if there are not.
    pub fn note_neighbours(&self, wanted: usize, images: usize) {
        let others = images.saturating_sub(1);
        if wanted > others {
            let wanted = counted(wanted, "neighbour was", "neighbours were");
            let (images, others) = (counted(images, "image", "images"), thousands(others));
            self.note(format_args!("{wanted} asked for; of {images} each has {others}"));
        }
    }

    /// Says something beside the answer.
    pub fn note(&self, text: impl Display) {
        match &self.bar {
            Some(bar) => bar.suspend(|| eprintln!("{text}")),
            None => eprintln!("{text}"),
        }
    }

    /// Gives the answer: `value` to a machine, `text` to a person.
    ///
    /// # Errors
    /// When standard output cannot be written. A reader that has gone (`tiramisu ... | head`) is no error.
    pub fn answer(&mut self, value: &impl Serialize, text: &str) -> anyhow::Result<()> {
        self.hide();
        let stdout = io::stdout().lock();
        let is_terminal = stdout.is_terminal();
        // A million rows need not be in memory as text as well.
        let mut out = BufWriter::with_capacity(1 << 16, stdout);
        let written = match self.is_json {
            true => serde_json::to_writer_pretty(&mut out, value).map_err(Into::into).and_then(|()| writeln!(out)),
            false if is_terminal => write!(out, "{}", harmless(text)),
            false => write!(out, "{text}"),
        };
        match written.and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => Ok(other?),
        }
    }

    /// Says that the verb was stopped by Ctrl-C, and what stays of its work; a machine gets it as
    /// `{"interrupted": true, ...}`.
    pub fn interrupted(&mut self, what_stays: &str) {
        self.hide();
        eprintln!("Stopped. {what_stays}");
        if self.is_json {
            let document = serde_json::json!({ "interrupted": true, "remark": what_stays });
            // Nothing is left to be done if even this cannot be written.
            writeln!(io::stdout(), "{document:#}").ok();
        }
    }

    /// Says why the verb failed; a machine gets it as `{"error": ...}`.
    pub fn fail(&mut self, error: &anyhow::Error) {
        self.hide();
        eprintln!("tiramisu: {error:#}");
        if self.is_json {
            let document = serde_json::json!({ "error": format!("{error:#}") });
            // Nothing is left to be done if even this cannot be written.
            writeln!(io::stdout(), "{document:#}").ok();
        }
    }
}

/// File names may hold anything, and a terminal obeys control characters.
fn harmless(text: &str) -> String {
    let escape = |c: char| if c.is_control() && c != '\n' { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(escape).collect()
}

/// How far a job is, in a line: `Extracting features: 30 of 120 (25 %), 12.3/s, 7 s left`.
pub fn progress_in_words(progress: &Progress) -> String {
    match progress.total() {
        0 => format!("{}: {}", progress.title, in_words::duration(progress.elapsed_secs())),
        total => format!(
            "{}: {} of {total} ({:.0} %), {}",
            progress.title,
            progress.done(),
            progress.share() * 100.0,
            rate_in_words(progress)
        ),
    }
}

fn rate_in_words(progress: &Progress) -> String {
    let mut words = format!("{:.1}/s", progress.images_per_sec());
    if let Some(left) = progress.left_secs().filter(|_| progress.total_is_final()) {
        words += &format!(", {} left", in_words::duration(left));
    }
    match (progress.failed(), &progress.wish) {
        (0, _) => {}
        // Not of all of them the picture could not be read.
        (failed, Some(AnalysisWish::CutOut(_))) => words += &format!(", {failed} left out"),
        (failed, _) => words += &format!(", {failed} unreadable"),
    }
    words
}
