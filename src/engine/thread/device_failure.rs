//! What fails by the device that computes, and what to do then.

use crate::domain::Precision;
use crate::engine::message::Problem;
use crate::engine::thread::guard::attempted;
use crate::gpu::{DeviceWhenNeeded, GpuFailure, OpenDevice, failure_in};

const DEVICE_FAILED: &str = "The compute device failed";
const NOT_ON_DEVICE: &str = "The network could not be put on the device";
const FEWER_AT_A_TIME: &str = "With fewer pictures at a time it may have room: `tiramisu extract --batch 1`.";

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
struct DeviceFailure {
    cause: Cause,
    /// The device's own words.
    why: String,
}

#[derive(Clone, Copy)]
enum Cause {
    /// It does not answer any more.
    Lost,
    There(GpuFailure),
}

impl DeviceFailure {
    /// Whether `outcome` is that of a GPU that failed, and why. Asks the GPU itself if it has failed, so call it on the thread that
    /// computes.
    fn of<T>(outcome: &Outcome<T>, device: &OpenDevice) -> Option<Self> {
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
        device.is_lost().then(|| Self { cause: Cause::Lost, why: "it does not answer any more".to_owned() })
    }

    /// Whether the GPU may do the same once memory was given back to it.
    fn may_pass(&self) -> bool {
        match self.cause {
            Cause::There(GpuFailure::OutOfMemory | GpuFailure::TornDown) => true,
            Cause::Lost | Cause::There(GpuFailure::TooLarge) => false,
        }
    }

    /// What happened to the graphics device, as its description goes on.
    fn since(&self) -> &'static str {
        match self.cause {
            Cause::Lost => "the graphics device was lost",
            Cause::There(GpuFailure::OutOfMemory) => "the graphics device had too little memory",
            Cause::There(GpuFailure::TooLarge) => "the graphics device has no room for so much at once",
            Cause::There(GpuFailure::TornDown) => "the graphics device failed",
        }
    }

    /// What may give the work back to the GPU.
    fn way_back(&self, work: Work) -> &'static str {
        match (self.cause, work) {
            (Cause::Lost | Cause::There(GpuFailure::TornDown), _) => "Start Tiramisu again to compute on the GPU.",
            (Cause::There(GpuFailure::OutOfMemory), _) => {
                "Close what else uses its memory and start Tiramisu again to compute on the GPU."
            }
            (Cause::There(GpuFailure::TooLarge), Work::Extraction) => FEWER_AT_A_TIME,
            (Cause::There(GpuFailure::TooLarge), Work::Look) => "",
        }
    }

    /// What the person is told where the processor goes on in the place of `device`.
    fn moved(&self, work: Work, device: &str) -> Problem {
        let what = format!("{}; networks run on the CPU from now on", capitalized(self.since()));
        self.told(what, &["Nothing is lost.", self.way_back(work)], device)
    }

    /// What the person is told where the processor cannot go on: it has no half precision, and numbers of two precisions are not
    /// to stand in one table.
    fn stays(&self, work: Work, device: &str) -> Problem {
        let (kept, instead) = match work {
            Work::Extraction => (
                "Everything committed so far is saved.",
                "The CPU computes --precision single, into another workspace.",
            ),
            Work::Look => ("", "The CPU computes --precision single."),
        };
        self.told(capitalized(self.since()), &[kept, self.way_back(work), instead], device)
    }

    fn told(&self, what: String, sentences: &[&str], device: &str) -> Problem {
        let remedy: Vec<&str> = sentences.iter().copied().filter(|sentence| !sentence.is_empty()).collect();
        Problem::new(what, format!("{} ({device})", self.why)).with_remedy(remedy.join(" "))
    }
}

/// What a GPU was at when it failed, as far as advice is another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Many pictures, whose vectors are written.
    Extraction,
    /// What somebody waits for, of which nothing is kept.
    Look,
}

/// Who computes by a device, and can go on by another.
pub trait Computes {
    /// The device that computes now.
    fn device(&self) -> &DeviceWhenNeeded;

    /// In which precision.
    fn precision(&self) -> Precision;

    /// Lets go of what lies on the device and can be made again.
    fn make_room(&mut self);

    /// Goes on by the device that computes now, which is another one; `problem` says why.
    ///
    /// # Errors
    /// When it cannot.
    fn go_on(&mut self, problem: Problem) -> Result<(), Problem>;
}

/// Does `work` by whoever computes. Where the GPU fails for want of memory it is done once more, and then, or where the GPU was lost, by
/// the processor, if it computes in that precision.
pub fn survived<C: Computes, T>(
    computes: &mut C,
    of: Work,
    mut work: impl FnMut(&mut C) -> Result<T, Problem>,
) -> Outcome<T> {
    let device = computes.device().clone();
    let mut outcome = attempted(|| work(computes));
    let mut failure = DeviceFailure::of(&outcome, device.get());
    if let Some(first) = failure.as_ref().filter(|failure| failure.may_pass()) {
        tracing::warn!("{}: {}; trying once more", first.since(), first.why);
        computes.make_room();
        device.get().give_memory_back();
        outcome = attempted(|| work(computes));
        failure = DeviceFailure::of(&outcome, device.get());
    }
    // Nothing failed, or something that another device would not do either.
    let Some(failure) = failure else { return outcome };
    let name = device.get().description.clone();
    match computes.precision() {
        Precision::Half => Ok(Err(failure.stays(of, &name))),
        Precision::Single => {
            device.give_up(failure.since());
            match attempted(|| computes.go_on(failure.moved(of, &name)))? {
                Ok(()) => attempted(|| work(computes)),
                Err(problem) => Ok(Err(problem)),
            }
        }
    }
}

fn capitalized(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
