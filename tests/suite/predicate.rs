//! The language of predicates: what is read, what is refused and where, and how it is completed.

use tiramisu::domain::predicate::{
    Check, Column, Comparison, Field, MAX_DEPTH, MAX_OPERANDS, MAX_TESTS, MAX_TEXT_BYTES, Node, Number, Seconds, Test,
    Value, Vocabulary, complete, meant_as_predicate,
};
use tiramisu::domain::{Centrality, Pooling, Predicate, PredicateError};

fn root(text: &str) -> Node {
    Predicate::parse(text).unwrap_or_else(|error| panic!("{error}\n{}", error.pointed(text))).root
}

fn test(text: &str) -> Test {
    match root(text) {
        Node::Test(test) => test,
        other => panic!("{text}: {other:?}"),
    }
}

fn refused(text: &str) -> PredicateError {
    match Predicate::parse(text) {
        Err(error) => error,
        Ok(read) => panic!("{text} was read as {read:?}"),
    }
}

/// What the error marks, and what it says.
fn marked(text: &str) -> (String, String) {
    let error = refused(text);
    (text[error.span.start..error.span.end].to_owned(), error.to_string())
}

#[test]
fn and_binds_more_than_or_and_not_more_than_and() {
    let Node::Any(parts) = root("id = 1 or not id = 2 and id = 3") else { panic!("or is the last to join") };
    assert!(matches!(parts[0], Node::Test(_)));
    let Node::All(joined) = &parts[1] else { panic!("and joins first") };
    assert!(matches!(joined[0], Node::Not(_)) && matches!(joined[1], Node::Test(_)));
    let Node::All(joined) = root("(id = 1 or id = 2) and id = 3") else { panic!("parentheses come first") };
    assert!(matches!(joined[0], Node::Any(_)));
}

#[test]
fn every_field_and_comparison_is_read() {
    let text = |text: &str| Value::Text(text.to_owned());
    let whole = |number| Value::Number(Number::Whole(number));
    let read = test("LABEL = 'dog'");
    assert_eq!(
        (read.field, read.check),
        (Field::Column(Column::Label), Check::Compare(Comparison::Equal, text("dog")))
    );
    assert_eq!(test("size >= 1").field, Field::Column(Column::FileBytes));
    assert_eq!(test("id != 7").check, Check::Compare(Comparison::Unequal, whole(7)));
    assert_eq!(test("width < -2.5").check, Check::Compare(Comparison::Less, Value::Number(Number::Decimal(-2.5))));
    assert_eq!(test("width between 3 and 9").check, Check::Between(whole(3), whole(9)));
    assert_eq!(test("height > width").check, Check::Against(Comparison::More, Column::Width));
    assert_eq!(test("problem is null").check, Check::IsNull);
    assert_eq!(test("label in ('a', 'b')").check, Check::In(vec![text("a"), text("b")]));
    let like = |in_any_case| Check::Like { pattern: "%.PNG".to_owned(), in_any_case };
    assert_eq!((test("path like '%.PNG'").check, test("path ilike '%.PNG'").check), (like(false), like(true)));
    assert_eq!(test("tag('blurred')").field, Field::Tag("blurred".to_owned()));
    assert_eq!(test("has_vectors()").field, Field::HasVectors);
    assert_eq!(test("measure('in_degree') > 3").field, Field::Measure(Centrality::InDegree));
    assert!(matches!(test("measure('pagerank') * 100 > 3").field, Field::Arithmetic(_)));
    assert!(marked("measure('typical') > 0.9").1.contains("typicality"), "what was meant is said");
    assert_eq!(test("cluster('kmeans-20') = 'sailing boats'").field, Field::Cluster("kmeans-20".to_owned()));
    let Field::Feature { source, channel } = test("feature('inception_4c', 17, 'maximum') > 2.5").field else {
        panic!()
    };
    assert_eq!((source.layer.as_str(), source.pooling, channel), ("inception_4c", Pooling::Maximum, 17));
    for denied in ["label not in ('a')", "path not like 'a%'", "id not between 1 and 2", "label is not null"] {
        assert!(matches!(root(denied), Node::Not(_)), "{denied}");
    }
}

/// What a calculation comes to where the width is 6, the height 3, and every feature the number of its channel.
fn calculated(text: &str) -> Option<f64> {
    let read = test(&format!("{text} > 0"));
    let known = |field: &Field| match field {
        Field::Column(Column::Width) => Some(6.0),
        Field::Column(Column::Height) => Some(3.0),
        Field::Feature { channel, .. } => Some(*channel as f64),
        _ => None,
    };
    let Field::Arithmetic(calculated) = read.field else { panic!("{text}: {read:?}") };
    calculated.value(&known)
}

