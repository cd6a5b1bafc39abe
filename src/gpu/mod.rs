//! One device for burn and the window; a tensor's memory as a wgpu binding. The only home of cubecl internals.
