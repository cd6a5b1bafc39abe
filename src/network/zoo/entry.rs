//! One network and its files.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Checksum, address};
use crate::network::Preprocessing;

/// A network as its TOML file tells of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What a person calls it by: letters, digits, dots and dashes.
    pub name: String,
    /// Its name in full.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// What it is and what it is good for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// Who gives it away.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub publisher: String,
    /// On which terms.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub licence: String,
    /// Where one can read more.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub page: String,
    /// How many classes it predicts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<usize>,
    /// Right first answers on ImageNet's validation pictures in per cent, as its publisher measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_1: Option<f32>,
    /// A file of the person's, where it lies. Instead of `files`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<PathBuf>,
    /// Files to download. The first is the one a reader opens; the others lie beside it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<ZooFile>,
    /// How pictures are prepared; if it is not given, as the reader of the file thinks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preprocessing: Option<Preprocessing>,
}

/// A file that can be downloaded. At most one of the checksums is given; a size that is not exact is not checked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZooFile {
    /// Its name on disk.
    pub name: String,
    /// Addresses, tried in this order.
    pub from: Vec<String>,
    /// Its exact size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Its size in 2^20 bytes, rounded, where nothing better was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mebibytes: Option<f64>,
    /// See [`Checksum::Sha256`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// See [`Checksum::Sha256Prefix`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256_prefix: Option<String>,
    /// See [`Checksum::Sha1`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha1: Option<String>,
    /// See [`Checksum::GitBlob`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub git_blob: Option<String>,
    /// Whether the network runs without it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

impl Entry {
    /// Whether everything makes sense; if not, what is wrong.
    ///
    /// # Errors
    /// The reason, for the person who wrote the file.
    pub fn check(&self) -> Result<(), String> {
        if !is_name(&self.name) {
            return Err(format!(
                "`{}` cannot be a network's name; use up to 64 letters, digits, dots, dashes and underscores, and a \
                 letter or digit first",
                self.name
            ));
        }
        match (&self.path, &self.files[..]) {
            (None, []) => return Err("it names no file; give `path` or `[[files]]`".to_owned()),
            (Some(_), [_, ..]) => return Err("give either `path` or `[[files]]`, not both".to_owned()),
            _ => {}
        }
        for file in &self.files {
            file.check().map_err(|reason| format!("the file `{}`: {reason}", file.name))?;
        }
        match &self.preprocessing {
            Some(preprocessing) => preprocessing.check().map_err(|reason| format!("the preprocessing: {reason}")),
            None => Ok(()),
        }
    }
}

impl ZooFile {
    /// By what it is known, if anybody published that.
    pub fn checksum(&self) -> Option<Checksum> {
        let kinds = [
            self.sha256.clone().map(Checksum::Sha256),
            self.sha256_prefix.clone().map(Checksum::Sha256Prefix),
            self.sha1.clone().map(Checksum::Sha1),
            self.git_blob.clone().map(Checksum::GitBlob),
        ];
        kinds.into_iter().flatten().next()
    }

    /// Its size in bytes, exact or nearly.
    pub fn about_bytes(&self) -> Option<u64> {
        self.bytes.or_else(|| self.mebibytes.map(|mebibytes| (mebibytes * f64::from(1 << 20)) as u64))
    }

    fn check(&self) -> Result<(), String> {
        let is_plain = |c: char| c.is_alphanumeric() || "._- ".contains(c);
        if self.name.is_empty() || self.name.starts_with('.') || !self.name.chars().all(is_plain) {
            return Err("a file's name holds letters, digits, dots, dashes and underscores".to_owned());
        }
        // What arrives is compared with the sum, whoever sent it.
        let is_known = matches!(self.checksum(), Some(Checksum::Sha256(_) | Checksum::Sha1(_) | Checksum::GitBlob(_)));
        let is_safe = |from: &str| address::is_safe(from) || (is_known && from.starts_with("http://"));
        if let Some(other) = self.from.iter().find(|from| !is_safe(from)) {
            return Err(format!(
                "nothing is downloaded from `{other}`; an address must begin with https://, or be one of this machine \
                 (http://localhost, http://127.0.0.1), or, where the file's checksum is given, with http://"
            ));
        }
        let given = [&self.sha256, &self.sha256_prefix, &self.sha1, &self.git_blob];
        if given.iter().filter(|sum| sum.is_some()).count() > 1 {
            return Err("one checksum is enough".to_owned());
        }
        match self.checksum() {
            Some(checksum) if !checksum.is_well_formed() => {
                Err(format!("the checksum ({checksum}) has the wrong length, or other than the digits 0-9 and a-f"))
            }
            _ => Ok(()),
        }
    }
}

fn is_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    (1..=64).contains(&name.len())
        && name.chars().all(is_plain)
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
}