#[test]
fn numbers_are_calculated_as_they_are_everywhere() {
    for (text, expected) in [
        ("width / height", Some(2.0)),
        ("width - height - 1", Some(2.0)),
        ("width-height-1", Some(2.0)),
        ("width -1", Some(5.0)),
        ("12 / width / 2", Some(1.0)),
        ("width + height * 2", Some(12.0)),
        ("(width + height) * 2", Some(18.0)),
        ("((width + height) * (2 - height))", Some(-9.0)),
        ("-width + 7", Some(1.0)),
        ("- (width + -height)", Some(-3.0)),
        ("width * -2", Some(-12.0)),
        ("2*width", Some(12.0)),
        ("feature('a', 5) - feature('a', 4, 'maximum')", Some(1.0)),
        ("width / (height - 3)", None),
        ("size / width", None),
        (".5 * width", Some(3.0)),
    ] {
        assert_eq!(calculated(text), expected, "{text}");
    }
    // Both sides, lists and stretches.
    for text in [
        "width > 2 * height",
        "5 < width",
        "width between height and 2 * height",
        "id in (1, width - 2)",
        "file_bytes > width",
        "feature('a', 1) > feature('a', 2)",
    ] {
        assert!(matches!(test(text).field, Field::Arithmetic(_)), "{text}");
    }
    assert!(matches!(root("width / height is not null"), Node::Not(_)));
    // A parenthesis may be one of a comparison or of a calculation.
    assert!(matches!(root("((width + 1) * 2 > 5 or id = 1) and (height) > 2"), Node::All(_)));
    assert!(matches!(root("not (width / height) > 2"), Node::Not(_)));
    assert!(matches!(root("(width / height > 2)"), Node::Test(_)));
    // Nothing is calculated where nothing was: these go on being answered by an index or a filter.
    assert_eq!(test("width > height").check, Check::Against(Comparison::More, Column::Height));
    assert_eq!(test("width = - 5").check, Check::Compare(Comparison::Equal, Value::Number(Number::Whole(-5))));
    let many = |count: usize| format!("{} > 5", vec!["width"; count].join(" + "));
    root(&many(MAX_OPERANDS));
    let list: Vec<String> = (0..1_000).map(|id| id.to_string()).collect();
    assert!(matches!(test(&format!("id in ({})", list.join(", "))).check, Check::In(values) if values.len() == 1_000));
    assert!(refused(&many(MAX_OPERANDS + 1)).to_string().contains("too many numbers"));
    assert!(refused(&format!("{}width > 5", "-".repeat(1_000))).to_string().contains("--"));
    refused(&format!("{}width > 5", "- ".repeat(1_000)));
    refused(&format!("{}width{} + 1 > 5", "(".repeat(1_000), ")".repeat(1_000)));
}

#[test]
fn a_date_stands_for_all_of_its_seconds() {
    let seconds = |written: &str| match test(&format!("modified = '{written}'")).check {
        Check::Compare(_, Value::Time(Seconds { from, until })) => (from, until),
        other => panic!("{other:?}"),
    };
    // `date -u -d '2024-05-01' +%s` and so on.
    assert_eq!(seconds("2024-05-01"), (1_714_521_600, 1_714_608_000));
    assert_eq!(seconds("2024-05-01 12:30"), (1_714_566_600, 1_714_566_660));
    assert_eq!(seconds("2024-05-01T12:30:15Z"), (1_714_566_615, 1_714_566_616));
    assert_eq!(seconds("2024-02"), (1_706_745_600, 1_709_251_200));
    assert_eq!(seconds("2024-12"), (1_733_011_200, 1_735_689_600));
    assert_eq!(seconds("1969"), (-31_536_000, 0));
    assert_eq!(seconds("2000-02-29"), (951_782_400, 951_868_800));
    for wrong in ["2023-02-29", "1900-02-29", "2024-13", "2024-00-01", "2024-5-1", "yesterday", "2024-05-01 25:00", ""]
    {
        assert_eq!(marked(&format!("modified > '{wrong}'")).0, format!("'{wrong}'"));
    }
}

