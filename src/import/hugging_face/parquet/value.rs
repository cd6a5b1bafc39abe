//! A cell of an Arrow column as a line of JSON would have it.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, DecimalType, Float16Type, Float32Type, Float64Type,
    Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use serde_json::Value;

/// How deep lists and tables may lie in each other.
const MOST_DEPTH: usize = 8;

/// The value of `array` at `row`; `None` if there are more than `most` values in it. What is neither a text, a number, a list nor a
/// table is nothing.
pub(super) fn of_row(array: &ArrayRef, row: usize, most: usize) -> Option<Value> {
    let mut left = most;
    value(array.as_ref(), row, MOST_DEPTH, &mut left)
}

fn value(array: &dyn Array, row: usize, depth: usize, left: &mut usize) -> Option<Value> {
    *left = left.checked_sub(1)?;
    if depth == 0 || array.is_null(row) {
        return Some(Value::Null);
    }
    if let Some(table) = array.as_struct_opt() {
        let mut cells = serde_json::Map::new();
        for (name, column) in table.column_names().into_iter().zip(table.columns()) {
            cells.insert(name.to_owned(), value(column.as_ref(), row, depth - 1, left)?);
        }
        return Some(Value::Object(cells));
    }
    let list = (array.as_list_opt::<i32>().map(|lists| lists.value(row)))
        .or_else(|| array.as_list_opt::<i64>().map(|lists| lists.value(row)))
        .or_else(|| array.as_fixed_size_list_opt().map(|lists| lists.value(row)));
    if let Some(list) = list {
        if list.len() > *left {
            return None;
        }
        let values: Option<Vec<Value>> = (0..list.len()).map(|at| value(list.as_ref(), at, depth - 1, left)).collect();
        return values.map(Value::Array);
    }
    if let Some(dictionary) = array.as_any_dictionary_opt() {
        let key = number(dictionary.keys(), row).and_then(|key| usize::try_from(key.as_u64()?).ok());
        return key.map_or(Some(Value::Null), |key| value(dictionary.values().as_ref(), key, depth - 1, left));
    }
    Some(text(array, row).or_else(|| number(array, row)).unwrap_or_default())
}

fn text(array: &dyn Array, row: usize) -> Option<Value> {
    let text = (array.as_string_opt::<i32>().map(|texts| texts.value(row)))
        .or_else(|| array.as_string_opt::<i64>().map(|texts| texts.value(row)))
        .or_else(|| array.as_string_view_opt().map(|texts| texts.value(row)))?;
    Some(Value::from(text))
}

fn number(array: &dyn Array, row: usize) -> Option<Value> {
    macro_rules! first_of {
        ($($kind:ty),*) => {
            None$(.or_else(|| array.as_primitive_opt::<$kind>().map(|numbers| Value::from(numbers.value(row)))))*
        };
    }
    let number = first_of!(
        Float64Type,
        Float32Type,
        Int64Type,
        Int32Type,
        Int16Type,
        Int8Type,
        UInt64Type,
        UInt32Type,
        UInt16Type,
        UInt8Type
    );
    number
        .or_else(|| array.as_primitive_opt::<Float16Type>().map(|halves| Value::from(halves.value(row).to_f64())))
        .or_else(|| decimal(array, row))
        .or_else(|| array.as_boolean_opt().map(|truths| Value::from(truths.value(row))))
}

/// A number with a fixed count of places behind the point, as the nearest there is: databases write boxes so.
fn decimal(array: &dyn Array, row: usize) -> Option<Value> {
    fn said<T: DecimalType>(array: &dyn Array, row: usize) -> Option<String> {
        array.as_primitive_opt::<T>().map(|numbers| numbers.value_as_string(row))
    }
    let said = said::<Decimal128Type>(array, row)
        .or_else(|| said::<Decimal64Type>(array, row))
        .or_else(|| said::<Decimal32Type>(array, row))
        .or_else(|| said::<Decimal256Type>(array, row))?;
    said.parse::<f64>().ok().map(Value::from)
}
