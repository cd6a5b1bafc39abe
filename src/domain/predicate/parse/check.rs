//! What a field is compared with.

use super::{Parser, column_of};
use crate::domain::predicate::date::seconds_of;
use crate::domain::predicate::expected::Expected;
use crate::domain::predicate::token::Token;
use crate::domain::predicate::{Check, Column, Comparison, Field, Kind, Number, PredicateError, Seconds, Value};

impl Parser {
    /// What the field is compared with, and whether that is denied.
    pub(super) fn check(&mut self, field: &Field, depth: usize) -> Result<(Check, bool), PredicateError> {
        let kind = field.kind();
        if kind == Kind::Truth {
            return match self.peek() {
                Some(Token::Sign("=" | "<>" | "<" | "<=" | ">" | ">=")) => {
                    Err(self.wrong("this is true or false by itself").with_remedy("Leave the comparison out"))
                }
                Some(Token::Word(_) | Token::Text(_) | Token::Number(_) | Token::Sign(_)) | None => {
                    Ok((Check::IsTrue, false))
                }
            };
        }
        let sign = match self.peek() {
            Some(Token::Sign(sign)) => *sign,
            Some(Token::Word(_) | Token::Text(_) | Token::Number(_)) | None => "",
        };
        if let Some(comparison) = Comparison::ALL.into_iter().find(|comparison| comparison.sign() == sign) {
            self.at += 1;
            return Ok((self.comparison(field, comparison, depth)?, false));
        }
        if self.takes_word("is") {
            let is_denied = self.takes_word("not");
            return match self.takes_word("null") {
                true => Ok((Check::IsNull, is_denied)),
                false => {
                    let error = self.missing("null is missing after is", Expected::Null(!is_denied));
                    Err(error.with_remedy("Write is null, is not null, or = for a value"))
                }
            };
        }
        let is_denied = self.takes_word("not");
        if self.takes_word("in") {
            self.expect_sign("(", "( is missing after in")?;
            let mut values = vec![self.value(field, depth)?];
            while self.takes_sign(",") {
                values.push(self.value(field, depth)?);
            }
            self.expect_sign(")", "the list is not closed")?;
            return Ok((Check::In(values), is_denied));
        }
        if self.takes_word("between") {
            let from = self.ordered_value(field, depth)?;
            if !self.takes_word("and") {
                return Err(self.missing("and is missing: between 1 and 9", Expected::Only("and")));
            }
            return Ok((Check::Between(from, self.ordered_value(field, depth)?), is_denied));
        }
        if matches!(self.peek(), Some(Token::Word(word)) if word == "like" || word == "ilike") {
            if kind != Kind::Text {
                let error = self.wrong("like compares text");
                return Err(error.with_remedy("Only path, label and problem are text; write = or between"));
            }
            let in_any_case = !self.takes_word("like");
            self.at += usize::from(in_any_case);
            let Value::Text(pattern) = self.value(field, depth)? else {
                return Err(self.wrong("like compares text"));
            };
            return Ok((Check::Like { pattern, in_any_case }, is_denied));
        }
        let (what, expected) = match is_denied {
            true => ("in, like or between is missing after not", Expected::Denied(kind)),
            false => ("a comparison is missing here", Expected::Check(field.clone())),
        };
        let example = match kind {
            Kind::Text => "Write = 'dog', like 'd%', in ('cat', 'dog') or is null",
            Kind::Date => "Write > '2024-05-01' or between '2024-01' and '2024-03'",
            Kind::Whole | Kind::Number | Kind::Cluster | Kind::Truth => "Write = 5, > 5, between 1 and 9 or in (1, 2)",
        };
        Err(self.missing(what, expected).with_remedy(example))
    }

