// Every image of the map as a round point.

struct Uniforms {
    // Width and height of the viewport in pixels; radius in pixels; what is drawn: 0 the faint, 1 the rest, 2 all.
    viewport_radius_pass: vec4<f32>,
    // Middle of the view on the map; pixels per unit of the map.
    camera: vec4<f32>,
    // Colour of the rim of selected points.
    rim: vec4<f32>,
    // Opacity of faint, grey, plain and selected points.
    opacity: vec4<f32>,
    // Radius of each, as a share of the radius above.
    size: vec4<f32>,
}

override is_linear_target: f32 = 0.0;

@group(0) @binding(0) var<uniform> u: Uniforms;

struct VertexOut {
    @builtin(position) pos_clip: vec4<f32>,
    // From the middle of the point, in pixels.
    @location(0) offset_px: vec2<f32>,
    @location(1) @interpolate(flat) colour: vec4<f32>,
    // Radius in pixels; width of the rim in pixels.
    @location(2) @interpolate(flat) radius_rim: vec2<f32>,
}

@vertex
fn vs_main(
    @builtin(vertex_index) corner: u32,
    @location(0) pos_on_map: vec2<f32>,
    @location(1) colour_kind: vec4<u32>,
) -> VertexOut {
    var out: VertexOut;
    let kind = min(colour_kind.w, 3u);
    let is_back = kind < 2u;
    let wanted = u.viewport_radius_pass.w;
    let is_drawn = wanted > 1.5 || (wanted < 0.5) == is_back;
    // Smaller than a pixel a point only gets paler.
    let asked_px = u.viewport_radius_pass.z * u.size[kind];
    let radius_px = max(asked_px, 0.6);
    let paleness = min(asked_px / radius_px, 1.0);
    let reach_px = radius_px + 1.0;
    let corner_px = (vec2<f32>(f32(corner & 1u), f32(corner >> 1u)) * 2.0 - 1.0) * reach_px;
    let from_middle = (pos_on_map - u.camera.xy) * u.camera.z;
    let pos_px = vec2<f32>(from_middle.x, -from_middle.y) + corner_px;
    let pos_ndc = pos_px / (u.viewport_radius_pass.xy * 0.5) * vec2<f32>(1.0, -1.0);
    out.pos_clip = vec4<f32>(pos_ndc, 0.0, 1.0);
    if !is_drawn {
        // Outside of the clip volume.
        out.pos_clip = vec4<f32>(2.0, 2.0, 2.0, 1.0);
    }
    out.offset_px = corner_px;
    let rim_px = select(0.0, clamp(radius_px * 0.3, 0.0, 2.0), kind == 3u);
    out.radius_rim = vec2<f32>(radius_px, rim_px);
    out.colour = vec4<f32>(vec3<f32>(colour_kind.rgb) / 255.0, u.opacity[kind] * paleness);
    return out;
}

fn linear_from_gamma(srgb: vec3<f32>) -> vec3<f32> {
    let low = srgb / 12.92;
    let high = pow((srgb + 0.055) / 1.055, vec3<f32>(2.4));
    return select(high, low, srgb <= vec3<f32>(0.04045));
}

@fragment
fn fs_main(in: VertexOut) -> @location(0) vec4<f32> {
    let distance_px = length(in.offset_px);
    let radius_px = in.radius_rim.x;
    let rim_px = in.radius_rim.y;
    let cover = clamp(radius_px + 0.5 - distance_px, 0.0, 1.0) * in.colour.a;
    let rim_share = clamp(distance_px - (radius_px - rim_px) + 0.5, 0.0, 1.0) * step(0.01, rim_px);
    var colour = mix(in.colour.rgb, u.rim.rgb, rim_share);
    if is_linear_target > 0.5 {
        colour = linear_from_gamma(colour);
    }
    return vec4<f32>(colour * cover, cover);
}
