// Channels of an activation as heat maps, read from the buffer in which the network left them.

struct Uniforms {
    // Left, top, width, height of the viewport.
    viewport_px: vec4<f32>,
    // Where [c, y, x] lies: strides of c, y, x, and the first value.
    strides_base: vec4<u32>,
    // Height and width of a channel; 1 to blend between values; unused.
    size_smooth: vec4<u32>,
    // Pixels per point; exponent; opacity; 1 if the middle of the map is zero.
    style: vec4<f32>,
    // 1 if opacity grows with the value.
    overlay: vec4<f32>,
}

override is_linear_target: f32 = 0.0;

@group(0) @binding(0) var<uniform> u: Uniforms;
@group(0) @binding(1) var<uniform> colours: array<vec4<f32>, 256>;
@group(0) @binding(2) var<storage, read> values: array<f32>;

struct VertexOut {
    @builtin(position) pos_clip: vec4<f32>,
    @location(0) uv: vec2<f32>,
    @location(1) @interpolate(flat) channel: u32,
    @location(2) @interpolate(flat) range: vec2<f32>,
}

@vertex
fn vs_main(
    @builtin(vertex_index) corner: u32,
    @location(0) rect_points: vec4<f32>,
    @location(1) range: vec2<f32>,
    @location(2) channel: u32,
) -> VertexOut {
    let uv = vec2<f32>(f32(corner & 1u), f32(corner >> 1u));
    let pos_points = mix(rect_points.xy, rect_points.zw, uv);
    let pos_px = round(pos_points * u.style.x) - u.viewport_px.xy;
    let pos_ndc = pos_px / u.viewport_px.zw * vec2<f32>(2.0, -2.0) + vec2<f32>(-1.0, 1.0);
    return VertexOut(vec4<f32>(pos_ndc, 0.0, 1.0), uv, channel, range);
}

fn value_at(channel: u32, pos: vec2<i32>) -> f32 {
    let last = vec2<i32>(u.size_smooth.yx) - vec2<i32>(1);
    let inside = vec2<u32>(clamp(pos, vec2<i32>(0), last));
    let s = u.strides_base;
    return values[s.w + channel * s.x + inside.y * s.y + inside.x * s.z];
}

fn sample_value(channel: u32, uv: vec2<f32>) -> f32 {
    let size = vec2<f32>(u.size_smooth.yx);
    if u.size_smooth.z == 0u {
        return value_at(channel, vec2<i32>(floor(uv * size)));
    }
    let place = uv * size - 0.5;
    let first = vec2<i32>(floor(place));
    let share = fract(place);
    let top = mix(value_at(channel, first), value_at(channel, first + vec2<i32>(1, 0)), share.x);
    let bottom = mix(value_at(channel, first + vec2<i32>(0, 1)), value_at(channel, first + vec2<i32>(1, 1)), share.x);
    return mix(top, bottom, share.y);
}

fn linear_from_gamma(srgb: vec3<f32>) -> vec3<f32> {
    let low = srgb / 12.92;
    let high = pow((srgb + 0.055) / 1.055, vec3<f32>(2.4));
    return select(high, low, srgb <= vec3<f32>(0.04045));
}

@fragment
fn fs_main(in: VertexOut) -> @location(0) vec4<f32> {
    let value = sample_value(in.channel, in.uv);
    var colour: vec3<f32>;
    var opacity = u.style.z;
    // Compared as bits: a compiler may assume that no number is NaN.
    if (bitcast<u32>(value) & 0x7f800000u) == 0x7f800000u {
        colour = vec3<f32>(1.0, 0.0, 0.85);
    } else {
        let span = in.range.y - in.range.x;
        var t = 0.0;
        if span > 0.0 {
            t = clamp((value - in.range.x) / span, 0.0, 1.0);
        } else if u.style.w > 0.5 {
            t = 0.5;
        }
        var strength: f32;
        if u.style.w > 0.5 {
            let from_zero = t * 2.0 - 1.0;
            strength = pow(abs(from_zero), u.style.y);
            t = 0.5 + 0.5 * sign(from_zero) * strength;
        } else {
            t = pow(t, u.style.y);
            strength = t;
        }
        opacity *= mix(1.0, strength, u.overlay.x);
        let place = t * 255.0;
        let first = u32(place);
        colour = mix(colours[first].rgb, colours[min(first + 1u, 255u)].rgb, fract(place));
    }
    if is_linear_target > 0.5 {
        colour = linear_from_gamma(colour);
    }
    return vec4<f32>(colour * opacity, opacity);
}
