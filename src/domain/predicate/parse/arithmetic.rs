//! Calculations: `*` and `/` before `+` and `-`, parentheses before both.

use super::Parser;
use crate::domain::predicate::expected::{Expected, Function};
use crate::domain::predicate::token::Token;
use crate::domain::predicate::{
    Arithmetic, Check, Field, Kind, MAX_DEPTH, MAX_OPERANDS, Number, Operation, PredicateError, Span, Value,
};

/// Words that begin or join comparisons: none of them is a number.
const WORDS_OF_TRUTH: [&str; 9] = ["and", "or", "not", "is", "in", "between", "like", "ilike", "null"];
const COMPARISONS: [&str; 6] = ["=", "<>", "<", "<=", ">", ">="];

const WHAT_IS_CALCULATED_WITH: &str =
    "Numbers are width, height, file_bytes, id, feature(..) and what is written as one";

impl Field {
    /// Whether it is a number that can be calculated with.
    pub(in crate::domain::predicate) fn is_number(&self) -> bool {
        matches!(self.kind(), Kind::Whole | Kind::Number)
    }
}

impl Parser {
    /// What is compared: a field, or what is calculated from numbers.
    pub(super) fn left(&mut self, depth: usize) -> Result<Field, PredicateError> {
        self.operands = 0;
        let start = self.span().start;
        let first = match self.peek() {
            Some(Token::Number(_) | Token::Sign("-" | "(")) => self.factor(depth)?,
            Some(Token::Word(_) | Token::Text(_) | Token::Sign(_)) | None => {
                let field = self.field()?;
                if self.operation().is_none() {
                    return Ok(field);
                }
                self.numeric(field, start)?
            }
        };
        Ok(match self.sum_from(first, depth)? {
            Arithmetic::Of(field) => field,
            calculated @ (Arithmetic::Number(_) | Arithmetic::Negative(_) | Arithmetic::Joined(..)) => {
                Field::Arithmetic(Box::new(calculated))
            }
        })
    }

    /// A number on the right of a comparison, or what is calculated.
    pub(super) fn calculated_value(&mut self, depth: usize) -> Result<Value, PredicateError> {
        if let Some(Token::Number(number)) = self.peek() {
            let number = *number;
            self.at += 1;
            if self.operation().is_none() {
                // Nothing is calculated, and a list may have a thousand of them.
                return Ok(Value::Number(number));
            }
            self.at -= 1;
        }
        let first = self.factor(depth)?;
        Ok(match self.sum_from(first, depth)? {
            Arithmetic::Number(number) => Value::Number(number),
            calculated @ (Arithmetic::Of(_) | Arithmetic::Negative(_) | Arithmetic::Joined(..)) => {
                Value::Arithmetic(calculated)
            }
        })
    }

    /// Where a value is calculated, what it is compared with is so, too; and something in it must depend on the image.
    pub(super) fn joined(&self, field: Field, check: &Check, start: usize) -> Result<Field, PredicateError> {
        let calculated = check.values().into_iter().filter_map(|value| match value {
            Value::Arithmetic(calculated) => Some(calculated),
            Value::Text(_) | Value::Number(_) | Value::Time(_) => None,
        });
        let calculated: Vec<&Arithmetic> = calculated.collect();
        let is_calculated = matches!(field, Field::Arithmetic(_));
        if !is_calculated && calculated.is_empty() {
            return Ok(field);
        }
        let field = if is_calculated { field } else { Field::Arithmetic(Box::new(Arithmetic::Of(field))) };
        if field.parts().is_empty() && calculated.iter().all(|calculated| calculated.fields().is_empty()) {
            let span = Span { start, end: self.last_end() };
            let error = PredicateError::new("this is the same for every image", span);
            return Err(error.with_remedy("Compare a column or a feature: width > 512"));
        }
        Ok(field)
    }

    fn sum_from(&mut self, first: Arithmetic, depth: usize) -> Result<Arithmetic, PredicateError> {
        let mut sum = self.product_from(first, depth)?;
        while let Some(operation) = self.operation() {
            self.at += 1;
            let next = self.factor(depth)?;
            let next = self.product_from(next, depth)?;
            sum = Arithmetic::Joined(Box::new(sum), operation, Box::new(next));
        }
        Ok(sum)
    }

    fn product_from(&mut self, first: Arithmetic, depth: usize) -> Result<Arithmetic, PredicateError> {
        let mut product = first;
        while let Some(operation) = self.operation().filter(|operation| operation.binds_more()) {
            self.at += 1;
            let start = self.span().start;
            let next = self.factor(depth)?;
            // A divisor that is zero for some image makes what is asked of that image unknown; this one is for all.
            if operation == Operation::Divide && next.fields().is_empty() && next.value(&|_: &Field| None) == Some(0.0)
            {
                let error = PredicateError::new("nothing can be divided by zero", Span { start, end: self.last_end() });
                return Err(error.with_remedy("Write another number"));
            }
            product = Arithmetic::Joined(Box::new(product), operation, Box::new(next));
        }
        Ok(product)
    }

