//! Versions of one table: listed, named, looked at and restored.

use std::fs;
use std::time::SystemTime;

use lance::Error as LanceError;
use lance::dataset::refs::{TagContents, check_valid_tag};
use lance::dataset::transaction::Operation;

use super::manifests::manifests;
use super::table::Table;
use super::{Stamp, StoreError, beside, version_names};
use crate::domain::{LostName, TableVersion, VersionName};

/// The key of a tag's metadata that says which version of the images belonged to the tagged state.
const IMAGES_KEY: &str = "images_version";
/// Bytes of a name: it is that of a file, and those have at most 255.
const LONGEST_NAME: usize = 200;

/// A version as it is compared with those of other tables.
pub(super) struct Moment {
    /// Its number.
    pub(super) number: u64,
    /// When it was committed.
    pub(super) unix_nanos: i64,
}

impl Table {
    /// All versions that are still there with what their manifests say of them, oldest first.
    pub(super) fn history(&self) -> Result<Vec<TableVersion>, StoreError> {
        let versions = self.lance_versions()?;
        let tags = self.tags()?;
        let number = |version: &lance::dataset::Version, key: &str| {
            version.metadata.get(key).and_then(|text| text.parse().ok()).unwrap_or(0)
        };
        let mut history: Vec<TableVersion> = versions
            .iter()
            .map(|version| TableVersion {
                number: version.version,
                committed_unix_secs: version.timestamp.timestamp(),
                rows: number(version, "total_rows"),
                bytes: number(version, "total_files_size"),
                fragments: number(version, "total_fragments"),
                layers: None,
                tags: names_of(&tags, version.version),
            })
            .collect();
        history.sort_by_key(|version| version.number);
        Ok(history)
    }

    /// Its names that cannot be read any more.
    pub(super) fn lost_names(&self) -> Result<Vec<LostName>, StoreError> {
        version_names::lost(&self.path)
    }

    /// What the manifests of all versions say that are still there and can be read.
    pub(super) fn lance_versions(&self) -> Result<Vec<lance::dataset::Version>, StoreError> {
        let failed = |e| StoreError::from_lance("cannot list the versions", &self.path, e);
        if self.torn.is_empty() {
            return self.driver.block_on(self.dataset.versions()).map_err(failed);
        }
        // One that cannot be read makes the whole list fail.
        let references = self.driver.block_on(self.dataset.version_refs()).map_err(failed)?;
        let whole = references.into_iter().filter(|reference| reference.version <= self.version());
        whole.map(|reference| Ok(self.at(reference.version)?.dataset.version())).collect()
    }

    /// Whether a state is among the versions that are still there.
    pub(super) fn has_version(&self, stamp: Stamp) -> bool {
        let is_it = |version: &lance::dataset::Version| {
            let committed_unix_micros = version.timestamp.timestamp_micros();
            Stamp { version: version.version, committed_unix_micros } == stamp
        };
        self.lance_versions().is_ok_and(|versions| versions.iter().any(is_it))
    }

    /// When each version was committed, oldest first.
    pub(super) fn moments(&self) -> Result<Vec<Moment>, StoreError> {
        let versions = self.lance_versions()?;
        // In 2262 the nanoseconds of our era are too many for 64 bits.
        let nanos = |version: &lance::dataset::Version| version.timestamp.timestamp_nanos_opt().unwrap_or(i64::MAX);
        let mut moments: Vec<Moment> =
            versions.iter().map(|v| Moment { number: v.version, unix_nanos: nanos(v) }).collect();
        moments.sort_by_key(|moment| moment.number);
        Ok(moments)
    }

    /// The number of a version that is there.
    pub(super) fn number_of(&self, name: &VersionName) -> Result<u64, StoreError> {
        let missing = || StoreError::NoSuchVersion { version: name.to_string(), path: self.path.clone() };
        match name {
            VersionName::Latest => Ok(self.version()),
            VersionName::Number(number) => {
                let is_there = self.moments()?.iter().any(|moment| moment.number == *number);
                is_there.then_some(*number).ok_or_else(missing)
            }
            VersionName::Name(tag) => self.tag(tag)?.map(|tag| tag.version).ok_or_else(missing),
        }
    }

