//! What concerns the images' table alone, as one filter of a scan.
//!
//! It is built of expressions; what a person wrote goes in as literals and is never read as anything else. Every
//! expression is true exactly where the comparison (or the denied one) is true; whether it is false or null elsewhere
//! does not matter, since denials were pushed down to the comparisons.

use lance::deps::datafusion::logical_expr::{Expr, Like, Operator, binary_expr, ident, lit};
use lance::deps::datafusion::scalar::ScalarValue;

use crate::domain::predicate::{Check, Column, Comparison, Field, Kind, Node, Seconds, Value};

/// A filter of rows.
pub(super) type Filter = Expr;

/// The filter of a part of a predicate; `None` when it concerns other tables, as labels do where some were imported.
pub(super) fn of_node(node: &Node, is_denied: bool, are_imported: bool) -> Option<Filter> {
    match node {
        Node::Not(inner) => of_node(inner, !is_denied, are_imported),
        Node::All(parts) | Node::Any(parts) => {
            let is_all = matches!(node, Node::All(_)) != is_denied;
            join(parts.iter().map(|part| of_node(part, is_denied, are_imported)).collect::<Option<_>>()?, is_all)
        }
        Node::Test(test) => match &test.field {
            Field::Column(Column::Split) => None,
            Field::Column(Column::Label) if are_imported => None,
            Field::Column(column) => Some(of_check(*column, &test.check, is_denied)),
            Field::Tag(_)
            | Field::HasVectors
            | Field::Cluster(_)
            | Field::Feature { .. }
            | Field::Measure(_)
            | Field::Arithmetic(_) => None,
        },
    }
}

/// Joins filters as a balanced tree: what reads it follows it by recursion. `None` when there are none.
pub(super) fn join(mut filters: Vec<Filter>, is_all: bool) -> Option<Filter> {
    let operator = if is_all { Operator::And } else { Operator::Or };
    while filters.len() > 1 {
        let mut pairs = filters.into_iter();
        let mut halved = Vec::new();
        while let Some(left) = pairs.next() {
            halved.push(match pairs.next() {
                Some(right) => binary_expr(left, operator, right),
                None => left,
            });
        }
        filters = halved;
    }
    filters.pop()
}

/// The filter of one comparison, or of one that is denied.
pub(super) fn of_check(column: Column, check: &Check, is_denied: bool) -> Filter {
    let name = || ident(column.name());
    match (check, column.kind()) {
        (Check::IsNull, Kind::Text) => {
            if is_denied {
                name().is_not_null()
            } else {
                name().is_null()
            }
        }
        (Check::IsNull, Kind::Whole | Kind::Date | Kind::Number | Kind::Cluster | Kind::Truth) => {
            match (is_pixels(column), is_denied) {
                // A picture that was not read has no width, for which the table has 0.
                (true, false) => name().eq(lit(0_u32)),
                (true, true) => name().gt(lit(0_u32)),
                (false, is_denied) => lit(is_denied),
            }
        }
        (Check::Like { pattern, in_any_case }, _) => {
            Expr::Like(Like::new(is_denied, Box::new(name()), Box::new(lit(pattern.as_str())), None, *in_any_case))
        }
        (Check::Against(comparison, other), _) => {
            let comparison = if is_denied { comparison.opposite() } else { *comparison };
            let known = name().gt(lit(0_u32)).and(ident(other.name()).gt(lit(0_u32)));
            known.and(binary_expr(name(), operator(comparison), ident(other.name())))
        }
        (check, Kind::Text) => of_text(column, check, is_denied),
        (check, Kind::Whole | Kind::Date | Kind::Number | Kind::Cluster | Kind::Truth) => {
            of_number(column, check, is_denied)
        }
    }
}

