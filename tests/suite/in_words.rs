//! Numbers as a person reads them.

use tiramisu::domain::in_words::{bytes, counted, duration, elapsed, millis, ordinal, thousands};
use tiramisu::domain::short_class_name;

#[test]
fn counts_have_their_thousands_apart_and_one_is_not_many() {
    assert_eq!([0, 7, 999, 1000, 1_234_567].map(thousands), ["0", "7", "999", "1,000", "1,234,567"]);
    assert_eq!(counted(1, "image", "images"), "1 image");
    assert_eq!(counted(0, "image", "images"), "0 images");
    assert_eq!(counted(12_000, "image", "images"), "12,000 images");
}

#[test]
fn places_in_a_row_end_as_they_are_spoken() {
    let places = [1, 2, 3, 4, 10, 11, 12, 13, 21, 112, 1003];
    let words = ["1st", "2nd", "3rd", "4th", "10th", "11th", "12th", "13th", "21st", "112th", "1,003rd"];
    assert_eq!(places.map(ordinal), words);
}

#[test]
fn bytes_have_two_digits_at_least_and_units_of_a_thousand() {
    let sizes = [0, 512, 999, 1000, 1536, 20_000_000, 5_030_000_000, 7_000_000_000_000_000];
    assert_eq!(sizes.map(bytes), ["0 B", "512 B", "999 B", "1.0 kB", "1.5 kB", "20 MB", "5.0 GB", "7000 TB"]);
}

#[test]
fn times_are_as_exact_as_is_of_use() {
    assert_eq!([0.000_04, 0.0013, 0.12].map(millis), ["0.04 ms", "1.3 ms", "120 ms"]);
    assert_eq!([0.5, 1.0, 8.4, 200.0].map(elapsed), ["500 ms", "1 s", "8 s", "3 min 20 s"]);
    assert_eq!([59.4, 60.0, 700.0, 7200.0, 7500.0].map(duration), ["59 s", "1 min", "11 min", "2 h", "2 h 5 min"]);
}

#[test]
fn a_class_is_called_by_the_first_of_its_names_where_there_is_little_room() {
    let names = ["tabby, tabby cat", "goldfish", " tench , Tinca tinca", "", ", nameless"];
    assert_eq!(names.map(short_class_name), ["tabby", "goldfish", "tench", "", ", nameless"]);
}
