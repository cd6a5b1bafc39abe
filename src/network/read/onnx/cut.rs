//! Some places along axes, or more of them: cutting, picking, tiling, padding.

use super::{
    super::super::Function,
    call::{Call, Made, Value, one},
    literal::Literal,
};

/// An axis of more places than this is not cut or repeated.
pub(super) const MOST_PLACES: usize = 1 << 22;

/// Runs a call of one of these operators; `None` if it is another one.
///
/// # Errors
/// What does not fit, in words.
pub(super) fn run(call: &mut Call) -> Option<Made> {
    one(match call.node.op_type.as_str() {
        "Slice" => call.slice(),
        "Gather" => call.gather(),
        "Tile" => call.tile(),
        "Pad" => call.pad(),
        "Split" => return Some(call.split()),
        _ => return None,
    })
}

impl Call<'_> {
    /// `Split`: as many values as the node has outputs.
    pub fn split(&mut self) -> Result<Vec<Value>, String> {
        let x = self.input(0)?;
        let dims = x.dims().to_vec();
        let axis = Self::axis(self.attributes.integer("axis").unwrap_or(0), dims.len())?;
        let outputs = self.node.output.len();
        let sizes: Vec<usize> = match self.setting("split", 1)? {
            Some(sizes) => sizes.iter().map(|size| usize::try_from(*size).unwrap_or(0)).collect(),
            None => {
                // The last part is smaller if they do not come out even.
                let size = dims[axis].div_ceil(outputs.max(1));
                (0..outputs).map(|part| size.min(dims[axis].saturating_sub(part * size))).collect()
            }
        };
        let total = sizes.iter().try_fold(0usize, |sum, size| sum.checked_add(*size));
        if sizes.len() != outputs || total != Some(dims[axis]) {
            return Err(format!("splits {} places into {sizes:?}, for {outputs} outputs", dims[axis]));
        }
        let mut start = 0;
        let mut parts = Vec::with_capacity(outputs);
        for size in sizes {
            parts.push(self.take(x.clone(), vec![(axis, (start..start + size).collect())])?);
            start += size;
        }
        Ok(parts)
    }

    /// `Slice`: attributes up to version 9, inputs from 10 on.
    fn slice(&mut self) -> Result<Value, String> {
        let x = self.input(0)?;
        let dims = x.dims().to_vec();
        let starts = self.setting("starts", 1)?.ok_or("has no starts")?;
        let ends = self.setting("ends", 2)?.ok_or("has no ends")?;
        let axes = self.setting("axes", 3)?.unwrap_or_else(|| (0..starts.len() as i64).collect());
        let steps = self.setting("steps", 4)?.unwrap_or_else(|| vec![1; starts.len()]);
        if [ends.len(), axes.len(), steps.len()] != [starts.len(); 3] {
            return Err("has starts, ends, axes and steps of different numbers".to_owned());
        }
        let mut picks = Vec::with_capacity(starts.len());
        for (place, axis) in axes.iter().enumerate() {
            let axis = Self::axis(*axis, dims.len())?;
            let places = places(dims[axis], starts[place], ends[place], steps[place])?;
            if places.len() != dims[axis] || steps[place] != 1 {
                picks.push((axis, places));
            }
        }
        self.take(x, picks)
    }

    /// Some places along axes.
    fn take(&mut self, x: Value, picks: Vec<(usize, Vec<usize>)>) -> Result<Value, String> {
        let mut dims = x.dims().to_vec();
        for (axis, places) in &picks {
            dims[*axis] = places.len();
        }
        if let Value::Literal(literal) = &x
            && dims.contains(&0)
        {
            return Ok(Literal::new(dims, Vec::new(), literal.is_whole)?.into());
        }
        self.single(Function::Take { picks }, x)
    }

    /// `Gather` with known indices.
    fn gather(&mut self) -> Result<Value, String> {
        let x = self.input(0)?;
        let dims = x.dims().to_vec();
        let indices = self.needed(1, "indices")?;
        self.spend(indices.weights.values.len())?;
        let axis = Self::axis(self.attributes.integer("axis").unwrap_or(0), dims.len())?;
        let places = indices.integers().iter().map(|index| Self::axis(*index, dims[axis])).collect::<Result<_, _>>();
        let places =
            places.map_err(|_| format!("takes places {:?} of {} along axis {axis}", indices.integers(), dims[axis]))?;
        let output = [&dims[..axis], indices.dims(), &dims[axis + 1..]].concat();
        self.general(Function::Take { picks: vec![(axis, places)] }, vec![(x, dims)], Some(output))
    }

    /// `Tile`.
    fn tile(&mut self) -> Result<Value, String> {
        let x = self.input(0)?;
        let dims = x.dims().to_vec();
        let times = self.needed(1, "number of repetitions")?.integers();
        if times.len() != dims.len() {
            return Err(format!("repeats {} axes of {}", times.len(), dims.len()));
        }
        let mut picks = Vec::new();
        for (axis, times) in times.iter().enumerate() {
            let places = usize::try_from(*times).ok().and_then(|times| times.checked_mul(dims[axis]));
            let places = places.filter(|places| *places <= MOST_PLACES).ok_or("repeats too often")?;
            if places != dims[axis] {
                picks.push((axis, (0..places).map(|place| place % dims[axis]).collect()));
            }
        }
        self.take(x, picks)
    }

    /// `Pad`.
    fn pad(&mut self) -> Result<Value, String> {
        let x = self.input(0)?;
        let dims = x.dims().to_vec();
        let rank = dims.len();
        let pads = match self.attributes.integers("paddings") {
            Some(pads) => pads.to_vec(),
            None => self.setting("pads", 1)?.ok_or("has no padding")?,
        };
        let axes = match self.known(3, "axes")? {
            Some(axes) => axes.integers().iter().map(|axis| Self::axis(*axis, rank)).collect::<Result<Vec<_>, _>>()?,
            None => (0..rank).collect(),
        };
        if pads.len() != 2 * axes.len() {
            return Err(format!("has padding {pads:?} for {} axes", axes.len()));
        }
        let value = match (self.attributes.float("value"), self.known(2, "value")?) {
            (Some(value), _) => value,
            (None, Some(value)) => value.scalar().unwrap_or(0.0),
            (None, None) => 0.0,
        };
        let mode = self.attributes.text("mode").unwrap_or_else(|| "constant".to_owned());
        let mut places = vec![(0, 0); rank];
        let mut picks = Vec::new();
        for (place, axis) in axes.iter().enumerate() {
            let (before, after) = (pads[place], pads[place + axes.len()]);
            if mode == "constant" && before >= 0 && after >= 0 {
                places[*axis] = (before as usize, after as usize);
            } else if (before, after) != (0, 0) {
                picks.push((*axis, surrounding(dims[*axis], before, after, &mode)?));
            }
        }
        let x = if picks.is_empty() { x } else { self.take(x, picks)? };
        if places.iter().all(|place| *place == (0, 0)) && mode != "constant" {
            return Ok(x);
        }
        self.single(Function::Pad { places, value }, x)
    }
}

