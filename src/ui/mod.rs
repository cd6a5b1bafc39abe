//! The window. The only home of egui.
