//! What all channels of an activation give at one place. Where the activation is in the program's memory a view reads it there;
//! where only the graphics device has it, these few numbers are read back here, and no frame waits for them.

use super::look::Picture;
use super::looked_at::LookedAt;
use super::thread::TensorThread;
use crate::engine::message::{ActivationView, PointValues, PointWish, Problem};
use crate::engine::thread::device_failure::device_failed;
use crate::gpu::Memory;

impl TensorThread {
    /// An activation to be shown, which is remembered in one of two places where a view cannot read it itself.
    pub(super) fn looked_at(
        &mut self,
        place: usize,
        picture: &Picture,
        layer: usize,
        names_classes: bool,
    ) -> Result<ActivationView, Problem> {
        let (view, activation) = self.activations(picture, layer, names_classes)?;
        let is_far = matches!(view.values.memory(), Memory::Device { .. });
        self.looked_at[place] = is_far.then(|| LookedAt { image: view.image, layer, activation });
        Ok(view)
    }

    /// One value a channel; a place beyond the activation is the one nearest to it within.
    pub(super) fn point(&mut self, picture: &Picture, wish: PointWish) -> Result<PointValues, Problem> {
        let is_it = |seen: &&LookedAt| (seen.image, seen.layer) == (wish.image, wish.layer);
        let seen = self.looked_at.iter().flatten().find(is_it).map(|seen| seen.activation.clone());
        let activation = match seen {
            Some(activation) => activation,
            None => {
                let running = &*self.ready()?;
                match self.kept(running, picture, wish.layer) {
                    Some(kept) => kept,
                    None => self.computed(running, &picture.path, wish.layer, None)?.0,
                }
            }
        };
        let [_, c, h, w] = activation.dims();
        let [y, x] = [wish.place[0].min(h.saturating_sub(1)), wish.place[1].min(w.saturating_sub(1))];
        let column = activation.slice([0..1, 0..c, y..y + 1, x..x + 1]);
        let values = column.try_into_vec_as().map_err(device_failed)?;
        Ok(PointValues { wish, values })
    }
}