#[test]
fn whole_numbers_are_compared_with_any_number_exactly() {
    for written in ["2.5", "3", "-1", "3.0", "1e3", "9223372036854775807", "1e300", "-1e300"] {
        let Check::Compare(_, Value::Number(number)) = test(&format!("id = {written}")).check else { panic!() };
        for value in [-1_000, -2, -1, 0, 1, 2, 3, 4, 999, 1_000, 1_001] {
            let order = (value as f64).partial_cmp(&number.as_f64()).unwrap();
            for comparison in Comparison::ALL {
                let ranges = number.whole_numbers().matching(comparison);
                let holds = ranges.iter().any(|(first, last)| (*first..=*last).contains(&value));
                assert_eq!(holds, comparison.holds(order), "{value} {} {written}: {ranges:?}", comparison.sign());
                let opposite = number.whole_numbers().matching(comparison.opposite());
                assert_ne!(holds, opposite.iter().any(|(first, last)| (*first..=*last).contains(&value)));
            }
        }
    }
}

#[test]
fn errors_say_what_is_wrong_where_and_what_to_write() {
    let cases = [
        ("lable = 'dog'", "lable", "Did you mean label?"),
        ("label = 'dog' and colour = 'red'", "colour", "there is no column colour"),
        ("tagged('x')", "tagged", "Did you mean tag?"),
        ("label = dog", "dog", "in quotes"),
        ("label = cat", "cat", "Write it as 'cat'"),
        ("height / 0 > 1", "0", "divided by zero"),
        ("height / (2 - 2) > 1 and width > 3", "(2 - 2)", "divided by zero"),
        ("width > 5 / 0.0", "0.0", "divided by zero"),
        ("label = 5", "5", "text"),
        ("width = '5'", "'5'", "without quotes"),
        ("label = null", "null", "is null"),
        ("label == 'dog'", "==", "Write ="),
        ("label = \"dog\"", "\"", "single quotes"),
        ("label = ‘dog’", "‘", "straight quotes"),
        ("label = 'dog", "'dog", "not closed"),
        ("width > 5 && height > 5", "&&", "Write and"),
        ("width > 5 height > 5", "height", "Join them"),
        ("(width > 5", "(", "not closed"),
        ("width > 5)", ")", "no ("),
        ("width like '5%'", "like", "compares text"),
        ("tag('a') = 1", "=", "true or false by itself"),
        ("cluster('k') > 'boats'", "'boats'", "no order"),
        ("feature('a', -1) > 0", "-1", "from 0"),
        ("feature('a', 1, 'mean') > 0", "'mean'", "average"),
        ("width > label", "label", "columns of numbers"),
        ("width > modified", "modified", "columns of numbers"),
        ("width / label > 2", "label", "no number"),
        ("label + 1 > 2", "label", "no number"),
        ("width > 2 * 'a'", "'a'", "a number is missing"),
        ("width / > 2", ">", "a number is missing"),
        ("width / and", "and", "missing before"),
        ("tag('a') + 1 > 2", "tag('a')", "no number"),
        ("2 * (width + 1 > 5", ">", ") is missing"),
        ("2 > 1", "2 > 1", "the same for every image"),
        ("width / height", "", "a comparison is missing"),
        ("modified > 2024 - 05", "-", "Join them"),
        ("width > 20cm", "20cm", "no number"),
        ("modified > 2024-05-01", "2024-05-01", "quotes"),
        ("tag('')", "''", "missing"),
        ("tag", "", "tag('blurred')"),
        ("label", "", "a comparison is missing"),
        ("label in 'a'", "'a'", "( is missing"),
        ("label in ()", ")", "in quotes"),
        ("width between 3 or 4", "or", "and is missing"),
        ("id = 99999999999999999999", "99999999999999999999", "too large"),
        ("'dog' = label", "'dog'", "begins with a column"),
        ("and label = 'x'", "and", "missing before"),
        ("", "", "the predicate is empty"),
    ];
    for (text, place, said) in cases {
        let (found, message) = marked(text);
        assert!(found == place && message.contains(said), "{text}: {found:?} {message}");
    }
}

#[test]
fn an_error_points_below_its_letters_whatever_stands_before() {
    let text = "label = 'größe ☕'\tand lable = 1";
    let error = refused(text);
    assert_eq!(error.position(text), 23);
    assert_eq!(error.pointed(text), "label = 'größe ☕' and lable = 1\n                      ^^^^^");
}

