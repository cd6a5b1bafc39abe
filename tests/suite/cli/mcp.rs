//! The verbs as tools of the Model Context Protocol: requests in, answers out, line by line.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::path::{Component, Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::time::SystemTime;

use serde_json::{Value, json};

use crate::support::command::Home;

/// A server in a home.
struct Server {
    child: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    count: u64,
}

impl Server {
    fn start(home: &Home, more: &[&str]) -> Self {
        let mut child = home
            .command([&["mcp"], more].concat())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let requests = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, requests, answers, count: 0 }
    }

    fn say(&mut self, line: &str) {
        writeln!(self.requests.as_mut().expect("open"), "{line}").expect("it listens");
    }

    fn next_answer(&mut self) -> Value {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("UTF-8");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    /// Asks, and takes the answer to it.
    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.count += 1;
        let id = self.count;
        self.say(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string());
        let answer = self.next_answer();
        assert_eq!((&answer["jsonrpc"], &answer["id"]), (&json!("2.0"), &json!(id)), "{answer}");
        answer
    }

    fn call(&mut self, tool: &str, arguments: Value) -> Value {
        self.ask("tools/call", json!({ "name": tool, "arguments": arguments }))["result"].clone()
    }

    fn tools(&mut self) -> BTreeMap<String, Value> {
        let answer = self.ask("tools/list", json!({}));
        let tools = answer["result"]["tools"].as_array().expect("a list").iter();
        tools.map(|tool| (tool["name"].as_str().expect("a name").to_owned(), tool.clone())).collect()
    }

    /// Closes its input, and waits for its end.
    fn end(mut self) -> Option<i32> {
        drop(self.requests.take());
        self.child.wait().expect("it ends").code()
    }
}

#[test]
fn it_is_greeted_in_the_version_that_both_know() {
    let home = Home::new();
    let mut server = Server::start(&home, &[]);
    for (asked, spoken) in [("2025-06-18", "2025-06-18"), ("2024-11-05", "2024-11-05"), ("1999-12-31", "2025-06-18")] {
        let client = json!({ "name": "a test", "version": "1" });
        let params = json!({ "protocolVersion": asked, "capabilities": {}, "clientInfo": client });
        let greeted = server.ask("initialize", params)["result"].clone();
        assert_eq!(greeted["protocolVersion"], spoken);
        assert_eq!(greeted["serverInfo"]["name"], "tiramisu");
        assert!(greeted["capabilities"]["tools"].is_object(), "{greeted}");
    }
    server.say(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }).to_string());
    assert_eq!(server.ask("ping", json!({}))["result"], json!({}));
    assert_eq!(server.end(), Some(0));
}

#[test]
fn only_what_changes_nothing_is_a_tool_unless_writing_is_allowed() {
    let home = Home::new();
    let mut server = Server::start(&home, &[]);
    let reading = server.tools();
    let expected =
        ["info", "neighbours", "query", "classify", "networks_list", "storage", "versions_compare", "why_similar"];
    for name in expected {
        let tool = reading.get(name).unwrap_or_else(|| panic!("{name} is among {:?}", reading.keys()));
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{tool}");
    }
    for name in
        ["extract", "tag", "export", "sample", "networks_download", "versions_restore", "features", "mcp", "versions"]
    {
        assert!(!reading.contains_key(name), "{name}");
    }
    let storage = &reading["storage"]["inputSchema"]["properties"];
    assert!(storage["compact"].is_null() && storage["sizes_only"]["type"] == "boolean", "{storage}");
    let refused = server.ask("tools/call", json!({ "name": "sample", "arguments": { "folder": "sample" } }));
    assert!(refused["error"]["message"].as_str().is_some_and(|said| said.contains("no tool sample")), "{refused}");
    let refused = server.call("storage", json!({ "path": ".", "compact": true }));
    assert!(refused["isError"] == true && refused.to_string().contains("no argument compact"), "{refused}");
    assert!(!home.path("sample").exists());
    assert_eq!(server.end(), Some(0));

    let mut server = Server::start(&home, &["--allow-writing"]);
    let all = server.tools();
    assert!(reading.keys().all(|name| all.contains_key(name)));
    for name in ["extract", "tag", "export", "sample", "networks_download", "versions_restore", "class_nearest"] {
        assert_eq!(all[name]["annotations"]["readOnlyHint"], false, "{name}");
    }
    assert!(all["storage"]["inputSchema"]["properties"]["compact"].is_object(), "{}", all["storage"]);
    assert_eq!(all["info"]["annotations"]["readOnlyHint"], true);
    for name in ["adopt", "features", "vectors"] {
        assert!(!all.contains_key(name), "{name} is fed by its standard input, which a call has not");
    }
    assert!(!all.contains_key("move"), "whose pictures they are moves them");
    assert!(reading["boxes"]["inputSchema"]["properties"]["cut_out"].is_null(), "{}", reading["boxes"]);
    assert!(all["boxes"]["inputSchema"]["properties"]["cut_out"].is_object(), "{}", all["boxes"]);
    let made = server.call("sample", json!({ "folder": "sample", "count": 4 }));
    assert!(made["isError"] == false && made["structuredContent"]["written"] == 4, "{made}");
    assert_eq!(Home::files(&home.path("sample")).len(), 4);
    assert_eq!(server.end(), Some(0));
}

