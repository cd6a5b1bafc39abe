// How densely the points of a map lie, under those that are drawn.

struct Uniforms {
    // Width and height of the viewport in pixels; pixels per unit of the map; opacity where they lie most densely.
    viewport_zoom_opacity: vec4<f32>,
    // Middle of the view on the map.
    camera: vec4<f32>,
    // The corners of what was counted, on the map.
    corners: vec4<f32>,
    colour: vec4<f32>,
}

override is_linear_target: f32 = 0.0;

@group(0) @binding(0) var<uniform> u: Uniforms;
@group(0) @binding(1) var density: texture_2d<f32>;
@group(0) @binding(2) var smooth_between: sampler;

struct VertexOut {
    @builtin(position) pos_clip: vec4<f32>,
    @location(0) uv: vec2<f32>,
}

@vertex
fn vs_main(@builtin(vertex_index) corner: u32) -> VertexOut {
    let uv = vec2<f32>(f32(corner & 1u), f32(corner >> 1u));
    let pos_on_map = mix(u.corners.xy, u.corners.zw, uv);
    let pos_px = (pos_on_map - u.camera.xy) * u.viewport_zoom_opacity.z;
    return VertexOut(vec4<f32>(pos_px / (u.viewport_zoom_opacity.xy * 0.5), 0.0, 1.0), uv);
}

fn linear_from_gamma(srgb: vec3<f32>) -> vec3<f32> {
    let low = srgb / 12.92;
    let high = pow((srgb + 0.055) / 1.055, vec3<f32>(2.4));
    return select(high, low, srgb <= vec3<f32>(0.04045));
}

@fragment
fn fs_main(in: VertexOut) -> @location(0) vec4<f32> {
    let cover = textureSample(density, smooth_between, in.uv).r * u.viewport_zoom_opacity.w;
    var colour = u.colour.rgb;
    if is_linear_target > 0.5 {
        colour = linear_from_gamma(colour);
    }
    return vec4<f32>(colour * cover, cover);
}
