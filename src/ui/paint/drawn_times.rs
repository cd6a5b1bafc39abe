//! How long the graphics device takes for frames: from handing one over to its being drawn. That is its work, and what it waited for.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Sender, TrySendError, bounded};
use eframe::egui::{Context, Id, LayerId, Order, PaintCallback, Rect, epaint::PaintCallbackInfo, vec2};
use eframe::egui_wgpu::{Callback, CallbackResources, CallbackTrait, ScreenDescriptor, wgpu};

use crate::domain::FrameTimes;

/// Frames that are remembered at most.
const MOST: usize = 1200;
/// So often the device is asked whether it is done: as exact as the times are.
const EVERY: Duration = Duration::from_micros(200);
/// A frame that is not drawn after so long is not waited for.
const PATIENCE: Duration = Duration::from_secs(1);
/// Frames that wait to be drawn at most; others are not timed.
const WAITING: usize = 4;

/// Times frames while somebody wants to know. Clones are the same one.
#[derive(Clone, Default)]
pub struct DrawnTimes {
    seen: Arc<Seen>,
    /// The thread that asks the device, once there was something to ask.
    waiter: Arc<Mutex<Option<Sender<Waiting>>>>,
}

/// When frames were drawn, and the seconds that each took.
#[derive(Default)]
struct Seen(Mutex<VecDeque<(Instant, f64)>>);

/// A frame that is not drawn yet.
struct Waiting {
    device: wgpu::Device,
    is_drawn: Arc<AtomicBool>,
    since: Instant,
}

impl DrawnTimes {
    /// Times the frame that is being laid out. To be called in each frame that counts.
    pub fn time_this(&self, ctx: &Context) {
        // It has to be somewhere; nothing is drawn there.
        let rect = Rect::from_min_size(ctx.content_rect().min, vec2(1.0, 1.0));
        let painter = ctx.layer_painter(LayerId::new(Order::Debug, Id::unique("times of frames")));
        painter.add(shape(self.clone(), rect));
    }

    /// What the frames of the last `secs` seconds took; `None` if none is known.
    pub fn recent(&self, secs: f64) -> Option<FrameTimes> {
        let seen = self.seen.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_recent = |(at, _): &&(Instant, f64)| at.elapsed().as_secs_f64() <= secs;
        FrameTimes::of(seen.iter().filter(is_recent).map(|(_, took_secs)| *took_secs))
    }

    /// Has somebody ask `device` again and again until it is done; whether somebody does.
    fn wait(&self, waiting: Waiting) -> bool {
        let mut waiter = self.waiter.lock().unwrap_or_else(PoisonError::into_inner);
        if waiter.is_none() {
            let (send, receive) = bounded::<Waiting>(WAITING);
            let ask = move || receive.iter().for_each(|waiting| waiting.ask());
            *waiter = thread::Builder::new().name("drawn".into()).spawn(ask).ok().map(|_| send);
        }
        let Some(sender) = &*waiter else { return false };
        match sender.try_send(waiting) {
            Ok(()) => true,
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => false,
        }
    }
}

impl Seen {
    fn add(&self, took_secs: f64) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.push_back((Instant::now(), took_secs));
        while seen.len() > MOST {
            seen.pop_front();
        }
    }
}

impl Waiting {
    fn ask(&self) {
        while !self.is_drawn.load(Ordering::Acquire) && self.since.elapsed() < PATIENCE {
            // To wait within would keep the window from handing over its next frame.
            if self.device.poll(wgpu::PollType::Poll).is_err() {
                return;
            }
            thread::sleep(EVERY);
        }
    }
}

/// A frame, from handing it over.
struct Clock {
    times: DrawnTimes,
    handed_over: Arc<Mutex<Option<Instant>>>,
}

fn shape(times: DrawnTimes, rect: Rect) -> PaintCallback {
    Callback::new_paint_callback(rect, Clock { times, handed_over: Arc::default() })
}

impl CallbackTrait for Clock {
    fn prepare(
        &self,
        device: &wgpu::Device,
        _: &wgpu::Queue,
        _: &ScreenDescriptor,
        encoder: &mut wgpu::CommandEncoder,
        _: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        let is_drawn = Arc::new(AtomicBool::new(false));
        let waiting = Waiting { device: device.clone(), is_drawn: is_drawn.clone(), since: Instant::now() };
        if self.times.wait(waiting) {
            let (handed_over, seen) = (self.handed_over.clone(), self.times.seen.clone());
            encoder.on_submitted_work_done(move || {
                is_drawn.store(true, Ordering::Release);
                let at = *handed_over.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(at) = at {
                    seen.add(at.elapsed().as_secs_f64());
                }
            });
        }
        Vec::new()
    }

    fn paint(&self, _: PaintCallbackInfo, _: &mut wgpu::RenderPass<'static>, _: &CallbackResources) {
        // The last thing of a frame before it is handed over: what waits for the screen is over by now.
        *self.handed_over.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }
}
