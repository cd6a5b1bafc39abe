//! Predicates about records, without a workspace: an image at a time, in a few lines, so that it is no second opinion of the
//! engine's but tells a window in a test what to show.

use std::cmp::Ordering;

use tiramisu::domain::predicate::{Check, Column, Field, Node, Test, Value};
use tiramisu::domain::{ImageId, ImageRecord, Predicate};

/// The images for which a predicate is true; `None` if it asks for more than records and labels.
pub fn images_with(text: &str, images: &[ImageRecord]) -> Option<Vec<ImageId>> {
    let predicate = Predicate::parse(text).ok()?;
    let truths = images.iter().map(|image| Some((image.id, holds(&predicate.root, image)?)));
    let truths: Vec<(ImageId, bool)> = truths.collect::<Option<_>>()?;
    Some(truths.into_iter().filter(|(_, is_true)| *is_true).map(|(id, _)| id).collect())
}

fn holds(node: &Node, image: &ImageRecord) -> Option<bool> {
    let each = |parts: &[Node]| parts.iter().map(|part| holds(part, image)).collect::<Option<Vec<bool>>>();
    match node {
        Node::All(parts) => Some(each(parts)?.into_iter().all(|is_true| is_true)),
        Node::Any(parts) => Some(each(parts)?.into_iter().any(|is_true| is_true)),
        Node::Not(inner) => Some(!holds(inner, image)?),
        Node::Test(test) => holds_test(test, image),
    }
}

fn holds_test(Test { field, check, .. }: &Test, image: &ImageRecord) -> Option<bool> {
    let order = |value: &Value| -> Option<Ordering> {
        match value {
            Value::Text(text) => Some(text_of(field, image)?.cmp(text.as_str())),
            Value::Number(number) => number_of(field, image)?.partial_cmp(&number.as_f64()),
            Value::Time(seconds) => Some(seconds.order_of(image.modified_unix_secs)),
            Value::Arithmetic(_) => None,
        }
    };
    match check {
        Check::Compare(comparison, value) => Some(comparison.holds(order(value)?)),
        Check::In(values) => {
            Some(values.iter().map(order).collect::<Option<Vec<_>>>()?.into_iter().any(Ordering::is_eq))
        }
        Check::Between(from, to) => Some(order(from)?.is_ge() && order(to)?.is_le()),
        _ => None,
    }
}

fn text_of<'a>(field: &Field, image: &'a ImageRecord) -> Option<&'a str> {
    match field {
        Field::Column(Column::Label) => Some(image.label.as_deref().unwrap_or_default()),
        Field::Column(Column::Path) => Some(&image.path.text),
        _ => None,
    }
}

fn number_of(field: &Field, image: &ImageRecord) -> Option<f64> {
    match field {
        Field::Column(Column::Id) => Some(f64::from(image.id.0)),
        Field::Column(Column::Width) => Some(f64::from(image.width)),
        Field::Column(Column::Height) => Some(f64::from(image.height)),
        Field::Column(Column::FileBytes) => Some(image.file_bytes as f64),
        Field::Arithmetic(calculated) => calculated.value(&|field: &Field| number_of(field, image)),
        _ => None,
    }
}
