//! The table that is printed at the end.

use std::time::Instant;

/// Rows of what was measured.
#[derive(Default)]
pub struct Table {
    rows: Vec<[String; 3]>,
}

impl Table {
    /// Adds a measured number.
    pub fn add(&mut self, what: impl Into<String>, value: f64, unit: &str) {
        let digits = match value.abs() {
            x if x >= 100.0 => 0,
            x if x >= 10.0 => 1,
            x if x >= 1.0 => 2,
            x if x >= 0.1 => 3,
            _ => 4,
        };
        self.row(what.into(), format!("{value:.digits$}"), unit);
    }

    /// Says why something was not measured.
    pub fn skip(&mut self, what: impl Into<String>, why: &str) {
        self.row(what.into(), "-".to_owned(), why);
    }

    /// Prints everything, with the machine it was measured on.
    pub fn print(&self) {
        let width = |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let (first, second) = (width(0), width(1));
        println!("\n{}", machine());
        for [what, value, unit] in &self.rows {
            println!("{what:first$}  {value:>second$} {unit}");
        }
    }

    fn row(&mut self, what: String, value: String, unit: &str) {
        eprintln!("  {what}: {value} {unit}");
        self.rows.push([what, value, unit.to_owned()]);
    }
}

/// The median time of `runs` calls in seconds, after one that is not counted.
pub fn median_secs(runs: usize, mut work: impl FnMut()) -> f64 {
    work();
    let times = (0..runs)
        .map(|_| {
            let begun = Instant::now();
            work();
            begun.elapsed().as_secs_f64()
        })
        .collect();
    median(times)
}

/// The middle one of some times; of an even number, the later of the two.
pub fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("unknown processor");
    format!("{} · {cores} cores · {}", model.trim_start_matches(['\t', ' ', ':']), std::env::consts::OS)
}
