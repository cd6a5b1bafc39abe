//! The words of a layer's name.

/// Words that say only that there is a part, not which: what they would add is a line of text alike in every name.
const GENERIC: &[&str] = &[
    "backbone", "block", "blocks", "body", "cell", "encoder", "f", "features", "layer", "layers", "model", "module",
    "net", "output", "stage", "stages", "trunk", "unit", "units",
];

/// What is written otherwise than people say it.
const SAID: &[(&str, &str)] = &[
    ("averagepool", "pool"),
    ("avgpool", "pool"),
    ("adaptiveavgpool", "pool"),
    ("batchnorm", "norm"),
    ("batchnormalization", "norm"),
    ("bn", "norm"),
    ("celu", "CELU"),
    ("convolution", "conv"),
    ("deconvolution", "deconv"),
    ("denseblock", "dense block"),
    ("denselayer", "layer"),
    ("elu", "ELU"),
    ("gelu", "GELU"),
    ("gemm", "linear"),
    ("globalaveragepool", "pool"),
    ("groupnormalization", "norm"),
    ("hardsigmoid", "hard sigmoid"),
    ("hardswish", "hard swish"),
    ("innerproduct", "linear"),
    ("instancenormalization", "norm"),
    ("layernorm", "norm"),
    ("layernormalization", "norm"),
    ("leakyrelu", "leaky ReLU"),
    ("lrn", "LRN"),
    ("maxpool", "pool"),
    ("pooling", "pool"),
    ("prelu", "PReLU"),
    ("relu", "ReLU"),
    ("selu", "SELU"),
    ("silu", "SiLU"),
];

/// A part of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// As people say it.
    Letters(String),
    /// `12`, `3a`, `3×3`.
    Number(String),
}

/// The words of one step of a path: `relu_expand3x3` is ReLU, expand, 3×3.
pub(super) fn of(step: &str) -> Vec<Word> {
    step.split(['_', '-', ' ', ':']).filter(|piece| !piece.is_empty()).flat_map(of_piece).collect()
}

/// Letters and digits apart, but for sizes and for a letter behind a number.
fn of_piece(piece: &str) -> Vec<Word> {
    let lower = piece.to_lowercase();
    // ReLU6 is none of six.
    if lower == "relu6" {
        return vec![Word::Letters("ReLU6".to_owned())];
    }
    if let Some(kind) = lower.strip_suffix("2d").filter(|kind| !kind.is_empty()) {
        return vec![Word::Letters(said(kind))];
    }
    let letters: Vec<char> = lower.chars().collect();
    let mut words = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        let is_digit = letters[at].is_ascii_digit();
        let end = (at..letters.len()).find(|&i| letters[i].is_ascii_digit() != is_digit).unwrap_or(letters.len());
        let run: String = letters[at..end].iter().collect();
        at = end;
        if !is_digit {
            words.push(Word::Letters(said(&run)));
            continue;
        }
        let rest = &letters[end..];
        if rest.first() == Some(&'x') && rest.get(1).is_some_and(char::is_ascii_digit) {
            let length = rest[1..].iter().take_while(|letter| letter.is_ascii_digit()).count();
            let other: String = rest[1..=length].iter().collect();
            words.push(Word::Number(format!("{run}×{other}")));
            at = end + 1 + length;
        } else if let [letter] = rest {
            words.push(Word::Number(format!("{run}{letter}")));
            at = letters.len();
        } else {
            words.push(Word::Number(run));
        }
    }
    words
}

/// How people say it.
fn said(word: &str) -> String {
    SAID.iter().find(|(written, _)| *written == word).map_or(word, |&(_, said)| said).to_owned()
}

/// What a layer does, in a word or two.
pub(super) fn of_kind(kind: &str) -> String {
    let words = of(kind);
    text(words.iter())
}

/// Whether the word tells parts apart.
pub(super) fn says_which(word: &Word) -> bool {
    match word {
        Word::Letters(letters) => !GENERIC.contains(&letters.as_str()),
        Word::Number(_) => true,
    }
}

pub(super) fn is_number(word: &Word) -> bool {
    matches!(word, Word::Number(_))
}

/// Words in a row; numbers that follow each other are one: `1.0`.
pub(super) fn text<'a>(words: impl Iterator<Item = &'a Word>) -> String {
    let mut text = String::new();
    let mut was_plain = false;
    for word in words {
        let (Word::Letters(part) | Word::Number(part)) = word;
        let is_plain = is_number(word) && part.chars().all(|digit| digit.is_ascii_digit());
        if !text.is_empty() {
            text.push(if was_plain && is_plain { '.' } else { ' ' });
        }
        text.push_str(part);
        was_plain = is_plain;
    }
    text
}
