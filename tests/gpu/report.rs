//! What was measured, for people and for programs.

use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::{Value, json};
use tiramisu::gpu::OpenDevice;

/// Figures in the order in which they came.
pub struct Report {
    adapter: String,
    begun: Instant,
    /// What it took before it was read from a file.
    before_secs: f64,
    rows: Vec<Value>,
    wrong: bool,
    /// Written after every figure: a driver that crashes takes only its own figure with it.
    file: Option<PathBuf>,
}

impl Report {
    /// Of an adapter; as JSON in a file, too.
    pub fn of(open: &OpenDevice, file: Option<PathBuf>) -> Self {
        let driver = open.graphics.as_ref().map(|handles| handles.adapter.get_info()).map(|info| info.driver_info);
        let adapter = format!("{}, driver {}", open.description, driver.unwrap_or_default());
        eprintln!("{adapter}");
        Self { adapter, begun: Instant::now(), before_secs: 0.0, rows: Vec::new(), wrong: false, file }
    }

    /// What was measured before and lies in a file, which is written anew with what is added; nothing where there is no such file.
    pub fn read(file: &Path) -> Self {
        let told = std::fs::read(file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let told: Value = told.unwrap_or_default();
        let rows = told["figures"].as_array().cloned().unwrap_or_default();
        Self {
            adapter: told["adapter"].as_str().unwrap_or("no figures of ours").to_owned(),
            begun: Instant::now(),
            before_secs: told["seconds"].as_f64().unwrap_or_default(),
            wrong: rows.iter().any(|row| !row["wrong"].is_null()),
            rows,
            file: Some(file.to_owned()),
        }
    }

    /// Adds what another program measured: a figure a line, as they stand in the file. A line that was cut off is left out.
    pub fn join(&mut self, lines: &str) {
        let figures = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        figures
            .filter(|figure| figure["what"].is_string() && figure["value"].is_number())
            .for_each(|figure| self.push(figure));
    }

    /// A figure.
    pub fn add(&mut self, what: &str, value: f64, unit: &str) {
        eprintln!("{:6.1} s  {what}: {value:.4} {unit}", self.begun.elapsed().as_secs_f64());
        self.push(json!({"what": what, "value": value, "unit": unit}));
    }

    /// Why there is no figure.
    pub fn skip(&mut self, what: &str, why: &str) {
        eprintln!("{:6.1} s  {what}: - {why}", self.begun.elapsed().as_secs_f64());
        self.push(json!({"what": what, "skipped": why}));
    }

    /// Something that must not be.
    pub fn wrong(&mut self, what: &str, why: &str) {
        self.wrong = true;
        eprintln!("{:6.1} s  {what}: WRONG {why}", self.begun.elapsed().as_secs_f64());
        self.push(json!({"what": what, "wrong": why}));
    }

    /// Whether anything was.
    pub fn any_wrong(&self) -> bool {
        self.wrong
    }

    /// One table.
    pub fn table(&self) -> String {
        let text = |row: &Value| match (row["value"].as_f64(), row["skipped"].as_str(), row["wrong"].as_str()) {
            (Some(value), _, _) => format!("{value:>12.4} {}", row["unit"].as_str().unwrap_or_default()),
            (None, Some(why), _) => format!("{:>12} {why}", "-"),
            (None, None, why) => format!("{:>12} {}", "WRONG", why.unwrap_or_default()),
        };
        let name = |row: &Value| row["what"].as_str().unwrap_or_default().to_owned();
        let width = self.rows.iter().map(|row| name(row).chars().count()).max().unwrap_or(0);
        let rows = self.rows.iter().map(|row| format!("{:width$} {}\n", name(row), text(row)));
        format!("{} ({:.0} s)\n{}", self.adapter, self.secs(), rows.collect::<String>())
    }

    fn secs(&self) -> f64 {
        self.before_secs + self.begun.elapsed().as_secs_f64()
    }

    fn push(&mut self, row: Value) {
        self.rows.push(row);
        let Some(file) = &self.file else { return };
        let whole = json!({
            "adapter": self.adapter,
            "seconds": self.secs(),
            "figures": self.rows,
        });
        if let Err(error) = std::fs::write(file, format!("{whole:#}")) {
            eprintln!("cannot write {}: {error}", file.display());
        }
    }
}