    fn comparison(&mut self, field: &Field, comparison: Comparison, depth: usize) -> Result<Check, PredicateError> {
        if let (Field::Column(column), Some(Token::Word(word))) = (field, self.peek())
            && let Some(other) = column_of(word)
        {
            let pixels = |column: &Column| matches!(column, Column::Width | Column::Height);
            let is_number = Field::Column(other).is_number() && field.is_number();
            if !is_number {
                let error = self.wrong("these two columns cannot be compared");
                return Err(error.with_remedy("Only columns of numbers are compared with each other"));
            }
            let goes_on = matches!(self.tokens.get(self.at + 1), Some((Token::Sign("+" | "-" | "*" | "/"), _)));
            if pixels(&other) && pixels(column) && !goes_on {
                self.at += 1;
                return Ok(Check::Against(comparison, other));
            }
        }
        let value = match comparison {
            Comparison::Equal | Comparison::Unequal => self.value(field, depth)?,
            Comparison::Less | Comparison::AtMost | Comparison::More | Comparison::AtLeast => {
                self.ordered_value(field, depth)?
            }
        };
        Ok(Check::Compare(comparison, value))
    }

    /// A value that stands in an order: names of clusters do not.
    fn ordered_value(&mut self, field: &Field, depth: usize) -> Result<Value, PredicateError> {
        let place = self.span();
        let value = self.value(field, depth)?;
        if matches!(value, Value::Text(_)) && field.kind() == Kind::Cluster {
            let error = PredicateError::new("names of clusters have no order", place);
            return Err(error.with_remedy("Compare them by =, <> or in"));
        }
        Ok(value)
    }

    fn value(&mut self, field: &Field, depth: usize) -> Result<Value, PredicateError> {
        let kind = field.kind();
        let is_null = matches!(self.peek(), Some(Token::Word(word)) if word == "null");
        let begins_number = matches!(self.peek(), Some(Token::Number(_) | Token::Word(_) | Token::Sign("-" | "(")));
        if field.is_number() && begins_number && !is_null {
            return self.calculated_value(depth);
        }
        let value = match (self.peek(), kind) {
            (Some(Token::Text(text)), Kind::Text | Kind::Cluster) => Value::Text(text.clone()),
            (Some(Token::Number(number)), Kind::Cluster) => Value::Number(*number),
            (Some(Token::Number(number @ Number::Whole(_))), Kind::Date) => {
                let Seconds { from, until } = number.whole_numbers();
                Value::Time(Seconds { from, until })
            }
            (Some(Token::Text(text)), Kind::Date) => {
                let unreadable = || {
                    let error = self.wrong("this is no date");
                    error.with_remedy("Write '2024-05-01', '2024-05-01 12:30', '2024-05' or '2024'")
                };
                Value::Time(seconds_of(text).ok_or_else(unreadable)?)
            }
            (Some(Token::Word(word)), _) if word == "null" => {
                return Err(self.wrong("nothing equals null").with_remedy("Write is null or is not null"));
            }
            (found, kind) => {
                let is_text = matches!(found, Some(Token::Text(_)));
                let what = match kind {
                    Kind::Text => "this is compared with text in quotes",
                    Kind::Whole | Kind::Number if is_text => "this is compared with a number, without quotes",
                    Kind::Whole | Kind::Number => "this is compared with a number",
                    Kind::Date => "this is compared with a date in quotes",
                    Kind::Cluster | Kind::Truth => "a cluster is a number, or a name in quotes",
                };
                let remedy: &str = match (kind, found) {
                    // What was written is most likely what is meant, but for the quotes.
                    (Kind::Text, Some(Token::Word(word))) => &format!("Write it as '{word}'"),
                    (Kind::Text | Kind::Truth, _) => "Write it as 'dog'",
                    (Kind::Date, _) => "Write '2024-05-01' or '2024-05-01 12:30'",
                    (Kind::Whole | Kind::Number, _) => "Write it as 512",
                    (Kind::Cluster, _) => "Write 3 or 'sailing boats'",
                };
                return Err(self.missing(what, Expected::Value(field.clone())).with_remedy(remedy));
            }
        };
        self.at += 1;
        Ok(value)
    }
}
