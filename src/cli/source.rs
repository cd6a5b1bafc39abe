//! Which vectors are looked at, in words of the command line.

use clap::Args;

use super::parsers::one_of;
use crate::domain::Pooling;

/// Which vectors are compared.
#[derive(Clone, Debug, Args)]
pub struct Source {
    /// Layer whose vectors are compared [default: the deepest stored layer before the class scores]
    #[arg(long, value_name = "NAME")]
    pub layer: Option<String>,
    /// How a channel is reduced to one number over all positions. For transformers these are the patches of the
    /// picture: class, distillation and register tokens are left out wherever the others make a square
    #[arg(long, default_value = "average", value_parser = one_of(Pooling::ALL, Pooling::word))]
    pub pooling: Pooling,
}