#[test]
fn every_tool_says_what_it_takes() {
    let home = Home::new();
    let mut server = Server::start(&home, &["--allow-writing"]);
    for (name, tool) in server.tools() {
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && name.len() <= 64, "{name}");
        assert!(tool["description"].as_str().is_some_and(|text| text.len() > 20), "{tool}");
        let schema = &tool["inputSchema"];
        assert_eq!((&schema["type"], &schema["additionalProperties"]), (&json!("object"), &json!(false)));
        let properties = schema["properties"].as_object().expect("properties");
        assert!(!properties.contains_key("json") && !properties.contains_key("help"), "{name}");
        for (property, schema) in properties {
            let types = ["boolean", "integer", "number", "string", "array"];
            assert!(types.iter().any(|known| schema["type"] == *known), "{name}: {property}: {schema}");
            let has_items = schema["type"] != "array" || schema["items"]["type"].is_string();
            assert!(has_items, "{name}: {property}: {schema}");
        }
        let known: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
        let required = schema["required"].as_array().expect("a list").iter().map(|name| name.as_str().expect("a name"));
        assert!(required.into_iter().all(|name| known.contains(name)), "{tool}");
    }
    let tools = server.tools();
    let of = |tool: &str, property: &str| tools[tool]["inputSchema"]["properties"][property].clone();
    assert_eq!(
        (of("neighbours", "count")["type"].clone(), of("neighbours", "count")["default"].clone()),
        (json!("integer"), json!(10))
    );
    assert_eq!(of("neighbours", "metric")["enum"], json!(["cosine", "euclidean", "dot"]));
    assert_eq!(of("neighbours", "images")["type"], "array");
    assert_eq!(of("query", "predicate")["type"], "string");
    assert_eq!(of("class_list", "deviations")["type"], "number");
    assert_eq!(tools["query"]["inputSchema"]["required"], json!(["folder", "predicate"]));
    assert_eq!(tools["versions_compare"]["inputSchema"]["required"], json!(["path", "before", "after"]));
    assert!(tools["query"]["description"].as_str().expect("text").contains("tag('blurred')"), "the examples are there");
    assert_eq!(server.end(), Some(0));
}

#[test]
fn a_call_gives_what_the_verb_answers() {
    let home = Home::new();
    let folder = home.sample("pictures", 22);
    let folder = folder.to_str().expect("UTF-8");
    let mut server = Server::start(&home, &["--allow-writing"]);
    let extracted = server.call("extract", json!({ "folder": folder, "network": "filters", "compute": "cpu" }));
    assert_eq!(extracted["structuredContent"]["with_vectors"], 22, "{extracted}");
    let info = server.call("info", json!({ "path": folder }));
    let said = home.run(["info", folder, "--json"]).good_json();
    assert_eq!(info["structuredContent"], said);
    let text = info["content"][0]["text"].as_str().expect("text");
    assert_eq!(serde_json::from_str::<Value>(text).expect("JSON"), said);
    let all = json!({ "folder": folder, "network": "filters", "predicate": "width > 0" });
    assert_eq!(server.call("query", all)["structuredContent"]["images"].as_array().map(Vec::len), Some(22));

    let picture = Home::files(folder.as_ref())[3].0.clone();
    let picture = Path::new(folder).join(picture);
    let one = json!({ "images": picture, "network": "filters", "count": 3, "compute": "cpu", "exact": true });
    let found = server.call("neighbours", one);
    assert_eq!(found["structuredContent"]["neighbours"].as_array().map(Vec::len), Some(3), "{found}");
    let named = server.call("versions_name", json!({ "path": folder, "name": "before" }));
    assert_eq!(named["isError"], false, "{named}");
    let listed = server.call("versions_list", json!({ "path": folder }));
    assert!(listed["isError"] == false && listed.to_string().contains("before"), "{listed}");
    let shown = server.call("networks_show", json!({ "network": "filters" }));
    assert_eq!(shown["structuredContent"]["layers"].as_array().map(Vec::len), Some(10), "{shown}");
    assert_eq!(server.end(), Some(0));
}

