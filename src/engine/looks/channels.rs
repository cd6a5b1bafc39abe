//! The thread that answers questions about channels: which images excite one, what is unusual in an image, why two are
//! alike.

mod similarity;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use crate::analysis::distinguishing;
use crate::analysis::statistics::Statistics;
use crate::domain::{Exemplar, ImageId, LayerExemplars, LayerStatistics, Pooling, StoredLayer, UnusualChannel};
use crate::engine::collection::channels::{Channels, FeatureMapWidths};
use crate::engine::message::{
    ChannelExemplars, ChannelLook, ChannelValues, Event, ExemplarList, Problem, Progress, UnusualList,
};
use crate::engine::opened::Opened;
use crate::engine::thread::guard::guarded;
use crate::engine::thread::slot::Slot;
use crate::store::{FeatureTable, Stamp, StoreError, Workspace};

/// What a newer question takes the place of. What is quick comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChannelLookKind {
    /// Why two images are alike.
    WhySimilar,
    /// Which images excite a channel.
    Exemplars,
    /// Which images excite each channel of a layer.
    ExemplarsOfAll,
    /// Which images excite some channels.
    ExemplarsOfSome,
    /// What is unusual in an image.
    Unusual,
    /// How much every image excites a channel.
    Values,
}

impl ChannelLookKind {
    /// The kind of a question.
    pub fn of(look: &ChannelLook) -> Self {
        match look {
            ChannelLook::WhySimilar(_) => Self::WhySimilar,
            ChannelLook::Exemplars { channel: Some(_), .. } => Self::Exemplars,
            ChannelLook::Exemplars { channel: None, .. } => Self::ExemplarsOfAll,
            ChannelLook::ExemplarsOfSome { .. } => Self::ExemplarsOfSome,
            ChannelLook::Unusual { .. } => Self::Unusual,
            ChannelLook::Values { .. } => Self::Values,
        }
    }
}

/// Finds answers in the workspace. Exemplars and statistics that are not there, or are of an earlier state of the vectors,
/// are made in one pass over these, which is told as an analysis.
pub struct ChannelWorker {
    opened: Arc<Opened>,
    widths: FeatureMapWidths,
    open: Option<(Workspace, FeatureTable)>,
    /// What was made, and of which state.
    made: Option<(Stamp, Channels)>,
    /// Whether the person stopped the pass: it is not begun again unasked.
    is_declined: bool,
    /// Whether what is kept cannot be read, whatever state it says it is of.
    is_unreadable: bool,
}

impl ChannelWorker {
    /// Nothing is opened yet.
    pub fn new(opened: Arc<Opened>) -> Self {
        let widths = FeatureMapWidths::of(&opened.collection.layers);
        Self { opened, widths, open: None, made: None, is_declined: false, is_unreadable: false }
    }

    /// Answers until nobody asks any more.
    pub fn serve(mut self, slot: &Slot<ChannelLook, ChannelLookKind>) {
        while let Some((look, _)) = slot.wait() {
            let outbox = self.opened.outbox.clone();
            let (of, is_closed) = (look.asked(), || slot.is_closed());
            let _look = tracing::debug_span!("look", kind = look.kind().word(), layer = self.name_of(&look)).entered();
            match guarded("The channels could not be looked at", &of, &outbox, || self.answer(look, &is_closed)) {
                Some(Ok(Some(event))) => outbox.tell(event),
                Some(Err(problem)) => {
                    // What failed once is opened anew the next time.
                    self.open = None;
                    outbox.complain(of, problem);
                }
                Some(Ok(None)) | None => {}
            }
        }
    }

    /// The layer that is looked at, if it is a single one.
    fn name_of<'a>(&'a self, look: &'a ChannelLook) -> Option<&'a str> {
        match look {
            ChannelLook::Exemplars { layer, .. } => Some(&self.opened.collection.layers.get(*layer)?.name),
            ChannelLook::ExemplarsOfSome { .. } => None,
            ChannelLook::Unusual { source, .. } => Some(&source.as_ref()?.layer),
            ChannelLook::Values { source, .. } => Some(&source.layer),
            ChannelLook::WhySimilar(wish) => Some(&wish.source.layer),
        }
    }

    /// `None` when it was closed meanwhile.
    fn answer(&mut self, look: ChannelLook, is_closed: &dyn Fn() -> bool) -> Result<Option<Event>, Problem> {
        self.refresh().map_err(unreadable)?;
        Ok(match look {
            ChannelLook::Exemplars { layer, channel, count } => {
                let found = self.known(is_closed, |worker| worker.exemplars(layer, channel, count))?;
                found.map(|(lists, is_current)| {
                    Event::Exemplars(Arc::new(ExemplarList { layer, channel, lists, is_current }))
                })
            }
            ChannelLook::ExemplarsOfSome { channels, count } => {
                let found = self.known(is_closed, |worker| worker.exemplars_of_some(channels.clone(), count))?;
                found.map(|(found, _)| Event::ExemplarsOfSome(Arc::new(found)))
            }
            ChannelLook::Unusual { image, source, count } => {
                let found = self.known(is_closed, |worker| worker.unusual(image, source.as_ref(), count))?;
                found.map(|(channels, _)| Event::Unusual(Arc::new(UnusualList { image, source, channels })))
            }
            ChannelLook::Values { source, channel } => {
                let Some((_, table)) = &self.open else { return Ok(None) };
                let values = values_of(table, &source, channel, is_closed).map_err(unreadable)?;
                values.map(|values| Event::ChannelValues(Arc::new(ChannelValues { source, channel, values })))
            }
            ChannelLook::WhySimilar(wish) => Some(Event::WhySimilar(Arc::new(self.similarity(wish)?))),
        })
    }

