//! One network of the list, wherever it comes from.

use std::path::Path;

use crate::engine::{KnownNetwork, NetworkFile};
use crate::session::Session;
use crate::ui::network_words::{ANALYTIC_TITLE, BUILTIN_TITLE, file_name, format_name};
use crate::ui::widgets::text::bytes;

/// A network that can be chosen.
#[derive(Clone, Copy)]
pub(super) enum Item<'a> {
    /// The small trained one.
    Builtin,
    /// The filters from formulas.
    Analytic,
    /// One we know by name.
    Known(&'a KnownNetwork),
    /// A file that is in use and has no name.
    File(&'a Path),
    /// Vectors of the person's own in the workspace that is open.
    Vectors(&'a str),
}

impl<'a> Item<'a> {
    /// All of them: what is part of the program, what others give away, what is the person's own.
    pub(super) fn all(session: &'a Session) -> Vec<Self> {
        let known = session.lasting.networks.list.as_deref().map_or(&[][..], Vec::as_slice);
        let (own, others): (Vec<_>, Vec<_>) = known.iter().partition(|known| known.is_own);
        let file = match &session.lasting.network {
            NetworkFile::File(path) => Some(Item::File(path)),
            NetworkFile::Builtin | NetworkFile::Analytic | NetworkFile::Known(_) | NetworkFile::Vectors(_) => None,
        };
        let named = |known: Vec<&'a KnownNetwork>| known.into_iter().map(Item::Known);
        let vectors = session.collection().into_iter().flat_map(|collection| &collection.vectors);
        let vectors = vectors.map(|name| Item::Vectors(name));
        let part = [Item::Builtin, Item::Analytic].into_iter();
        part.chain(named(others)).chain(file).chain(named(own)).chain(vectors).collect()
    }

    /// How the session calls it.
    pub(super) fn file(&self) -> NetworkFile {
        match self {
            Item::Builtin => NetworkFile::Builtin,
            Item::Analytic => NetworkFile::Analytic,
            Item::Known(known) => NetworkFile::Known(known.name.clone()),
            Item::File(path) => NetworkFile::File(path.to_path_buf()),
            Item::Vectors(name) => NetworkFile::Vectors((*name).to_owned()),
        }
    }

    /// Its name in full.
    pub(super) fn title(&self) -> String {
        match self {
            Item::Builtin => BUILTIN_TITLE.to_owned(),
            Item::Analytic => ANALYTIC_TITLE.to_owned(),
            Item::Known(known) => known.title.clone(),
            Item::File(path) => file_name(path),
            Item::Vectors(name) => (*name).to_owned(),
        }
    }

    /// What it is among.
    pub(super) fn section(&self) -> &'static str {
        match self {
            Item::Builtin | Item::Analytic => "Part of the program",
            Item::Known(known) if !known.is_own => "Published networks",
            Item::Known(_) | Item::File(_) => "Your own",
            Item::Vectors(_) => "Vectors in this workspace",
        }
    }

    /// The second line: `PyTorch · 98 MB · top-1 80.9 %`.
    pub(super) fn caption(&self) -> String {
        match self {
            Item::Builtin => "trained; quick".to_owned(),
            Item::Analytic => "nothing learned".to_owned(),
            Item::Vectors(_) => "no network behind them".to_owned(),
            Item::File(path) => path.parent().unwrap_or(path).display().to_string(),
            Item::Known(known) => {
                // Several of one's own may be the same network, prepared for otherwise.
                let name = known.is_own.then(|| known.name.clone());
                let format = format_name(known.format).to_owned();
                let size = known.bytes().filter(|size| *size > 0).map(bytes);
                let top_1 = known.top_1.map(|top_1| format!("top-1 {top_1:.1} %"));
                let parts: Vec<String> = [name, Some(format), size, top_1].into_iter().flatten().collect();
                parts.join("  ·  ")
            }
        }
    }

    /// Whether others gave it away.
    pub(super) fn is_published(&self) -> bool {
        matches!(self, Item::Known(known) if !known.is_own)
    }

    /// The bytes of its files, as far as they are known.
    pub(super) fn bytes(&self) -> Option<u64> {
        match self {
            Item::Known(known) => known.bytes().filter(|bytes| *bytes > 0),
            Item::Builtin | Item::Analytic | Item::File(_) | Item::Vectors(_) => None,
        }
    }

    /// Which share of ImageNet's pictures it names rightly, in percent; below 0 where nobody says.
    pub(super) fn top_1(&self) -> f64 {
        match self {
            Item::Known(known) => known.top_1.map_or(-1.0, f64::from),
            Item::Builtin | Item::Analytic | Item::File(_) | Item::Vectors(_) => -1.0,
        }
    }

    /// Whether it can be used now.
    pub(super) fn is_here(&self) -> bool {
        match self {
            Item::Known(known) => known.is_here,
            Item::Builtin | Item::Analytic | Item::File(_) | Item::Vectors(_) => true,
        }
    }

    /// Whether all words of `search` occur in what is said of it.
    pub(super) fn matches(&self, search: &str) -> bool {
        let mut said = format!("{} {}", self.title(), self.caption());
        if let Item::Known(known) = self {
            said += &format!(" {} {}", known.name, known.publisher);
        }
        if self.is_here() {
            said += " here";
        }
        let said = said.to_lowercase();
        search.to_lowercase().split_whitespace().all(|word| said.contains(word))
    }
}
