//! What whoever has a network that is not known here can do.

/// What to do with a network that is not known here.
pub(super) const EXPORT: &str = "export it to ONNX and choose that file, in Python: torch.onnx.export(model.eval(), \
                                 torch.zeros(1, 3, 224, 224), \"network.onnx\")";