    /// Opens the workspace, or moves on to its latest state.
    fn refresh(&mut self) -> Result<(), StoreError> {
        match &mut self.open {
            Some((_, table)) => table.refresh(),
            None => {
                let workspace = self.opened.workspace.now()?;
                let table = workspace.read_features(self.opened.features())?;
                self.open = Some((workspace, table));
                Ok(())
            }
        }
    }

    /// What is found in what is kept, and whether all images are considered. Where that cannot be read it is made anew, once, and what
    /// is made takes its place. `None` when it was closed meanwhile.
    fn known<T>(
        &mut self,
        is_closed: &dyn Fn() -> bool,
        find: impl Fn(&Self) -> Result<T, StoreError>,
    ) -> Result<Option<(T, bool)>, Problem> {
        let is_current = self.bring_up_to_date(is_closed)?;
        if is_closed() {
            return Ok(None);
        }
        match find(self) {
            Ok(found) => return Ok(Some((found, is_current))),
            // It may be the vectors that cannot be read.
            Err(error) if self.made.is_some() || self.can_read_kept() => return Err(unreadable(error)),
            Err(error) => tracing::warn!("what is kept of the channels is made anew: {error}"),
        }
        self.is_unreadable = true;
        let made = self.bring_up_to_date(is_closed);
        self.is_unreadable = false;
        let is_current = made?;
        match is_closed() {
            true => Ok(None),
            false => find(self).map(|found| Some((found, is_current))).map_err(unreadable),
        }
    }

    /// Whether what is kept of the channels can be read, all of it.
    fn can_read_kept(&self) -> bool {
        let Some((workspace, table)) = &self.open else { return true };
        Channels::read(workspace, self.opened.features(), &table.columns(), &self.widths).is_ok()
    }

    /// Makes what is missing if nobody else does; says whether all images are considered then.
    fn bring_up_to_date(&mut self, is_closed: &dyn Fn() -> bool) -> Result<bool, Problem> {
        let Some((workspace, table)) = &self.open else { return Ok(false) };
        let (stamp, features) = (table.stamp(), self.opened.features());
        if self.made.as_ref().is_some_and(|(of, _)| *of == stamp) {
            return Ok(true);
        }
        self.made = None;
        let covers = [workspace.exemplars_cover(features), workspace.statistics_cover(features)];
        let is_of_now = |covers: &Result<Option<Stamp>, StoreError>| covers.as_ref().is_ok_and(|of| *of == Some(stamp));
        if covers.iter().all(is_of_now) && !self.is_unreadable {
            return Ok(true);
        }
        // Another process that writes the workspace keeps them up to date, too.
        let recorder = self.opened.recorder();
        let is_elsewhere = matches!(recorder, Err(StoreError::AlreadyOpen { .. }));
        let is_there = covers.iter().all(|covers| matches!(covers, Ok(Some(_)))) && !self.is_unreadable;
        if self.opened.is_gathering.load(Relaxed) || self.is_declined || (is_elsewhere && is_there) || table.rows() == 0
        {
            return Ok(false);
        }
        let progress = Arc::new(Progress::new("Looking for exemplars in the vectors"));
        let columns = table.columns();
        progress.set_total(columns.len(), true);
        let job = progress.enter_span();
        let outbox = &self.opened.outbox;
        outbox.tell(Event::AnalysisStarted(progress.clone()));
        let cancelled = || progress.is_cancelled() || is_closed();
        let before = Channels::read(workspace, features, &columns, &self.widths).ok().flatten();
        let before = before.map_or_else(|| Channels::new(&columns), |(_, channels)| channels);
        let made = Channels::of_table(table, &before, &cancelled, &mut || progress.add(1, 0));
        progress.end();
        drop(job);
        outbox.tell(Event::AnalysisEnded { cancelled: progress.is_cancelled() });
        let Some(channels) = made.map_err(unreadable)? else {
            self.is_declined = progress.is_cancelled();
            return Ok(false);
        };
        // It took a while. Who extracted meanwhile knows of more images, and where each exemplar responds.
        let covers_now = [workspace.exemplars_cover(features), workspace.statistics_cover(features)];
        let mut both = covers.iter().zip(&covers_now);
        if self.opened.is_gathering.load(Relaxed) || both.any(|(before, now)| before.as_ref().ok() != now.as_ref().ok())
        {
            self.made = Some((stamp, channels));
            return Ok(false);
        }
        let saved = recorder
            .and_then(|recorder| channels.save(&recorder, features, Some(stamp), &self.widths, &self.opened.catalogue));
        if let Err(error) = saved {
            tracing::warn!("exemplars are shown, but could not be kept: {error}");
        }
        self.made = Some((stamp, channels));
        Ok(true)
    }

