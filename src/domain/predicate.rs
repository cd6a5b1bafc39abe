//! A question about images in the words of their columns: `label = 'dog' and width > 512 and tag('blurred')`.
//!
//! The language is small and closed: what a person writes is read into a [`Predicate`], and nothing they wrote is ever
//! passed on as text. It follows SQL where SQL has a word for it, with its three truth values: a comparison with what is
//! not known (an image without a label, a picture that could not be read and so has no width) is neither true nor false,
//! and only what is true is found.
//!
//! ```text
//! columns      path (or name) label split width height file_bytes (or size) modified problem id
//! comparisons  = <> != < <= > >=   like, ilike (% and _ stand for anything)   in (…)   between … and …   is [not] null
//! logic        and or not ( )
//! arithmetic   + - * / ( ) over numbers, columns of numbers and features: width / height > 2; over zero it is not known
//! tag('x')                                 the image bears the tag
//! cluster('kmeans_20') = 3                 its cluster, by number or by the name a person gave it
//! feature('conv3', 17) > 2.5               one feature of a stored layer; a third argument is 'average' or 'maximum'
//! measure('typicality') > 0.9              where it stands in the graph of neighbours, as it was measured last
//! has_vectors()                            the network has seen it
//! modified > '2024-05-01'                  UTC; a year, month, day, minute or second stands for all of its seconds
//! ```

mod arithmetic;
mod below;
mod complete;
mod date;
mod error;
mod expected;
mod meant;
mod narrowing;
mod number;
mod parse;
mod token;

pub use arithmetic::{Arithmetic, Operation};
pub use complete::{Completion, Vocabulary, complete};
pub use error::{PredicateError, mistyped, names_there_are, nearest};
pub use meant::meant_as_predicate;
pub use narrowing::{NarrowedColumn, Narrowing, asks_for_tag, with_tag};
pub use number::{Number, Seconds};

use super::{Centrality, Pooling, StoredLayer};

/// Bytes of text: longer than a person writes, and short enough to read anew at every key.
pub const MAX_TEXT_BYTES: usize = 8 << 10;
/// How deep parentheses and `not` may be nested.
pub const MAX_DEPTH: usize = 32;
/// How many comparisons there may be.
pub const MAX_TESTS: usize = 256;

/// How many numbers, columns and features one comparison may calculate with.
pub const MAX_OPERANDS: usize = 32;

/// A part of the text, in bytes from its beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Where it begins.
    pub start: usize,
    /// Where it has ended.
    pub end: usize,
}

/// A question that was understood. It may still name a tag, a clustering or a layer that does not exist.
#[derive(Clone, Debug, PartialEq)]
pub struct Predicate {
    /// What is asked.
    pub root: Node,
}

impl Predicate {
    /// Reads what a person wrote.
    ///
    /// # Errors
    /// When it is not of the language: what is wrong, where, and what to write instead.
    pub fn parse(text: &str) -> Result<Self, PredicateError> {
        parse::parse(text).map(|root| Self { root })
    }

    /// The comparisons in it, in the order in which they were written.
    pub fn tests(&self) -> Vec<&Test> {
        fn gather<'a>(node: &'a Node, tests: &mut Vec<&'a Test>) {
            match node {
                Node::All(parts) | Node::Any(parts) => parts.iter().for_each(|part| gather(part, tests)),
                Node::Not(inner) => gather(inner, tests),
                Node::Test(test) => tests.push(test),
            }
        }
        let mut tests = Vec::new();
        gather(&self.root, &mut tests);
        tests
    }

    /// Whether it asks for images that bear a tag, wherever in it that stands; to ask for those that do not is something else.
    pub fn wants_tag(&self, tag: &str) -> bool {
        fn wants(node: &Node, tag: &str, is_to_be: bool) -> bool {
            match node {
                Node::All(parts) | Node::Any(parts) => parts.iter().any(|part| wants(part, tag, is_to_be)),
                Node::Not(inner) => wants(inner, tag, !is_to_be),
                Node::Test(test) => is_to_be && matches!(&test.field, Field::Tag(asked) if asked == tag),
            }
        }
        wants(&self.root, tag, true)
    }
}

/// Comparisons, joined.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// All must be true.
    All(Vec<Node>),
    /// One must be true.
    Any(Vec<Node>),
    /// It must be false, which what is not known is not.
    Not(Box<Node>),
    /// A single comparison.
    Test(Test),
}

/// One comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// Of what.
    pub field: Field,
    /// With what.
    pub check: Check,
    /// Where the field was written.
    pub span: Span,
    /// Where what it is compared with was written.
    pub value_span: Span,
}

/// What can be compared.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    /// A column of the images' table.
    Column(Column),
    /// Whether the image bears a tag; never unknown.
    Tag(String),
    /// Whether the network has seen it; never unknown.
    HasVectors,
    /// Its cluster; unknown where it is in none.
    Cluster(String),
    /// A feature; unknown where the image has no vector.
    Feature {
        /// The layer, as a person calls it, and the pooling.
        source: StoredLayer,
        /// The channel.
        channel: usize,
    },
    /// Where it stands in the graph of neighbours; unknown where that was not measured.
    Measure(Centrality),
    /// What is calculated from numbers; unknown where one of them is, or where it is divided by zero.
    Arithmetic(Box<Arithmetic>),
}

