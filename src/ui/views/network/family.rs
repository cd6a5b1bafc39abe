//! What sort of layer: for its colour.

use eframe::egui::Color32;

use crate::ui::theme;

/// Layers that do alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Convolutions, transposed ones too.
    Convolution,
    /// Fully connected layers and products of matrices.
    Connected,
    /// Pooling.
    Pooling,
    /// Functions of one number.
    Activation,
    /// Normalisation and scaling.
    Normalisation,
    /// Several inputs become one.
    Joining,
    /// What reshapes, drops or passes on.
    Other,
}

impl Family {
    /// All of them, in the order of the legend.
    pub const ALL: [Family; 7] = [
        Family::Convolution,
        Family::Connected,
        Family::Pooling,
        Family::Activation,
        Family::Normalisation,
        Family::Joining,
        Family::Other,
    ];

    /// Tells it from what a file calls the layer: Caffe's, ONNX's and PyTorch's words for the same thing contain the
    /// same parts.
    pub fn of(kind: &str) -> Self {
        const PARTS: [(Family, &[&str]); 6] = [
            (Family::Convolution, &["conv"]),
            (Family::Pooling, &["pool"]),
            (Family::Normalisation, &["norm", "lrn", "scale", "bias", "mvn"]),
            (Family::Connected, &["innerproduct", "gemm", "linear", "matmul", "einsum"]),
            (Family::Joining, &["concat", "eltwise", "add", "mul", "sum", "sub", "div", "join"]),
            (
                Family::Activation,
                &["elu", "sigmoid", "tanh", "swish", "silu", "mish", "clip", "softmax", "erf", "soft"],
            ),
        ];
        let kind = kind.to_lowercase();
        let fits = |parts: &[&str]| parts.iter().any(|part| kind.contains(part));
        PARTS.into_iter().find(|(_, parts)| fits(parts)).map_or(Family::Other, |(family, _)| family)
    }

    /// The word in the legend.
    pub fn word(self) -> &'static str {
        match self {
            Family::Convolution => "Convolution",
            Family::Connected => "Fully connected",
            Family::Pooling => "Pooling",
            Family::Activation => "Activation",
            Family::Normalisation => "Normalisation",
            Family::Joining => "Joining",
            Family::Other => "Other",
        }
    }

    /// The colour of its boxes.
    pub fn colour(self) -> Color32 {
        theme::layer_colour(self as usize)
    }
}
