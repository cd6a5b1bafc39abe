// The map as it was drawn last, pixel for pixel.

struct Uniforms {
    // Left and top of the viewport in pixels.
    origin_px: vec4<f32>,
}

// Every pipeline is told. The texture has the format of the window, so nothing depends on it here.
override is_linear_target: f32 = 0.0;

@group(0) @binding(0) var<uniform> u: Uniforms;
@group(0) @binding(1) var drawn: texture_2d<f32>;

@vertex
fn vs_main(@builtin(vertex_index) corner: u32) -> @builtin(position) vec4<f32> {
    return vec4<f32>(vec2<f32>(f32(corner & 1u), f32(corner >> 1u)) * 2.0 - 1.0, 0.0, 1.0);
}

@fragment
fn fs_main(@builtin(position) pos_px: vec4<f32>) -> @location(0) vec4<f32> {
    return textureLoad(drawn, vec2<i32>(pos_px.xy - u.origin_px.xy), 0);
}
