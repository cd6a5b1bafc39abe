//! Parsers of words that several verbs take.

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::domain::{Metric, Pooling, Precision, ProjectionMethod};
use crate::gpu::Compute;

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
