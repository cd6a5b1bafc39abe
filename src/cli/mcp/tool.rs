//! A verb as a tool: what it is for, what it takes, and the command line that does it.

use std::ffi::OsString;

use clap::Command;
use serde_json::{Map, Value, json};

use super::property::Property;

/// Verbs that change nothing, and those of their arguments that would; any other verb may write.
const READING: &[(&str, &[&str])] = &[
    ("boxes", &["cut_out", "cut_out_workspace", "layer", "name", "pooling"]),
    ("classify", &[]),
    ("info", &[]),
    ("neighbours", &[]),
    ("networks_list", &[]),
    ("networks_show", &[]),
    ("query", &[]),
    ("storage", &["prefer", "compact", "keep_versions"]),
    ("versions_compare", &[]),
    ("versions_list", &[]),
    ("why_similar", &[]),
];

/// Verbs that are fed by their standard input, which a call has not.
const FED: &[&str] = &["adopt", "features", "vectors"];

/// Verbs that change the person's own pictures: they are for the person, whatever a program may write.
const FOR_PEOPLE: &[&str] = &["move"];

/// Every verb with this argument can answer in JSON.
const JSON: &str = "json";
/// A verb with this argument may repair a workspace that it opens, unless it is given.
const ONLY_LOOK: &str = "only-look";

/// One verb.
#[derive(Clone, Debug)]
pub struct Tool {
    /// `networks_list` of `networks list`.
    pub name: String,
    title: String,
    description: String,
    writes: bool,
    /// The verb and, of some, what it is to do; each with the arguments that stand before the next.
    levels: Vec<Level>,
}

#[derive(Clone, Debug)]
struct Level {
    word: String,
    properties: Vec<Property>,
    /// Whether it is here that JSON is asked for.
    takes_json: bool,
    /// Whether it is here that nothing is to be repaired.
    takes_only_look: bool,
}

/// The verbs that can answer in JSON; those that write only if that is allowed.
pub fn tools_of(mut program: Command, may_write: bool) -> Vec<Tool> {
    program.build();
    let mut tools = Vec::new();
    for verb in program.get_subcommands() {
        collect(verb, &[], may_write, &mut tools);
    }
    tools
}

fn collect(command: &Command, above: &[&Command], may_write: bool, tools: &mut Vec<Tool>) {
    let path: Vec<&Command> = above.iter().copied().chain([command]).collect();
    let mut further = command.get_subcommands().filter(|command| command.get_name() != "help").peekable();
    if further.peek().is_none() {
        tools.extend(Tool::of(&path, may_write));
    }
    further.for_each(|command| collect(command, &path, may_write, tools));
}

impl Tool {
    fn of(path: &[&Command], may_write: bool) -> Option<Self> {
        let command = path.last()?;
        let words: Vec<String> = path.iter().map(|command| command.get_name().replace('-', "_")).collect();
        let name = words.join("_");
        if FED.contains(&name.as_str()) || FOR_PEOPLE.contains(&name.as_str()) {
            return None;
        }
        let reading = READING.iter().find(|(reading, _)| *reading == name);
        let left_out: &[&str] = match reading {
            // All of them are for who may write.
            _ if may_write => &[],
            Some((_, left_out)) => left_out,
            None => return None,
        };
        let mut met = Vec::new();
        let mut levels = Vec::new();
        for command in path {
            // What is global is an argument of every level, and stands at the first.
            let own: Vec<_> = command.get_arguments().filter(|arg| !met.contains(arg.get_id())).collect();
            met.extend(own.iter().map(|arg| arg.get_id().clone()));
            let is_json = |arg: &&&clap::Arg| arg.get_long() == Some(JSON);
            let properties = own.iter().filter(|arg| !is_json(arg)).filter_map(|arg| Property::of(arg));
            levels.push(Level {
                word: command.get_name().to_owned(),
                properties: properties.filter(|property| !left_out.contains(&property.name.as_str())).collect(),
                takes_json: own.iter().any(|arg| is_json(&arg)),
                takes_only_look: own.iter().any(|arg| arg.get_long() == Some(ONLY_LOOK)),
            });
        }
        if !levels.iter().any(|level| level.takes_json) {
            return None;
        }
        let text = |text: Option<&clap::builder::StyledStr>| text.map(ToString::to_string).unwrap_or_default();
        let title = text(command.get_about());
        let about = command.get_long_about().or_else(|| command.get_about());
        let parts = [text(about), path.iter().map(|command| text(command.get_after_help())).collect()];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let writes = reading.is_none_or(|(_, writing)| may_write && !writing.is_empty());
        Some(Self { name, title, description: parts.join("\n\n"), writes, levels })
    }

    /// As the protocol lists it.
    pub fn listed(&self) -> Value {
        let properties = || self.levels.iter().flat_map(|level| &level.properties);
        let schemas: Map<String, Value> = properties().map(|one| (one.name.clone(), one.schema())).collect();
        let required: Vec<&str> = properties().filter(|one| one.is_required).map(|one| one.name.as_str()).collect();
        json!({
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": {
                "type": "object",
                "properties": schemas,
                "required": required,
                "additionalProperties": false,
            },
            "annotations": { "title": self.title, "readOnlyHint": !self.writes },
        })
    }

    /// The words that do it with these arguments.
    ///
    /// # Errors
    /// When there is no such argument, or one is missing or of another type; in words for who asked.
    pub fn command_line(&self, arguments: &Map<String, Value>) -> Result<Vec<OsString>, String> {
        let properties = || self.levels.iter().flat_map(|level| &level.properties);
        if let Some(unknown) = arguments.keys().find(|name| properties().all(|one| one.name != **name)) {
            let known: Vec<&str> = properties().map(|one| one.name.as_str()).collect();
            return Err(format!("{} has no argument {unknown}; it has {}", self.name, known.join(", ")));
        }
        let given = |one: &Property| arguments.get(&one.name).filter(|value| !value.is_null());
        if let Some(missing) = properties().find(|one| one.is_required && given(one).is_none()) {
            return Err(format!("{} needs the argument {}", self.name, missing.name));
        }
        let mut words = Vec::new();
        for (depth, level) in self.levels.iter().enumerate() {
            words.push(level.word.clone().into());
            if level.takes_json {
                words.push(format!("--{JSON}").into());
            }
            if level.takes_only_look && !self.writes {
                words.push(format!("--{ONLY_LOOK}").into());
            }
            let (by_place, by_name): (Vec<_>, Vec<_>) = level.properties.iter().partition(|one| one.is_positional());
            for one in by_name {
                words.extend(given(one).map(|value| one.words(value)).transpose()?.unwrap_or_default());
            }
            let mut placed = Vec::new();
            for one in by_place {
                placed.extend(given(one).map(|value| one.words(value)).transpose()?.unwrap_or_default());
            }
            // What begins with a hyphen is no option, and only at the end can that be said.
            let is_last = depth + 1 == self.levels.len();
            let is_option_like = |word: &OsString| word.as_encoded_bytes().starts_with(b"-");
            match placed.iter().find(|word| is_option_like(word)) {
                Some(_) if is_last => words.push("--".into()),
                Some(word) => return Err(format!("write ./{0} instead of {0}", word.to_string_lossy())),
                None => {}
            }
            words.extend(placed);
        }
        Ok(words)
    }
}
