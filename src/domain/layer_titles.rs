//! What layers are called where people read: `block 12 · 512 channels` for `features.12.concat`.
//!
//! Files name layers by the path through the program that made them. What tells a layer from the others is little of
//! that: which block, and which part of the block; the block's last layer is the block itself. Numbers stay those of the
//! file, so that who knows the file finds them. Files and the command line keep the names in full.

mod words;

use std::collections::{HashMap, HashSet};

use super::Layer;
use super::in_words::counted;
use words::Word;

/// With more letters a name is none that a person reads.
const LONGEST: usize = 40;

/// The short names of all layers of a network. No two are the same.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerTitles {
    names: Vec<String>,
    /// Of each name, how many bytes say of which block it is.
    blocks: Vec<usize>,
    /// What each layer does, as names say it: `ReLU`.
    kinds: Vec<String>,
    titles: Vec<String>,
    places: HashMap<String, usize>,
}

impl LayerTitles {
    /// Those of a network with these layers.
    pub fn of(layers: &[Layer]) -> Self {
        let drafts = drafts(layers);
        let blocks = drafts.iter().map(|draft| draft.block).collect();
        let names = unique(layers, drafts);
        let title =
            |(name, layer): (&String, &Layer)| format!("{name} · {}", counted(layer.shape[0], "channel", "channels"));
        Self {
            titles: names.iter().zip(layers).map(title).collect(),
            places: layers.iter().enumerate().map(|(index, layer)| (layer.name.clone(), index)).collect(),
            names,
            blocks,
            kinds: layers.iter().map(|layer| words::of_kind(&layer.kind)).collect(),
        }
    }

    /// The short name of a layer: `block 12`; nothing if there is no such layer.
    pub fn name(&self, layer: usize) -> &str {
        self.names.get(layer).map_or("", String::as_str)
    }

    /// The block that a layer belongs to, and which part of it the layer is: `block 12` and `expand 3×3`; nothing for a layer that
    /// is no part of one, or what the block gives. Together they are its name, for places too narrow for one line of it.
    pub fn block_and_part(&self, layer: usize) -> (&str, &str) {
        let name = self.name(layer);
        let block = self.blocks.get(layer).copied().filter(|block| *block > 0 && name.is_char_boundary(*block));
        let (block, part) = name.split_at(block.unwrap_or(name.len()).min(name.len()));
        (block, part.trim_start())
    }

    /// Which part of its block a layer is, and what it does to that, if its name says both: `expand 3×3` and `ReLU`. Else all of the
    /// part, and nothing.
    pub fn part_and_kind(&self, layer: usize) -> (&str, &str) {
        let (_, part) = self.block_and_part(layer);
        let kind = self.kinds.get(layer).map_or("", String::as_str);
        let before = part.strip_suffix(kind).and_then(|before| before.strip_suffix(' '));
        match before.filter(|before| !before.is_empty()) {
            Some(before) => (before, &part[before.len() + 1..]),
            None => (part, ""),
        }
    }

    /// With how wide it is: `block 12 · 512 channels`.
    pub fn title(&self, layer: usize) -> &str {
        self.titles.get(layer).map_or("", String::as_str)
    }

    /// The short name of the layer that files call so; of one that the network does not have, that name.
    pub fn of_name<'a>(&'a self, name: &'a str) -> &'a str {
        self.places.get(name).map_or(name, |&layer| self.name(layer))
    }
}

/// What a layer may be called, before all are compared.
#[derive(Clone, Debug, PartialEq)]
struct Draft {
    text: String,
    /// How many bytes of the text say of which block it is; 0 where the rest says nothing of its own.
    block: usize,
    numbering: Numbering,
}

/// Whether layers of the same text are numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Numbering {
    /// The text has its own numbers.
    Own,
    /// If there are several.
    IfSeveral,
    /// Always: the text says only what the layer does.
    Always,
}

