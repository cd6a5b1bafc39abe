//! The same numbers in other places: reshaping, turning, cutting, joining, repeating.

use super::{
    super::super::{Function, Op, Pair, Source, general::count},
    call::{Call, Value},
    literal::Literal,
};

/// An axis of more places than this is not cut or repeated.
const MOST_PLACES: usize = 1 << 22;

impl Call<'_> {
    /// `Reshape`.
    pub fn reshape(&mut self) -> Result<Value, String> {
        let x = self.input(0)?;
        let wanted = self.setting("shape", 1)?.ok_or("has no shape")?;
        let zero_is_zero = self.attributes.flag("allowzero");
        let total = count(x.dims())?;
        let mut dims = Vec::with_capacity(wanted.len());
        let mut rest = None;
        for (place, size) in wanted.iter().enumerate() {
            dims.push(match size {
                0 if !zero_is_zero => {
                    *x.dims().get(place).ok_or_else(|| format!("copies size {place} of {:?}", x.dims()))?
                }
                -1 if rest.is_none() => {
                    rest = Some(place);
                    1
                }
                size => usize::try_from(*size).map_err(|_| format!("has the shape {wanted:?}"))?,
            });
        }
        let known = count(&dims)?;
        if let Some(rest) = rest
            && known > 0
        {
            dims[rest] = total / known;
        }
        if count(&dims)? != total {
            return Err(format!(
                "cannot reshape {:?} to {wanted:?}; if the network was exported for a fixed number of pictures, export it for \
                 one",
                x.dims()
            ));
        }
        self.view(x, dims)
    }

    /// `Flatten`: a matrix of everything before an axis and everything from it on.
    pub fn flatten(&mut self) -> Result<Value, String> {
        let x = self.input(0)?;
        let dims = x.dims().to_vec();
        let axis = match self.attributes.integer("axis").unwrap_or(1) {
            axis if usize::try_from(axis) == Ok(dims.len()) => dims.len(),
            axis => Self::axis(axis, dims.len())?,
        };
        let output = vec![count(&dims[..axis])?, count(&dims[axis..])?];
        if let ([1, _, _, _], 1, Value::Computed { .. }) = (&dims[..], axis, &x) {
            return self.channels(Op::Flatten, &[x], Some(output));
        }
        self.view(x, output)
    }

    /// `Squeeze`.
    pub fn squeeze(&mut self) -> Result<Value, String> {
        let x = self.input(0)?;
        let dims = x.dims().to_vec();
        let axes = match self.setting("axes", 1)? {
            Some(axes) => Self::axes(&axes, dims.len())?,
            None => (0..dims.len()).filter(|axis| dims[*axis] == 1).collect(),
        };
        if let Some(axis) = axes.iter().find(|axis| dims[**axis] != 1) {
            return Err(format!("leaves out axis {axis} of {dims:?}, which is longer than 1"));
        }
        let output = (0..dims.len()).filter(|axis| !axes.contains(axis)).map(|axis| dims[axis]).collect();
        self.view(x, output)
    }

    /// `Unsqueeze`.
    pub fn unsqueeze(&mut self) -> Result<Value, String> {
        let x = self.input(0)?;
        let axes = self.setting("axes", 1)?.ok_or("has no axes")?;
        let rank = x.dims().len() + axes.len();
        if rank > 16 {
            return Err(format!("makes {rank} dimensions"));
        }
        let axes = Self::axes(&axes, rank)?;
        let mut old = x.dims().to_vec().into_iter();
        let output: Vec<usize> =
            (0..rank).filter_map(|axis| if axes.contains(&axis) { Some(1) } else { old.next() }).collect();
        self.view(x, output)
    }

    /// `Transpose`.
    pub fn transpose(&mut self) -> Result<Value, String> {
        let x = self.input(0)?;
        let rank = x.dims().len();
        let axes = match self.attributes.integers("perm") {
            Some(axes) => axes.iter().map(|axis| Self::axis(*axis, rank)).collect::<Result<_, _>>()?,
            None => (0..rank).rev().collect(),
        };
        self.single(Function::Permute { axes }, x)
    }

    /// `Concat`.
    pub fn join(&mut self) -> Result<Value, String> {
        let values = self.all_inputs()?;
        let rank = values[0].dims().len();
        let axis = Self::axis(self.attributes.integer("axis").unwrap_or(1), rank)?;
        let are_planes =
            values.iter().all(|value| matches!(value, Value::Computed { .. }) && matches!(value.dims(), [1, _, _, _]));
        if are_planes && axis > 0 {
            return self.planes(Op::Concat { axis: axis - 1 }, &values);
        }
        // Nothing along the axis is nothing to join.
        let operands = values.into_iter().filter(|value| value.dims().get(axis) != Some(&0)).map(|value| {
            let dims = value.dims().to_vec();
            (value, dims)
        });
        let operands: Vec<_> = operands.collect();
        if operands.is_empty() {
            return self.input(0);
        }
        self.general(Function::Join { axis }, operands, None)
    }

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
    pub fn slice(&mut self) -> Result<Value, String> {
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
    pub fn gather(&mut self) -> Result<Value, String> {
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

    /// `Expand`.
    pub fn expand(&mut self) -> Result<Value, String> {
        let x = self.input(0)?;
        let wanted = self.needed(1, "shape")?.integers();
        let wanted = wanted.iter().map(|size| usize::try_from(*size).ok()).collect::<Option<Vec<_>>>();
        let wanted = wanted.ok_or("has a shape with negative sizes")?;
        let to = super::super::super::general::broadcast(&[x.dims(), &wanted])?;
        if to == x.dims() {
            return self.view(x, to);
        }
        self.single(Function::Expand { to }, x)
    }

    /// `Tile`.
    pub fn tile(&mut self) -> Result<Value, String> {
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
    pub fn pad(&mut self) -> Result<Value, String> {
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

    /// `DepthToSpace`.
    pub fn depth_to_space(&mut self) -> Result<Value, String> {
        let x = self.input(0)?;
        let block = self.block()?;
        let [n, c, h, w] = x.dims()[..] else { return Err("needs four dimensions".to_owned()) };
        let depth = c / (block * block);
        let output = vec![n, depth, h * block, w * block];
        let (view, axes) = match self.attributes.text("mode").as_deref() {
            Some("CRD") => (vec![n, depth, block, block, h, w], vec![0, 1, 4, 2, 5, 3]),
            _ => (vec![n, block, block, depth, h, w], vec![0, 3, 4, 1, 5, 2]),
        };
        self.general(Function::Permute { axes }, vec![(x, view)], Some(output))
    }

    /// `SpaceToDepth`.
    pub fn space_to_depth(&mut self) -> Result<Value, String> {
        let x = self.input(0)?;
        let block = self.block()?;
        let [n, c, h, w] = x.dims()[..] else { return Err("needs four dimensions".to_owned()) };
        let view = vec![n, c, h / block, block, w / block, block];
        let output = vec![n, c * block * block, h / block, w / block];
        self.general(Function::Permute { axes: vec![0, 3, 5, 1, 2, 4] }, vec![(x, view)], Some(output))
    }

    fn block(&self) -> Result<usize, String> {
        let block = self.attributes.integer("blocksize").unwrap_or(0);
        usize::try_from(block)
            .ok()
            .filter(|block| (1..=4096).contains(block))
            .ok_or_else(|| format!("has blocks of {block}"))
    }

    /// `Shape` and `Size`, which are known as soon as the dimensions are.
    pub fn shape(&self) -> Result<Value, String> {
        let x = self.input(0)?;
        let dims: Vec<i64> = x.dims().iter().map(|size| *size as i64).collect();
        if self.node.op_type == "Size" {
            let total = count(x.dims())?;
            return Ok(Literal::new(Vec::new(), vec![total as f32], true)?.into());
        }
        let rank = dims.len() as i64;
        let bound = |name: &str, default: i64| {
            let at = self.attributes.integer(name).unwrap_or(default);
            (if at < 0 { at.saturating_add(rank) } else { at }).clamp(0, rank) as usize
        };
        let (start, end) = (bound("start", 0), bound("end", rank));
        Ok(Literal::whole(dims.get(start..end.max(start)).unwrap_or_default()).into())
    }

    /// `ConstantOfShape`.
    pub fn fill(&mut self) -> Result<Value, String> {
        let dims = self.needed(0, "shape")?.integers();
        let dims = dims.iter().map(|size| usize::try_from(*size).ok()).collect::<Option<Vec<_>>>();
        let dims = dims.ok_or("has a shape with negative sizes")?;
        let (value, is_whole) = match self.attributes.tensor("value") {
            None => (0.0, false),
            Some(tensor) => {
                let literal = super::tensors::read(tensor, std::path::Path::new(""))?;
                (literal.scalar().unwrap_or(0.0), literal.is_whole)
            }
        };
        let total = count(&dims)?;
        self.spend(total)?;
        Ok(Literal::new(dims, vec![value; total], is_whole)?.into())
    }

    /// `Range`.
    pub fn range(&mut self) -> Result<Value, String> {
        let bounds = [self.needed(0, "start")?, self.needed(1, "end")?, self.needed(2, "step")?];
        let is_whole = bounds.iter().all(|bound| bound.is_whole);
        let [start, end, step] = bounds.map(|bound| bound.scalar());
        let (Some(start), Some(end), Some(step)) = (start, end, step) else { return Err("has no bounds".to_owned()) };
        let number = ((end - start) / step).ceil().max(0.0);
        if !number.is_finite() || number > MOST_PLACES as f32 {
            return Err(format!("counts from {start} to {end} in steps of {step}"));
        }
        self.spend(number as usize)?;
        let values: Vec<f32> = (0..number as usize).map(|place| start + place as f32 * step).collect();
        Ok(Literal::new(vec![values.len()], values, is_whole)?.into())
    }

    /// What is not a layer of its own for the batch: the source as the next operators see it.
    pub fn picture_last(&mut self, source: Source, [c, h, w]: [usize; 3]) -> Result<Value, String> {
        let x = Value::Computed { source, dims: vec![1, c, h, w], is_whole: false };
        self.single(Function::Permute { axes: vec![0, 2, 3, 1] }, x)
    }

    /// `Not`.
    pub fn negation(&mut self) -> Result<Value, String> {
        let x = self.input(0)?;
        self.pair(Pair::Equal, x, super::planes::number(0.0)?)
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
