//! Trains Tiramisu's built-in network, the ladyfinger: SqueezeNet 1.1 learns from random numbers on what SqueezeNet 1.0
//! makes of pictures, layer by layer.
//!
//! ```text
//! cargo run --release --features train --example ladyfinger -- \
//!     --teacher squeezenet_v1.0.prototxt --pictures FOLDER --pictures FOLDER --steps 10000
//! ```
//!
//! The weights beside this file are of 10,000 steps, the first 1,500 of them apart, on 3,708 pictures of which 149 were held
//! out: 2,968 of Caltech-101's classes other than those it is measured on, 300 of ImageNet's, and 440 of our own.
//!
//! Every so many steps it writes a checkpoint; started again it goes on from there. `--export FILE` writes the weights.
//! The losses: at all that a fire squeezes and expands to, and for the classes, the squared difference to the teacher's plane, and to its mean over
//! the plane, each as a share of what the teacher's values vary (1 is a student that says the mean of all); and the
//! cross entropy of the classes (Hinton et al., "Distilling the knowledge in a neural network", 2015; hints at layers
//! between: Romero et al., "FitNets", 2015). Planes are compared before the student's rectifier, as Heo et al. do ("A
//! comprehensive overhaul of feature distillation", 2019): a channel that is silent where the teacher's is not still
//! learns. In the first steps every layer takes what the teacher made of the one before, so that each learns at once and
//! not only when those before it have; then they learn together.

#![allow(
    clippy::unwrap_used,
    clippy::get_unwrap,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a recipe that one person runs says on the terminal how far it is"
)]

mod pictures;
mod student;
mod teacher;

use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::time::Instant;

use anyhow::{Context, Result};
use burn::optim::{AdamW, AdamWConfig, AdamWState, AdaptiveMomentumState, Optimizer};
use burn::tensor::{
    Device, Tensor, TensorData,
    activation::{log_softmax, relu, softmax},
};
use clap::Parser;
use fastrand::Rng;
use rayon::prelude::*;
use safetensors::SafeTensors;

use self::pictures::{Pictures, View};
use self::student::{Parameters, Seen};
use self::teacher::{LARGER, Lesson, Teacher};

/// Trains the built-in network.
#[derive(Parser)]
struct Args {
    /// SqueezeNet 1.0's .prototxt, with its .caffemodel beside it.
    #[arg(long)]
    teacher: PathBuf,
    /// A folder of pictures; may be given several times.
    #[arg(long, required = true)]
    pictures: Vec<PathBuf>,
    /// How many pictures the program paints itself, beside those.
    #[arg(long, default_value_t = 440)]
    painted: usize,
    /// Steps in all, those of the checkpoint included.
    #[arg(long, default_value_t = 10_000)]
    steps: usize,
    /// Steps in which every layer takes the teacher's values.
    #[arg(long, default_value_t = 1_500)]
    apart: usize,
    /// Pictures a step.
    #[arg(long, default_value_t = 16)]
    batch: usize,
    /// Side of the student's pictures in pixels.
    #[arg(long, default_value_t = 127)]
    side: usize,
    /// The largest step of a weight.
    #[arg(long, default_value_t = 1e-3)]
    rate: f64,
    /// Where the training stands; written every 250 steps.
    #[arg(long, default_value = "ladyfinger.checkpoint.safetensors")]
    checkpoint: PathBuf,
    /// Where the finished weights go.
    #[arg(long)]
    export: Option<PathBuf>,
    /// Export the last layer, too, which names ImageNet's classes.
    #[arg(long)]
    with_classes: bool,
    /// For random numbers.
    #[arg(long, default_value_t = 2016)]
    seed: u64,
}

/// Steps between two checkpoints, and two looks at pictures that are never learned from.
const CHECKPOINT_STEPS: usize = 250;
/// Steps in which the rate grows to its largest.
const WARM_UP_STEPS: usize = 200;
/// Gradients longer than this, as one vector, are shortened to it.
const LONGEST_GRADIENT: f32 = 5.0;
/// Weight of the planes' losses beside those of their means, which is what pictures are compared by.
const OF_PLANES: f32 = 1.0;
/// Weight of the cross entropy of the classes, of which a bit is worth as much as a layer's whole variance.
const OF_CLASSES: f32 = 0.2;