/// The steps of a name: `trunk.block1.block1-0.conv/Conv` is trunk, block1, 0, conv. A step that begins with the one
/// before it says that twice, and the last one may say what the layer does, which is known: whether it did.
fn steps(layer: &Layer) -> (Vec<&str>, bool) {
    let mut steps: Vec<&str> = Vec::new();
    let mut before = "";
    for step in layer.name.split(['/', '.']).filter(|step| !step.is_empty()) {
        let rest = step.strip_prefix(before).and_then(|rest| rest.strip_prefix(['-', '_']));
        steps.push(rest.filter(|rest| !before.is_empty() && !rest.is_empty()).unwrap_or(step));
        before = step;
    }
    let says_kind = steps.len() > 1 && steps.last().is_some_and(|last| last.eq_ignore_ascii_case(&layer.kind));
    if says_kind {
        steps.pop();
    }
    (steps, says_kind)
}

/// How many steps lead to the block that a layer is part of: up to the first number, with the numbers that follow.
fn block_len(steps: &[Vec<Word>]) -> Option<usize> {
    let mut len = 1 + steps.iter().position(|step| step.iter().any(words::is_number))?;
    // A part of a part: `denseblock1.denselayer2`.
    let is_deeper = |step: &Vec<Word>| {
        step.iter().any(words::is_number) && step.iter().all(|word| words::is_number(word) || !words::says_which(word))
    };
    while steps.get(len).is_some_and(is_deeper) {
        len += 1;
    }
    Some(len)
}

fn drafts(layers: &[Layer]) -> Vec<Draft> {
    let (mut paths, says_kind): (Vec<Vec<&str>>, Vec<bool>) = layers.iter().map(steps).unzip();
    // What every name begins with tells nothing apart.
    while paths.len() > 1 && paths.iter().all(|path| path.len() > 1 && path[0] == paths[0][0]) {
        for path in &mut paths {
            path.remove(0);
        }
    }
    let spelt: Vec<Vec<Vec<Word>>> =
        paths.iter().map(|path| path.iter().map(|step| words::of(step)).collect()).collect();
    let block_of = |index: usize| block_len(&spelt[index]).map(|len| &paths[index][..len]);
    // How many layers each block has, and which is the block itself: the one that has its name, else the last.
    let mut itself_of: HashMap<&[&str], (usize, usize, bool)> = HashMap::new();
    for (index, path) in paths.iter().enumerate() {
        if let Some(block) = block_of(index) {
            let (count, itself, is_named) = itself_of.entry(block).or_default();
            *count += 1;
            if !*is_named {
                (*itself, *is_named) = (index, block.len() == path.len() && !says_kind[index]);
            }
        }
    }
    let mut drafts: Vec<Draft> = Vec::new();
    for (index, layer) in layers.iter().enumerate() {
        let whole = block_of(index).and_then(|block| Some((block.len(), *itself_of.get(block)?)));
        let draft = match whole {
            Some((len, (2.., itself, _))) => of_block(layer, &spelt[index], len, index == itself),
            _ => on_its_own(layer, &spelt[index], layers, &drafts),
        };
        drafts.push(draft);
    }
    drafts
}

/// A layer of a block: the block, and which part of it unless it is what the block gives.
fn of_block(layer: &Layer, steps: &[Vec<Word>], len: usize, is_itself: bool) -> Draft {
    let speaking: Vec<&Word> = steps[..len].iter().flatten().filter(|word| words::says_which(word)).collect();
    let has_letters = speaking.iter().any(|word| !words::is_number(word));
    let mut text = if has_letters { String::new() } else { "block ".to_owned() };
    text += &words::text(speaking.into_iter());
    if is_itself {
        return Draft { text, block: 0, numbering: Numbering::Own };
    }
    let (inner, numbering) = part(layer, &steps[len..]);
    Draft { block: text.len(), text: format!("{text} {inner}"), numbering }
}

