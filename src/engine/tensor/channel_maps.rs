//! One channel at a time, of some images: what lies over the crops of channels.

use burn::tensor::{Int, Tensor, TensorData};

use super::look::Picture;
use super::strip::reduced;
use super::thread::TensorThread;
use crate::engine::message::{ChannelMap, ChannelMapWish, Event, Problem};
use crate::engine::thread::device_failure::device_failed;
use crate::gpu::TensorView;

impl TensorThread {
    /// Tells them image by image, as they become ready, until somebody asks for others. A picture that cannot be read has none.
    /// Where another look waits, it comes first: what is left is told as none, and may be asked for again.
    pub(super) fn channel_maps(
        &mut self,
        wished: &[(Picture, Vec<ChannelMapWish>)],
        is_stale: &dyn Fn() -> bool,
    ) -> Result<(), Problem> {
        let running = self.ready()?;
        for (picture, wishes) in wished {
            if is_stale() {
                return Ok(());
            }
            let Ok(input) = self.input(&running, &picture.path) else { continue };
            let mut layers: Vec<usize> = wishes.iter().map(|wish| wish.layer).collect();
            layers.sort_unstable();
            layers.dedup();
            layers.retain(|layer| *layer < running.graph.nodes.len());
            let mut planes = Vec::with_capacity(wishes.len());
            let device = self.device().clone();
            let is_whole = running.runner.forward_unless(input, &layers, is_stale, |layer, activation| {
                let [_, c, h, w] = activation.dims();
                for wish in wishes.iter().filter(|wish| wish.layer == layer && wish.channel < c) {
                    let channel = Tensor::<1, Int>::from_data(TensorData::from([wish.channel as i64]), &device);
                    let plane = activation.clone().reshape([c, h * w]).select(0, channel).reshape([h * w]);
                    planes.push((*wish, [h, w], plane));
                }
            });
            if !is_whole {
                return Ok(());
            }
            let maps: Result<Vec<ChannelMap>, Problem> = planes.into_iter().map(read).collect();
            self.outbox.tell(Event::ChannelMaps(maps?.into()));
            if self.looks.has_waiting() && !is_stale() {
                self.outbox.tell(Event::ChannelMaps([].into()));
                return Ok(());
            }
        }
        Ok(())
    }
}

/// # Shapes
/// The plane: `[h * w]`.
fn read((wish, size, plane): (ChannelMapWish, [usize; 2], Tensor<1>)) -> Result<ChannelMap, Problem> {
    let values: Vec<f32> = plane.try_into_vec_as().map_err(device_failed)?;
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let range = [finite().reduce(f32::min).unwrap_or(0.0), finite().reduce(f32::max).unwrap_or(0.0)];
    let ([h, w], reduced) = reduced(&values, size);
    Ok(ChannelMap { wish, range, map: TensorView::from_host([1, h, w], reduced.into()) })
}