/// The places from `start` to before `end`, as Python counts them.
fn places(size: usize, start: i64, end: i64, step: i64) -> Result<Vec<usize>, String> {
    if size > MOST_PLACES || step == 0 {
        return Err(format!("cuts {size} places in steps of {step}"));
    }
    let length = size as i64;
    let clamp = |at: i64, low: i64, high: i64| (if at < 0 { at.saturating_add(length) } else { at }).clamp(low, high);
    let (mut at, end) = if step > 0 {
        (clamp(start, 0, length), clamp(end, 0, length))
    } else {
        (clamp(start, 0, length - 1), clamp(end, -1, length - 1))
    };
    let mut places = Vec::new();
    while (step > 0 && at < end) || (step < 0 && at > end) {
        places.push(at as usize);
        at = at.saturating_add(step);
    }
    Ok(places)
}

/// Which old place each place of a padded axis shows; negative padding cuts.
fn surrounding(size: usize, before: i64, after: i64, mode: &str) -> Result<Vec<usize>, String> {
    let length = size as i64;
    let total = length.checked_add(before).and_then(|total| total.checked_add(after));
    let total = total.filter(|total| (1..=MOST_PLACES as i64).contains(total)).ok_or("pads too much")?;
    let place = |at: i64| match mode {
        "edge" => Ok(at.clamp(0, length - 1)),
        "wrap" => Ok(at.rem_euclid(length)),
        "reflect" if length == 1 => Ok(0),
        "reflect" => {
            let at = at.rem_euclid(2 * length - 2);
            Ok(if at < length { at } else { 2 * length - 2 - at })
        }
        "constant" if (0..length).contains(&at) => Ok(at),
        "constant" => Err("cuts and pads the same axis, which cannot be run".to_owned()),
        mode => Err(format!("pads in the way `{mode}`, which cannot be run")),
    };
    if size == 0 {
        return Err("pads an empty axis".to_owned());
    }
    (-before..total - before).map(|at| place(at).map(|at| at as usize)).collect()
}
