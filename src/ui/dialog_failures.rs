//! Whether the desktop's dialogs could not be opened.
//!
//! `rfd` answers a question that it could not ask as if the person had declined it: it tries the desktop's portal, then the
//! program `zenity`, and where neither is there it only writes that into the log. So the log is listened to.

use std::fmt::Debug;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

static FAILURES: AtomicUsize = AtomicUsize::new(0);

/// How many dialogs could not be opened since the program began.
pub fn count() -> usize {
    FAILURES.load(Relaxed)
}

/// Listens to the log; to be added to the program's subscriber.
pub fn listener<S: Subscriber + for<'a> LookupSpan<'a>>() -> impl Layer<S> {
    Listener.with_filter(LevelFilter::ERROR)
}

struct Listener;

impl<S: Subscriber> Layer<S> for Listener {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() != Level::ERROR {
            return;
        }
        let mut line = Line { target: event.metadata().target().to_owned(), message: String::new() };
        event.record(&mut line);
        // The last that is tried: `Failed to pick folder with zenity: No such file or directory`.
        if line.target.starts_with("rfd") && line.message.contains("with zenity") {
            FAILURES.fetch_add(1, Relaxed);
        }
    }
}

/// A line of the log. Lines that come through the crate `log` have their target in a field.
struct Line {
    target: String,
    message: String,
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "log.target" {
            value.clone_into(&mut self.target);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            "log.target" => self.target = format!("{value:?}").trim_matches('"').to_owned(),
            _ => {}
        }
    }
}
