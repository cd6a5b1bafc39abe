//! Old descriptions in the new form, and only what runs at test time.

use super::{
    super::super::GraphError,
    schema::{LayerParameter, NetParameter, NetStateRule, Phase, V1LayerParameter, v1_layer_parameter::LayerType},
};

/// Turns `layers` of Caffe's first published format into `layer`, as Caffe itself does, and leaves out what only
/// another phase runs.
///
/// # Errors
/// When a layer is of the format before that (V0).
pub(super) fn to_layers(mut net: NetParameter) -> Result<NetParameter, GraphError> {
    let old = std::mem::take(&mut net.layers);
    // Caffe refuses files with both; the new ones are the ones that count.
    if net.layer.is_empty() {
        net.layer = old.into_iter().map(upgrade).collect::<Result<_, _>>()?;
    }
    net.layer.retain(runs_in_test);
    Ok(net)
}

fn upgrade(old: V1LayerParameter) -> Result<LayerParameter, GraphError> {
    if let Some(oldest) = &old.layer {
        let reason = "is written in Caffe's oldest format; convert the file with Caffe's upgrade_net_proto tools";
        return Err(GraphError::layer(oldest.name(), reason));
    }
    let kind = type_name(old.r#type());
    Ok(LayerParameter {
        name: old.name,
        r#type: Some(kind.to_owned()),
        bottom: old.bottom,
        top: old.top,
        include: old.include,
        exclude: old.exclude,
        blobs: old.blobs,
        argmax_param: old.argmax_param,
        concat_param: old.concat_param,
        convolution_param: old.convolution_param,
        eltwise_param: old.eltwise_param,
        exp_param: old.exp_param,
        inner_product_param: old.inner_product_param,
        lrn_param: old.lrn_param,
        mvn_param: old.mvn_param,
        pooling_param: old.pooling_param,
        power_param: old.power_param,
        relu_param: old.relu_param,
        slice_param: old.slice_param,
        softmax_param: old.softmax_param,
        threshold_param: old.threshold_param,
        transform_param: old.transform_param,
        ..LayerParameter::default()
    })
}

fn type_name(kind: LayerType) -> &'static str {
    match kind {
        LayerType::None => "None",
        LayerType::Absval => "AbsVal",
        LayerType::Accuracy => "Accuracy",
        LayerType::Argmax => "ArgMax",
        LayerType::Bnll => "BNLL",
        LayerType::Concat => "Concat",
        LayerType::ContrastiveLoss => "ContrastiveLoss",
        LayerType::Convolution => "Convolution",
        LayerType::Data => "Data",
        LayerType::Deconvolution => "Deconvolution",
        LayerType::Dropout => "Dropout",
        LayerType::DummyData => "DummyData",
        LayerType::EuclideanLoss => "EuclideanLoss",
        LayerType::Eltwise => "Eltwise",
        LayerType::Exp => "Exp",
        LayerType::Flatten => "Flatten",
        LayerType::Hdf5Data => "HDF5Data",
        LayerType::Hdf5Output => "HDF5Output",
        LayerType::HingeLoss => "HingeLoss",
        LayerType::Im2col => "Im2col",
        LayerType::ImageData => "ImageData",
        LayerType::InfogainLoss => "InfogainLoss",
        LayerType::InnerProduct => "InnerProduct",
        LayerType::Lrn => "LRN",
        LayerType::MemoryData => "MemoryData",
        LayerType::MultinomialLogisticLoss => "MultinomialLogisticLoss",
        LayerType::Mvn => "MVN",
        LayerType::Pooling => "Pooling",
        LayerType::Power => "Power",
        LayerType::Relu => "ReLU",
        LayerType::Sigmoid => "Sigmoid",
        LayerType::SigmoidCrossEntropyLoss => "SigmoidCrossEntropyLoss",
        LayerType::Silence => "Silence",
        LayerType::Softmax => "Softmax",
        LayerType::SoftmaxLoss => "SoftmaxWithLoss",
        LayerType::Split => "Split",
        LayerType::Slice => "Slice",
        LayerType::Tanh => "TanH",
        LayerType::WindowData => "WindowData",
        LayerType::Threshold => "Threshold",
    }
}

/// Whether a layer takes part when a network is used: Caffe's rules for phase TEST, level 0 and no stages.
fn runs_in_test(layer: &LayerParameter) -> bool {
    let meets = |rule: &NetStateRule| {
        rule.phase.is_none_or(|phase| phase == Phase::Test as i32)
            && rule.min_level.is_none_or(|level| level <= 0)
            && rule.max_level.is_none_or(|level| level >= 0)
            && rule.stage.is_empty()
    };
    if layer.include.is_empty() { !layer.exclude.iter().any(meets) } else { layer.include.iter().any(meets) }
}
