//! What was measured, for people and for programs.

use std::path::PathBuf;
use std::time::Instant;

use serde_json::{Value, json};
use tiramisu::gpu::OpenDevice;

/// Figures in the order in which they came.
pub struct Report {
    adapter: String,
    begun: Instant,
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
        Self { adapter, begun: Instant::now(), rows: Vec::new(), wrong: false, file }
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
    pub fn print(&self) {
        let text = |row: &Value| match (row["value"].as_f64(), row["skipped"].as_str(), row["wrong"].as_str()) {
            (Some(value), _, _) => format!("{value:>12.4} {}", row["unit"].as_str().unwrap_or_default()),
            (None, Some(why), _) => format!("{:>12} {why}", "-"),
            (None, None, why) => format!("{:>12} {}", "WRONG", why.unwrap_or_default()),
        };
        let name = |row: &Value| row["what"].as_str().unwrap_or_default().to_owned();
        let width = self.rows.iter().map(|row| name(row).chars().count()).max().unwrap_or(0);
        println!("\n{} ({:.0} s)", self.adapter, self.begun.elapsed().as_secs_f64());
        self.rows.iter().for_each(|row| println!("{:width$} {}", name(row), text(row)));
    }

    fn push(&mut self, row: Value) {
        self.rows.push(row);
        let Some(file) = &self.file else { return };
        let whole = json!({
            "adapter": self.adapter,
            "seconds": self.begun.elapsed().as_secs_f64(),
            "figures": self.rows,
        });
        if let Err(error) = std::fs::write(file, format!("{whole:#}")) {
            eprintln!("cannot write {}: {error}", file.display());
        }
    }
}