/// Which part of a block: its own words, or what it does where it has only a number.
fn part(layer: &Layer, steps: &[Vec<Word>]) -> (String, Numbering) {
    let kind = words::of_kind(&layer.kind);
    let is_numbered = steps.last().is_none_or(|step| step.iter().all(words::is_number));
    // A list of layers is often called conv, whatever it holds.
    let is_list = |step: &[Word]| is_numbered && *step == [Word::Letters("conv".to_owned())];
    let has_letters = |step: &&Vec<Word>| step.iter().any(|word| !words::is_number(word)) && !is_list(step);
    let speaking = steps.iter().filter(has_letters).flatten().filter(|word| words::says_which(word));
    let text = if is_numbered {
        let about = words::text(speaking);
        let says_kind = about.split(' ').any(|word| word == kind);
        if about.is_empty() || says_kind { about } else { format!("{about} {kind}") }
    } else {
        // What is called an activation by its file has a name.
        let named = |word: &Word| match word {
            Word::Letters(letters) if letters == "activation" => Word::Letters(kind.clone()),
            Word::Letters(_) | Word::Number(_) => word.clone(),
        };
        let words: Vec<Word> = speaking.map(named).collect();
        words::text(words.iter())
    };
    (if text.is_empty() { kind } else { text }, Numbering::IfSeveral)
}

/// A layer that is no part of a block.
fn on_its_own(layer: &Layer, steps: &[Vec<Word>], layers: &[Layer], before: &[Draft]) -> Draft {
    let kind = words::of_kind(&layer.kind);
    let has_letters = steps.iter().flatten().any(|word| !words::is_number(word) && words::says_which(word));
    if has_letters {
        let (text, numbering) = part(layer, steps);
        if text.chars().count() <= LONGEST {
            return Draft { text, block: 0, numbering };
        }
    }
    // What only changes the numbers of another layer is called after that.
    if is_after(&kind)
        && let Some(Draft { text, .. }) = source(layer, layers, before)
    {
        return Draft { text: format!("{text} {kind}"), block: 0, numbering: Numbering::Own };
    }
    let numbering = Numbering::Always;
    let nth = before.iter().filter(|draft| draft.numbering == numbering && draft.text.starts_with(&format!("{kind} ")));
    Draft { text: format!("{kind} {}", nth.count() + 1), block: 0, numbering }
}

/// Whether the layer does no more than to change the numbers of another one.
fn is_after(kind: &str) -> bool {
    kind == "norm" || kind.ends_with("LU") || kind.ends_with("LU6")
}

/// The draft of the layer whose numbers this one changes, others between them that do no more either.
fn source<'a>(layer: &Layer, layers: &[Layer], before: &'a [Draft]) -> Option<&'a Draft> {
    let mut at = layer;
    for _ in 0..4 {
        let [Some(input)] = at.inputs[..] else { return None };
        at = layers.get(input)?;
        if !is_after(&words::of_kind(&at.kind)) {
            return before.get(input);
        }
    }
    None
}

/// Tells apart what is called the same.
fn unique(layers: &[Layer], drafts: Vec<Draft>) -> Vec<String> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for draft in &drafts {
        *counts.entry(&draft.text).or_default() += 1;
    }
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let mut taken = HashSet::new();
    let mut names = Vec::with_capacity(drafts.len());
    for (draft, layer) in drafts.iter().zip(layers) {
        let number = numbers.entry(&draft.text).or_default();
        *number += 1;
        let is_numbered = draft.numbering == Numbering::IfSeveral && counts.get(&*draft.text).is_some_and(|&n| n > 1);
        let text = if is_numbered { format!("{} {number}", draft.text) } else { draft.text.clone() };
        let with_kind = || format!("{text} {}", words::of_kind(&layer.kind));
        let further = (2..).map(|number| format!("{text} ({number})"));
        let mut offers = [text.clone(), with_kind()].into_iter().chain(further);
        let name = offers.find(|offer| !offer.is_empty() && !taken.contains(offer)).unwrap_or_default();
        taken.insert(name.clone());
        names.push(name);
    }
    names
}
