//! Opening a page in the person's own browser.

use std::process::{Command, Stdio};
use std::thread;

use eframe::egui::{self, OutputCommand};

/// Takes away the pages that links asked for in this frame.
pub(super) fn take_asked(ctx: &egui::Context) -> Vec<String> {
    ctx.output_mut(|output| {
        let mut pages = Vec::new();
        output.commands.retain(|command| match command {
            OutputCommand::OpenUrl(page) => {
                pages.push(page.url.clone());
                false
            }
            OutputCommand::CopyText(_) | OutputCommand::CopyImage(_) | OutputCommand::TextSelectionSettled(_) => true,
        });
        pages
    })
}

/// Opens a page with the desktop's own program for that. Only pages: a description that somebody wrote may name anything.
pub(super) fn open(url: &str) {
    if !url.starts_with("https://") && !url.starts_with("http://") {
        tracing::warn!("this is no page: {url}");
        return;
    }
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(target_os = "windows") {
        Command::new("explorer")
    } else {
        Command::new("xdg-open")
    };
    command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let url = url.to_owned();
    // The program may take its time, and has to be waited for.
    let spawned = thread::Builder::new().name("browser".into()).spawn(move || {
        if let Err(error) = command.status() {
            tracing::warn!("no browser could be opened: {error}: {url}");
        }
    });
    if let Err(error) = spawned {
        tracing::warn!("no thread to open a browser: {error}");
    }
}
