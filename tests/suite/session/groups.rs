//! Clusters changed by hand, as steps that can be taken back; groups that get a tag.

use std::sync::Arc;

use tiramisu::domain::{
    Cluster, ClusterMethod, ClusterPiece, ClusterWish, Clustering, ImageGroup, ImageId, ImageSet, Regrouping,
};
use tiramisu::engine::{
    AnalysisAnswer, AnalysisWish, ArithmeticWish, CatalogueLook, Event, GroupAnswer, GroupLook, Groups, Look, Regroup,
    RegroupWish, Request,
};
use tiramisu::session::{Analyse, Ask, Choose, ClusterEdit, Pick, Session};

use super::session;

fn clustering(session: &Session, name: Option<&str>) -> Arc<Clustering> {
    let source = session.source().expect("the layer is stored");
    let ids: Vec<ImageId> = (0..24).map(ImageId).collect();
    let group = |size: usize| Cluster { size, ..Cluster::default() };
    Arc::new(Clustering {
        features: "net".to_owned(),
        wish: ClusterWish::new(ClusterMethod::KMeans, source),
        of: ids.iter().map(|id| Some(id.0 / 12)).collect(),
        ids: ids.into(),
        clusters: vec![Cluster { name: name.map(str::to_owned), ..group(12) }, group(12)],
        agreement: None,
        quality: None,
        elapsed_secs: 0.1,
    })
}

fn tell(session: &mut Session, clustering: &Arc<Clustering>) {
    session.apply(Event::Answered(AnalysisAnswer::Clusters(clustering.clone())));
}

#[test]
fn a_name_is_taken_back_and_brought_back() {
    let mut session = session(24);
    let (before, after) = (clustering(&session, None), clustering(&session, Some("round")));
    tell(&mut session, &before);
    let naming = |name: Option<&str>| Request::NameCluster {
        clustering: before.wish.name(),
        cluster: 0,
        name: name.map(str::to_owned),
    };
    let name = |text: &str| Analyse::NameCluster { cluster: 0, name: text.to_owned() };
    assert_eq!(session.act(name("  round ")), [naming(Some("round"))]);
    tell(&mut session, &after);
    assert_eq!(session.act(name("round")), [], "it is called so");
    assert_eq!(session.act(Choose::Undo), [naming(None)]);
    tell(&mut session, &before);
    assert_eq!(session.act(Choose::Redo), [naming(Some("round"))]);
    // Found anew meanwhile, so it is another cluster: its name is let be.
    let anew = clustering(&session, Some("square"));
    tell(&mut session, &anew);
    assert_eq!(session.act(Choose::Undo), []);
}

#[test]
fn clusters_that_were_merged_are_parted_again() {
    let mut session = session(24);
    let before = clustering(&session, None);
    tell(&mut session, &before);
    let wish = |how| Request::Analyse(AnalysisWish::Regroup(RegroupWish { clustering: before.wish.name(), how }));
    assert_eq!(session.act(Analyse::Regroup(Regroup::Merge(vec![0, 1]))), [wish(Regroup::Merge(vec![0, 1]))]);
    assert!(!session.opened.history.can_undo(), "nothing is done yet");
    let piece = |place: u32, range: std::ops::Range<u32>| ClusterPiece {
        place,
        cluster: Cluster { size: range.len(), ..Cluster::default() },
        images: range.map(ImageId).collect(),
    };
    let change = Arc::new(Regrouping {
        clustering: before.wish.name(),
        before: vec![piece(0, 0..12), piece(1, 12..24)],
        after: vec![piece(0, 0..24)],
        quality: [None, None],
    });
    let after = Arc::new(before.regrouped(&change).expect("it is of these"));
    let answer = AnalysisAnswer::Regrouped { clustering: after.clone(), change: change.clone() };
    session.apply(Event::Answered(answer));
    assert_eq!(session.opened.clustering.as_ref(), Some(&after));
    assert_eq!(*session.opened.chosen.cluster_edits[0], ClusterEdit::Regrouped(change.clone()));
    assert_eq!(session.act(Choose::Undo), [wish(Regroup::Apply(Arc::new(change.reversed())))]);
    tell(&mut session, &before);
    assert_eq!(session.act(Choose::Redo), [wish(Regroup::Apply(change))]);
}

#[test]
fn several_changes_of_clusters_are_taken_back_together_though_others_are_shown() {
    let mut session = session(24);
    let known = clustering(&session, None);
    tell(&mut session, &known);
    session.act(Analyse::NameCluster { cluster: 0, name: "cats".to_owned() });
    let named = clustering(&session, Some("cats"));
    tell(&mut session, &named);
    let piece = |place: u32, range: std::ops::Range<u32>| ClusterPiece {
        place,
        cluster: Cluster { size: range.len(), ..Cluster::default() },
        images: range.map(ImageId).collect(),
    };
    let change = Arc::new(Regrouping {
        clustering: named.wish.name(),
        before: vec![piece(0, 0..12), piece(1, 12..24)],
        after: vec![piece(0, 0..24)],
        quality: [None, None],
    });
    let after = Arc::new(named.regrouped(&change).expect("it is of these"));
    session.apply(Event::Answered(AnalysisAnswer::Regrouped { clustering: after, change: change.clone() }));
    let words: Vec<String> = session.opened.done(9).into_iter().map(|done| done.words).collect();
    assert_eq!(words, ["Merged 2 clusters", "Called cluster 0 cats"]);
    let back = Regroup::Apply(Arc::new(change.reversed()));
    let clustering = named.wish.name();
    let apart = Request::Analyse(AnalysisWish::Regroup(RegroupWish { clustering: clustering.clone(), how: back }));
    let unnamed = Request::NameCluster { clustering, cluster: 0, name: None };
    assert_eq!(session.act(Choose::BackBy(2)), [apart, unnamed], "the cluster has its place again by then");
}

