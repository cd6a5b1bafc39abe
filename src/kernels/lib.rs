//! Tiramisu's inner loops: functions on slices that use vector instructions where the processor has them.
//!
//! A crate of its own so that it is compiled in one piece and fully optimised, whatever is done with the rest; and so
//! that nearly all `unsafe` lies in one room that tests, Miri and sanitizers can look at alone. It knows nothing of
//! networks, vectors or threads.
//!
//! - [`convolution`]: convolutions as products that read the picture where it lies.
//! - [`join`]: rows of several matrices, one behind the other.
//! - [`pool`]: maxima and means over windows.
//! - [`planes`]: mean, largest number and its place of whole planes.
//! - [`rows`]: sums over rows of stored numbers.
//! - [`half_product`]: `Xᵀ X`.
//! - [`codes`]: distances between ternary codes.
//! - [`bytes`]: sums over bytes.
//! - [`halving`]: pictures made smaller.
//!
//! # Instructions
//!
//! A kernel is asked for in one of these sets; on x86-64 each has all of those before it:
//!
//! | set | instructions | what for |
//! | --- | --- | --- |
//! | plain | what every processor has | everything |
//! | AVX2 | AVX2, FMA, F16C, POPCNT (Intel 2013, AMD 2015) | everything |
//! | AVX-512 | F, DQ, BW and VL besides (Intel's servers 2017, AMD 2022) | convolutions, pools, `Xᵀ X` |
//! | AVX-512 that counts | VPOPCNTDQ besides (2019, 2022) | distances between codes |
//! | NEON | what every 64-bit Arm has | convolutions, pools, `Xᵀ X`, planes, halves |
//!
//! What is bound by the memory gains nothing from wider registers, and has no version for them. Convolutions, pools and `Xᵀ X`
//! are written once for registers of any width and give the same with AVX-512 as with AVX2, to the bit. Of what is plain on Arm the
//! compiler makes NEON by itself. **NEON was tested under an emulator alone, and never timed**: no such processor was at hand.
//! On others there are the plain versions; registers of theirs are one more implementation of the lanes.
//!
//! [`Instructions::best`] asks the processor, once. The environment's variable `TIRAMISU_INSTRUCTIONS` says what it may be at
//! most: `plain`, `avx2`, `avx512` or `neon`.
//!
//! # Laws
//!
//! - Every public function is safe. What it needs of its arguments (that lengths fit) it asserts, in release as well:
//!   once a call, not once a number.
//! - Beside every version in vector instructions there is one in plain Rust that gives the same numbers but for rounding.
//!   Which one runs is said by [`Instructions`]; those of newer processors can only be had by asking the processor.
//! - What several threads write is handed out as parts that do not overlap, each of which is borrowed mutably.
//! - There is no `unsafe` without a `SAFETY` comment that names the assertion or the type it stands on.
//!
//! # Tests
//!
//! `cargo test --release -p tiramisu-kernels` compares every function, with all instructions that this processor has,
//! with a plain definition: random shapes, odd lengths, unaligned starts, empty slices. On x86-64 with AVX-512 that
//! is every path there is but those in NEON. These are run by an emulator, where it and what compiles for Arm are there
//! (`rustup target add aarch64-unknown-linux-gnu`, `apt-get install qemu-user gcc-aarch64-linux-gnu libc6-dev-arm64-cross`):
//!
//! ```sh
//! src/kernels/tests/arm
//! ```
//!
//! Only the plain ones are there for other processors; Miri runs these for any of them.
//!
//! Under Miri, which sees reads and writes out of bounds, of memory without a value, or through a pointer that may not
//! (`rustup component add miri rust-src --toolchain nightly` once):
//!
//! ```sh
//! cargo +nightly miri test -p tiramisu-kernels                                       # the plain versions
//! cargo +nightly miri test -p tiramisu-kernels --target aarch64-unknown-linux-gnu    # on another processor
//! export RUSTFLAGS=-Ctarget-feature=+avx2,+fma,+f16c,+popcnt
//! cargo +nightly miri test -p tiramisu-kernels                                       # and vector instructions
//! ```
//!
//! Its aliasing rules hold for every path in AVX2 (nightly of May 2026, x86-64). Miri has not been run on those in AVX-512,
//! which share all that is written for lanes of any width; the address sanitizer has.
//!
//! Under the address sanitizer, which runs the true instructions at all sizes:
//!
//! ```sh
//! RUSTFLAGS=-Zsanitizer=address cargo +nightly test --release -p tiramisu-kernels --target x86_64-unknown-linux-gnu
//! ```

#![deny(unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks, missing_docs)]

pub mod bytes;
pub mod codes;
pub mod convolution;
pub mod half_product;
pub mod halving;
mod instructions;
pub mod join;
mod lanes;
pub mod planes;
pub mod pool;
mod rectangle;
pub mod rows;

pub use instructions::Instructions;