#[test]
fn what_goes_wrong_is_told_to_who_asked() {
    let home = Home::new();
    let mut server = Server::start(&home, &[]);
    for (tool, arguments, reason) in [
        ("info", json!({ "path": "nowhere" }), "there is no such folder: nowhere"),
        ("query", json!({ "folder": "." }), "query needs the argument predicate"),
        ("query", json!({ "folder": ".", "predicate": "label=" }), ""),
        ("neighbours", json!({ "images": ["a.png"], "count": "many" }), "many"),
        ("neighbours", json!({ "images": ["a.png"], "count": [1] }), "count is of the type integer"),
        ("neighbours", json!({ "images": ["a.png"], "metric": "taxi" }), "taxi"),
        ("neighbours", json!({ "imags": ["a.png"] }), "neighbours has no argument imags; it has images"),
        ("neighbours", json!({ "images": ["--json"] }), "there is no such picture"),
        ("versions_list", json!({ "path": "-x" }), "write ./-x instead"),
    ] {
        let told = server.call(tool, arguments);
        let text = told["content"][0]["text"].as_str().expect("text").to_owned();
        assert!(told["isError"] == true && text.contains(reason) && !text.is_empty(), "{tool}: {told}");
    }
    for (line, code) in [
        ("no json", -32700),
        ("[]", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":7}", -32600),
        ("{\"id\":7,\"method\":\"ping\"}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"resources/list\"}", -32601),
        ("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\"}", -32602),
        ("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"name\":\"dance\"}}", -32602),
        (
            "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"name\":\"info\",\"arguments\":3}}",
            -32602,
        ),
    ] {
        server.say(line);
        let answer = server.next_answer();
        assert_eq!(answer["error"]["code"], code, "{line}: {answer}");
        assert_eq!(answer["id"], if line.contains("\"id\"") { json!(7) } else { Value::Null }, "{line}: {answer}");
    }
    server.say("");
    server.say("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/whatever\"}");
    assert_eq!(server.ask("ping", json!({}))["result"], json!({}), "none of it needs an answer");
    assert_eq!(server.end(), Some(0));
}

#[test]
fn all_that_was_asked_is_answered_before_it_ends_and_what_was_taken_back_is_not() {
    let home = Home::new();
    let mut server = Server::start(&home, &["--allow-writing"]);
    let call = |id: u64, tool: &str, arguments: Value| {
        let params = json!({ "name": tool, "arguments": arguments });
        json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params }).to_string()
    };
    // More than can be made in the time that this test takes.
    server.say(&call(1, "sample", json!({ "folder": "many", "count": 1_000_000 })));
    server.say(&json!({ "jsonrpc": "2.0", "id": "three", "method": "ping" }).to_string());
    let first = server.next_answer();
    assert_eq!(first["id"], "three", "others do not wait for a call: {first}");
    server.say(&call(2, "networks_show", json!({ "network": "filters" })));
    server.say(
        &json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1 } }).to_string(),
    );
    drop(server.requests.take());
    assert_eq!(server.next_answer()["id"], 2);
    let mut rest = String::new();
    server.answers.read_line(&mut rest).expect("UTF-8");
    assert_eq!(rest, "");
    assert_eq!(server.end(), Some(0));
}

/// Names, sizes and times of all files below a folder.
fn state(folder: &Path) -> Vec<(PathBuf, u64, SystemTime)> {
    let of = |below: PathBuf| {
        let metadata = std::fs::metadata(folder.join(&below)).expect("it is there");
        (below, metadata.len(), metadata.modified().expect("a time"))
    };
    Home::files(folder).into_iter().map(|(below, _)| of(below)).collect()
}