fn tag_all(group: ImageGroup, tag: &str) -> Choose {
    Choose::TagGroup { group, tag: tag.to_owned(), is_on: true }
}

#[test]
fn a_group_gets_a_tag_at_once_and_it_is_one_step() {
    let mut session = session(24);
    let known = clustering(&session, None);
    let requests = session.act(tag_all(ImageGroup::Cluster(known, 1), "odd"));
    let images: ImageSet = (12..24).map(ImageId).collect();
    assert_eq!(requests, [Request::Tag { images: images.clone(), tag: "odd".to_owned(), is_on: true }]);
    assert_eq!(session.act(Choose::Undo), [Request::Tag { images, tag: "odd".to_owned(), is_on: false }]);
}

#[test]
fn nothing_that_is_wished_of_large_groups_is_lost_while_another_is_looked_at() {
    let mut session = session(6000);
    let all = |requests: &[Request]| match requests {
        [Request::Look(Look::Catalogue(CatalogueLook::Group { number, .. }))] => *number,
        other => panic!("a look is asked for: {other:?}"),
    };
    let these: Arc<[ImageId]> = (0..5000).map(ImageId).collect();
    let tagged = all(&session.act(tag_all(ImageGroup::These(these.clone()), "odd")));
    // One after the other, as they were wished for; nothing is lost.
    let pick = |label: Option<String>| Choose::PickGroup(ImageGroup::Label(label), Pick::Replace);
    assert_eq!(session.act(pick(Some("blobs".to_owned()))), []);
    assert_eq!(session.act(pick(None)), [], "it takes the place of the pick before");
    assert_eq!(session.act(tag_all(ImageGroup::These(these.clone()), "even")), []);
    let images: ImageSet = these.iter().copied().collect();
    let tags = |requests: &[Request], word: &str| {
        let is_it = |request: &Request| matches!(request, Request::Tag { images, tag, is_on: true } if images.len() == 5000 && tag == word);
        requests.iter().any(is_it)
    };
    let groups = |requests: Vec<Request>| -> Vec<Request> {
        let is_it = |request: &Request| matches!(request, Request::Look(Look::Catalogue(CatalogueLook::Group { .. })));
        requests.into_iter().filter(is_it).collect()
    };
    let requests = session.apply(Event::Grouped { number: tagged, images: images.clone() });
    assert!(tags(&requests, "odd"), "{requests:?}");
    let picked = all(&groups(requests));
    let some: ImageSet = [ImageId(1)].into_iter().collect();
    let next = all(&groups(session.apply(Event::Grouped { number: picked, images: some.clone() })));
    assert_eq!(session.opened.chosen.selection, some);
    let requests = session.apply(Event::Grouped { number: next, images });
    assert!(tags(&requests, "even"), "{requests:?}");
    assert_eq!(groups(requests), []);
    assert_eq!(session.opened.chosen.selection, some, "what is selected stays");
}

#[test]
fn a_question_about_groups_is_asked_once_and_only_its_own_answer_is_taken() {
    let mut session = session(24);
    let groups = Groups::Clusters(clustering(&session, None));
    let look = |second: usize| {
        GroupLook::Arithmetic(ArithmeticWish {
            of: groups.clone(),
            terms: vec![(0, false), (second, true)],
            count: 5,
            with_own: false,
        })
    };
    assert_eq!(session.act(Ask::Groups(look(1))), [Request::Look(Look::Groups(look(1)))]);
    assert_eq!(session.act(Ask::Groups(look(1))), [], "it is asked already");
    assert_eq!(session.act(Ask::Groups(look(0))).len(), 1);
    let answer = Arc::new(GroupAnswer::Arithmetic { pictures: Vec::new(), groups: Vec::new(), over: [3, 1] });
    session.apply(Event::Groups(look(1), answer.clone()));
    assert_eq!(session.opened.groups.answer(&look(1)), None, "another one was asked since");
    session.apply(Event::Groups(look(0), answer.clone()));
    assert_eq!(session.opened.groups.answer(&look(0)), Some(&answer));
    // What failed can be asked again.
    session.act(Ask::Groups(look(1)));
    let problem = tiramisu::engine::Problem::new("The groups could not be looked at", "it was stopped");
    session.apply(Event::Problem { of: look(1).asked(), problem: problem.clone() });
    assert_eq!(session.opened.groups.problem(&look(1)), Some(&problem));
    assert_eq!(session.act(Ask::Groups(look(1))).len(), 1);
}