/// A batch as both look at it.
struct Batch {
    stem: TensorData,
    lesson: Lesson,
}

struct Training {
    device: Device,
    parameters: Parameters,
    memory: Vec<Option<AdamWState<2>>>,
    optimizer: AdamW,
    step: usize,
    /// The teacher's layers' sizes, which differ by a hundred: the student's are all about 1.
    sizes: Vec<f32>,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let device = Device::flex();
    let pictures = Pictures::open(&args.pictures, args.painted)?;
    println!("{} pictures to learn from, {} to test on", pictures.shown.len(), pictures.held.len());
    let held = held_batches(&args, &pictures, &device)?;
    let mut training = Training::open(&args.checkpoint, args.seed, sizes(&held, &device), &device)?;
    let (sender, batches) = sync_channel(2);
    let first = training.step;
    std::thread::scope(|scope| -> Result<()> {
        let (args, pictures, device) = (&args, &pictures, &device);
        let supplier = scope.spawn(move || -> Result<()> {
            let teacher = Teacher::open(&args.teacher, args.side + LARGER, device)?;
            for step in first..args.steps {
                let views = (0..args.batch).into_par_iter().map(|index| {
                    let number = (step * args.batch + index) as u64;
                    let mut rng = Rng::with_seed(args.seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
                    pictures.view(&mut rng, args.side + LARGER, args.side)
                });
                if sender.send(both_look(&teacher, &views.collect::<Vec<_>>(), args.side)?).is_err() {
                    break;
                }
            }
            Ok(())
        });
        let started = Instant::now();
        let mut recent = Vec::new();
        for batch in batches {
            recent.push(training.learn(batch, args)?);
            if training.step.is_multiple_of(CHECKPOINT_STEPS) || training.step == args.steps {
                let last = &recent[recent.len().saturating_sub(50)..];
                let loss = last.iter().sum::<f32>() / last.len() as f32;
                let pace = started.elapsed().as_secs_f64() / (training.step - first) as f64;
                println!(
                    "step {}: loss {loss:.4}, {pace:.2} s a step; {}",
                    training.step,
                    training.report(&held, args)?
                );
                recent.clear();
                training.save(&args.checkpoint)?;
            }
        }
        supplier.join().expect("the supplier does not panic")
    })?;
    if let Some(file) = &args.export {
        std::fs::write(file, student::to_torch(&training.parameters, args.with_classes)?)
            .with_context(|| format!("{} cannot be written", file.display()))?;
    }
    Ok(())
}

/// The pictures that are never learned from, whole and unchanged.
fn held_batches(args: &Args, pictures: &Pictures, device: &Device) -> Result<Vec<Batch>> {
    let teacher = Teacher::open(&args.teacher, args.side + LARGER, device)?;
    let look = |pictures: &[image::RgbImage]| {
        let views: Vec<View> =
            pictures.iter().map(|picture| pictures::still(picture, args.side + LARGER, args.side)).collect();
        both_look(&teacher, &views, args.side)
    };
    pictures.held.chunks(args.batch).map(look).collect()
}

/// The root of the mean square of each of the teacher's layers.
fn sizes(batches: &[Batch], device: &Device) -> Vec<f32> {
    let of_layer = |layer: usize| {
        let squares = batches.iter().map(|batch| {
            let said = Tensor::<4>::from_data(batch.lesson.0[layer].clone(), device);
            said.square().mean().into_scalar::<f32>()
        });
        (squares.sum::<f32>() / batches.len() as f32).sqrt()
    };
    (0..batches[0].lesson.0.len()).map(of_layer).collect()
}

fn both_look(teacher: &Teacher, views: &[View], side: usize) -> Result<Batch> {
    let joined = |of: fn(&View) -> &[u8]| views.iter().flat_map(|view| of(view).iter().copied()).collect::<Vec<u8>>();
    let lesson = teacher.teach(&joined(|view| &view.teacher), views.len())?;
    Ok(Batch { stem: teacher::stem(&joined(|view| &view.student), views.len(), side), lesson })
}

impl Training {
    /// Goes on where the checkpoint stands, or begins.
    fn open(checkpoint: &Path, seed: u64, sizes: Vec<f32>, device: &Device) -> Result<Self> {
        let optimizer = AdamWConfig::new().with_weight_decay(1e-4).build();
        let mut parameters = student::random(seed, device);
        let mut memory = vec![None; parameters.len()];
        let mut step = 0;
        if checkpoint.exists() {
            let bytes = std::fs::read(checkpoint)?;
            let (_, header) = SafeTensors::read_metadata(&bytes)?;
            let notes = header.metadata().clone().unwrap_or_default();
            step = notes.get("step").and_then(|step| step.parse().ok()).context("the checkpoint tells no step")?;
            let file = SafeTensors::deserialize(&bytes)?;
            for (index, (parameter, memory)) in parameters.iter_mut().zip(&mut memory).enumerate() {
                let read = |what: &str| student::read(&file, &format!("{index}.{what}"), device);
                *parameter = read("value")?;
                let moments = AdaptiveMomentumState::new(step, read("mean")?, read("square")?);
                *memory = Some(AdamWState::new(moments));
            }
            println!("goes on after step {step}");
        }
        Ok(Self { device: device.clone(), parameters, memory, optimizer, step, sizes })
    }