    fn exemplars(
        &self,
        layer: usize,
        channel: Option<usize>,
        count: usize,
    ) -> Result<Vec<(usize, Vec<Exemplar>)>, StoreError> {
        let (Some((workspace, _)), Some(layer)) = (&self.open, self.opened.collection.layers.get(layer)) else {
            return Ok(Vec::new());
        };
        let kept = match &self.made {
            Some((_, made)) => made.exemplars_of(&layer.name, &self.widths),
            None => {
                let kept = workspace.exemplars(self.opened.features(), Some(&layer.name))?;
                kept.and_then(|mut kept| kept.layers.pop())
            }
        };
        let Some(LayerExemplars { lists, .. }) = kept else { return Ok(Vec::new()) };
        let is_wanted = |(index, _): &(usize, _)| channel.is_none_or(|channel| channel == *index);
        let wanted = lists.into_iter().enumerate().filter(is_wanted);
        Ok(wanted.map(|(index, list)| (index, list.into_iter().take(count).collect())).collect())
    }

    /// Of each layer once, however many of its channels are wanted.
    fn exemplars_of_some(
        &self,
        mut channels: Vec<(usize, usize)>,
        count: usize,
    ) -> Result<ChannelExemplars, StoreError> {
        channels.sort_unstable();
        channels.dedup();
        let mut lists = Vec::with_capacity(channels.len());
        for of_layer in channels.chunk_by(|a, b| a.0 == b.0) {
            let layer = of_layer[0].0;
            let all = self.exemplars(layer, None, count)?;
            lists.extend(of_layer.iter().map(|wanted| {
                let found = all.iter().find(|(channel, _)| *channel == wanted.1);
                (*wanted, found.map(|(_, list)| list.clone()).unwrap_or_default())
            }));
        }
        Ok(ChannelExemplars { lists })
    }

    fn statistics(&self, source: &StoredLayer) -> Result<Option<Statistics>, StoreError> {
        let Some((workspace, _)) = &self.open else { return Ok(None) };
        if let Some((_, made)) = &self.made {
            return Ok(made.statistics_of(source).cloned());
        }
        let kept = workspace.statistics(self.opened.features(), Some(source))?;
        let layer = kept.and_then(|mut kept| kept.layers.pop());
        Ok(layer.map(|LayerStatistics { counts, skipped, means, m2s, .. }| {
            Statistics::from_columns(counts, skipped, means, m2s)
        }))
    }

    fn unusual(
        &self,
        image: ImageId,
        source: Option<&StoredLayer>,
        count: usize,
    ) -> Result<Vec<UnusualChannel>, StoreError> {
        let Some((_, table)) = &self.open else { return Ok(Vec::new()) };
        let averages = || self.opened.collection.stored.iter().filter(|stored| stored.pooling == Pooling::Average);
        let wanted: Vec<&StoredLayer> = source.map_or_else(|| averages().collect(), |source| vec![source]);
        let mut found = Vec::new();
        for source in wanted {
            // A layer that is being added has no vectors in the table yet.
            let is_there = table.columns().iter().any(|(stored, _)| stored == source);
            let vector = if is_there { table.vector(source, image)? } else { None };
            let (Some(vector), Some(statistics)) = (vector, self.statistics(source)?) else { continue };
            if statistics.features() != vector.len() {
                continue;
            }
            found.extend(distinguishing::unusual(&vector, &statistics, count).into_iter().map(|unusual| {
                UnusualChannel { source: source.clone(), channel: unusual.channel, value: unusual.value, z: unusual.z }
            }));
        }
        // Stable: of equal ones the earlier layer's come first.
        found.sort_by(|a, b| b.z.abs().total_cmp(&a.z.abs()));
        if source.is_none() {
            // Where layers are put together the same channel comes back under another name.
            found.dedup_by(|later, first| later.value == first.value && (later.z - first.z).abs() < 1e-5);
        }
        found.truncate(count);
        Ok(found)
    }
}

/// One channel's value of each image, not a number where there is none; `None` when it was closed meanwhile. A layer that is
/// being added has no vectors in the table yet.
fn values_of(
    table: &FeatureTable,
    source: &StoredLayer,
    channel: usize,
    is_closed: &dyn Fn() -> bool,
) -> Result<Option<Vec<f32>>, StoreError> {
    let mut of_each = Vec::new();
    let is_there = table.columns().iter().any(|(stored, channels)| stored == source && channel < *channels);
    if is_there {
        of_each.resize(table.ids().last().map_or(0, |last| last.index() + 1), f32::NAN);
        table.each_feature(source, channel, |id, value| {
            if let Some(slot) = of_each.get_mut(id.index()) {
                *slot = value.unwrap_or(f32::NAN);
            }
            if is_closed() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
    }
    Ok((!is_closed()).then_some(of_each))
}

fn unreadable(error: StoreError) -> Problem {
    Problem::new("The channels could not be looked at", error)
}