#[test]
fn what_would_be_an_injection_elsewhere_is_text_here_or_refused() {
    for evil in [
        "x'; drop table images; --",
        "' or '1'='1",
        "\\' or 1=1 --",
        "a\0b",
        "x\"); select(",
        "日本'語",
        "%_\\",
        "/* x */",
    ] {
        let read = test(&format!("label = '{}'", evil.replace('\'', "''")));
        assert_eq!(read.check, Check::Compare(Comparison::Equal, Value::Text(evil.to_owned())), "it is just text");
    }
    for evil in [
        "label = 'a'; drop table images",
        "label = 'a' -- and more",
        "label = 'a' /* more */",
        "label = 'a' union select path from images",
        "(select 1) = 1",
        "label = (select path)",
        "1 = 1",
        "version() = 'x'",
        "label = 'a' or true",
        "label || path = 'a'",
        "images.label = 'a'",
        "\"label\" = 'a'",
    ] {
        refused(evil);
    }
}

#[test]
fn nesting_and_length_are_bounded() {
    let nested = |depth: usize| format!("{}id = 1{}", "(".repeat(depth), ")".repeat(depth));
    root(&nested(MAX_DEPTH));
    assert!(refused(&nested(MAX_DEPTH + 1)).to_string().contains("nested too deeply"));
    refused(&nested(4_000));
    refused(&"not ".repeat(2_000));
    refused(&"(".repeat(MAX_TEXT_BYTES));
    let long = |count: usize| vec!["id=1"; count].join(" or ");
    root(&long(MAX_TESTS));
    assert!(refused(&long(MAX_TESTS + 1)).to_string().contains("too many"));
    let text = format!("label = '{}'", "ü".repeat(MAX_TEXT_BYTES));
    assert!(refused(&text).to_string().contains("At most"));
}

#[test]
fn no_text_makes_the_reader_panic() {
    let pieces = [
        "label",
        "width",
        "tag",
        "(",
        ")",
        "'",
        "''",
        "'a'",
        "5",
        "-",
        "+",
        "*",
        "/",
        "height",
        ".",
        "e9",
        "=",
        "<",
        ">",
        "!",
        "and",
        "or",
        "not",
        "in",
        ",",
        "between",
        "is",
        "null",
        "like",
        "feature",
        "cluster",
        "ß",
        "☕",
        "\u{0}",
        " ",
        "\n",
        ";",
        "--",
        "1.5",
        "modified",
        "'2024-13-99'",
        "has_vectors",
    ];
    let mut chance = fastrand::Rng::with_seed(12);
    let vocabulary = vocabulary();
    for _ in 0..3_000 {
        let count = chance.usize(0..14);
        let glue = if chance.bool() { " " } else { "" };
        let text = (0..count).map(|_| pieces[chance.usize(..pieces.len())]).collect::<Vec<_>>().join(glue);
        if let Err(error) = Predicate::parse(&text) {
            assert!(text.is_char_boundary(error.span.start) && text.is_char_boundary(error.span.end), "{text:?}");
            assert!(error.span.start <= error.span.end && error.span.end <= text.len(), "{text:?}");
            error.pointed(&text);
        }
        for cursor in 0..=text.len() {
            for offer in complete(&text, cursor, &vocabulary) {
                assert!(text.get(offer.replaces.start..offer.replaces.end).is_some(), "{text:?} at {cursor}");
            }
        }
    }
}

fn vocabulary() -> Vocabulary {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    Vocabulary {
        labels: names(&["dog", "doge", "o'hara", "sea lion"]),
        tags: names(&["blurred", "keep"]),
        clusterings: vec![("kmeans_20".to_owned(), names(&["sailing boats"]))],
        layers: names(&["conv1", "fire9/concat"]),
    }
}

/// What is offered where `|` stands, in order.
fn offered(text: &str) -> Vec<String> {
    let cursor = text.find('|').expect("a cursor");
    complete(&text.replace('|', ""), cursor, &vocabulary()).into_iter().map(|offer| offer.insert).collect()
}

