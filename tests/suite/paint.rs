//! What is drawn by shaders of our own, and the two views that do: checked pixel by pixel and through what a person does.

mod activations;
mod coming;
mod device;
mod drawn_times;
mod fixtures;
mod gestures;
mod heat_maps;
mod map;
mod maps;
mod million;
mod plane;
mod points;
mod small_pictures;
