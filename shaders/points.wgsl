// Every image of the map as a round point.

struct Uniforms {
    // Width and height of the viewport in pixels; radius in pixels; what is drawn: 0 what lies under the rest, 1 the rest, 2 all.
    viewport_radius_pass: vec4<f32>,
    // Middle of the view on the map; pixels per unit of the map; how far the points have come from where they were.
    camera: vec4<f32>,
    // Colour of the rim of selected points.
    rim: vec4<f32>,
    // Colour of points that have lost theirs.
    grey: vec4<f32>,
    // Opacity of faint, grey, plain and selected points.
    opacity: vec4<f32>,
    // Radius of each, as a share of the radius above.
    size: vec4<f32>,
    // Which points stand out (0 all, 1 those of a class, 2 those of any class, 3 none); that class; 1 if the others keep their
    // colour; 1 if only some images pass the filter.
    looks: vec4<u32>,
}

override is_linear_target: f32 = 0.0;

@group(0) @binding(0) var<uniform> u: Uniforms;
// By image, in rows of 2048: its class; and in bits, 32 images a texel, whether it is selected and whether it passes.
@group(0) @binding(1) var classes: texture_2d<u32>;
@group(0) @binding(2) var selected: texture_2d<u32>;
@group(0) @binding(3) var passing: texture_2d<u32>;
// By class, in rows of 2048: its colour.
@group(0) @binding(4) var palette: texture_2d<f32>;

struct VertexOut {
    @builtin(position) pos_clip: vec4<f32>,
    // From the middle of the point, in pixels.
    @location(0) offset_px: vec2<f32>,
    @location(1) @interpolate(flat) colour: vec4<f32>,
    // Radius in pixels; width of the rim in pixels.
    @location(2) @interpolate(flat) radius_rim: vec2<f32>,
}

fn place(index: u32) -> vec2<i32> {
    return vec2<i32>(i32(index & 2047u), i32(index >> 11u));
}

fn bit_of(word: u32, id: u32) -> bool {
    return ((word >> (id & 31u)) & 1u) == 1u;
}

@vertex
fn vs_main(
    @builtin(vertex_index) corner: u32,
    @location(0) pos_on_map: vec2<f32>,
    @location(1) id: u32,
    @location(2) pos_before: vec2<f32>,
) -> VertexOut {
    var out: VertexOut;
    let own_class = textureLoad(classes, place(id), 0).r;
    let is_selected = bit_of(textureLoad(selected, place(id >> 5u), 0).r, id);
    let passes = u.looks.w == 0u || bit_of(textureLoad(passing, place(id >> 5u), 0).r, id);
    var stands_out = false;
    switch u.looks.x {
        case 0u: { stands_out = true; }
        case 1u: { stands_out = own_class == u.looks.y; }
        case 2u: { stands_out = own_class != 0u; }
        default: {}
    }
    var colour = textureLoad(palette, place(own_class), 0).rgb;
    var kind = 2u;
    if !passes {
        colour = u.grey.rgb;
        kind = 0u;
    } else if is_selected {
        kind = 3u;
    } else if !stands_out {
        kind = 1u;
        if u.looks.z == 0u {
            colour = u.grey.rgb;
        }
    }
    let is_back = kind < 2u;
    let wanted = u.viewport_radius_pass.w;
    let is_drawn = wanted > 1.5 || (wanted < 0.5) == is_back;
    // Smaller than a pixel a point only gets paler.
    let asked_px = u.viewport_radius_pass.z * u.size[kind];
    let radius_px = max(asked_px, 0.6);
    let paleness = min(asked_px / radius_px, 1.0);
    let reach_px = radius_px + 1.0;
    let corner_px = (vec2<f32>(f32(corner & 1u), f32(corner >> 1u)) * 2.0 - 1.0) * reach_px;
    let from_middle = (mix(pos_before, pos_on_map, u.camera.w) - u.camera.xy) * u.camera.z;
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
    out.colour = vec4<f32>(colour, u.opacity[kind] * paleness);
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
