//! The same numbers seen or ordered otherwise: reshaping, turning, joining, repeating.

use super::{
    super::super::{Function, Op, Source, general::count},
    call::{Call, Made, Value, one},
};

/// Runs a call of one of these operators; `None` if it is another one.
///
/// # Errors
/// What does not fit, in words.
pub(super) fn run(call: &mut Call) -> Option<Made> {
    one(match call.node.op_type.as_str() {
        "Reshape" => call.reshape(),
        "Flatten" => call.flatten(),
        "Squeeze" => call.squeeze(),
        "Unsqueeze" => call.unsqueeze(),
        "Transpose" => call.transpose(),
        "Concat" => call.join(),
        "Expand" => call.expand(),
        "DepthToSpace" => call.depth_to_space(),
        "SpaceToDepth" => call.space_to_depth(),
        _ => return None,
    })
}

impl Call<'_> {
    /// `Reshape`.
    fn reshape(&mut self) -> Result<Value, String> {
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
    fn squeeze(&mut self) -> Result<Value, String> {
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
    fn unsqueeze(&mut self) -> Result<Value, String> {
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
    fn transpose(&mut self) -> Result<Value, String> {
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

    /// `Expand`.
    fn expand(&mut self) -> Result<Value, String> {
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

    /// `DepthToSpace`.
    fn depth_to_space(&mut self) -> Result<Value, String> {
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
    fn space_to_depth(&mut self) -> Result<Value, String> {
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

    /// What is not a layer of its own for the batch: the source as the next operators see it.
    pub fn picture_last(&mut self, source: Source, [c, h, w]: [usize; 3]) -> Result<Value, String> {
        let x = Value::Computed { source, dims: vec![1, c, h, w], is_whole: false };
        self.single(Function::Permute { axes: vec![0, 2, 3, 1] }, x)
    }
}
