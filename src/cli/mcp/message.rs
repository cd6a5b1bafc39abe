//! JSON-RPC 2.0, as far as a server needs it: <https://www.jsonrpc.org/specification>.

use serde_json::{Value, json};

/// What a line asks for.
#[derive(Debug, PartialEq)]
pub enum Asked {
    /// Something that is to be answered.
    Request(Request),
    /// Something to know.
    Notification {
        /// What it is about.
        method: String,
        /// What there is to know.
        params: Value,
    },
    /// An answer, though nothing was asked.
    Answer,
}

/// What is to be answered.
#[derive(Debug, PartialEq)]
pub struct Request {
    /// Comes back with the answer: a number or a string.
    pub id: Value,
    /// What is wanted.
    pub method: String,
    /// Of it.
    pub params: Value,
}

/// Why something cannot be answered, in the protocol's numbers.
#[derive(Debug, PartialEq)]
pub struct Refusal {
    code: i32,
    message: String,
}

impl Refusal {
    /// No JSON.
    pub fn no_json(error: impl ToString) -> Self {
        Self { code: -32700, message: format!("this line is not JSON: {}", error.to_string()) }
    }

    /// JSON that asks for nothing.
    pub fn no_request(message: &str) -> Self {
        Self { code: -32600, message: message.to_owned() }
    }

    /// A method that is not served.
    pub fn unknown_method(method: &str) -> Self {
        Self {
            code: -32601,
            message: format!("there is no method {method}; it has initialize, ping, tools/list, tools/call"),
        }
    }

    /// Wrong parameters.
    pub fn wrong_params(message: String) -> Self {
        Self { code: -32602, message }
    }

    /// Too much at once.
    pub fn busy(message: String) -> Self {
        Self { code: -32000, message }
    }
}

/// Takes one message apart.
pub fn read(message: Value) -> Result<Asked, (Value, Refusal)> {
    let Value::Object(mut fields) = message else {
        return Err((Value::Null, Refusal::no_request("a message is an object")));
    };
    let id = fields.remove("id");
    let refused = |message| Err((id.clone().unwrap_or_default(), Refusal::no_request(message)));
    if fields.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        return refused("the message does not say \"jsonrpc\": \"2.0\"");
    }
    let Some(method) = fields.get("method") else {
        return match fields.contains_key("result") || fields.contains_key("error") {
            true => Ok(Asked::Answer),
            false => refused("the message names no method"),
        };
    };
    let Some(method) = method.as_str().map(str::to_owned) else { return refused("the method is not a string") };
    let params = fields.remove("params").unwrap_or_else(|| json!({}));
    if !params.is_object() {
        return refused("params is not an object");
    }
    match id {
        None => Ok(Asked::Notification { method, params }),
        Some(id) if id.is_string() || id.is_number() => Ok(Asked::Request(Request { id, method, params })),
        Some(_) => Err((Value::Null, Refusal::no_request("the id is neither a string nor a number"))),
    }
}

/// The answer to a request.
pub fn answer(id: &Value, result: Result<Value, Refusal>) -> Value {
    match result {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Err(Refusal { code, message }) => {
            json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } })
        }
    }
}
