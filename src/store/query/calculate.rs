//! Comparisons of calculated numbers: each image by itself, in double precision.
//!
//! Columns are read batch by batch. Features lie in another table, in another order, so the few that are named are read
//! first, one number an image each.

use std::ops::ControlFlow;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::{UInt32Type, UInt64Type};

use super::{ASK_EVERY, Evaluation, QueryError, READ_ROWS, images};
use crate::domain::predicate::{Arithmetic, Check, Column, Field, Value};
use crate::domain::{ImageId, ImageSet};

/// One feature or measure of every image, by id; what is not known is no number.
type Feature<'a> = (&'a Field, Vec<f32>);

impl Evaluation<'_> {
    /// The images for which a check of what is calculated is true; where it is denied, those for which it is false.
    pub(super) fn find_calculated(
        &self,
        calculated: &Arithmetic,
        check: &Check,
        is_denied: bool,
    ) -> Result<ImageSet, QueryError> {
        let mut fields = calculated.fields();
        for value in check.values() {
            if let Value::Arithmetic(other) = value {
                fields.extend(other.fields());
            }
        }
        let mut columns: Vec<Column> = Vec::new();
        let mut features: Vec<Feature> = Vec::new();
        for field in fields {
            match field {
                Field::Column(column) if !columns.contains(column) => columns.push(*column),
                Field::Feature { .. } | Field::Measure(_) if features.iter().all(|(known, _)| *known != field) => {
                    features.push((field, self.feature(field)?));
                }
                // It is known by now.
                Field::Column(_) | Field::Feature { .. } | Field::Measure(_) => {}
                // These are no numbers.
                Field::Tag(_) | Field::HasVectors | Field::Cluster(_) | Field::Arithmetic(_) => {}
            }
        }
        let mut found = ImageSet::default();
        let mut names: Vec<&str> = vec!["id"];
        names.extend(columns.iter().filter(|column| **column != Column::Id).map(|column| column.name()));
        self.workspace.images_table().scan_where(None, &names, READ_ROWS, |batch| {
            let damaged = || self.workspace.damaged("its columns have other types");
            let read: Vec<Vec<f64>> =
                columns.iter().map(|column| numbers(batch, *column).ok_or_else(damaged)).collect::<Result<_, _>>()?;
            let is_true = |row: usize, id: ImageId| {
                let known = |field: &Field| known(field, row, id, &columns, &read, &features);
                let number = calculated.value(&known);
                if *check == Check::IsNull {
                    return number.is_none() != is_denied;
                }
                truth(check, number, &known).is_some_and(|truth| truth != is_denied)
            };
            let rows = images::ids(batch).ok_or_else(damaged)?.enumerate();
            found.extend(rows.filter(|(row, id)| is_true(*row, *id)).map(|(_, id)| id));
            Ok(self.go_on())
        })?;
        self.unless_stopped(found)
    }

    fn feature(&self, field: &Field) -> Result<Vec<f32>, QueryError> {
        let mut values = vec![f32::NAN; self.workspace.image_count()];
        if let Field::Measure(by) = field {
            for (id, value) in self.names.measured(*by) {
                if let Some(slot) = values.get_mut(id.index()) {
                    *slot = value;
                }
            }
        }
        if let Field::Feature { source, channel } = field
            && let Some((table, stored)) = self.names.feature(source)
        {
            let mut read = 0_usize;
            table.each_feature(stored, *channel, |id, value| {
                if let (Some(slot), Some(value)) = (values.get_mut(id.index()), value) {
                    *slot = value;
                }
                read += 1;
                if read.is_multiple_of(ASK_EVERY) { self.go_on() } else { ControlFlow::Continue(()) }
            })?;
        }
        if (self.is_stopped)() { Err(QueryError::Stopped) } else { Ok(values) }
    }
}

/// What is known of an image: `None` for the width of a picture that was not read, and for a feature it does not have.
fn known(
    field: &Field,
    row: usize,
    id: ImageId,
    columns: &[Column],
    read: &[Vec<f64>],
    features: &[Feature],
) -> Option<f64> {
    match field {
        Field::Column(column) => {
            let value = *read.get(columns.iter().position(|known| known == column)?)?.get(row)?;
            let is_unread = matches!(column, Column::Width | Column::Height) && value == 0.0;
            (!is_unread).then_some(value)
        }
        Field::Tag(_)
        | Field::HasVectors
        | Field::Cluster(_)
        | Field::Feature { .. }
        | Field::Measure(_)
        | Field::Arithmetic(_) => {
            let (_, values) = features.iter().find(|(known, _)| *known == field)?;
            values.get(id.index()).filter(|value| !value.is_nan()).map(|value| f64::from(*value))
        }
    }
}

fn numbers(batch: &RecordBatch, column: Column) -> Option<Vec<f64>> {
    let array = batch.column_by_name(column.name())?;
    match column {
        Column::FileBytes => {
            let values = array.as_primitive_opt::<UInt64Type>()?.values();
            Some(values.iter().map(|value| *value as f64).collect())
        }
        Column::Path
        | Column::Label
        | Column::Split
        | Column::Width
        | Column::Height
        | Column::Modified
        | Column::Problem
        | Column::Id => {
            Some(array.as_primitive_opt::<UInt32Type>()?.values().iter().map(|value| f64::from(*value)).collect())
        }
    }
}

/// Whether a check is fulfilled, in SQL's logic: `None` where that is not known.
fn truth(check: &Check, number: Option<f64>, known: &impl Fn(&Field) -> Option<f64>) -> Option<bool> {
    let of = |value: &Value| match value {
        Value::Number(number) => Some(number.as_f64()),
        Value::Arithmetic(calculated) => calculated.value(known),
        Value::Text(_) | Value::Time(_) => None,
    };
    let order = |value: &Value| number?.partial_cmp(&of(value)?);
    match check {
        Check::Compare(comparison, value) => Some(comparison.holds(order(value)?)),
        Check::In(values) => {
            let orders: Vec<_> = values.iter().map(order).collect();
            let is_one = orders.iter().flatten().any(|order| order.is_eq());
            (is_one || orders.iter().all(Option::is_some)).then_some(is_one)
        }
        Check::Between(from, to) => {
            let sides = [order(from).map(|order| order.is_ge()), order(to).map(|order| order.is_le())];
            match sides.contains(&Some(false)) {
                true => Some(false),
                false => sides.iter().all(Option::is_some).then_some(true),
            }
        }
        Check::IsTrue | Check::IsNull | Check::Against(..) | Check::Like { .. } => None,
    }
}
