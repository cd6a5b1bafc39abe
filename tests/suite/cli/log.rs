//! What `TIRAMISU_LOG` lets the program say of its own work.

use crate::support::command::{Answer, Home};

/// Runs the line with a wish for the log.
fn run_logged(home: &Home, line: &str, wish: &str) -> Answer {
    let output = home.command(line.split_whitespace()).env("TIRAMISU_LOG", wish).output().expect("the binary starts");
    Answer {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The lines that tell how long a span took which begins with `span`, or one inside it.
fn ends<'a>(answer: &'a Answer, span: &str) -> Vec<&'a str> {
    let is_one = |line: &&str| {
        let spans = line.split(": tiramisu").next().unwrap_or(line);
        spans.split([' ', ':']).any(|word| word.starts_with(span)) && line.contains("close time.busy=")
    };
    answer.stderr.lines().filter(is_one).collect()
}

#[test]
fn the_log_says_where_the_time_of_an_extraction_and_of_a_question_goes() {
    let home = Home::new();
    home.sample("pictures", 22);
    let extracted = run_logged(&home, "extract pictures --compute cpu --json", "tiramisu=debug");
    assert_eq!(extracted.good_json()["images"], 22, "the answer is as without a log");
    for span in ["open", "load", "job{", "decode{", "batch{", "forward", "read", "commit{"] {
        assert!(!ends(&extracted, span).is_empty(), "{span} is not told:\n{}", extracted.stderr);
    }
    let job = ends(&extracted, "job{").join("\n");
    assert!(job.contains(r#"title="Extracting features""#) && job.contains("done=22 failed=0"), "{job}");
    let commits = ends(&extracted, "commit{").join("\n");
    assert!(commits.contains("images=") && commits.contains("version="), "{commits}");
    assert!(extracted.stderr.contains("tiramisu-store"), "threads are named:\n{}", extracted.stderr);
    assert!(!extracted.stderr.contains('\u{1b}'), "no colours where nobody sees them");

    let picture = "pictures/spirals/spirals_0001.jpg";
    let line = format!("neighbours {picture} -k 3 --layer features.12.concat --compute cpu --json");
    let asked = run_logged(&home, &line, "[look]=debug");
    assert_eq!(asked.code, Some(0), "{asked:?}");
    let looks = ends(&asked, "look{").join("\n");
    for field in [r#"kind="neighbours""#, r#"layer="features.12.concat""#, "k=3"] {
        assert!(looks.contains(field), "{field} is not told:\n{}", asked.stderr);
    }
}

#[test]
fn without_a_wish_nothing_is_told_of_work_that_goes_well() {
    let home = Home::new();
    home.sample("pictures", 4);
    for answer in [
        home.run(["extract", "pictures", "--compute", "cpu", "--json"]),
        run_logged(&home, "info pictures --json", ""),
        run_logged(&home, "info pictures --json", "off"),
    ] {
        assert_eq!(answer.code, Some(0), "{answer:?}");
        assert!(!answer.stderr.contains("time.busy"), "{answer:?}");
    }
}

#[test]
fn a_log_that_cannot_be_understood_is_refused_with_what_it_takes() {
    let home = Home::new();
    for (wish, reason) in [
        ("debgu", "debgu is neither a level"),
        ("tiramisu=loud", "loud is no level"),
        ("tiramisu=", "no level is named for tiramisu"),
        ("[commit=debug", "[commit=debug is no filter"),
        ("tiramisu=debug, lance", "lance is neither a level nor a module"),
    ] {
        let answer = run_logged(&home, "networks list", wish);
        assert_eq!(answer.code, Some(2), "TIRAMISU_LOG={wish}: {answer:?}");
        assert!(answer.stderr.contains(reason), "TIRAMISU_LOG={wish}: {answer:?}");
        assert!(answer.stderr.contains("tiramisu=debug"), "an example helps: {answer:?}");
        assert!(answer.stdout.is_empty(), "{answer:?}");
    }
    for wish in [
        "warn",
        "WARN",
        "tiramisu::store",
        "tiramisu=info, [commit]=trace",
        "lance=off,tiramisu::store=debug",
        "[look{kind=query}]",
    ] {
        let answer = run_logged(&home, "networks list", wish);
        assert_eq!(answer.code, Some(0), "TIRAMISU_LOG={wish}: {answer:?}");
    }
}