    /// The table as it was at a version, for reading.
    pub(super) fn at(&self, version: u64) -> Result<Self, StoreError> {
        #[expect(clippy::wildcard_enum_match_arm, reason = "the table's library has many errors, and more may come")]
        let dataset = self.driver.block_on(self.dataset.checkout_version(version)).map_err(|e| match e {
            LanceError::NotFound { .. } | LanceError::DatasetNotFound { .. } | LanceError::VersionNotFound { .. } => {
                StoreError::NoSuchVersion { version: version.to_string(), path: self.path.clone() }
            }
            e => StoreError::from_lance("cannot open the version", &self.path, e),
        })?;
        Ok(Self { dataset, ..self.clone() })
    }

    /// Whether this handle sees the same rows and columns as it would at `version`.
    pub(super) fn has_content_of(&self, version: u64) -> Result<bool, StoreError> {
        let other = self.at(version)?;
        Ok(other.dataset.fragments() == self.dataset.fragments() && other.schema() == self.schema())
    }

    /// Makes the content of `version` the table's again, as one commit, and returns the version it is now.
    pub(super) fn restore(&mut self, version: u64) -> Result<u64, StoreError> {
        let mut before = self.at(version)?;
        self.driver
            .block_on(before.dataset.restore())
            .map_err(|e| StoreError::from_lance("cannot restore the version", &self.path, e))?;
        self.settle()?;
        self.refresh()?;
        Ok(self.version())
    }

    /// Gives a version a name; `false` if it has it already. `images` is the version of the images that belongs to it, where that is
    /// known.
    pub(super) fn give_tag(&self, name: &str, version: u64, images: Option<u64>) -> Result<bool, StoreError> {
        let refused = |reason: String| StoreError::BadTag { name: name.to_owned(), reason, path: self.path.clone() };
        if !matches!(name.parse(), Ok(VersionName::Name(_))) {
            return Err(refused("a name cannot be a number or `latest`".to_owned()));
        }
        // Lance's own rule, in our words.
        if !name.chars().all(|letter| letter.is_alphanumeric() || ".-_".contains(letter)) {
            return Err(refused("a name is made of letters, digits, `.`, `-` and `_`".to_owned()));
        }
        if name.len() > LONGEST_NAME {
            return Err(refused(format!("a name has at most {LONGEST_NAME} bytes")));
        }
        // Lance's further rules: it would not find what breaks them.
        #[expect(clippy::wildcard_enum_match_arm, reason = "the table's library has many errors, and more may come")]
        let checked = check_valid_tag(name).map_err(|e| match e {
            LanceError::InvalidRef { message, .. } => refused(message),
            e => StoreError::from_lance("cannot name the version", &self.path, e),
        });
        checked?;
        let missing = || StoreError::NoSuchVersion { version: version.to_string(), path: self.path.clone() };
        let manifest = manifests(&self.path).into_iter().find(|manifest| manifest.number == version);
        let manifest = manifest.and_then(|manifest| fs::metadata(manifest.path).ok()).ok_or_else(missing)?;
        let now = Some(SystemTime::now().into());
        let contents = TagContents {
            branch: None,
            version,
            created_at: now,
            updated_at: now,
            manifest_size: usize::try_from(manifest.len()).unwrap_or(usize::MAX),
            metadata: images.map(|number| (IMAGES_KEY.to_owned(), number.to_string())).into_iter().collect(),
        };
        if version_names::give(&self.path, name, &contents)? {
            self.settle()?;
            return Ok(true);
        }
        if self.number_of(&VersionName::Name(name.to_owned())).is_ok_and(|named| named == version) {
            return Ok(false);
        }
        Err(refused("another version has the name; remove it from that one first (`forget-name`)".to_owned()))
    }

