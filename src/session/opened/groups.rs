//! What was asked of groups, clusters and classes, and what is known: asked while a view of them is drawn, each once.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::OpenedCollection;
use crate::domain::Exemplar;
use crate::engine::{
    ChannelExemplars, ChannelLook, ChannelMap, ChannelMapWish, GroupAnswer, GroupLook, GroupLookKind, Look, Problem,
    Request,
};

/// Exemplars of a channel, of which one in a group is looked for.
const EXEMPLARS: usize = 24;
/// Channels of which exemplars are held: those of a thousand groups twice over.
const MOST_CHANNELS: usize = 4096;

/// Channels in images that are held: each is some 16 kB at most.
const MOST_MAPS: usize = 1024;

/// What was asked of groups, and what is known.
#[derive(Clone, Debug, Default)]
pub struct GroupsKnown {
    questions: BTreeMap<GroupLookKind, Question>,
    exemplars: HashMap<(usize, usize), Arc<[Exemplar]>>,
    exemplars_asked: Vec<(usize, usize)>,
    maps: HashMap<ChannelMapWish, ChannelMap>,
    maps_asked: Vec<ChannelMapWish>,
    /// At which version of the vectors they were asked for.
    version: Option<u64>,
}

#[derive(Clone, Debug)]
struct Question {
    look: GroupLook,
    answer: Option<Arc<GroupAnswer>>,
    problem: Option<Problem>,
}

impl GroupsKnown {
    /// The answer to a question, if it is the one that was asked last of its kind, and answered.
    pub fn answer(&self, look: &GroupLook) -> Option<&Arc<GroupAnswer>> {
        self.questions.get(&look.kind()).filter(|asked| asked.look == *look)?.answer.as_ref()
    }

    /// Why a question has no answer, if it was asked in vain.
    pub fn problem(&self, look: &GroupLook) -> Option<&Problem> {
        self.questions.get(&look.kind()).filter(|asked| asked.look == *look)?.problem.as_ref()
    }

    /// Whether a question is to be asked: it was not, or another one was since. One that was asked in vain waits for the person.
    pub fn is_unasked(&self, look: &GroupLook) -> bool {
        self.questions.get(&look.kind()).is_none_or(|asked| asked.look != *look)
    }

    /// What was answered of labels is of those of before; whoever shows it asks again.
    pub(super) fn forget_labels(&mut self) {
        self.questions.retain(|kind, _| match kind {
            GroupLookKind::Portraits(_) | GroupLookKind::Matrices(_) => false,
            GroupLookKind::Comparison(_) | GroupLookKind::Arithmetic(_) => true,
        });
    }

    /// Exemplars that were asked for in vain are asked for again when they are in sight the next time.
    pub(super) fn forget_asked_exemplars(&mut self) {
        self.exemplars_asked.clear();
    }

    /// What a channel sees in an image, once it is known.
    pub fn map(&self, wish: ChannelMapWish) -> Option<&ChannelMap> {
        self.maps.get(&wish)
    }

    /// Asks for those that are missing; what was asked for before and is not in sight any more is given up.
    pub(super) fn ask_maps(&mut self, wishes: Vec<ChannelMapWish>) -> Vec<Request> {
        if self.maps.len() > MOST_MAPS {
            self.maps.clear();
            self.maps_asked.clear();
        }
        let missing: Vec<ChannelMapWish> = wishes.into_iter().filter(|wish| !self.maps.contains_key(wish)).collect();
        if missing.iter().all(|wish| self.maps_asked.contains(wish)) {
            return Vec::new();
        }
        self.maps_asked.clone_from(&missing);
        vec![Request::Look(Look::ChannelMaps(missing))]
    }

    /// They did not come: they may be asked for again.
    pub(super) fn forget_asked_maps(&mut self) {
        self.maps_asked.clear();
    }

    /// None say that something else came first: they may be asked for again.
    pub(in crate::session) fn take_maps(&mut self, maps: &[ChannelMap]) {
        if maps.is_empty() {
            self.forget_asked_maps();
        }
        self.maps.extend(maps.iter().map(|map| (map.wish, map.clone())));
    }

    /// The images that excite a channel of a layer (index in `Collection::layers`) most, once they are known.
    pub fn exemplars(&self, layer: usize, channel: usize) -> Option<&Arc<[Exemplar]>> {
        self.exemplars.get(&(layer, channel))
    }
}

impl OpenedCollection {
    /// Asks something of groups, unless that is asked already; again if it was in vain.
    pub(super) fn ask_groups(&mut self, look: GroupLook) -> Vec<Request> {
        let known = self.groups.questions.get(&look.kind());
        if known.is_some_and(|asked| asked.look == look && asked.problem.is_none()) {
            return Vec::new();
        }
        let question = Question { look: look.clone(), answer: None, problem: None };
        self.groups.questions.insert(look.kind(), question);
        vec![Request::Look(Look::Groups(look))]
    }

    /// Nobody asks it any more of an answer to another question.
    pub(in crate::session) fn take_groups(&mut self, look: &GroupLook, answer: Arc<GroupAnswer>) {
        if let Some(asked) = self.groups.questions.get_mut(&look.kind()).filter(|asked| asked.look == *look) {
            asked.answer = Some(answer);
            asked.problem = None;
        }
    }

    pub(super) fn take_groups_problem(&mut self, kind: GroupLookKind, problem: Problem) {
        if let Some(asked) = self.groups.questions.get_mut(&kind).filter(|asked| asked.answer.is_none()) {
            asked.problem = Some(problem);
        }
    }

    /// Asks for the exemplars of channels that are visible, as far as they are missing.
    pub(super) fn ask_exemplars_of_some(&mut self, channels: Vec<(usize, usize)>) -> Vec<Request> {
        let Some((1.., version)) = self.committed else { return Vec::new() };
        let groups = &mut self.groups;
        if groups.version != Some(version) || groups.exemplars.len() > MOST_CHANNELS {
            groups.version = Some(version);
            groups.exemplars_asked.clear();
            groups.exemplars.clear();
            groups.maps_asked.clear();
            groups.maps.clear();
        }
        let mut missing: Vec<(usize, usize)> =
            channels.into_iter().filter(|channel| !groups.exemplars.contains_key(channel)).collect();
        if missing.iter().all(|channel| groups.exemplars_asked.contains(channel)) {
            return Vec::new();
        }
        // What another view asked for and is not answered yet is asked along: only the newest question is answered.
        groups.exemplars_asked.retain(|channel| !groups.exemplars.contains_key(channel));
        missing.extend(&groups.exemplars_asked);
        missing.sort_unstable();
        missing.dedup();
        missing.truncate(MOST_CHANNELS);
        groups.exemplars_asked.clone_from(&missing);
        vec![Request::Look(Look::Channels(ChannelLook::ExemplarsOfSome { channels: missing, count: EXEMPLARS }))]
    }

    pub(in crate::session) fn take_exemplars_of_some(&mut self, found: &ChannelExemplars) {
        let lists = found.lists.iter().map(|(channel, list)| (*channel, list.as_slice().into()));
        self.groups.exemplars.extend(lists);
    }
}
