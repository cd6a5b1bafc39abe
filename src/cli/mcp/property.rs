//! One argument of a verb, as a property of a JSON schema and as words of a command line.

use std::any::TypeId;
use std::ffi::OsString;

use clap::{Arg, ArgAction};
use serde_json::{Map, Value, json};

/// An argument of a verb.
#[derive(Clone, Debug)]
pub struct Property {
    /// What it is called.
    pub name: String,
    /// Whether there is no verb without it.
    pub is_required: bool,
    /// What follows `--`; `None` of what is told by its place.
    long: Option<String>,
    kind: Kind,
    /// Whether it may be given several times.
    is_list: bool,
    help: String,
    words: Vec<String>,
    default: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// There or not.
    Flag,
    Whole,
    Number,
    Text,
}

impl Property {
    /// `None` of what is not for others: help, version, hidden arguments.
    pub fn of(arg: &Arg) -> Option<Self> {
        let is_flag = matches!(arg.get_action(), ArgAction::SetTrue);
        let has_value = matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
        if arg.is_hide_set() || !(is_flag || has_value) {
            return None;
        }
        let kind = if is_flag { Kind::Flag } else { kind_of(arg) };
        let long = arg.get_long().map(str::to_owned);
        let name = long.as_deref().unwrap_or_else(|| arg.get_id().as_str()).replace('-', "_");
        let is_many = arg.get_num_args().is_some_and(|count| count.max_values() > 1);
        let defaults = arg.get_default_values();
        let default = defaults.first().filter(|_| !arg.is_hide_default_value_set() && kind != Kind::Flag);
        Some(Self {
            name,
            is_required: arg.is_required_set(),
            long,
            kind,
            is_list: matches!(arg.get_action(), ArgAction::Append) || is_many,
            help: arg.get_long_help().or_else(|| arg.get_help()).map(ToString::to_string).unwrap_or_default(),
            words: match kind {
                Kind::Text => arg.get_possible_values().iter().map(|word| word.get_name().to_owned()).collect(),
                Kind::Flag | Kind::Whole | Kind::Number => Vec::new(),
            },
            default: default.map(|default| default.to_string_lossy().into_owned()),
        })
    }

    /// Whether it is told by its place.
    pub fn is_positional(&self) -> bool {
        self.long.is_none()
    }

    /// What JSON schema says of it.
    pub fn schema(&self) -> Value {
        let mut one = Map::new();
        one.insert("type".to_owned(), json!(self.kind.json_type()));
        if !self.words.is_empty() {
            one.insert("enum".to_owned(), json!(self.words));
        }
        let mut schema = match self.is_list {
            true => Map::from_iter([("type".to_owned(), json!("array")), ("items".to_owned(), Value::Object(one))]),
            false => one,
        };
        schema.insert("description".to_owned(), json!(self.help));
        if let Some(default) = self.default.as_ref().filter(|_| !self.is_list) {
            let default = match self.kind {
                Kind::Whole | Kind::Number => serde_json::from_str(default).unwrap_or_else(|_| json!(default)),
                Kind::Flag | Kind::Text => json!(default),
            };
            schema.insert("default".to_owned(), default);
        }
        Value::Object(schema)
    }

    /// The words that give it this value on a command line.
    ///
    /// # Errors
    /// When the value is of another type, in words for who asked.
    pub fn words(&self, value: &Value) -> Result<Vec<OsString>, String> {
        if value.is_null() {
            return Ok(Vec::new());
        }
        // One is a list of one to many a caller.
        let list = value.as_array().filter(|_| self.is_list);
        let values = list.map_or_else(|| vec![value], |list| list.iter().collect());
        let mut words = Vec::new();
        for value in values {
            let text = self.text(value)?;
            match (&self.long, self.kind, text) {
                (Some(long), Kind::Flag, Some(_)) => words.push(format!("--{long}").into()),
                (Some(long), _, Some(text)) => words.push(format!("--{long}={text}").into()),
                (None, _, Some(text)) => words.push(text.into()),
                (_, _, None) => {}
            }
        }
        Ok(words)
    }

    /// A value as the command line has it; `None` of a flag that is not wanted.
    fn text(&self, value: &Value) -> Result<Option<String>, String> {
        match (self.kind, value) {
            (Kind::Flag, Value::Bool(is_wanted)) => Ok(is_wanted.then(String::new)),
            (Kind::Whole | Kind::Number, Value::Number(number)) => Ok(Some(number.to_string())),
            (Kind::Whole | Kind::Number | Kind::Text, Value::String(text)) => Ok(Some(text.clone())),
            // A list of names that are numbers.
            (Kind::Text, Value::Number(number)) => Ok(Some(number.to_string())),
            _ => Err(format!("{} is of the type {}, not {value}", self.name, self.kind.json_type())),
        }
    }
}

impl Kind {
    fn json_type(self) -> &'static str {
        match self {
            Self::Flag => "boolean",
            Self::Whole => "integer",
            Self::Number => "number",
            Self::Text => "string",
        }
    }
}

fn kind_of(arg: &Arg) -> Kind {
    let parsed = arg.get_value_parser().type_id();
    let is_one = |types: &[TypeId]| types.iter().any(|known| parsed == *known);
    let of = [TypeId::of::<u8>(), TypeId::of::<u16>(), TypeId::of::<u32>(), TypeId::of::<u64>(), TypeId::of::<usize>()];
    if is_one(&of) || is_one(&[TypeId::of::<i32>(), TypeId::of::<i64>()]) {
        Kind::Whole
    } else if is_one(&[TypeId::of::<f32>(), TypeId::of::<f64>()]) {
        Kind::Number
    } else {
        Kind::Text
    }
}