/// Calls every tool that only reads about a folder, and returns what each gave.
fn call_all_reading(server: &mut Server, folder: &Path) -> BTreeMap<&'static str, Value> {
    let pictures: Vec<PathBuf> = Home::files(folder).into_iter().take(2).map(|(below, _)| folder.join(below)).collect();
    let [one, two] = &pictures[..] else { panic!("there are pictures") };
    let calls = [
        ("info", json!({ "path": folder })),
        ("neighbours", json!({ "images": [one], "network": "filters", "count": 3 })),
        ("query", json!({ "folder": folder, "network": "filters", "predicate": "width > 0" })),
        ("boxes", json!({ "folder": folder, "network": "filters" })),
        ("why_similar", json!({ "a": one, "b": two, "network": "filters" })),
        ("classify", json!({ "images": [one], "compute": "cpu" })),
        ("storage", json!({ "path": folder })),
        ("versions_list", json!({ "path": folder })),
        ("versions_compare", json!({ "path": folder, "before": "1", "after": "latest", "table": "images" })),
        ("networks_list", json!({})),
        ("networks_show", json!({ "network": "filters" })),
    ];
    let known: BTreeSet<String> = server.tools().into_keys().collect();
    assert_eq!(known, calls.iter().map(|(tool, _)| (*tool).to_owned()).collect::<BTreeSet<_>>(), "each is called");
    calls.map(|(tool, arguments)| (tool, server.call(tool, arguments))).into()
}

#[test]
fn a_workspace_that_needs_mending_is_told_and_left_as_it_is() {
    const WITH: [&str; 4] = ["--network", "filters", "--compute", "cpu"];
    let home = Home::new();
    let folder = home.sample("pictures", 22);
    let text = folder.to_str().expect("UTF-8");
    home.run([&["extract", text, "--json"][..], &WITH].concat()).good_json();
    for predicate in ["id < 3", "id < 5"] {
        home.run([&["tag", text, "mine", "--where", predicate, "--json"][..], &WITH].concat()).good_json();
    }
    let told = home.run(["info", text, "--json"]).good_json();
    let workspace = PathBuf::from(told["workspace"].as_str().expect("a path"));
    // A power cut, a restore that was killed, and nothing that is remembered.
    let versions = workspace.join("tags.lance/_versions");
    let is_manifest = |path: &PathBuf| path.extension().is_some_and(|end| end == "manifest");
    let newest = Home::files(&versions).into_iter().map(|(below, _)| below).find(is_manifest).expect("a manifest");
    std::fs::write(versions.join(newest), b"").expect("written");
    std::fs::write(workspace.join(".put_back.json"), r#"{"tables": []}"#).expect("written");
    for (below, _) in Home::files(&home.path("")) {
        let is_remembered =
            |part: Component<'_>| [".networks", ".checked.json"].iter().any(|name| part.as_os_str() == *name);
        if below.components().any(is_remembered) {
            std::fs::remove_file(home.path("").join(below)).expect("removed");
        }
    }

    let before = state(&home.path(""));
    let mut server = Server::start(&home, &[]);
    let given = call_all_reading(&mut server, &folder);
    assert_eq!(state(&home.path("")), before, "no file is written, made or removed");
    for tool in ["info", "neighbours", "query", "boxes", "why_similar", "storage", "versions_list", "versions_compare"]
    {
        let given = &given[tool];
        let said = given["content"].to_string();
        let is_told = said.contains("tags.lance") && said.contains("not restored to the end");
        assert!(given["isError"] == false && is_told, "{tool}: {given}");
    }
    assert_eq!(server.end(), Some(0));

    // Vectors of other pictures than those on record: nobody may be shown these, and nobody may remove them here.
    home.run([&["extract", text, "--json"][..], &WITH].concat()).good_json();
    let images = workspace.join("images.lance");
    let backup = Home::files(&images);
    home.sample("pictures/zz_first", 11);
    home.run([&["extract", text, "--json"][..], &WITH].concat()).good_json();
    std::fs::remove_dir_all(&images).expect("removed");
    for (below, bytes) in backup {
        let file = images.join(below);
        std::fs::create_dir_all(file.parent().expect("it lies in a folder")).expect("a folder");
        std::fs::write(file, bytes).expect("written");
    }
    let before = state(&home.path(""));
    let mut server = Server::start(&home, &[]);
    let given = call_all_reading(&mut server, &folder);
    assert_eq!(state(&home.path("")), before, "no file is written, made or removed");
    for tool in ["neighbours", "query", "boxes", "why_similar"] {
        let given = &given[tool];
        let is_told = given.to_string().contains("do not fit the pictures on record");
        assert!(given["isError"] == true && is_told, "{tool}: {given}");
    }
    assert!(given["info"].to_string().contains("vectors of other pictures"), "{}", given["info"]);
    assert_eq!(server.end(), Some(0));
    let mended = home.run([&["extract", text, "--json"][..], &WITH].concat()).good_json();
    assert_eq!(mended["with_vectors"], 33, "{mended}");
}
