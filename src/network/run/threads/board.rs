//! Work that the threads of a pass divide among themselves.
//!
//! A pass is some hundred pieces of work of a tenth of a millisecond to one. What is handed from thread to thread for each
//! counts, above all where their processors share no cache, and so does which thread does what: where each always begins with the
//! same share of a picture, what it reads is mostly what it wrote itself a layer before.

use std::{
    any::Any,
    hint,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    ptr,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicPtr, AtomicU64, AtomicUsize, Ordering},
    },
    thread,
    time::Instant,
};

/// What is done for each piece, by its place.
type Work<'a> = &'a (dyn Fn(usize) + Sync);

/// How often whoever waits for the last pieces asks before others may have the processor: some ten microseconds.
const PATIENT: usize = 256;

/// Where the thread that runs a pass tells the others what there is to do.
#[derive(Default)]
pub(super) struct Board {
    posted: Posted,
    helpers: Helpers,
    /// For each thread which pieces are left of its share.
    shares: Vec<Share>,
    /// Whether something is being divided.
    is_at_it: AtomicBool,
    busy: Busy,
    /// What a piece ended with that was not done.
    failure: Mutex<Option<Box<dyn Any + Send>>>,
}

/// A line of the cache, or the two that a processor reads together.
#[derive(Default)]
#[repr(align(128))]
struct Posted {
    /// How often something was posted.
    count: AtomicUsize,
    /// Null where there is nothing to do.
    work: AtomicPtr<Work<'static>>,
}

/// How many may be looking at what is posted.
#[derive(Default)]
#[repr(align(128))]
struct Helpers(AtomicUsize);

/// How long all threads were at work on pieces.
#[derive(Default)]
#[repr(align(128))]
struct Busy {
    /// Whether anybody wants to know: asking a clock twice for each piece of work is little, and nothing is less.
    is_wanted: AtomicBool,
    nanoseconds: AtomicU64,
}

/// A range of pieces: the first one in the upper half, the one behind the last in the lower.
#[derive(Default)]
#[repr(align(128))]
struct Share(AtomicU64);

impl Share {
    fn set(&self, first: usize, end: usize) {
        self.0.store((first as u64) << 32 | end as u64, Ordering::Relaxed);
    }

    /// Takes a piece: the first one, or the last.
    fn take(&self, is_first: bool) -> Option<usize> {
        let halves = |range: u64| (range >> 32, range & u64::from(u32::MAX));
        let without = |range: u64| {
            let (first, end) = halves(range);
            (first < end).then(|| if is_first { (first + 1) << 32 | end } else { first << 32 | (end - 1) })
        };
        // Which piece is whose is all that is told here; what a piece is, was told when it was posted.
        let before = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, without).ok()?;
        let (first, end) = halves(before);
        Some(if is_first { first } else { end - 1 } as usize)
    }
}

impl Board {
    /// For so many threads.
    pub fn new(threads: usize) -> Self {
        Self { shares: (0..threads.max(1)).map(|_| Share::default()).collect(), ..Self::default() }
    }

    /// Whether a thread is dividing work: nothing else can be posted meanwhile.
    pub fn is_at_it(&self) -> bool {
        self.is_at_it.load(Ordering::Acquire)
    }

    /// Whether it is counted from now on how long threads are at work.
    pub fn count_work(&self, is_wanted: bool) {
        self.busy.is_wanted.store(is_wanted, Ordering::Relaxed);
    }

    /// For how many nanoseconds all threads together were at work on pieces, as far as that was counted.
    pub fn nanoseconds(&self) -> u64 {
        self.busy.nanoseconds.load(Ordering::Relaxed)
    }

    /// Does all pieces, of which there are fewer than 2^32, with whoever helps.
    ///
    /// # Panics
    /// When a piece did, once nobody is at work any more; and when something is being divided already.
    pub fn divide(&self, pieces: usize, work: Work<'_>) {
        assert!(!self.is_at_it.swap(true, Ordering::AcqRel), "one piece of work is divided at a time");
        let threads = self.shares.len();
        for (index, share) in self.shares.iter().enumerate() {
            share.set(index * pieces / threads, (index + 1) * pieces / threads);
        }
        // SAFETY: only the lifetime is another. Nobody has the work any more when this returns: who could take it up is among the
        // helpers, for whom this waits once it is taken down.
        let work: Work<'static> = unsafe { std::mem::transmute::<Work<'_>, Work<'static>>(work) };
        self.posted.work.store(ptr::from_ref(&work).cast_mut(), Ordering::SeqCst);
        self.posted.count.fetch_add(1, Ordering::SeqCst);
        self.take_pieces(0, work);
        self.posted.work.store(ptr::null_mut(), Ordering::SeqCst);
        let mut questions = 0usize;
        while self.helpers.0.load(Ordering::SeqCst) > 0 {
            questions += 1;
            if questions.is_multiple_of(PATIENT) { thread::yield_now() } else { hint::spin_loop() }
        }
        self.is_at_it.store(false, Ordering::Release);
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(failure) = failure {
            resume_unwind(failure);
        }
    }

    /// Does some of what was posted since something had been posted so many times; returns whether there was anything.
    pub fn help(&self, thread: usize, seen: &mut usize) -> bool {
        let count = self.posted.count.load(Ordering::SeqCst);
        if count == *seen {
            return false;
        }
        *seen = count;
        self.helpers.0.fetch_add(1, Ordering::SeqCst);
        let work = self.posted.work.load(Ordering::SeqCst);
        if !work.is_null() {
            // SAFETY: it is there until it was taken down and no helper is left. In the one order of all these operations
            // this thread became one before it found the work still posted, so it is waited for.
            self.take_pieces(thread, unsafe { *work });
        }
        self.helpers.0.fetch_sub(1, Ordering::SeqCst);
        true
    }

    /// Those of the thread's own share from the first one on, then what others have left from their last one on.
    fn take_pieces(&self, thread: usize, work: Work<'_>) {
        let begun = self.busy.is_wanted.load(Ordering::Relaxed).then(Instant::now);
        let taken = catch_unwind(AssertUnwindSafe(|| {
            let (before, own) = self.shares.split_at(thread);
            for (place, share) in own.iter().chain(before).enumerate() {
                while let Some(piece) = share.take(place == 0) {
                    work(piece);
                }
            }
        }));
        if let Some(begun) = begun {
            let took = u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
            self.busy.nanoseconds.fetch_add(took, Ordering::Relaxed);
        }
        if let Err(failure) = taken {
            // Of several any will do.
            self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(failure);
        }
    }
}
