//! Which of a network's layers name classes, and how their numbers become probabilities.

// A new operation is to be missed by the compiler, not by the person.
#![deny(clippy::wildcard_enum_match_arm)]

use super::{Activation, Function, General, Graph, Node, Op, Source};
use crate::domain::{ClassNames, ClassScale};

impl Graph {
    /// The layer whose numbers, brought to probabilities by [`class_scale`](Self::class_scale), say how likely each class
    /// is; `None` if the network has no labels.
    ///
    /// If the network ends in a softmax of its own, this is the layer before it. Where a plane is left, the plane's mean
    /// counts.
    pub fn class_layer(&self) -> Option<usize> {
        self.labels.as_ref()?;
        let last = self.last_that_computes()?;
        let node = &self.nodes[last];
        match (is_softmax(node), &node.inputs[..]) {
            (true, [Source::Node(before)]) if self.nodes[*before].shape[0] == node.shape[0] => Some(*before),
            (true, [Source::Input] | []) => None,
            // The softmax is in the layer's own numbers then, or there is none.
            _ => Some(self.answer),
        }
    }

    /// How the numbers of [`class_layer`](Self::class_layer) become probabilities.
    pub fn class_scale(&self) -> ClassScale {
        let Some(last) = self.last_that_computes() else { return ClassScale::Softmax };
        let node = &self.nodes[last];
        let is_sigmoid = matches!(node.op, Op::Activate(Activation::Sigmoid));
        // Taken where it is, since what is before it has other channels.
        let is_probability = is_softmax(node) && !is_logarithm(node) && self.class_layer() == Some(self.answer);
        if is_sigmoid || is_probability { ClassScale::AsTheyAre } else { ClassScale::Softmax }
    }

    /// The classes by name, and the layers whose channels they are: the last one, and those before it as long as every
    /// channel is made of the same channel alone.
    pub fn class_names(&self) -> ClassNames {
        let Some(names) = &self.labels else { return ClassNames::default() };
        let mut layers = Vec::new();
        let mut next = Some(self.answer);
        while let Some(node) = next.and_then(|index| self.nodes.get(index)).filter(|node| node.shape[0] == names.len())
        {
            layers.push(node.name.clone());
            next = match &node.inputs[..] {
                [Source::Node(before)] if node.op.keeps_channels() => Some(*before),
                _ => None,
            };
        }
        ClassNames::new(layers, names.clone())
    }

    /// The answer, or the layer that made its numbers where it only gives them another shape.
    fn last_that_computes(&self) -> Option<usize> {
        let mut at = self.answer;
        loop {
            let node = self.nodes.get(at)?;
            match &node.inputs[..] {
                [Source::Node(before)] if only_reshapes(&node.op) && self.nodes[*before].shape[0] == node.shape[0] => {
                    at = *before;
                }
                _ => return Some(at),
            }
        }
    }
}

/// Whether it is a softmax over the channels; its logarithm counts, since a softmax undoes that.
fn is_softmax(node: &Node) -> bool {
    if let Op::General(General { function: Function::Softmax { axis, .. }, operands, .. }) = &node.op {
        return operands.first().is_some_and(|operand| operand.view().get(*axis) == Some(&node.shape[0]));
    }
    matches!(node.op, Op::Softmax)
}

fn is_logarithm(node: &Node) -> bool {
    matches!(&node.op, Op::General(General { function: Function::Softmax { log: true, .. }, .. }))
}

fn only_reshapes(op: &Op) -> bool {
    matches!(op, Op::Flatten | Op::Identity | Op::General(General { function: Function::View, .. }))
}
