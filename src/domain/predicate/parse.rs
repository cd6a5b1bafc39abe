//! From words and signs to a tree.

mod arithmetic;
mod check;

use super::error::nearest;
use super::expected::{Expected, Function};
use super::token::{Token, tokens};
use super::{Column, DEFAULT_POOLING, Field, MAX_DEPTH, MAX_TESTS, Node, Number, PredicateError, Span, Test};
use crate::domain::{Centrality, Pooling, StoredLayer};

/// Another name of a column.
pub(super) const SIZE: (&str, Column) = ("size", Column::FileBytes);
/// The same in tables that have the absolute path as `path`.
const NAME: (&str, Column) = ("name", Column::Path);

/// Reads a text.
pub(super) fn parse(text: &str) -> Result<Node, PredicateError> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, end: text.len(), tests: 0, operands: 0 };
    let root = parser.any(0)?;
    match parser.peek() {
        None => Ok(root),
        Some(Token::Sign(")")) => Err(parser.wrong("there is no ( for this )").with_remedy("Leave it out")),
        Some(_) => Err(parser.wrong("two comparisons stand beside each other").with_remedy("Join them by and, or or")),
    }
}

struct Parser {
    tokens: Vec<(Token, Span)>,
    at: usize,
    /// Length of the text.
    end: usize,
    tests: usize,
    /// Numbers in the comparison that is being read.
    operands: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }

    /// Where the next token is; behind the text if there is none.
    fn span(&self) -> Span {
        self.tokens.get(self.at).map_or(Span { start: self.end, end: self.end }, |(_, span)| *span)
    }

    fn last_end(&self) -> usize {
        self.at.checked_sub(1).map_or(0, |last| self.tokens[last].1.end)
    }

    fn wrong(&self, what: impl Into<String>) -> PredicateError {
        PredicateError::new(what, self.span())
    }

    /// The text ends, or something else stands, where `expected` could go on.
    fn missing(&self, what: impl Into<String>, expected: Expected) -> PredicateError {
        let mut error = self.wrong(what);
        error.expected = self.peek().is_none().then_some(expected);
        error
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let is_it = matches!(self.peek(), Some(Token::Word(found)) if found == word);
        self.at += usize::from(is_it);
        is_it
    }

    fn takes_sign(&mut self, sign: &str) -> bool {
        let is_it = matches!(self.peek(), Some(Token::Sign(found)) if *found == sign);
        self.at += usize::from(is_it);
        is_it
    }

    fn expect_sign(&mut self, sign: &'static str, what: impl Into<String>) -> Result<(), PredicateError> {
        match self.takes_sign(sign) {
            true => Ok(()),
            false => Err(self.missing(what, Expected::Only(sign))),
        }
    }

    fn any(&mut self, depth: usize) -> Result<Node, PredicateError> {
        let mut parts = vec![self.all(depth)?];
        while self.takes_word("or") {
            parts.push(self.all(depth)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Node::Any(parts) })
    }

    fn all(&mut self, depth: usize) -> Result<Node, PredicateError> {
        let mut parts = vec![self.unit(depth)?];
        while self.takes_word("and") {
            parts.push(self.unit(depth)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Node::All(parts) })
    }

    fn too_deep(&self) -> PredicateError {
        let error = self.wrong("this is nested too deeply");
        error.with_remedy(format!("At most {MAX_DEPTH} parentheses and nots lie within each other"))
    }

    fn unit(&mut self, depth: usize) -> Result<Node, PredicateError> {
        if depth > MAX_DEPTH {
            return Err(self.too_deep());
        }
        if self.takes_word("not") {
            return Ok(Node::Not(Box::new(self.unit(depth + 1)?)));
        }
        let open = self.span();
        if matches!(self.peek(), Some(Token::Sign("("))) && self.opens_arithmetic() {
            return self.test(depth);
        }
        if self.takes_sign("(") {
            let inner = self.any(depth + 1)?;
            if !self.takes_sign(")") {
                return Err(match self.peek() {
                    None => {
                        let what = "this ( is not closed";
                        let mut error = PredicateError::new(what, open).with_remedy("End it with )");
                        error.expected = Some(Expected::Connective(true));
                        error
                    }
                    Some(_) => {
                        self.wrong("two comparisons stand beside each other").with_remedy("Join them by and, or or")
                    }
                });
            }
            return Ok(inner);
        }
        self.test(depth)
    }

    fn test(&mut self, depth: usize) -> Result<Node, PredicateError> {
        if self.tests == MAX_TESTS {
            let error = self.wrong("there are too many comparisons");
            return Err(
                error.with_remedy(format!("At most {MAX_TESTS} are read; a list is written label in ('a', 'b')"))
            );
        }
        self.tests += 1;
        let start = self.span().start;
        let field = self.left(depth)?;
        let span = Span { start, end: self.last_end() };
        let value_start = self.span().start;
        let (check, is_denied) = self.check(&field, depth)?;
        let field = self.joined(field, &check, start)?;
        let value_span = Span { start: value_start.min(self.last_end()), end: self.last_end() };
        let test = Node::Test(Test { field, check, span, value_span });
        Ok(if is_denied { Node::Not(Box::new(test)) } else { test })
    }

    fn field(&mut self) -> Result<Field, PredicateError> {
        let name = match self.peek() {
            Some(Token::Word(name)) => name.clone(),
            None if self.at == 0 => return Err(self.missing("the predicate is empty", Expected::Operand)),
            None => return Err(self.missing("a comparison is missing here", Expected::Operand)),
            Some(Token::Text(_) | Token::Number(_)) => {
                let error = self.wrong("a comparison begins with a column");
                return Err(error.with_remedy("Write label = 'dog' or width > 512"));
            }
            Some(Token::Sign(_)) => {
                let error = self.wrong("a column is missing here");
                return Err(error.with_remedy("Write label = 'dog' or width > 512"));
            }
        };
        if let Some(function) = Function::ALL.into_iter().find(|function| function.name() == name) {
            return self.function(function);
        }
        if let Some(column) = column_of(&name) {
            self.at += 1;
            return Ok(Field::Column(column));
        }
        let is_called = matches!(self.tokens.get(self.at + 1), Some((Token::Sign("("), _)));
        let columns = Column::ALL.map(Column::name);
        let functions = Function::ALL.map(Function::name);
        let names = columns.iter().chain([&SIZE.0]).chain(&functions).copied();
        let what = match (is_called, name.as_str()) {
            (_, "and" | "or" | "like" | "in" | "between" | "is" | "null") => {
                return Err(self.wrong(format!("a column is missing before {name}")));
            }
            (true, _) => format!("there is no function {name}"),
            (false, _) => format!("there is no column {name}"),
        };
        let remedy = match (nearest(&name, names), is_called) {
            (Some(meant), _) => format!("Did you mean {meant}?"),
            (None, true) => format!("There are {}", functions.join(", ")),
            (None, false) => format!("There are {}, {}", columns.join(", "), functions.join(", ")),
        };
        Err(self.wrong(what).with_remedy(remedy))
    }

    fn function(&mut self, function: Function) -> Result<Field, PredicateError> {
        self.at += 1;
        self.expect_sign("(", format!("( is missing after {}", function.name()))
            .map_err(|error| error.with_remedy(format!("Write {}", function.example())))?;
        let field = match function {
            Function::HasVectors => Field::HasVectors,
            Function::Measure => Field::Measure(self.measure()?),
            Function::Tag => Field::Tag(self.name_argument(function, "a tag")?),
            Function::Cluster => Field::Cluster(self.name_argument(function, "a clustering")?),
            Function::Feature => {
                let layer = self.name_argument(function, "a layer")?;
                let or_example = |error: PredicateError| error.with_remedy(format!("Write {}", function.example()));
                self.expect_sign(",", "the channel is missing").map_err(or_example)?;
                let channel = match self.peek() {
                    Some(Token::Number(Number::Whole(channel))) => usize::try_from(*channel).ok(),
                    Some(Token::Word(_) | Token::Text(_) | Token::Number(_) | Token::Sign(_)) | None => None,
                };
                let no_channel =
                    || or_example(self.missing("a channel is a number from 0", Expected::Argument(function, 1)));
                let channel = channel.ok_or_else(no_channel)?;
                self.at += 1;
                let pooling = if self.takes_sign(",") { self.pooling()? } else { DEFAULT_POOLING };
                Field::Feature { source: StoredLayer { layer, pooling }, channel }
            }
        };
        self.expect_sign(")", format!(") is missing after {}", function.name()))?;
        Ok(field)
    }

    fn name_argument(&mut self, function: Function, what: &str) -> Result<String, PredicateError> {
        match self.peek() {
            Some(Token::Text(name)) if !name.trim().is_empty() => {
                let name = name.clone();
                self.at += 1;
                Ok(name)
            }
            Some(Token::Word(_) | Token::Text(_) | Token::Number(_) | Token::Sign(_)) | None => {
                let error =
                    self.missing(format!("the name of {what} is missing, in quotes"), Expected::Argument(function, 0));
                Err(error.with_remedy(format!("Write {}", function.example())))
            }
        }
    }

    fn measure(&mut self) -> Result<Centrality, PredicateError> {
        let span = self.span();
        let written = self.name_argument(Function::Measure, "a measure")?;
        let known = Centrality::ALL.into_iter().find(|by| by.word() == written);
        let words = Centrality::ALL.map(Centrality::word);
        let unknown = || {
            PredicateError::unknown_name(format!("there is no measure {written}"), &written, "measures", &words, span)
        };
        known.ok_or_else(unknown)
    }

    fn pooling(&mut self) -> Result<Pooling, PredicateError> {
        let found = match self.peek() {
            Some(Token::Text(word)) => Pooling::ALL.into_iter().find(|pooling| pooling.word() == word),
            Some(Token::Word(_) | Token::Number(_) | Token::Sign(_)) | None => None,
        };
        let wrong = || self.missing("a pooling is 'average' or 'maximum'", Expected::Argument(Function::Feature, 2));
        let found = found.ok_or_else(wrong)?;
        self.at += 1;
        Ok(found)
    }
}

fn column_of(name: &str) -> Option<Column> {
    if let Some((_, column)) = [SIZE, NAME].into_iter().find(|(other, _)| *other == name) {
        return Some(column);
    }
    Column::ALL.into_iter().find(|column| column.name() == name)
}
