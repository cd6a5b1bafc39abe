//! What neighbours are asked for, in words.

use crate::domain::{Example, thousands};
use crate::session::{Comparison, Session};
use crate::ui::widgets::ask_with::{AGAINST, FOR};

/// Of more than this only the first is named, and the others are counted.
const NAMED: usize = 6;

/// What is asked: `Like dogs/a.png and the class panda, less like cats/b.png, at conv 3`; `None` if nothing that counts is asked with.
pub(super) fn question(session: &Session, is_at_every_depth: bool) -> Option<String> {
    let examples = session.opened.chosen.examples_that_count();
    let named = |is_for: bool| {
        let side: Vec<&(Example, f32)> = examples.iter().filter(|(_, weight)| (*weight > 0.0) == is_for).collect();
        let names = if side.len() > NAMED { 1 } else { side.len() };
        let mut words: Vec<String> = side.iter().take(names).map(|part| weighed(session, part)).collect();
        if side.len() > names {
            words.push(format!("{} more", thousands(side.len() - names)));
        }
        (!words.is_empty()).then(|| listed(&words))
    };
    let at = if is_at_every_depth { "at every depth".to_owned() } else { compared(session) };
    match (named(true), named(false)) {
        (Some(of), None) => Some(format!("Like {of} {at}")),
        (Some(of), Some(against)) => Some(format!("Like {of}, less like {against}, {at}")),
        (None, Some(against)) => Some(format!("Less like {against} {at}")),
        (None, None) => None,
    }
}

/// What an example is called: `dogs/a.png`, `the region in dogs/a.png`, `the tag blurred`.
pub(super) fn example(session: &Session, example: &Example) -> String {
    let file = |image| session.image(image).map_or_else(|| "a picture".to_owned(), |it| it.path.in_folder().to_owned());
    match example {
        Example::Image(image) => file(*image),
        Example::Region { image, .. } => format!("the region in {}", file(*image)),
        Example::Cluster { clustering, cluster } => {
            let open = session.opened.clustering.as_ref().filter(|open| open.wish.name() == *clustering);
            let name = open.and_then(|open| open.clusters.get(*cluster)).and_then(|cluster| cluster.name.clone());
            name.map_or_else(|| format!("cluster {cluster}"), |name| format!("the cluster {name}"))
        }
        Example::Label(_) | Example::Tag(_) | Example::Class(_) | Example::File { .. } | Example::Vector(_) => {
            example.title().unwrap_or_else(|| "a vector".to_owned())
        }
    }
}

/// With how much it counts, where that is not what it begins with.
fn weighed(session: &Session, (of, weight): &(Example, f32)) -> String {
    let name = example(session, of);
    let is_usual = [FOR, AGAINST].contains(weight);
    if is_usual { name } else { format!("{name} × {}", (weight.abs() * 100.0).round() / 100.0) }
}

/// `a`, `a and b`, `a, b and c`.
fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// By what images are compared.
fn compared(session: &Session) -> String {
    let chosen = &session.opened.chosen;
    match &chosen.comparison {
        Comparison::Layer => format!("at {}", session.opened.layer_titles.name(chosen.layer)),
        Comparison::Mix(layers) => match layers[..] {
            [(layer, _)] => format!("at {}", session.opened.layer_titles.name(layer)),
            _ => format!("at {} layers together", layers.len()),
        },
        Comparison::Network => "by the whole network".to_owned(),
    }
}
