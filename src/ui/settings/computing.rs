//! What computes, chosen for the next start of the program.

use serde::{Deserialize, Serialize};

use super::or_default;
use crate::domain::Precision;
use crate::engine::NetworkFile;
use crate::gpu::Compute;

/// What computes. A device is opened once, when the program starts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Computing {
    /// Which device.
    #[serde(deserialize_with = "or_default")]
    pub compute: Compute,
    /// A part of the name of the graphics adapter, if the person minds which.
    #[serde(deserialize_with = "or_default")]
    pub adapter: Option<String>,
    /// In which numbers networks run.
    #[serde(deserialize_with = "or_default")]
    pub precision: Precision,
}

/// What the command line said. It stands above what is remembered, until the window is closed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Which device.
    pub compute: Option<Compute>,
    /// A part of the name of the graphics adapter.
    pub adapter: Option<String>,
    /// In which numbers networks run.
    pub precision: Option<Precision>,
    /// The network.
    pub network: Option<NetworkFile>,
    /// Whether no file is to be written.
    pub only_look: bool,
}

impl Computing {
    /// What is opened, now that the command line said this: what is remembered gives way where the two contradict each other.
    pub fn under(&self, given: &Given) -> Self {
        let remembered = match self.compute {
            // An adapter that is named is to compute.
            Compute::Cpu if given.adapter.is_some() => Compute::Auto,
            Compute::Auto | Compute::Gpu | Compute::Cpu => self.compute,
        };
        let compute = given.compute.unwrap_or(remembered);
        let on_gpu = compute != Compute::Cpu;
        let adapter = given.adapter.clone().or_else(|| self.adapter.clone().filter(|_| on_gpu));
        let precision = given.precision.unwrap_or(if on_gpu { self.precision } else { Precision::Single });
        Self { compute, adapter, precision }
    }
}
