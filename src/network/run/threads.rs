//! The threads that a network runs on.

mod apart;
mod board;

use std::{
    cell::RefCell,
    hint,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use rayon::{ThreadPool, ThreadPoolBuilder, Yield, prelude::*};

use self::{apart::Others, board::Board};

/// How long a thread that finds nothing to do asks for it again at once, as layers follow one another within microseconds.
/// After this it rests between two questions: whoever runs the network is held up by something else.
const PATIENT: Duration = Duration::from_millis(2);
const REST: Duration = Duration::from_micros(100);
/// After so many questions it looks for what libraries have to share, and lets others have the processor, which costs nothing
/// where nobody else wants it.
const QUESTIONS: usize = 64;
/// In so many pieces for each thread work is divided that can be: whoever is done first does not wait for long.
const PIECES: usize = 8;

thread_local! {
    /// Kept until this thread ends, as it cannot leave.
    static CREW: Option<Crew> = crew();
    /// Where this thread may post work: within a pass that it shares, while it is not at work on a piece.
    static BOARD: RefCell<Option<Arc<Board>>> = const { RefCell::new(None) };
}

/// Who shares a pass with the thread that runs it.
struct Crew {
    pool: ThreadPool,
    others: Others,
    board: Arc<Board>,
}

fn crew() -> Option<Crew> {
    // The pool of all the rest is there before this thread is ever kept on one processor, which threads inherit.
    rayon::current_num_threads();
    let others = Others::default();
    let joining = others.clone();
    let pool = ThreadPoolBuilder::new()
        .use_current_thread()
        .thread_name(|index| format!("tiramisu-network-{index}"))
        // Not called for this thread.
        .start_handler(move |_| joining.join())
        .build();
    // A thread of another pool shares the work with the others there.
    let pool = pool.ok()?;
    let board = Arc::new(Board::new(pool.current_num_threads()));
    Some(Crew { pool, others, board })
}

/// Runs a pass on this thread, which becomes one of those that share its work.
///
/// A thread outside rayon's pool sleeps while others work for it, and is woken when they are done; with a hundred layers of
/// a tenth of a millisecond that is a good part of a pass. And work for a network does not wait behind pictures that are
/// being decoded. Nor are the other threads put to sleep between two layers: they would be woken when the next one is half
/// done.
pub(super) fn share<R>(pass: impl FnOnce() -> R) -> R {
    // Those of another pool have passes of their own to run.
    let crew = CREW.with(|crew| {
        let crew = crew.as_ref().filter(|crew| crew.pool.current_num_threads() > 1)?;
        // Nor has a pass within a piece of another one.
        (!crew.board.is_at_it()).then(|| (crew.others.clone(), crew.board.clone()))
    });
    let Some((others, board)) = crew else { return pass() };
    let _kept = others.keep_off();
    rayon::in_place_scope(|scope| {
        let over = Over::default();
        let (is_over, posted) = (over.0.clone(), board.clone());
        scope.spawn_broadcast(move |_, thread| {
            // The first one is this thread, which has come here after its pass, or between.
            if thread.index() > 0 {
                stay_awake(&is_over, &posted, thread.index());
            }
        });
        let _lent = Lent::new(board);
        pass()
    })
}

/// For how many nanoseconds all threads that share the calling thread's pass were at work on pieces so far, which is counted from the
/// first call on and until [`count_no_more`]; `None` where nobody shares it.
pub(super) fn work_so_far() -> Option<u64> {
    BOARD.with_borrow(|board| {
        let board = board.as_ref()?;
        board.count_work(true);
        Some(board.nanoseconds())
    })
}

/// Counts no work of the calling thread's passes any more.
pub(super) fn count_no_more() {
    CREW.with(|crew| crew.iter().for_each(|crew| crew.board.count_work(false)));
}

/// Into how many pieces work is best divided, at most: one where nobody shares it.
pub(super) fn pieces() -> usize {
    match rayon::current_num_threads() {
        1 => 1,
        threads => threads * PIECES,
    }
}

/// Divides work by halves into about [`pieces`], as far as it can be.
pub(super) fn divide<W>(whole: W, split: impl Fn(W) -> (W, Option<W>)) -> Vec<W> {
    let most = pieces();
    let mut parts = vec![whole];
    while parts.len() < most {
        let before = parts.len();
        parts = parts.into_iter().map(&split).flat_map(|(first, second)| [Some(first), second]).flatten().collect();
        if parts.len() == before {
            break;
        }
    }
    parts
}

/// Pieces of several kinds of work as those of one, so that of every kind each thread's share has the same part.
pub(super) fn alongside<P>(kinds: Vec<Vec<P>>) -> Vec<P> {
    let placed = |kind: Vec<P>| {
        let count = kind.len() as u64;
        // Where the middle of each piece is among all of its kind.
        let middle = move |place: usize| ((2 * place as u64 + 1) << 32) / (2 * count);
        kind.into_iter().enumerate().map(move |(place, piece)| (middle(place), piece))
    };
    let mut all: Vec<(u64, P)> = kinds.into_iter().flat_map(placed).collect();
    all.sort_by_key(|(middle, _)| *middle);
    all.into_iter().map(|(_, piece)| piece).collect()
}

/// Has all threads of the pass do something with each of some pieces. Each begins with those of its own share, the first one with
/// the first of them: where the same part of pictures comes first each time, it lies where it is needed.
pub(super) fn each<P: Send>(pieces: Vec<P>, work: impl Fn(P) + Sync) {
    let board = if pieces.len() > 1 { BOARD.with_borrow_mut(Option::take) } else { None };
    let Some(board) = board else {
        match pieces.len() > 1 && rayon::current_num_threads() > 1 {
            true => pieces.into_par_iter().for_each(&work),
            false => pieces.into_iter().for_each(&work),
        }
        return;
    };
    let _lent = Lent::again(board.clone());
    let pieces: Vec<Mutex<Option<P>>> = pieces.into_iter().map(|piece| Mutex::new(Some(piece))).collect();
    board.divide(pieces.len(), &|index| {
        let piece = pieces[index].lock().unwrap_or_else(PoisonError::into_inner).take();
        work(piece.expect("each piece is taken once"));
    });
}

/// Gives a thread a board until it is dropped; then comes back what it had before.
struct Lent(Option<Arc<Board>>);

impl Lent {
    fn new(board: Arc<Board>) -> Self {
        Self(BOARD.replace(Some(board)))
    }

    /// The board that was taken comes back.
    fn again(board: Arc<Board>) -> Self {
        Self(Some(board))
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        BOARD.set(self.0.take());
    }
}

/// Set when it is dropped, so that a pass that panics is over, too.
#[derive(Default)]
struct Over(Arc<AtomicBool>);

impl Drop for Over {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// Does what there is to do until the pass is over.
fn stay_awake(is_over: &AtomicBool, board: &Board, thread: usize) {
    let mut idle_since = Instant::now();
    // Something may have been posted before this thread was awake.
    let mut seen = usize::MAX;
    while !is_over.load(Ordering::Acquire) {
        for _ in 0..QUESTIONS {
            match board.help(thread, &mut seen) {
                true => idle_since = Instant::now(),
                false => hint::spin_loop(),
            }
        }
        if let Some(Yield::Executed) = rayon::yield_now() {
            idle_since = Instant::now();
        }
        if idle_since.elapsed() < PATIENT {
            thread::yield_now();
        } else {
            thread::sleep(REST);
        }
    }
}
