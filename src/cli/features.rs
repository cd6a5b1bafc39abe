//! `tiramisu features < in > out`

use std::io::{self, IsTerminal, Read, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::anyhow;
use clap::Args as ClapArgs;

use super::arguments::{Arguments, STREAM_ENDS};
use super::opening::Opening;
use super::parsers::one_of;
use super::{Console, Interrupted, Misuse, Outcome, interrupt};
use crate::domain::{Pooling, Precision, counted, in_words};
use crate::engine::{Problem, Progress, StreamEnd, StreamPlan, StreamWish, Streamed};
use crate::gpu::Compute;

/// Makes features of pictures that come as an Arrow stream on standard input, and writes them as an Arrow stream to standard
/// output. No workspace is needed or touched: this is for other programs, which bring pictures from wherever they have
/// them.
///
/// A column of the input has the pictures: `path` (text), or `content` or `bytes` (binary, a file's bytes). The same rows
/// come out in the same order, batch by batch, with all other columns as they were, and `width`, `height`, `problem` and a column
/// of vectors for each layer and pooling, named as in a workspace. A picture that cannot be read is a row with nulls and the
/// reason in `problem`. Memory is a few batches, however long the stream is; one of more than 4 GiB is refused.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
In Python (pip install pyarrow):
  import subprocess, pyarrow as pa
  verb = subprocess.Popen(['tiramisu', 'features', '--layers', 'all'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
  pictures = pa.table({'path': ['a.jpg', 'b.jpg'], 'mine': [1, 2]})
  with verb.stdin as pipe, pa.ipc.new_stream(pipe, pictures.schema) as out:
      out.write_table(pictures, max_chunksize=256)
  features = pa.ipc.open_stream(verb.stdout).read_all()
  assert verb.wait() == 0
(Where there is more than a pipe holds, write from one thread and read from another.)

In the shell:
  tiramisu features < pictures.arrows > features.arrows
  tiramisu features --network squeezenet-1.1 --layers fire9/concat --pooling average < pictures.arrows > features.arrows
  tiramisu features --layers all --vectors single --schema      the columns that are added, as JSON

Where several run side by side on one machine, RAYON_NUM_THREADS=4 in the environment gives each four threads.

Exit codes: 0 if all rows were written, also where pictures had problems, and if nobody reads on; 1 if it failed, 130 and
143 if it was stopped. Some readers take a stream that was cut off for a whole one, so look at the exit code.")]
pub struct FeaturesArgs {
    /// Network to look through: a name of `tiramisu networks list`, or a file; `filters` for those from formulas
    /// [default: the built-in one]
    #[arg(long, value_name = "NAME|FILE")]
    network: Option<PathBuf>,
    /// Layers: names with commas between them, all, or default (every convolution, concatenation and fully connected
    /// layer, after its activation) [default: default]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    layers: Option<Vec<String>>,
    /// How space is pooled away: average, maximum, or both with a comma between them
    #[arg(long, value_name = "POOLINGS", value_delimiter = ',', default_value = "average,maximum",
        value_parser = one_of(Pooling::ALL, Pooling::word))]
    pooling: Vec<Pooling>,
    /// The numbers of vectors: half as a workspace has them, or single as the network gives them
    #[arg(long, default_value = "half", value_parser = one_of([Precision::Half, Precision::Single], Precision::word))]
    vectors: Precision,
    /// The column with the pictures: text is taken for paths, binary for the bytes of files [default: path, content or
    /// bytes, whichever is there]
    #[arg(long, value_name = "NAME")]
    column: Option<String>,
    /// Add a column `thumbnail`, the small JPEG that a workspace has of each picture
    #[arg(long)]
    thumbnails: bool,
    /// Pass on the column with the bytes of pictures, too
    #[arg(long)]
    keep_content: bool,
    /// Folder where paths begin that are not absolute [default: the working directory]
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// The device that computes; auto takes the GPU, unless there is none or it is a software renderer
    #[arg(long, default_value = "auto", value_parser = one_of(Compute::ALL, Compute::word))]
    compute: Compute,
    /// The graphics adapter that computes, by a part of its name, where there are several
    #[arg(long, value_name = "NAME")]
    adapter: Option<String>,
    /// The precision in which the network runs: half takes half the memory and needs a GPU with 16-bit numbers
    #[arg(long, default_value = "single", value_parser = one_of(Precision::ALL, Precision::word))]
    precision: Precision,
    /// Read nothing, and answer with the columns that would be added, as one JSON document
    #[arg(long)]
    schema: bool,
    /// Say nothing of progress and of pictures that cannot be read
    #[arg(long)]
    quiet: bool,
    /// Images that go through the network together
    #[arg(long, hide = true, value_name = "IMAGES")]
    batch: Option<usize>,
}

impl Arguments for FeaturesArgs {
    fn wants_json(&self) -> bool {
        self.schema
    }

    fn what_stays(&self) -> &'static str {
        STREAM_ENDS
    }

    fn run(&self, console: &mut Console) -> anyhow::Result<Outcome> {
        let plan = self.plan()?;
        if self.schema {
            console.answer(&plan.description(), "")?;
            return Ok(Outcome::Done);
        }
        expect_pipes()?;
        interrupt::listen();
        let begun = Instant::now();
        let progress = Arc::new(Progress::new("Making features"));
        let work = start(plan, Box::new(io::stdin()), io::stdout(), progress.clone())?;
        let streamed = self.wait(work, &progress, console)?;
        self.report(&streamed, begun.elapsed(), console)
    }
}