    fn save(&self, checkpoint: &Path) -> Result<()> {
        let mut tensors = Vec::new();
        for (index, (parameter, memory)) in self.parameters.iter().zip(&self.memory).enumerate() {
            let moments = &memory.as_ref().context("a checkpoint before the first step")?.momentum;
            tensors.push((format!("{index}.value"), parameter.clone()));
            tensors.push((format!("{index}.mean"), moments.moment_1.clone()));
            tensors.push((format!("{index}.square"), moments.moment_2.clone()));
        }
        // Written beside and moved, so that being stopped costs nothing.
        let beside = checkpoint.with_extension("new");
        std::fs::write(&beside, student::save(&tensors, &[("step", self.step.to_string())])?)?;
        Ok(std::fs::rename(&beside, checkpoint)?)
    }

    /// One step; returns the loss before it.
    fn learn(&mut self, batch: Batch, args: &Args) -> Result<f32> {
        let device = self.device.clone().autodiff();
        let leaves: Parameters =
            self.parameters.iter().map(|parameter| parameter.clone().autodiff().require_grad()).collect();
        let stem = Tensor::<2>::from_data(batch.stem, &device);
        let said: Vec<Tensor<4>> = batch
            .lesson
            .0
            .iter()
            .zip(&self.sizes)
            .map(|(said, size)| Tensor::<4>::from_data(said.clone(), &device).div_scalar(*size))
            .collect();
        let given = (self.step < args.apart).then_some(&said[..]);
        let seen = student::forward(&leaves, stem, args.batch, student::stem_side(args.side), given);
        let loss = self.loss(seen, &said, &device);
        let value = loss.clone().into_scalar::<f32>();
        anyhow::ensure!(value.is_finite(), "the loss is {value} at step {}: try a smaller --rate", self.step);
        let mut gradients = loss.backward();
        let gradients: Vec<Tensor<2>> = leaves
            .iter()
            .map(|leaf| leaf.grad_remove(&mut gradients).expect("every parameter takes part in the loss"))
            .collect();
        let length = gradients.iter().map(|g| g.clone().square().sum().into_scalar::<f32>()).sum::<f32>().sqrt();
        let shortened = (LONGEST_GRADIENT / length).min(1.0);
        let rate = rate(self.step, args);
        for ((parameter, gradient), memory) in self.parameters.iter_mut().zip(gradients).zip(&mut self.memory) {
            let (value, kept) =
                self.optimizer.step(rate, parameter.clone(), gradient.mul_scalar(shortened), memory.take());
            (*parameter, *memory) = (value, kept);
        }
        self.step += 1;
        Ok(value)
    }

