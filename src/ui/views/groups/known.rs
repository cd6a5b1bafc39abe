//! What is known of each group: of clusters all there is, of classes what their vectors tell as soon as it is found.

use std::sync::Arc;

use crate::domain::{ClassOrigin, Cluster, Clustering, ImageId, Pooling, Separation, StoredLayer};
use crate::engine::{ClassMeans, GroupAnswer, GroupLook, Groups};
use crate::session::{Action, Ask, Session};

/// Images of a class that stand on its card until those of its middle are known.
const FIRST: usize = 6;

/// What is known of each group.
#[derive(Default)]
pub(super) struct Known {
    /// Of classes until more is known of them.
    plain: Arc<Vec<Cluster>>,
}

/// Descriptions of groups, held for a frame.
pub(super) enum Described {
    Clusters(Arc<Clustering>),
    Found(Arc<GroupAnswer>),
    Plain(Arc<Vec<Cluster>>),
}

impl Described {
    /// One description a group.
    pub(super) fn all(&self) -> &[Cluster] {
        match self {
            Self::Clusters(clustering) => &clustering.clusters,
            Self::Found(answer) => match &**answer {
                GroupAnswer::Portraits { groups, .. } => groups,
                GroupAnswer::Matrices { .. } | GroupAnswer::Comparison(_) | GroupAnswer::Arithmetic { .. } => &[],
            },
            Self::Plain(plain) => plain,
        }
    }

    /// How well a group can be told from the others, where that is known.
    pub(super) fn separation(&self, group: usize) -> Option<&Separation> {
        let Self::Found(answer) = self else { return None };
        let GroupAnswer::Portraits { separations, .. } = &**answer else { return None };
        separations.get(group).filter(|separation| separation.images > 0)
    }
}

impl Known {
    /// Of groups that are shown for the first time.
    pub(super) fn of(groups: &Groups) -> Self {
        match groups {
            Groups::Clusters(_) => Self::default(),
            Groups::Classes(means) => {
                let plain = (0..means.vectors.classes.len()).map(|class| plain(means, class)).collect();
                Self { plain: Arc::new(plain) }
            }
        }
    }

    /// What is asked of classes: clusters say it themselves.
    pub(super) fn look(groups: &Groups, session: &Session) -> Option<GroupLook> {
        let source = some_layer(session).filter(|_| groups.are_classes())?;
        Some(GroupLook::Portraits { of: groups.clone(), source })
    }

    /// What is known now; what is missing is asked for.
    pub(super) fn described(&self, groups: &Groups, session: &Session, actions: &mut Vec<Action>) -> Described {
        if let Groups::Clusters(clustering) = groups {
            return Described::Clusters(clustering.clone());
        }
        let Some(look) = Self::look(groups, session) else { return Described::Plain(self.plain.clone()) };
        if session.opened.groups.is_unasked(&look) {
            actions.push(Ask::Groups(look.clone()).into());
        }
        match session.opened.groups.answer(&look) {
            Some(found) => Described::Found(found.clone()),
            None => Described::Plain(self.plain.clone()),
        }
    }
}

/// What a class says of itself.
fn plain(means: &ClassMeans, class: usize) -> Cluster {
    let (name, members) = (&means.vectors.classes[class], &means.members[class]);
    let labels = match means.origins[class] {
        ClassOrigin::Label => vec![(name.clone(), members.len())],
        ClassOrigin::Tag | ClassOrigin::Cluster(_) | ClassOrigin::Where(_) | ClassOrigin::Selection(_) => Vec::new(),
    };
    let exemplars: Vec<ImageId> = members.iter().take(FIRST).copied().collect();
    Cluster { size: means.sizes[class], exemplars, labels, ..Cluster::default() }
}

/// Two that are worth a look beside each other: the one of which most pictures look like another, and that one; else the first two.
pub(super) fn usual_pair(groups: &Groups, described: &Described) -> Option<[usize; 2]> {
    let places = groups.places();
    let taken = places.iter().filter_map(|group| {
        let (other, images) = described.separation(*group)?.taken_for?;
        Some((images, [*group, other]))
    });
    let most = taken.max_by_key(|(images, _)| *images).map(|(_, pair)| pair);
    most.or_else(|| if let [a, b, ..] = places[..] { Some([a, b]) } else { None })
}

/// The layer looked at, or the deepest that is stored.
pub(in crate::ui::views) fn some_layer(session: &Session) -> Option<StoredLayer> {
    let stored = &session.collection()?.stored;
    let deepest = || stored.iter().rfind(|stored| stored.pooling == Pooling::Average);
    session.source().or_else(|| deepest().cloned())
}
