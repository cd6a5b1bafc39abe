//! What `tests/gpu` tells of a GPU, and of PyTorch on the same one: one table and one file.

use std::fs;
use std::path::Path;

#[allow(dead_code, reason = "figures of a GPU are added where there is one")]
#[path = "../gpu/report.rs"]
mod report;

use report::Report;

#[test]
fn what_pytorch_measured_stands_behind_ours_in_one_table_and_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("figures.json");
    let ours = serde_json::json!({"adapter": "A card, driver 1", "seconds": 61.4, "figures": [
        {"what": "SqueezeNet, batch 16", "value": 900.0, "unit": "images/s"},
        {"what": "frames", "skipped": "nothing draws"},
    ]});
    fs::write(&file, ours.to_string()).unwrap();
    let mut report = Report::read(&file);
    let line = r#"{"what": "PyTorch, SqueezeNet, batch 16", "value": 1234.5, "unit": "images/s"}"#;
    // It was stopped while it wrote the second one.
    report.join(&format!("{line}\n{}", &line[..40]));
    let table = report.table();
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with("A card, driver 1 (61 s)"), "{table}");
    assert_eq!(lines.len(), 4, "{table}");
    let is_beside = |line: &str, what: &str, figure: &str| line.starts_with(what) && line.ends_with(figure);
    assert!(is_beside(lines[1], "SqueezeNet, batch 16", "900.0000 images/s"), "{table}");
    assert!(is_beside(lines[3], "PyTorch, SqueezeNet, batch 16", "1234.5000 images/s"), "{table}");
    let told: serde_json::Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let figures = told["figures"].as_array().unwrap();
    assert_eq!((figures.len(), &figures[2]["value"]), (3, &1234.5.into()));
    assert_eq!((&told["adapter"], told["seconds"].as_f64().map(f64::round)), (&"A card, driver 1".into(), Some(61.0)));
    assert!(!report.any_wrong());
}

/// The script as a person starts it, with a program and a Python that only say that they were there.
#[cfg(unix)]
#[test]
fn the_script_joins_pytorchs_figures_with_ours_where_python_has_it() {
    use std::os::unix::fs::PermissionsExt;
    use std::process::Command;
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    };
    let program = "#!/bin/sh\ncase \"$1\" in --add) echo \"joined $(cat \"$2\") into $(basename \"$4\")\";; *) echo ours;; esac\n";
    let program = write("program", program);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gpu/measure.sh");
    let run = |python: &str, out: &str| {
        write("python3", python);
        let out = folder.path().join(out);
        let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap_or_default());
        let mut command = Command::new("bash");
        command.arg(&script).arg("--program").arg(&program).arg("--networks").arg(folder.path()).arg("--out").arg(&out);
        let done = command.env("PATH", path).output().expect("there is a shell");
        assert!(done.status.success(), "{done:?}");
        fs::read_to_string(out.join("table.txt")).unwrap()
    };
    let with = run("#!/bin/sh\ncase \"$1\" in -c) ;; *) echo a-figure;; esac\n", "with");
    assert_eq!(with.trim(), "joined a-figure into figures.json");
    assert_eq!(run("#!/bin/sh\nexit 1\n", "without").trim(), "ours", "without PyTorch ours stay");
}
