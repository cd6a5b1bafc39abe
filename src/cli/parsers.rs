//! Words of which one is chosen, on the command line.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::domain::{Metric, Pooling, Precision, ProjectionMethod};
use crate::gpu::Compute;

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

pub(super) fn compute_parser() -> impl TypedValueParser<Value = Compute> {
    PossibleValuesParser::new(["auto", "gpu", "cpu"]).map(|word| match word.as_str() {
        "gpu" => Compute::Gpu,
        "cpu" => Compute::Cpu,
        _ => Compute::Auto,
    })
}

pub(super) fn precision_parser() -> impl TypedValueParser<Value = Precision> {
    PossibleValuesParser::new(["single", "half"])
        .map(|word| if word == "half" { Precision::Half } else { Precision::Single })
}

pub(super) fn pooling_parser() -> impl TypedValueParser<Value = Pooling> {
    PossibleValuesParser::new(Pooling::ALL.map(Pooling::word))
        .map(|word| Pooling::ALL.into_iter().find(|pooling| pooling.word() == word).unwrap_or_default())
}

/// Parses how a map is made.
pub fn method_parser() -> impl TypedValueParser<Value = ProjectionMethod> {
    PossibleValuesParser::new(ProjectionMethod::ALL.map(ProjectionMethod::word))
        .map(|word| ProjectionMethod::ALL.into_iter().find(|method| method.word() == word).unwrap_or_default())
}

/// Parses a metric by its word.
pub fn metric_parser() -> impl TypedValueParser<Value = Metric> {
    PossibleValuesParser::new(Metric::ALL.map(Metric::word))
        .map(|word| Metric::ALL.into_iter().find(|metric| metric.word() == word).unwrap_or_default())
}