    fn loss(&self, seen: Seen, lesson: &[Tensor<4>], device: &Device) -> Tensor<1> {
        let mut total = Tensor::<1>::zeros([1], device);
        for (mine, said) in seen.layers.into_iter().chain([seen.classes.clone()]).zip(lesson) {
            let [planes, means] = differences(mine, said.clone());
            total = total + planes.mul_scalar(OF_PLANES) + means;
        }
        let [classes, n, _, _] = seen.classes.dims();
        // Of a size that softmax makes something of.
        let size = *self.sizes.last().expect("there are layers");
        let evidence = |values: Tensor<4>| values.mean_dims(&[2, 3]).reshape([classes, n]).mul_scalar(size);
        let said = evidence(lesson.last().expect("there are layers").clone());
        let mine = evidence(relu(seen.classes));
        let entropy = (softmax(said, 0) * log_softmax(mine, 0)).sum().mul_scalar(-1.0 / n as f32);
        total + entropy.mul_scalar(OF_CLASSES)
    }

    /// How well each layer of pictures that are never learned from is explained: 1 less the share of the variance of
    /// means that is left; and how often both see the same class.
    fn report(&self, held: &[Batch], args: &Args) -> Result<String> {
        let mut left = vec![0.0f32; held[0].lesson.0.len()];
        let (mut same, mut count) = (0usize, 0usize);
        for batch in held {
            let stem = Tensor::<2>::from_data(batch.stem.clone(), &self.device);
            let n = batch.lesson.0[0].shape()[1];
            let seen = student::forward(&self.parameters, stem, n, student::stem_side(args.side), None);
            let best = |values: Tensor<4>| relu(values).mean_dims(&[2, 3]).argmax(0).into_data();
            let said = Tensor::<4>::from_data(batch.lesson.0.last().expect("there are layers").clone(), &self.device);
            let (mine, theirs) = (best(seen.classes.clone()), best(said));
            same += mine.iter::<i64>().zip(theirs.iter::<i64>()).filter(|(a, b)| a == b).count();
            count += n;
            let layers = seen.layers.into_iter().chain([seen.classes]).zip(&batch.lesson.0).zip(&self.sizes);
            for (((mine, said), size), left) in layers.zip(&mut left) {
                let said = Tensor::<4>::from_data(said.clone(), &self.device).div_scalar(*size);
                let [_, means] = differences(mine, said);
                *left += means.into_scalar::<f32>() * n as f32;
            }
        }
        let explained: Vec<String> = left.iter().map(|left| format!("{:.2}", 1.0 - left / count as f32)).collect();
        Ok(format!("held out: explained {}, same class {same} of {count}", explained.join(" ")))
    }
}

/// Squared differences of planes and of their means, each as a share of what the teacher's vary about each channel's
/// mean. `mine` is as it is before the rectifier, `said` as after it.
fn differences(mine: Tensor<4>, said: Tensor<4>) -> [Tensor<1>; 2] {
    let share = |difference: Tensor<4>, said: Tensor<4>| {
        let mean = said.clone().mean_dims(&[1, 2, 3]);
        let variance = (said - mean).square().mean().into_scalar::<f32>();
        difference.square().mean().div_scalar(variance.max(1e-6))
    };
    let rectified = relu(mine.clone());
    let means = rectified.clone().mean_dims(&[2, 3]) - said.clone().mean_dims(&[2, 3]);
    // What is negative counts only where the teacher says something.
    let speaks = said.clone().greater_elem(0.0).float();
    let planes = rectified - said.clone() + mine.clamp_max(0.0) * speaks;
    [share(planes, said.clone()), share(means, said.mean_dims(&[2, 3]))]
}

/// Grows, then falls along a half wave to a hundredth (Loshchilov and Hutter, "SGDR", 2017).
fn rate(step: usize, args: &Args) -> f64 {
    let warm = ((step + 1) as f64 / WARM_UP_STEPS as f64).min(1.0);
    let done = step as f64 / args.steps.max(1) as f64;
    let wave = 0.5 * (1.0 + (std::f64::consts::PI * done.min(1.0)).cos());
    args.rate * warm * (0.01 + 0.99 * wave)
}
