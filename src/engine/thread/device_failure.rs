//! What fails by the device that computes, and what to do then.

use crate::domain::Precision;
use crate::engine::message::Problem;
use crate::gpu::{GpuFailure, OpenDevice, failure_in};

const DEVICE_FAILED: &str = "The compute device failed";
const NOT_ON_DEVICE: &str = "The network could not be put on the device";

/// What a network is told as that the device has no room for, or refuses.
pub fn not_on_device(error: impl ToString) -> Problem {
    Problem::new(NOT_ON_DEVICE, error)
}

/// What is told where a device gives no values.
pub fn device_failed(error: impl ToString) -> Problem {
    Problem::new(DEVICE_FAILED, error).with_remedy("Try --compute cpu.")
}

/// What is told where a network panicked, of which the listener was told more.
pub fn panicked() -> Problem {
    Problem::new("The network failed while it ran", "an internal error, described on the terminal")
        .with_remedy("Try --compute cpu, and please report it.")
}

/// What came of work: its result, or its problem, or the words of its panic.
pub type Outcome<T> = Result<Result<T, Problem>, String>;

/// Why a GPU did not do its work: what another try, or the processor, may still do.
pub struct DeviceFailure {
    cause: Cause,
    /// The device's own words.
    why: String,
}

enum Cause {
    /// It does not answer any more.
    Lost,
    There(GpuFailure),
}

impl DeviceFailure {
    /// Whether `outcome` is that of a GPU that failed, and why. Asks the GPU itself if it has failed, so call it on the thread that
    /// computes.
    pub fn of<T>(outcome: &Outcome<T>, device: &OpenDevice) -> Option<Self> {
        device.graphics.as_ref()?;
        // Of a problem only the device's words count: those of another may name a file, which can be called as one likes.
        let said = match outcome {
            Ok(Ok(_)) => return None,
            Ok(Err(problem)) => [DEVICE_FAILED, NOT_ON_DEVICE].contains(&problem.what.as_str()).then_some(&problem.why),
            Err(words) => Some(words),
        };
        if let Some((failure, line)) = said.and_then(|said| failure_in(said)) {
            return Some(Self { cause: Cause::There(failure), why: line.to_owned() });
        }
        let why = || "it does not answer any more".to_owned();
        device.is_lost().then(|| Self { cause: Cause::Lost, why: why() })
    }

    /// Whether the GPU may do the same once memory was given back to it.
    pub fn may_pass(&self) -> bool {
        match self.cause {
            Cause::There(GpuFailure::OutOfMemory | GpuFailure::TornDown) => true,
            Cause::Lost | Cause::There(GpuFailure::TooLarge) => false,
        }
    }

    /// What happened to the graphics device, as its description goes on.
    pub fn since(&self) -> &'static str {
        match self.cause {
            Cause::Lost => "the graphics device was lost",
            Cause::There(GpuFailure::OutOfMemory) => "the graphics device had too little memory",
            Cause::There(GpuFailure::TooLarge) => "the graphics device has no room for so much at once",
            Cause::There(GpuFailure::TornDown) => "the graphics device failed",
        }
    }

    /// What the person is told where the processor goes on in the place of `device`.
    pub fn moved(&self, device: &str) -> Problem {
        let what = format!("{}; networks run on the CPU from now on", capitalized(self.since()));
        let again = "start Tiramisu again to compute on the GPU.";
        let remedy = match self.cause {
            Cause::Lost | Cause::There(GpuFailure::TornDown) => {
                format!("Nothing is lost. To compute on the GPU, {again}")
            }
            Cause::There(GpuFailure::OutOfMemory) => {
                format!("Nothing is lost. Close what else uses its memory and {again}")
            }
            Cause::There(GpuFailure::TooLarge) => {
                "Nothing is lost. With fewer pictures at a time (--batch 1) it may have room.".to_owned()
            }
        };
        Problem::new(what, format!("{} ({device})", self.why)).with_remedy(remedy)
    }

    /// What the person is told where the processor cannot go on: it has no half precision, and numbers of two precisions are not
    /// to stand in one table.
    pub fn stays(&self, device: &str) -> Problem {
        let first = match self.cause {
            Cause::Lost | Cause::There(GpuFailure::TornDown) => "Start Tiramisu again",
            Cause::There(GpuFailure::OutOfMemory) => "Close what else uses its memory and start Tiramisu again",
            Cause::There(GpuFailure::TooLarge) => "Try --batch 1",
        };
        let remedy = format!(
            "Everything committed so far is saved. {first}, or extract with --precision single into another workspace: the CPU \
             computes that, too."
        );
        Problem::new(capitalized(self.since()), format!("{} ({device})", self.why)).with_remedy(remedy)
    }
}

/// Does `work` with a GPU once more if it failed in a way that may pass; what came of it, and why the GPU failed if it did at last.
pub fn tried<T>(device: &OpenDevice, mut work: impl FnMut() -> Outcome<T>) -> (Outcome<T>, Option<DeviceFailure>) {
    let outcome = work();
    match DeviceFailure::of(&outcome, device) {
        Some(failure) if failure.may_pass() => {
            tracing::warn!("{}: {}; trying once more", failure.since(), failure.why);
            device.give_memory_back();
            let outcome = work();
            let failure = DeviceFailure::of(&outcome, device);
            (outcome, failure)
        }
        failure => (outcome, failure),
    }
}

/// Whether the processor can go on with work of this precision.
pub fn processor_goes_on(precision: Precision) -> bool {
    match precision {
        Precision::Single => true,
        Precision::Half => false,
    }
}

fn capitalized(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
