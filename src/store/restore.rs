//! Going back to earlier versions, without giving a picture what belongs to another.
//!
//! A version is restored as a new, latest one: what was there meanwhile is a version, too, and can itself be restored.
//!
//! # What makes it safe
//!
//! Rows belong together by the ids of images, and a job resumes by set difference: whatever has a row is taken as done.
//! So a row may only come back if its id still means the same picture in the same state. For each table that is
//! restored, and for each that stays while the images are restored, the images as they were at the time of its version
//! are compared with the images as they will be; rows whose picture has another path, size or time of change, or is not known
//! any more, are removed, and so are those of pictures that others of the same size and second took the place of since.
//! Extracting makes them anew. Tags, imported labels and boxes, which nothing makes anew, go by the paths that they were given
//! with wherever they are read: none is removed, and they stay with a picture that was edited.
//!
//! Rows are removed before the images are restored, and after a table of vectors is. What is to be done is on disk
//! before anything is: killed in between, it is finished when the workspace is next opened to write.

mod journal;

use self::journal::{Journal, Step};
use super::file_times::FileTimes;
use super::history::{fixed_because, ids};
use super::identity::Identity;
use super::moves::{self, Moves};
use super::names::{IMAGES, MOVES};
use super::pictures::Pictures;
use super::table::{Table, damaged};
use super::{StoreError, Workspace, handwork, images};
use crate::domain::{ImageId, Restored, VersionName};

const READ_ROWS: usize = 8192;

impl Workspace {
    /// Puts a version of a table back as its latest. Named by a tag and without a table, every table that has the tag
    /// goes back, and the others lose what does not fit any more. Returns what changed.
    ///
    /// Handles on feature tables must be opened anew, and so must what was remembered of images.
    ///
    /// # Errors
    /// When there is no such version, when it cannot be known which pictures its rows belong to, and when the disk does
    /// not let us. All is checked before anything is changed.
    pub fn restore(&mut self, table: Option<&str>, version: &VersionName) -> Result<Vec<Restored>, StoreError> {
        self.expect_writable()?;
        self.refresh()?;
        let mut plans = self.plans(table, version)?;
        let goes_back = |plan: &Plan| plan.name == IMAGES && plan.from.is_some();
        let images_from = plans.iter().find(|plan| goes_back(plan)).and_then(|plan| plan.from);
        let moves = Moves::of(moves::table(self.driver(), self.root())?.as_ref())?;
        let now = pictures(&self.images, &moves)?;
        let times = FileTimes::read(self.root(), self.image_count());
        let then = images_from.map(|version| pictures(&self.images.at(version)?, &moves)).transpose()?;
        for plan in &mut plans {
            plan.misfits = self.misfits_of(plan, &now, then.as_ref().unwrap_or(&now), &moves, &times)?;
        }
        plans.retain(|plan| plan.from.is_some() || !plan.misfits.is_empty());
        // The images last: until then every row still belongs to its picture.
        plans.sort_by_key(|plan| plan.name == IMAGES);
        let step = |plan: Plan| Step { table: plan.name, from: plan.from, misfits: plan.misfits };
        let journal = Journal { tables: plans.into_iter().map(step).collect() };
        if journal.tables.is_empty() {
            return Ok(Vec::new());
        }
        journal.write(self.root())?;
        self.carry_out(journal, &mut |_, error| Err(error))
    }

    /// Whether an earlier version is not restored to the end, so that some tables are of that version and others are not: that
    /// is under way, or was interrupted. Who opens the workspace to write finishes it first.
    pub fn is_half_restored(&self) -> bool {
        !matches!(Journal::read(self.root()), Ok(None))
    }

