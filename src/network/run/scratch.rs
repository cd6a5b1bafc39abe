//! Memory that the kernels work in on this processor.

use std::cell::RefCell;

use tiramisu_kernels::convolution::Memory;

thread_local! {
    /// Some hundred kilobytes, as large as the largest convolution so far made them: what each would ask for anew, and find
    /// nowhere in the caches.
    static MEMORY: RefCell<Memory> = RefCell::default();
}

/// Lends this thread's memory, of whose contents nothing is known.
pub(super) fn with_memory<R>(work: impl FnOnce(&mut Memory) -> R) -> R {
    MEMORY.with(|memory| match memory.try_borrow_mut() {
        Ok(mut memory) => work(&mut memory),
        // Work inside work.
        Err(_) => work(&mut Memory::default()),
    })
}