impl FeaturesArgs {
    fn plan(&self) -> Result<StreamPlan, Problem> {
        let (network, compute, precision) = (self.network.clone(), Some(self.compute), Some(self.precision));
        let adapter = self.adapter.clone();
        let opening = Opening { network, compute, adapter, precision, ..Opening::default() };
        let mut options = opening.engine_options();
        options.batch_images = self.batch;
        let wish = StreamWish {
            network: opening.network_file(),
            layers: self.layers.clone(),
            poolings: self.pooling.clone(),
            vectors: self.vectors,
            column: self.column.clone(),
            thumbnails: self.thumbnails,
            keep_content: self.keep_content,
            folder: self.folder.clone().unwrap_or_default(),
        };
        StreamPlan::new(wish, options)
    }

    fn wait(&self, work: Work, progress: &Progress, console: &mut Console) -> anyhow::Result<Streamed> {
        let mut asked_at = None;
        while !work.is_finished() {
            std::thread::sleep(Duration::from_millis(10));
            if !self.quiet {
                console.show_done(progress);
            }
            if interrupt::was_asked() {
                progress.cancel();
                // Who waits for a reader that reads no more cannot be woken, and nothing is lost by leaving it.
                if asked_at.get_or_insert_with(Instant::now).elapsed() > GRACE {
                    return Err(Interrupted.into());
                }
            }
        }
        console.hide();
        Ok(work.join().map_err(|_| anyhow!("the network failed while it ran"))??)
    }

    fn report(&self, streamed: &Streamed, elapsed: Duration, console: &Console) -> anyhow::Result<Outcome> {
        streamed.remarks.iter().for_each(|remark| console.note(remark));
        match streamed.end {
            StreamEnd::Stopped => return Err(Interrupted.into()),
            // It knows what it wanted.
            StreamEnd::Closed => return Ok(Outcome::Done),
            StreamEnd::Whole => {}
        }
        if !self.quiet {
            let (rows, took) = (counted(streamed.rows, "row", "rows"), in_words::duration(elapsed.as_secs_f64()));
            console.note(format_args!("{rows} in {took} · {}", streamed.device));
            if streamed.with_problem > 0 {
                let count = counted(streamed.with_problem, "row", "rows");
                console.note(format_args!("{count} with a reason in the column `problem`"));
            }
        }
        Ok(Outcome::Done)
    }
}

/// So long the work may take to stop.
const GRACE: Duration = Duration::from_secs(2);

type Work = JoinHandle<Result<Streamed, Problem>>;

/// A thread of its own, not one of this scope: one that waits for its reader is left to itself.
fn start(
    plan: StreamPlan,
    input: Box<dyn Read + Send>,
    output: impl Write + Send + 'static,
    progress: Arc<Progress>,
) -> io::Result<Work> {
    let work = move || plan.run(input, output, &progress);
    std::thread::Builder::new().name("tiramisu-stream".into()).spawn(work)
}

fn expect_pipes() -> Result<(), Misuse> {
    if io::stdin().is_terminal() {
        let why = "pictures come as an Arrow stream on standard input, which is a terminal: \
                   tiramisu features < pictures.arrows > features.arrows (--help shows how to write one)";
        return Err(Misuse(why.to_owned()));
    }
    if io::stdout().is_terminal() {
        let why = "features go as an Arrow stream to standard output, which is a terminal: add > features.arrows";
        return Err(Misuse(why.to_owned()));
    }
    Ok(())
}
