//! Threads that share a pass are kept off each other's processors.

use std::sync::{Arc, Mutex, PoisonError};

/// The other threads of a pool, as the system knows them.
#[derive(Clone, Default)]
pub(super) struct Others(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    threads: Vec<system::Thread>,
    /// Where they were allowed to run when they were told last.
    allowed: Option<system::Processors>,
}

impl Others {
    /// Counts the calling thread among them.
    pub fn join(&self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.threads.extend(system::this_thread());
        state.allowed = None;
    }

    /// Keeps the calling thread on the processor that it runs on, and the others off it, until the answer is dropped.
    ///
    /// Linux tends to wake a thread on the processor of whoever wakes it, and a pass of ten milliseconds is over before the
    /// scheduler moves one of the two to a processor that is idle. Elsewhere, and where there is one processor only, this
    /// does nothing.
    pub fn keep_off(&self) -> Option<Kept> {
        let (here, before) = system::this_processor()?;
        let elsewhere = system::without(before, here)?;
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.allowed != Some(elsewhere) {
            for thread in &state.threads {
                system::restrict(*thread, &elsewhere);
            }
            state.allowed = Some(elsewhere);
        }
        system::restrict(system::THIS, &system::only(here));
        Some(Kept { before })
    }
}

/// The thread that made it stays where it is.
pub(super) struct Kept {
    before: system::Processors,
}

impl Drop for Kept {
    fn drop(&mut self) {
        system::restrict(system::THIS, &self.before);
    }
}

#[cfg(target_os = "linux")]
mod system {
    use std::mem::{size_of, zeroed};

    use libc::{
        CPU_CLR, CPU_COUNT, CPU_SET, CPU_SETSIZE, SYS_gettid, cpu_set_t, pid_t, sched_getaffinity, sched_getcpu,
        sched_setaffinity, syscall,
    };

    pub type Thread = pid_t;
    pub type Processors = cpu_set_t;

    /// Whichever asks.
    pub const THIS: Thread = 0;

    pub fn this_thread() -> Option<Thread> {
        // SAFETY: it takes nothing and always succeeds.
        let thread = unsafe { syscall(SYS_gettid) };
        thread.try_into().ok()
    }

    /// The one that the calling thread runs on, and all that it may run on.
    pub fn this_processor() -> Option<(usize, Processors)> {
        // SAFETY: it takes nothing.
        let here = unsafe { sched_getcpu() };
        let here = usize::try_from(here).ok().filter(|here| *here < CPU_SETSIZE as usize)?;
        // SAFETY: a set is plain bits, all of which may be 0.
        let mut allowed: cpu_set_t = unsafe { zeroed() };
        // SAFETY: the size is that of the set that the system writes into.
        let answer = unsafe { sched_getaffinity(THIS, size_of::<cpu_set_t>(), &mut allowed) };
        (answer == 0).then_some((here, allowed))
    }

    /// `None` where no other is left.
    pub fn without(mut processors: Processors, one: usize) -> Option<Processors> {
        // SAFETY: the system told of `one`, which is within the set.
        unsafe { CPU_CLR(one, &mut processors) };
        // SAFETY: it counts bits.
        (unsafe { CPU_COUNT(&processors) } > 0).then_some(processors)
    }

    pub fn only(one: usize) -> Processors {
        // SAFETY: a set is plain bits, all of which may be 0; the system told of `one`, which is within it.
        unsafe {
            let mut processors: cpu_set_t = zeroed();
            CPU_SET(one, &mut processors);
            processors
        }
    }

    /// A thread that is over, or that may not be told, goes on as it did.
    pub fn restrict(thread: Thread, allowed: &Processors) {
        // SAFETY: the size is that of the set that the system reads.
        unsafe { sched_setaffinity(thread, size_of::<cpu_set_t>(), allowed) };
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    #[derive(Clone, Copy)]
    pub struct Thread;
    #[derive(Clone, Copy, PartialEq)]
    pub struct Processors;

    pub const THIS: Thread = Thread;

    pub fn this_thread() -> Option<Thread> {
        None
    }

    pub fn this_processor() -> Option<(usize, Processors)> {
        None
    }

    pub fn without(_: Processors, _: usize) -> Option<Processors> {
        None
    }

    pub fn only(_: usize) -> Processors {
        Processors
    }

    pub fn restrict(_: Thread, _: &Processors) {}
}
