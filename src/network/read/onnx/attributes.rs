//! The settings of a node.

use onnx_ir::{AttributeProto, NodeProto, TensorProto};

/// A node's attributes by name.
#[derive(Clone, Copy)]
pub(super) struct Attributes<'a>(&'a NodeProto);

impl<'a> Attributes<'a> {
    pub fn new(node: &'a NodeProto) -> Self {
        Self(node)
    }

    fn find(self, name: &str) -> Option<&'a AttributeProto> {
        self.0.attribute.iter().find(|attribute| attribute.name == name)
    }

    pub fn integer(self, name: &str) -> Option<i64> {
        self.find(name).map(|attribute| attribute.i)
    }

    /// Whether a whole number is there and not 0.
    pub fn flag(self, name: &str) -> bool {
        self.integer(name).is_some_and(|value| value != 0)
    }

    pub fn float(self, name: &str) -> Option<f32> {
        self.find(name).map(|attribute| attribute.f)
    }

    pub fn text(self, name: &str) -> Option<String> {
        self.find(name).map(|attribute| String::from_utf8_lossy(&attribute.s).into_owned())
    }

    pub fn integers(self, name: &str) -> Option<&'a [i64]> {
        self.find(name).map(|attribute| &attribute.ints[..])
    }

    pub fn floats(self, name: &str) -> Option<&'a [f32]> {
        self.find(name).map(|attribute| &attribute.floats[..])
    }

    pub fn tensor(self, name: &str) -> Option<&'a TensorProto> {
        self.find(name).and_then(|attribute| attribute.t.as_ref())
    }

    /// Two numbers, down and across.
    pub fn pair(self, name: &str, default: usize) -> Result<[usize; 2], String> {
        match self.integers(name) {
            None => Ok([default; 2]),
            Some(values) => match values.iter().map(|value| usize::try_from(*value).ok()).collect::<Vec<_>>()[..] {
                [Some(down), Some(across)] => Ok([down, across]),
                _ => Err(format!("has `{name}` {values:?}; two numbers for a picture are needed")),
            },
        }
    }
}