fn of_text(column: Column, check: &Check, is_denied: bool) -> Filter {
    let name = || ident(column.name());
    let text = |value: &Value| match value {
        Value::Text(text) => lit(text.as_str()),
        Value::Number(_) | Value::Time(_) | Value::Arithmetic(_) => lit(ScalarValue::Utf8(None)),
    };
    match check {
        Check::Compare(comparison, value) => {
            let comparison = if is_denied { comparison.opposite() } else { *comparison };
            binary_expr(name(), operator(comparison), text(value))
        }
        Check::In(values) => name().in_list(values.iter().map(text).collect(), is_denied),
        Check::Between(from, to) if is_denied => name().lt(text(from)).or(name().gt(text(to))),
        Check::Between(from, to) => name().gt_eq(text(from)).and(name().lt_eq(text(to))),
        Check::IsTrue | Check::IsNull | Check::Against(..) | Check::Like { .. } => lit(false),
    }
}

/// Whole numbers and moments are looked for in ranges, which are as exact as the column whatever was written.
fn of_number(column: Column, check: &Check, is_denied: bool) -> Filter {
    let matching = |comparison: Comparison, value: &Value| {
        let comparison = if is_denied { comparison.opposite() } else { comparison };
        let ranges = match value {
            Value::Number(number) => number.whole_numbers().matching(comparison),
            Value::Time(seconds) => Seconds::matching(*seconds, comparison),
            Value::Text(_) | Value::Arithmetic(_) => Vec::new(),
        };
        let ranges = ranges.into_iter().filter_map(|range| within(column, range)).collect();
        join(ranges, false).unwrap_or_else(|| lit(false))
    };
    let found = match check {
        Check::Compare(comparison, value) => matching(*comparison, value),
        Check::In(values) => {
            let each = values.iter().map(|value| matching(Comparison::Equal, value)).collect();
            join(each, is_denied).unwrap_or_else(|| lit(is_denied))
        }
        Check::Between(from, to) => {
            let both = vec![matching(Comparison::AtLeast, from), matching(Comparison::AtMost, to)];
            join(both, !is_denied).unwrap_or_else(|| lit(false))
        }
        Check::IsTrue | Check::IsNull | Check::Against(..) | Check::Like { .. } => lit(false),
    };
    match is_pixels(column) {
        true => ident(column.name()).gt(lit(0_u32)).and(found),
        false => found,
    }
}

/// Whether the column lies in a range, both ends included; `None` when no value of its type does.
fn within(column: Column, (first, last): (i64, i64)) -> Option<Filter> {
    let (least, most) = match column {
        Column::FileBytes => (0, i64::MAX),
        Column::Modified => (i64::MIN, i64::MAX),
        Column::Path
        | Column::Label
        | Column::Split
        | Column::Width
        | Column::Height
        | Column::Problem
        | Column::Id => (0, i64::from(u32::MAX)),
    };
    let (first, last) = (first.max(least), last.min(most));
    if first > last {
        return None;
    }
    let literal = |value: i64| match column {
        Column::FileBytes => lit(value as u64),
        Column::Modified => lit(ScalarValue::TimestampSecond(Some(value), Some("UTC".into()))),
        Column::Path
        | Column::Label
        | Column::Split
        | Column::Width
        | Column::Height
        | Column::Problem
        | Column::Id => lit(value as u32),
    };
    let name = || ident(column.name());
    let from = (first > least).then(|| name().gt_eq(literal(first)));
    let until = (last < most).then(|| name().lt_eq(literal(last)));
    Some(join([from, until].into_iter().flatten().collect(), true).unwrap_or_else(|| lit(true)))
}

fn is_pixels(column: Column) -> bool {
    matches!(column, Column::Width | Column::Height)
}

fn operator(comparison: Comparison) -> Operator {
    match comparison {
        Comparison::Equal => Operator::Eq,
        Comparison::Unequal => Operator::NotEq,
        Comparison::Less => Operator::Lt,
        Comparison::AtMost => Operator::LtEq,
        Comparison::More => Operator::Gt,
        Comparison::AtLeast => Operator::GtEq,
    }
}
