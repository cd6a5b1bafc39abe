//! Normalisations: mean 0 and variance 1, or as in training.

use super::{
    super::super::{Function, Normalization, Op, Pair, Weights},
    call::{Call, Made, Value, one},
    planes::not_planes,
};

/// Runs a call of one of these operators; `None` if it is another one.
///
/// # Errors
/// What does not fit, in words.
pub(super) fn run(call: &mut Call) -> Option<Made> {
    one(match call.node.op_type.as_str() {
        "BatchNormalization" => call.batch_normalization(),
        "LRN" => call.local_normalization(),
        "LayerNormalization" => call.layer_normalization(true),
        "RMSNormalization" => call.layer_normalization(false),
        "InstanceNormalization" => call.group_normalization(None),
        "GroupNormalization" => {
            let groups = call.attributes.integer("num_groups").unwrap_or(0);
            call.group_normalization(Some(groups))
        }
        "MeanVarianceNormalization" => call.mean_variance_normalization(),
        _ => return None,
    })
}

impl Call<'_> {
    /// `BatchNormalization` with the statistics of training.
    fn batch_normalization(&mut self) -> Result<Value, String> {
        if self.attributes.flag("training_mode") {
            return Err("normalises as in training; export the network in evaluation mode".to_owned());
        }
        let x = self.input(0)?;
        let epsilon = f64::from(self.attributes.float("epsilon").unwrap_or(1e-5));
        let [scale, shift, mean, variance] = [
            self.needed(1, "scale")?.weights.values,
            self.needed(2, "shift")?.weights.values,
            self.needed(3, "mean")?.weights.values,
            self.needed(4, "variance")?.weights.values,
        ];
        let c = scale.len();
        if [&shift, &mean, &variance].iter().any(|values| values.len() != c) {
            return Err("has a scale, shift, mean and variance of different lengths".to_owned());
        }
        let factors: Vec<f64> =
            (0..c).map(|i| f64::from(scale[i]) / (f64::from(variance[i]) + epsilon).sqrt()).collect();
        let shifts = (0..c).map(|i| (f64::from(shift[i]) - f64::from(mean[i]) * factors[i]) as f32).collect();
        let factors = factors.into_iter().map(|factor| factor as f32).collect();
        self.affine(x, factors, shifts)
    }

    /// One factor and one summand a channel, the second dimension of the file's.
    fn affine(&mut self, x: Value, scale: Vec<f32>, shift: Vec<f32>) -> Result<Value, String> {
        let dims = x.dims().to_vec();
        if let ([1, _] | [1, _, _, _], Value::Computed { .. }) | ([_, _, _, _], Value::Literal(_)) = (&dims[..], &x) {
            let op = Op::Affine { scale: Weights::vector(scale), shift: Weights::vector(shift) };
            return self.channels(op, &[x], Some(dims));
        }
        let channels = |values: Vec<f32>| {
            let mut shape = vec![1; dims.len().max(2) - 1];
            shape[0] = values.len();
            super::literal::Literal::new(shape, values, false)
        };
        let scaled = self.pair(Pair::Multiply, x, channels(scale)?.into())?;
        self.pair(Pair::Add, scaled, channels(shift)?.into())
    }

    /// `LRN`.
    fn local_normalization(&mut self) -> Result<Value, String> {
        let x = self.input(0)?;
        let size = self.attributes.integer("size").and_then(|size| usize::try_from(size).ok());
        let op = Op::Normalize(Normalization {
            size: size.ok_or("has no size")?,
            alpha: self.attributes.float("alpha").unwrap_or(1e-4),
            beta: self.attributes.float("beta").unwrap_or(0.75),
            k: self.attributes.float("bias").unwrap_or(1.0),
            within_channel: false,
        });
        self.planes(op, &[x])
    }

    /// `LayerNormalization` and `RMSNormalization`.
    fn layer_normalization(&mut self, centre: bool) -> Result<Value, String> {
        let x = self.input(0)?;
        let dims = x.dims().to_vec();
        let axis = Self::axis(self.attributes.integer("axis").unwrap_or(-1), dims.len())?;
        let epsilon = self.attributes.float("epsilon").unwrap_or(1e-5);
        let axes = (axis..dims.len()).collect();
        self.standardize(x, axes, epsilon, centre, dims, [self.optional(1), self.optional(2)])
    }

    /// `InstanceNormalization` (a group a channel) and `GroupNormalization`.
    fn group_normalization(&mut self, groups: Option<i64>) -> Result<Value, String> {
        let x = self.input(0)?;
        let dims = x.dims().to_vec();
        let [n, c, rest @ ..] = &dims[..] else { return Err(not_planes(&x)) };
        let groups = match groups {
            None => *c,
            Some(groups) => usize::try_from(groups).unwrap_or(0),
        };
        if groups == 0 || c % groups != 0 {
            return Err(format!("cannot split {c} channels into {groups} groups"));
        }
        let epsilon = self.attributes.float("epsilon").unwrap_or(1e-5);
        let size = c / groups * rest.iter().product::<usize>();
        // One number a channel, and in the first version of the operator one a group.
        let along = |call: &mut Self, place: usize| -> Result<Option<Value>, String> {
            let Some(mut value) = call.optional(place) else { return Ok(None) };
            if value.dims() == [groups] && groups != *c {
                let places = (0..*c).map(|channel| channel / (c / groups)).collect();
                value = call.single(Function::Take { picks: vec![(0, places)] }, value)?;
            }
            let mut shape = vec![1; rest.len() + 1];
            shape[0] = *c;
            call.view(value, shape).map(Some)
        };
        let scales = [along(self, 1)?, along(self, 2)?];
        let view = vec![*n, groups, size];
        let mut operands = vec![(x, view)];
        operands.extend(scales.into_iter().flatten().map(|value| {
            let dims = value.dims().to_vec();
            (value, dims)
        }));
        let function =
            Function::Standardize { axes: vec![2], epsilon, after_root: false, centre: true, affine: dims.clone() };
        self.general(function, operands, Some(dims))
    }

    /// `MeanVarianceNormalization`.
    fn mean_variance_normalization(&mut self) -> Result<Value, String> {
        let x = self.input(0)?;
        let dims = x.dims().to_vec();
        let axes = Self::axes(self.attributes.integers("axes").unwrap_or(&[0, 2, 3]), dims.len())?;
        // The batch is one picture; so that it stays apart it is left out where it is averaged over.
        let axes = axes.into_iter().filter(|axis| *axis != 0 || dims[0] != 1).collect();
        self.standardize(x, axes, 1e-9, true, dims, [None, None])
    }

    fn standardize(
        &mut self,
        x: Value,
        axes: Vec<usize>,
        epsilon: f32,
        centre: bool,
        dims: Vec<usize>,
        scales: [Option<Value>; 2],
    ) -> Result<Value, String> {
        let mut operands = vec![(x, dims.clone())];
        for value in scales.into_iter().flatten() {
            let dims = value.dims().to_vec();
            operands.push((value, dims));
        }
        let function = Function::Standardize { axes, epsilon, after_root: false, centre, affine: dims.clone() };
        self.general(function, operands, Some(dims))
    }
}