/// A column of the images' table, or of what was imported beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The path below the folder, which Python's tables call `name`; an absolute one is [shortened](Predicate::with_paths_below).
    Path,
    /// The label; unknown for images at the top of the folder that none was imported for, and where several were.
    Label,
    /// The part of a data set that it belongs to; unknown where none was imported.
    Split,
    /// In pixels; unknown for pictures that were not read.
    Width,
    /// In pixels; unknown for pictures that were not read.
    Height,
    /// Size of the file.
    FileBytes,
    /// When the file was changed last.
    Modified,
    /// Why the picture cannot be read; unknown if it can.
    Problem,
    /// Its number.
    Id,
}

impl Column {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Path,
        Self::Label,
        Self::Split,
        Self::Width,
        Self::Height,
        Self::FileBytes,
        Self::Modified,
        Self::Problem,
        Self::Id,
    ];

    /// Its name in predicates, and in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Label => "label",
            Self::Split => "split",
            Self::Width => "width",
            Self::Height => "height",
            Self::FileBytes => "file_bytes",
            Self::Modified => "modified",
            Self::Problem => "problem",
            Self::Id => "id",
        }
    }

    /// What it holds, for the person.
    pub fn about(self) -> &'static str {
        match self {
            Self::Path => "path below the folder",
            Self::Label => "imported, or its folder",
            Self::Split => "imported: 'train', 'val', 'test'",
            Self::Width | Self::Height => "in pixels",
            Self::FileBytes => "size of the file",
            Self::Modified => "date, such as '2024-05-01'",
            Self::Problem => "why it cannot be read",
            Self::Id => "number of the image",
        }
    }

    /// What it is compared with.
    pub fn kind(self) -> Kind {
        match self {
            Self::Path | Self::Label | Self::Split | Self::Problem => Kind::Text,
            Self::Width | Self::Height | Self::FileBytes | Self::Id => Kind::Whole,
            Self::Modified => Kind::Date,
        }
    }
}

/// What a field is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text in quotes.
    Text,
    /// A whole number; others are allowed.
    Whole,
    /// A date in quotes, or seconds since 1970.
    Date,
    /// A number.
    Number,
    /// A number or the name of a cluster.
    Cluster,
    /// Nothing: it is true or false by itself.
    Truth,
}

impl Field {
    /// What it is compared with.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Column(column) => column.kind(),
            Self::Cluster(_) => Kind::Cluster,
            Self::Feature { .. } | Self::Measure(_) | Self::Arithmetic(_) => Kind::Number,
            Self::Tag(_) | Self::HasVectors => Kind::Truth,
        }
    }

    /// The columns and features it is calculated from; itself if it is not calculated.
    pub fn parts(&self) -> Vec<&Field> {
        match self {
            Self::Arithmetic(calculated) => calculated.fields(),
            Self::Column(_)
            | Self::Tag(_)
            | Self::HasVectors
            | Self::Cluster(_)
            | Self::Feature { .. }
            | Self::Measure(_) => vec![self],
        }
    }
}

impl Check {
    /// The values that are compared with.
    pub fn values(&self) -> Vec<&Value> {
        match self {
            Self::Compare(_, value) => vec![value],
            Self::In(values) => values.iter().collect(),
            Self::Between(from, to) => vec![from, to],
            Self::IsTrue | Self::IsNull | Self::Against(..) | Self::Like { .. } => Vec::new(),
        }
    }
}

/// How a field is compared.
#[derive(Clone, Debug, PartialEq)]
pub enum Check {
    /// It is true.
    IsTrue,
    /// It is not known.
    IsNull,
    /// Its order against a value.
    Compare(Comparison, Value),
    /// Its order against another column of the same kind.
    Against(Comparison, Column),
    /// One of these.
    In(Vec<Value>),
    /// From the first to the second, both included.
    Between(Value, Value),
    /// Text with `%` for anything and `_` for one letter; `\` before them takes them as they are.
    Like {
        /// What the text must look like.
        pattern: String,
        /// Whether capitals count as small letters.
        in_any_case: bool,
    },
}

/// An order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>` or `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 6] = [Self::Equal, Self::Unequal, Self::Less, Self::AtMost, Self::More, Self::AtLeast];

    /// As it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Unequal => "<>",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        }
    }

    /// What is true when this is false.
    #[must_use]
    pub fn opposite(self) -> Self {
        match self {
            Self::Equal => Self::Unequal,
            Self::Unequal => Self::Equal,
            Self::Less => Self::AtLeast,
            Self::AtMost => Self::More,
            Self::More => Self::AtMost,
            Self::AtLeast => Self::Less,
        }
    }

    /// Whether things in this order fulfil it.
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Unequal => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::More => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }
}

/// What a field is compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Text, or the name of a cluster.
    Text(String),
    /// A number.
    Number(Number),
    /// A stretch of time.
    Time(Seconds),
    /// What is calculated; the field is an [`Arithmetic`](Field::Arithmetic) then, too.
    Arithmetic(Arithmetic),
}

/// The default pooling of a feature.
const DEFAULT_POOLING: Pooling = Pooling::Average;
