//! The named tensors of a file.

use std::{collections::BTreeMap, io};

use super::{
    super::super::{GraphError, Weights},
    numbers::Form,
};

/// Reads a tensor's bytes.
pub(super) type Read = Box<dyn Fn() -> io::Result<Vec<u8>>>;

/// One tensor, not yet read.
pub(super) struct Entry {
    /// Length of each dimension.
    pub shape: Vec<usize>,
    /// How its numbers are written; `None` for those that are no weights (whole numbers).
    pub form: Option<Form>,
    /// Reads its bytes.
    pub read: Read,
}

/// A state dict: what PyTorch calls the parameters and buffers of a module, by name.
pub(super) struct State {
    entries: BTreeMap<String, Entry>,
    used: std::collections::BTreeSet<String>,
}

impl State {
    /// The counters that batch normalisation keeps for training are left out.
    pub fn new(mut entries: BTreeMap<String, Entry>) -> Self {
        entries.retain(|name, _| !name.ends_with("num_batches_tracked"));
        Self { entries, used: Default::default() }
    }

    /// All names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// Whether there is such a tensor.
    pub fn has(&self, name: &str) -> bool {
        self.entries.contains_key(name)
    }

    /// The shape of a tensor; empty where there is none.
    pub fn shape(&self, name: &str) -> &[usize] {
        self.entries.get(name).map_or(&[], |entry| &entry.shape)
    }

    /// Keeps what begins with `prefix`, and takes that away.
    pub fn within(self, prefix: &str) -> Self {
        let inside = |(name, entry): (String, Entry)| Some((name.strip_prefix(prefix)?.to_owned(), entry));
        Self { entries: self.entries.into_iter().filter_map(inside).collect(), used: self.used }
    }

    /// Renames every tensor.
    pub fn renamed(self, rename: impl Fn(String) -> String) -> Self {
        Self { entries: self.entries.into_iter().map(|(name, entry)| (rename(name), entry)).collect(), used: self.used }
    }

    /// Reads a tensor.
    ///
    /// # Errors
    /// When it is missing, unreadable or holds no weights, in words.
    pub fn read(&mut self, name: &str) -> Result<Weights, String> {
        let entry = self.entries.get(name).ok_or_else(|| format!("the file has no tensor `{name}`"))?;
        let form =
            entry.form.ok_or_else(|| format!("the tensor `{name}` holds whole numbers, which are no weights"))?;
        let bytes = (entry.read)().map_err(|error| format!("the tensor `{name}` is damaged ({error})"))?;
        let values = form.read(&bytes);
        let count = entry.shape.iter().try_fold(1usize, |product, dim| product.checked_mul(*dim));
        if count != Some(values.len()) {
            let shape = &entry.shape;
            return Err(format!("the tensor `{name}` declares shape {shape:?} but holds {} numbers", values.len()));
        }
        self.used.insert(name.to_owned());
        Ok(Weights { shape: entry.shape.clone(), values })
    }

    /// Every tensor must have become part of a layer, but those that begin with one of `ignored`.
    ///
    /// # Errors
    /// Names some that have not.
    pub fn expect_all_used(&self, network: &str, ignored: &[&str]) -> Result<(), GraphError> {
        let is_left = |name: &&str| !self.used.contains(*name) && !ignored.iter().any(|start| name.starts_with(start));
        let left: Vec<_> = self.names().filter(is_left).collect();
        if left.is_empty() {
            return Ok(());
        }
        let some: Vec<_> = left.iter().take(3).map(|name| format!("`{name}`")).collect();
        Err(GraphError::whole(format!(
            "this looks like {network}, but {} of its tensors have no place there (such as {}), so it is another \
             network; {}",
            left.len(),
            some.join(", "),
            super::export_advice::EXPORT,
        )))
    }
}