#[test]
fn completion_offers_what_can_stand_at_the_cursor() {
    let columns = offered("|");
    assert!(
        columns.iter().any(|offer| offer == "label ") && columns.iter().any(|offer| offer == "tag("),
        "{columns:?}"
    );
    assert_eq!(offered("lab|"), ["label "]);
    assert_eq!(offered("width > 5 and hei|"), ["height "]);
    assert_eq!(offered("label = 'do|"), ["'dog' ", "'doge' "]);
    assert_eq!(offered("label = 'lion|"), ["'sea lion' "], "also what only contains it");
    assert_eq!(offered("label = 'o''|"), ["'o''hara' "], "a quote is doubled");
    assert_eq!(offered("label in ('dog', 's|"), ["'sea lion' "]);
    assert_eq!(offered("tag(|"), ["'blurred') ", "'keep') "]);
    assert_eq!(offered("not tag('k|"), ["'keep') "]);
    assert_eq!(offered("cluster('|"), ["'kmeans_20') "]);
    assert_eq!(offered("cluster('kmeans_20') = |"), ["'sailing boats' "]);
    assert_eq!(offered("feature('f|"), ["'fire9/concat', "]);
    assert_eq!(offered("feature('conv1', 3, |"), ["'average') ", "'maximum') "]);
    assert_eq!(offered("label is |"), ["null ", "not null "]);
    assert_eq!(offered("label = 'dog' |"), ["and ", "or "]);
    assert_eq!(offered("(label = 'dog' |"), ["and ", "or ", ") "]);
    assert_eq!(offered("label = 'dog' an|"), ["and "]);
    assert_eq!(offered("width between 3 |"), ["and "]);
    assert!(offered("width |").contains(&"between ".to_owned()) && !offered("width |").contains(&"like ".to_owned()));
    assert!(offered("label |").contains(&"like ".to_owned()));
    let signs = ["+ ", "- ", "* ", "/ "].map(str::to_owned);
    assert!(signs.iter().all(|sign| offered("width |").contains(sign)), "{:?}", offered("width |"));
    assert!(!offered("label |").contains(&signs[0]));
    let numbers = offered("width / |");
    assert!(numbers.contains(&"height ".to_owned()) && numbers.contains(&"feature(".to_owned()), "{numbers:?}");
    assert!(!numbers.contains(&"label ".to_owned()));
    assert_eq!(offered("width / he|"), ["height "]);
    assert!(offered("width > 2 * |").contains(&"height ".to_owned()));
    assert!(offered("2 * (width + 1 |").contains(&") ".to_owned()));
    assert!(offered("lable = 'x' and |").is_empty(), "nothing can follow what is wrong");
    assert!(offered("width > 5|").is_empty());
}

#[test]
fn what_is_completed_can_be_read() {
    let mut chance = fastrand::Rng::with_seed(3);
    let mut finished = 0;
    for _ in 0..300 {
        let mut text = String::new();
        for _ in 0..12 {
            if Predicate::parse(&text).is_ok() {
                finished += 1;
                break;
            }
            let offers = complete(&text, text.len(), &vocabulary());
            match offers.get(chance.usize(..offers.len().max(1))) {
                Some(offer) => text.replace_range(offer.replaces.start..offer.replaces.end, &offer.insert),
                // Numbers are not offered, nor is every text.
                None if Predicate::parse(&format!("{text}5")).is_ok() => text += "5 ",
                None => text += "'5' ",
            }
        }
    }
    assert!(finished > 150, "{finished} of 300 could be read");
}

#[test]
fn it_is_known_which_tags_are_wanted_and_which_are_only_named() {
    let wants = |text: &str| Predicate::parse(text).expect("a predicate").wants_tag("to remove");
    for text in [
        "tag('to remove')",
        "width > 512 and tag('to remove')",
        "label = 'dog' or (width > 512 and tag('to remove'))",
        "not (label = 'dog' and not tag('to remove'))",
    ] {
        assert!(wants(text), "{text}");
    }
    for text in ["label = 'to remove'", "path like '%to remove%'", "tag('to remove later')", "not tag('to remove')"] {
        assert!(!wants(text), "{text}");
    }
}

#[test]
fn what_was_meant_as_a_predicate_is_told_from_what_may_be_a_name() {
    for (text, meant) in [
        ("label = 'dog'", "label = 'dog'"),
        ("label=dog", "label = 'dog'"),
        ("label == dog", "label = 'dog'"),
        ("Label: big dog", "Label = 'big dog'"),
        ("label:o'hara", "label = 'o''hara'"),
        ("width: 512", "width = 512"),
        (" width >= 512 ", "width >= 512"),
        ("size > many", "size > many"),
        ("tag:blurred", "tag('blurred')"),
        ("tag('blurred'", "tag('blurred'"),
        ("not tag('blurred')", "not tag('blurred')"),
        ("label like '%dog", "label like '%dog"),
        ("label = dog and width > 3", "label = dog and width > 3"),
        ("colour = red", "colour = red"),
    ] {
        assert_eq!(meant_as_predicate(text).as_deref(), Some(meant), "{text}");
    }
    for text in ["", "dog", "label", "holiday: day 2", "tag", "width of a street", "label:", "2024-05", "notes.png"] {
        assert_eq!(meant_as_predicate(text), None, "{text}");
    }
}
