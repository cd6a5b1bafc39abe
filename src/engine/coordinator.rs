//! The thread that takes requests one by one and hands them on. It never works itself, but for opening and closing.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender};

use super::open::{Open, Writer};
use super::outbox::Outbox;
use super::tensor_thread::TensorHandle;
use super::{EngineOptions, Event, NetworkFile, OpenRequest, Problem, Progress, Request, export_job, places, sample};
use crate::images;

/// What reaches the coordinator.
pub enum Order {
    /// From the listener.
    Request(Request),
    /// An extraction ended and gives the writer back; the number says of which opening.
    Ended(Option<Box<Writer>>, u64),
}

/// State of the thread.
pub struct Coordinator {
    /// How the engine is set up.
    pub options: EngineOptions,
    /// Which device computes, and why.
    pub device: String,
    /// To the network.
    pub tensor: TensorHandle,
    /// To the listener.
    pub outbox: Outbox,
    /// To itself.
    pub orders: Sender<Order>,
    /// What is open.
    pub open: Option<Open>,
    /// The running extraction.
    pub job: Option<Job>,
    /// Threads of exports.
    pub exports: Vec<(Arc<Progress>, JoinHandle<()>)>,
    /// How often something was opened.
    pub generation: u64,
}

/// A running extraction.
pub struct Job {
    progress: Arc<Progress>,
    join: JoinHandle<()>,
}

impl Coordinator {
    /// Serves until nobody can ask any more.
    pub fn serve(mut self, inbox: &Receiver<Order>) {
        for order in inbox {
            match order {
                Order::Request(Request::Shutdown) => break,
                Order::Request(request) => self.take(request),
                Order::Ended(writer, generation) => {
                    if generation == self.generation
                        && let (Some(open), Some(writer)) = (&mut self.open, writer)
                    {
                        open.take_back(*writer);
                    }
                    if generation == self.generation {
                        self.job = None;
                    }
                }
            }
        }
        self.close();
        for (progress, join) in self.exports.drain(..) {
            progress.cancel();
            join.join().ok();
        }
    }

    fn take(&mut self, request: Request) {
        match request {
            Request::Open(request) => self.open(&request),
            Request::OpenSample { network } => self.open_sample(network),
            Request::Close => {
                self.close();
                self.outbox.tell(Event::Closed);
            }
            Request::Extract => self.extract(),
            Request::Cancel => {
                if let Some(job) = &self.job {
                    job.progress.cancel();
                }
                self.exports.iter().for_each(|(progress, _)| progress.cancel());
            }
            Request::Look(look) => {
                if let Some(open) = &self.open {
                    open.looks.look(look);
                }
            }
            Request::Export(request) => self.export(request),
            Request::Shutdown => {}
        }
    }

    fn open(&mut self, request: &OpenRequest) {
        self.close();
        self.outbox.tell(Event::Opening(request.folder.clone()));
        let opened = Open::new(request, &self.options, self.device.clone(), &self.tensor, &self.outbox);
        match opened {
            Ok(open) => {
                self.open = Some(open);
                if request.extract {
                    self.extract();
                }
            }
            Err(problem) => {
                self.outbox.complain(problem);
                self.outbox.tell(Event::Closed);
            }
        }
    }

    fn open_sample(&mut self, network: NetworkFile) {
        self.close();
        match self.sample_folder() {
            Ok(folder) => {
                let request = OpenRequest { folder, workspace: None, network, layers: None, extract: true };
                self.open(&request);
            }
            Err(problem) => {
                self.outbox.complain(problem);
                self.outbox.tell(Event::Closed);
            }
        }
    }

    /// Makes the sample pictures unless they are all there.
    fn sample_folder(&self) -> Result<PathBuf, Problem> {
        let folder = places::sample_dir(&places::data_dir(self.options.data_dir.as_deref())?);
        self.outbox.tell(Event::Opening(folder.clone()));
        let mut there = 0;
        // A folder that does not exist yet holds none.
        images::walk(&folder, &mut |_| {
            there += 1;
            std::ops::ControlFlow::Continue(())
        })
        .ok();
        if there != self.options.sample_images {
            let progress = Arc::new(Progress::new("Making the sample pictures"));
            self.outbox.tell(Event::JobStarted(progress.clone()));
            sample::make_sample(&folder, self.options.sample_images, sample::SAMPLE_SEED, &progress)?;
        }
        Ok(folder)
    }

    fn extract(&mut self) {
        let Some(open) = &mut self.open else { return };
        if self.job.is_some() {
            return;
        }
        let progress = Arc::new(Progress::new("Extracting features"));
        let (extraction, returned) = match open.extraction(&self.options, progress.clone(), &self.tensor, &self.outbox)
        {
            Ok(prepared) => prepared,
            Err(problem) => return self.outbox.complain(problem),
        };
        self.outbox.tell(Event::JobStarted(progress.clone()));
        let (outbox, orders, generation) = (self.outbox.clone(), self.orders.clone(), self.generation);
        let counters = progress.clone();
        let work = move || {
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| extraction.run()));
            counters.end();
            match outcome {
                Ok(Ok(())) => {}
                Ok(Err(problem)) => outbox.complain(problem),
                Err(_) => outbox.complain(
                    Problem::new("The extraction failed", "an internal error, described on the terminal")
                        .with_remedy("What was committed is kept; please report it."),
                ),
            }
            // The listener may ask for the next extraction at once: the writer comes back first.
            orders.send(Order::Ended(returned.recv().ok().map(Box::new), generation)).ok();
            outbox.tell(Event::JobEnded { cancelled: counters.is_cancelled() });
        };
        match std::thread::Builder::new().name("tiramisu-extract".into()).spawn(work) {
            Ok(join) => self.job = Some(Job { progress, join }),
            Err(error) => self.outbox.complain(Problem::new("Nothing can be extracted", error)),
        }
    }

    fn export(&mut self, request: super::ExportRequest) {
        let Some(open) = &self.open else { return };
        self.exports.retain(|(_, join)| !join.is_finished());
        let progress = Arc::new(Progress::new("Exporting"));
        let (folder, roll) = (open.collection.folder.clone(), open.roll.clone());
        let (outbox, counters) = (self.outbox.clone(), progress.clone());
        let work = move || export_job::export(&request, &folder, &roll, &counters, &outbox);
        match std::thread::Builder::new().name("tiramisu-export".into()).spawn(work) {
            Ok(join) => self.exports.push((progress, join)),
            Err(error) => self.outbox.complain(Problem::new("The export failed", error)),
        }
    }

    /// Stops what runs and lets go of the workspace.
    fn close(&mut self) {
        self.generation += 1;
        if let Some(job) = self.job.take() {
            job.progress.cancel();
            job.join.join().ok();
        }
        self.open = None;
    }
}