    /// Finishes what somebody who was killed had begun.
    ///
    /// What cannot be read is set aside, and said so.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub(super) fn finish_putting_back(&mut self) -> Result<(), StoreError> {
        match Journal::read(self.root()) {
            Ok(None) => {}
            Ok(Some(journal)) => {
                tracing::info!("restoring an earlier version was interrupted and has now been finished");
                let mut remarks = Vec::new();
                // What was begun by somebody who is gone must not keep everybody from writing.
                self.carry_out(journal, &mut |table, error| {
                    let why = if let StoreError::NoSuchVersion { version, .. } = &error {
                        format!("version {version} of it is not there")
                    } else if let StoreError::Damaged { reason, .. } = &error {
                        reason.clone()
                    } else {
                        return Err(error);
                    };
                    remarks.push(format!(
                        "{table} could not be restored to the end ({why}): it stays as it is, and others may be of an \
                         earlier version. `tiramisu versions` lists those there are"
                    ));
                    Ok(())
                })?;
                remarks.iter().for_each(|remark| tracing::warn!("{remark}"));
                self.repaired.extend(remarks);
            }
            Err(StoreError::Damaged { reason, path }) => {
                Journal::set_aside(self.root())?;
                let remark = format!(
                    "{} says what was left to do when an earlier version was restored, and cannot be read ({reason}). It \
                     was set aside: some tables may be of that version and others not. Restore the version once more \
                     (`tiramisu versions`) to have all of them alike",
                    path.file_name().unwrap_or_default().to_string_lossy()
                );
                tracing::warn!("{remark}");
                self.repaired.push(remark);
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Does what the journal says. `failed` says whether a table that cannot be restored is passed over.
    fn carry_out(
        &mut self,
        journal: Journal,
        failed: &mut dyn FnMut(&str, StoreError) -> Result<(), StoreError>,
    ) -> Result<Vec<Restored>, StoreError> {
        let mut done = Vec::with_capacity(journal.tables.len());
        let ours = self.tables()?;
        if journal.tables.iter().any(|step| step.table == IMAGES && step.from.is_some()) {
            // They come last, and what is removed before belongs to them.
            self.announce_replacement();
        }
        // Vectors fit the images that will be there: where these cannot go back, nothing does.
        let of_images = journal.tables.iter().find(|step| step.table == IMAGES).and_then(|step| step.from);
        let of_images = of_images.filter(|_| ours.iter().any(|name| name == IMAGES));
        let lost = match of_images.map(|version| self.read_table(IMAGES).and_then(|images| images.at(version))) {
            None | Some(Ok(_)) => None,
            Some(Err(StoreError::NoSuchVersion { .. } | StoreError::Damaged { .. })) => of_images,
            // A disk that does not answer now may do so another time.
            Some(Err(error)) => return Err(error),
        };
        for Step { table: name, from, misfits } in journal.tables {
            // The journal is a file that anybody can write, and a workspace may come from anywhere: only its own tables are
            // changed. What is not there any more was removed meanwhile, and nothing of it can be wrong.
            if !ours.contains(&name) {
                tracing::warn!("going back passes over {name:?}, which is no table of {}", self.root().display());
                continue;
            }
            // Nor may it ask for what nobody asks for: images have ids without a gap, and what a person made stays.
            let from = from.filter(|_| fixed_because(&name).is_none());
            let misfits = if may_have_misfits(&name) { misfits } else { Vec::new() };
            let outcome = match (lost, from) {
                (Some(version), Some(_)) => self.carry_out_step(&name, None, &misfits).and_then(|_| {
                    let reason = format!("version {version} of the images is not there");
                    Err(StoreError::Damaged { reason, path: self.root().join(&name) })
                }),
                _ => self.carry_out_step(&name, from, &misfits),
            };
            match outcome {
                Ok(restored) => done.push(restored),
                Err(error) => failed(&name, error)?,
            }
        }
        // Vectors of versions that cut numbers off may have come back.
        Identity::forget_whole(self.root())?;
        Journal::remove(self.root())?;
        self.refresh()?;
        done.sort_by_key(|done| (done.table != IMAGES, done.table.clone()));
        Ok(done)
    }

    fn carry_out_step(&self, name: &str, from: Option<u64>, misfits: &[u32]) -> Result<Restored, StoreError> {
        let mut table = self.read_table(name)?;
        let before = table.version();
        let went_back = from.map_or(Ok(before), |version| table.restore(version));
        // Whether it went back or not: what they were made from will be another picture. Of what is not there any more a journal
        // may name as much as it likes.
        let there = if misfits.is_empty() { None } else { ids(&table)? }.unwrap_or_default();
        let mut misfits: Vec<u32> = misfits.iter().copied().filter(|id| there.contains(id)).collect();
        misfits.sort_unstable();
        misfits.dedup();
        if !misfits.is_empty() {
            table.remove(&misfits)?;
        }
        went_back?;
        let (table, version, rows_removed) = (name.to_owned(), table.version(), misfits.len());
        Ok(Restored { table, from, version, before, rows_removed })
    }

    /// What is to go back, and what may be touched by it.
    fn plans(&self, table: Option<&str>, version: &VersionName) -> Result<Vec<Plan>, StoreError> {
        let mut plans = Vec::new();
        for name in self.tables()? {
            let opened = self.read_table(&name)?;
            let from = match (table, version) {
                (Some(table), _) if table != name => None,
                (None, VersionName::Name(_)) => {
                    opened.number_of(version).ok().filter(|_| fixed_because(&name).is_none())
                }
                (None, VersionName::Latest | VersionName::Number(_)) if name != IMAGES => None,
                (Some(_), _) | (None, VersionName::Latest | VersionName::Number(_)) => Some(opened.number_of(version)?),
            };
            if let (Some(reason), Some(version)) = (fixed_because(&name), from) {
                let path = opened.path().to_owned();
                return Err(StoreError::CannotRestore { version, reason: reason.to_owned(), path });
            }
            let from = match from {
                // What is seen already need not come back.
                Some(from) if opened.has_content_of(from)? => None,
                from => from,
            };
            plans.push(Plan { name, table: opened, from, misfits: Vec::new() });
        }
        match table {
            Some(table) if !plans.iter().any(|plan| plan.name == table) => {
                Err(StoreError::NoSuchResult { what: "table", name: table.to_owned() })
            }
            None if matches!(version, VersionName::Name(_)) && !self.has_tag(version)? => {
                Err(StoreError::NoSuchVersion { version: version.to_string(), path: self.root().to_owned() })
            }
            _ => Ok(plans),
        }
    }

    fn has_tag(&self, version: &VersionName) -> Result<bool, StoreError> {
        for name in self.tables()? {
            match self.read_table(&name)?.number_of(version) {
                Ok(_) => return Ok(true),
                Err(StoreError::NoSuchVersion { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    /// The ids of rows that would belong to another picture than the one they were made from.
    fn misfits_of(
        &self,
        plan: &Plan,
        now: &Pictures,
        then: &Pictures,
        moves: &Moves,
        times: &FileTimes,
    ) -> Result<Vec<u32>, StoreError> {
        if !may_have_misfits(&plan.name) {
            return Ok(Vec::new());
        }
        let table = match plan.from {
            Some(version) => plan.table.at(version)?,
            None => plan.table.clone(),
        };
        let Some(ids) = ids(&table)? else { return Ok(Vec::new()) };
        let images_of = plan.from.map(|version| self.images_of(&plan.table, version)).transpose()?;
        let at_the_time = images_of.map(|images| pictures(&self.images.at(images)?, moves)).transpose()?;
        let made_from = at_the_time.as_ref().unwrap_or(now);
        // What was replaced by another picture of its size and second is made anew of the one that is there.
        let is_of_known = |id: &u32| {
            let is_of_another = images_of.is_some_and(|images| times.is_of_another(ImageId(*id), images));
            made_from.key(*id).is_some() && !is_of_another
        };
        let (known, unknown): (Vec<u32>, Vec<u32>) = ids.into_iter().partition(is_of_known);
        let mut misfits = then.misfits(known.into_iter().map(|id| (id, made_from.key(id))));
        misfits.extend(unknown);
        misfits.sort_unstable();
        Ok(misfits)
    }

    /// The version of the images that belongs to a table's version. The commits say it; of those that do not, as earlier programs
    /// made them, it is known by when they were made. While a picture is replaced its vectors go first and
    /// its record second, so any record from before the table's next version is that of the vectors, or differs from
    /// all later ones.
    fn images_of(&self, table: &Table, version: u64) -> Result<u64, StoreError> {
        let images = self.images.moments()?;
        let is_there = |number: &u64| images.iter().any(|image| image.number == *number);
        if let Some(number) = table.images_at_tag(version)?.filter(is_there) {
            return Ok(number);
        }
        let moments = table.moments()?;
        if let Some(beside) = table.images_beside(version)? {
            let numbers: Vec<u64> = moments.iter().map(|moment| moment.number).collect();
            let next = table.next_images_beside(version, &numbers);
            let is_of_it = |number: u64| number == beside || (number > beside && next.is_none_or(|next| number < next));
            if let Some(image) = images.iter().find(|image| is_of_it(image.number)) {
                return Ok(image.number);
            }
        }
        let at = |number: u64| moments.iter().find(|moment| moment.number == number).map(|moment| moment.unix_nanos);
        let until = match at(version + 1) {
            Some(next) => next,
            None if version == table.version() => i64::MAX,
            // What came next was forgotten.
            None => at(version).unwrap_or(0),
        };
        let before = images.iter().rev().find(|image| image.unix_nanos < until);
        before.map(|image| image.number).ok_or_else(|| StoreError::CannotRestore {
            version,
            reason:
                "the versions of the images from that time were deleted, so it is not known which pictures its rows \
                 belong to. Extract again instead"
                    .to_owned(),
            path: table.path().to_owned(),
        })
    }
}

/// What happens to one table.
struct Plan {
    name: String,
    table: Table,
    /// The version to restore.
    from: Option<u64>,
    /// Ids of rows to remove.
    misfits: Vec<u32>,
}

/// What tells the images of a version from others. Some records at a time: those of a million would be in memory for each table.
fn pictures(table: &Table, moves: &Moves) -> Result<Pictures, StoreError> {
    let mut pictures = Pictures::of(table.rows()?);
    let mut records = Vec::new();
    table.scan(&images::RECORD_COLUMNS, READ_ROWS, |batch| {
        records.clear();
        images::from_batch(batch, &mut records).ok_or_else(|| damaged(table, "its columns have other types"))?;
        match records.iter().all(|record| pictures.take_in(record, moves)) {
            true => Ok(()),
            false => Err(damaged(table, "its ids are not 0, 1, 2 …")),
        }
    })?;
    Ok(pictures)
}

/// Whether rows of a table are taken away that belong to other pictures: not those of the images themselves, nor what a person made.
fn may_have_misfits(table: &str) -> bool {
    ![IMAGES, MOVES].contains(&table) && !handwork::is_called_so(table)
}
