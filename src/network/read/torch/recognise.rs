//! Which architecture a file of tensors is of.

use super::{
    super::super::GraphError,
    export_advice::EXPORT,
    families::{FAMILIES, Family},
    state::State,
};

/// How well a family fits the names that begin with a prefix.
struct Fit {
    family: &'static Family,
    prefix: String,
    found: usize,
}

/// Finds the family all of whose signs are there, and strips what comes before its names: `module.` of a network
/// trained on several devices, `state_dict.` or `model.` of a file with more in it, or several of these.
///
/// # Errors
/// Says which family comes nearest and what it lacks.
pub(super) fn recognise(state: State) -> Result<(&'static Family, State), GraphError> {
    // Of two that fit alike, the one nearer the top of the file.
    let best = FAMILIES
        .iter()
        .flat_map(|family| fits(family, &state))
        .max_by_key(|fit| (fit.found == fit.family.signs.len(), fit.found, std::cmp::Reverse(fit.prefix.len())));
    match best {
        Some(Fit { family, prefix, found }) if found == family.signs.len() => {
            let state = state.within(&prefix);
            Ok((family, state.renamed(family.rename)))
        }
        Some(fit) if fit.found > 1 => Err(unknown(&state, &nearest(&fit, &state))),
        _ => Err(unknown(&state, "")),
    }
}

/// The prefixes before the family's first sign.
fn fits(family: &'static Family, state: &State) -> Vec<Fit> {
    let first = family.signs[0];
    let prefixes = state.names().filter_map(|name| name.strip_suffix(first));
    let prefixes = prefixes.filter(|prefix| prefix.is_empty() || prefix.ends_with('.'));
    prefixes
        .map(|prefix| Fit {
            family,
            prefix: prefix.to_owned(),
            found: family.signs.iter().filter(|sign| state.has(&format!("{prefix}{sign}"))).count(),
        })
        .collect()
}

fn nearest(fit: &Fit, state: &State) -> String {
    let missing = fit.family.signs.iter().find(|sign| !state.has(&format!("{}{sign}", fit.prefix)));
    format!("; it looks most like {}, but has no `{}{}`", fit.family.name, fit.prefix, missing.unwrap_or(&""))
}

fn unknown(state: &State, nearest: &str) -> GraphError {
    let known: Vec<_> = FAMILIES.iter().map(|family| family.name).collect();
    let (count, first) = (state.names().count(), state.names().next().unwrap_or_default());
    GraphError::whole(format!(
        "a file of PyTorch weights does not say how they are joined, and these {count} tensors (the first is `{first}`) \
         are none of the architectures that are known: {}{nearest}; {EXPORT}",
        known.join(", "),
    ))
}