    /// When a version was committed; 0 where nobody knows.
    pub(super) fn committed_unix_nanos(&self, number: u64) -> Result<i64, StoreError> {
        if number == self.version() {
            return Ok(self.dataset.version().timestamp.timestamp_nanos_opt().unwrap_or(i64::MAX));
        }
        let moments = self.moments()?;
        Ok(moments.into_iter().find(|moment| moment.number == number).map_or(0, |moment| moment.unix_nanos))
    }

    /// When a name was given that there is; as late as can be where nobody knows.
    pub(super) fn named_unix_nanos(&self, name: &str) -> Result<i64, StoreError> {
        let given = self.tag(name)?.and_then(|tag| tag.created_at?.timestamp_nanos_opt());
        Ok(given.unwrap_or(i64::MAX))
    }

    /// Takes away a name that was just given.
    pub(super) fn take_tag_back(&self, name: &str) -> Result<(), StoreError> {
        version_names::take_back(&self.path, name)
    }

    /// Takes a name away, also one that cannot be read; returns whether there was one. The version stays.
    pub(super) fn take_tag(&self, name: &str) -> Result<bool, StoreError> {
        version_names::take(&self.path, name)
    }

    /// The version of the images that belonged to `version` when it was named, if it was.
    pub(super) fn images_at_tag(&self, version: u64) -> Result<Option<u64>, StoreError> {
        let images = |(_, tag): &(String, TagContents)| tag.metadata.get(IMAGES_KEY)?.parse().ok();
        Ok(self.tags()?.iter().filter(|(_, tag)| tag.version == version).find_map(images))
    }

    /// The version of the images that `version` was committed beside, as the commits themselves say; `None` where one of them does
    /// not, because another program or an earlier one made it, or because it is an earlier version that came back.
    pub(super) fn images_beside(&self, version: u64) -> Result<Option<u64>, StoreError> {
        for number in (1..=version).rev() {
            // A version of which nothing is left says nothing.
            let Ok(Some(commit)) = self.driver.block_on(self.dataset.read_transaction_by_version(number)) else {
                return Ok(None);
            };
            if let Some(images) = beside::images_version(commit.transaction_properties.as_deref()) {
                return Ok(Some(images));
            }
            // What moves rows, adds columns to them or an index over them leaves them those of the version before.
            if !matches!(
                commit.operation,
                Operation::Rewrite { .. }
                    | Operation::ReserveFragments { .. }
                    | Operation::CreateIndex { .. }
                    | Operation::Merge { .. }
            ) {
                return Ok(None);
            }
        }
        Ok(None)
    }

    /// The first version after `version` that says which version of the images it was committed beside, and which.
    pub(super) fn next_images_beside(&self, version: u64, numbers: &[u64]) -> Option<u64> {
        let later = numbers.iter().filter(|number| **number > version);
        let says = |number: &u64| {
            let commit = self.driver.block_on(self.dataset.read_transaction_by_version(*number)).ok().flatten()?;
            beside::images_version(commit.transaction_properties.as_deref())
        };
        later.into_iter().find_map(says)
    }

    fn tag(&self, name: &str) -> Result<Option<TagContents>, StoreError> {
        Ok(self.tags()?.into_iter().find(|(known, _)| known == name).map(|(_, tag)| tag))
    }

    /// The names of its versions; those that cannot be read are none.
    fn tags(&self) -> Result<Vec<(String, TagContents)>, StoreError> {
        Ok(version_names::read(&self.path)?.known)
    }
}

fn names_of(tags: &[(String, TagContents)], version: u64) -> Vec<String> {
    let mut names: Vec<String> =
        tags.iter().filter(|(_, tag)| tag.version == version).map(|(name, _)| name.clone()).collect();
    names.sort_unstable();
    names
}
