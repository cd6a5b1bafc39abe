//! Words of which one is chosen, on the command line.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

/// Parses one of `values`, each under the word (and with the help) that `name` gives it.
pub fn one_of<T, N>(values: impl IntoIterator<Item = T>, name: impl Fn(T) -> N) -> impl TypedValueParser<Value = T>
where
    T: Copy + Send + Sync + 'static,
    N: Into<PossibleValue>,
{
    let known: Vec<(PossibleValue, T)> = values.into_iter().map(|value| (name(value).into(), value)).collect();
    let words = PossibleValuesParser::new(known.iter().map(|(word, _)| word.clone()));
    // What is none of these words is refused before this is asked.
    words.try_map(move |given| {
        let found = known.iter().find(|(word, _)| word.matches(&given, false));
        found.map(|(_, value)| *value).ok_or_else(|| format!("there is nothing called {given}"))
    })
}