    fn factor(&mut self, depth: usize) -> Result<Arithmetic, PredicateError> {
        if depth > MAX_DEPTH {
            return Err(self.too_deep());
        }
        let start = self.span().start;
        match self.peek() {
            Some(Token::Number(number)) => {
                let number = *number;
                self.count_operand()?;
                self.at += 1;
                Ok(Arithmetic::Number(number))
            }
            Some(Token::Sign("-")) => {
                self.at += 1;
                Ok(match self.factor(depth + 1)? {
                    Arithmetic::Number(Number::Whole(whole)) => {
                        Arithmetic::Number(Number::Whole(whole.saturating_neg()))
                    }
                    Arithmetic::Number(Number::Decimal(number)) => Arithmetic::Number(Number::Decimal(-number)),
                    other @ (Arithmetic::Of(_) | Arithmetic::Negative(_) | Arithmetic::Joined(..)) => {
                        Arithmetic::Negative(Box::new(other))
                    }
                })
            }
            Some(Token::Sign("(")) => {
                let open = self.span();
                self.at += 1;
                let first = self.factor(depth + 1)?;
                let inner = self.sum_from(first, depth + 1)?;
                match self.takes_sign(")") {
                    true => Ok(inner),
                    false if self.peek().is_none() => {
                        let mut error = PredicateError::new("this ( is not closed", open).with_remedy("End it with )");
                        error.expected = Some(Expected::Sign(true));
                        Err(error)
                    }
                    false => Err(self.wrong(") is missing here")),
                }
            }
            Some(Token::Word(_)) => {
                let field = self.field()?;
                self.numeric(field, start)
            }
            Some(Token::Text(_) | Token::Sign(_)) | None => {
                let error = self.missing("a number is missing here", Expected::Quantity);
                Err(error.with_remedy(WHAT_IS_CALCULATED_WITH))
            }
        }
    }

    /// A field that is a number; it began at `start`.
    fn numeric(&mut self, field: Field, start: usize) -> Result<Arithmetic, PredicateError> {
        self.count_operand()?;
        if field.is_number() {
            return Ok(Arithmetic::Of(field));
        }
        let error = PredicateError::new("this is no number", Span { start, end: self.last_end() });
        Err(error.with_remedy(WHAT_IS_CALCULATED_WITH))
    }

    fn count_operand(&mut self) -> Result<(), PredicateError> {
        self.operands += 1;
        if self.operands > MAX_OPERANDS {
            let error = self.wrong("there are too many numbers in this comparison");
            return Err(error.with_remedy(format!("At most {MAX_OPERANDS} are read")));
        }
        Ok(())
    }

    /// The sign that stands here, if it joins numbers.
    pub(super) fn operation(&self) -> Option<Operation> {
        match self.peek() {
            Some(Token::Sign(sign)) => Operation::ALL.into_iter().find(|operation| operation.sign() == *sign),
            Some(Token::Word(_) | Token::Text(_) | Token::Number(_)) | None => None,
        }
    }

    /// Whether the parenthesis that stands here is one of a calculation: no comparison stands in it, and it is compared or
    /// calculated with, or calculates itself.
    pub(super) fn opens_arithmetic(&self) -> bool {
        let (mut depth, mut has_operation) = (0_usize, false);
        for (place, (token, _)) in self.tokens.iter().enumerate().skip(self.at) {
            match token {
                Token::Sign("(") => depth += 1,
                Token::Sign(")") => {
                    depth -= 1;
                    if depth == 0 {
                        return has_operation || self.tokens.get(place + 1).is_some_and(|(next, _)| compares(next));
                    }
                }
                Token::Sign(sign) if COMPARISONS.contains(sign) => return false,
                Token::Sign("+" | "-" | "*" | "/") => has_operation = true,
                Token::Word(word) if WORDS_OF_TRUTH.contains(&word.as_str()) || is_truth(word) => return false,
                Token::Word(_) | Token::Text(_) | Token::Number(_) | Token::Sign(_) => {}
            }
        }
        false
    }
}

fn is_truth(word: &str) -> bool {
    [Function::Tag, Function::HasVectors].iter().any(|function| function.name() == word)
}

/// Whether what stands before this is compared, or calculated with.
fn compares(token: &Token) -> bool {
    match token {
        Token::Sign(sign) => COMPARISONS.contains(sign) || ["+", "-", "*", "/"].contains(sign),
        Token::Word(word) => ["in", "between", "is", "not"].contains(&word.as_str()),
        Token::Text(_) | Token::Number(_) => false,
    }
}
