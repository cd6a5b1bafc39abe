//! What the dialog calls tables, columns and versions, and what it says of all together.

use crate::domain::{StorageReport, TableVersion, TableWords, column_in_words};
use crate::session::Session;
use crate::ui::widgets::text::{bytes, counted, thousands};

/// What a table holds.
pub(super) fn of_table(table: &str, session: &Session) -> TableWords {
    TableWords::of(table, &|column| layer_title(column, session))
}

/// What a column holds.
pub(super) fn of_column(column: &str, session: &Session) -> String {
    column_in_words(column, &|column| layer_title(column, session))
}

/// The layer whose vectors a column holds, as it is called everywhere.
fn layer_title(column: &str, session: &Session) -> Option<String> {
    let stored = session.collection()?.stored.iter().find(|stored| stored.column() == column)?;
    let layer = session.opened.layer_titles.of_name(&stored.layer);
    Some(format!("{layer} ({})", stored.pooling.word()))
}

/// `61 kB on disk for 60 pictures: 30 kB of records and small copies, 25 kB of vectors, 6 kB of all else. 4 kB of it is in old
/// versions.`
pub(super) fn in_all(report: &StorageReport, session: &Session) -> String {
    let of = |is_wanted: &dyn Fn(&str) -> bool| -> u64 {
        report.tables.iter().filter(|table| is_wanted(&table.table)).map(|table| table.memory.bytes).sum()
    };
    let is_of_images = |table: &str| table == "images";
    let is_of_vectors = |table: &str| of_table(table, session).is_of_vectors;
    let (images, vectors) = (of(&is_of_images), of(&is_of_vectors));
    let rest = report.bytes.saturating_sub(images + vectors);
    let pictures = counted(session.opened.images.len(), "picture", "pictures");
    let old = match report.old_bytes() {
        0 => "None of it is in old versions".to_owned(),
        old => format!("{} of it is in old versions", bytes(old)),
    };
    format!(
        "{} on disk for {pictures}: {} of records and small copies, {} of vectors, {} of all else. {old}.",
        bytes(report.bytes),
        bytes(images),
        bytes(vectors),
        bytes(rest)
    )
}

/// What a version is: what it holds, what became of the one before, and what it has that the next one lacks.
pub(super) fn of_version(
    version: &TableVersion,
    before: Option<&TableVersion>,
    after: Option<&TableVersion>,
    [row, rows]: [&str; 2],
) -> String {
    let of_rows = |count: u64| match count {
        1 => format!("1 {row}"),
        count => format!("{} {rows}", thousands(count as usize)),
    };
    let of_layers = |count: u64| counted(count as usize, "layer", "layers");
    let mut words = match version.layers {
        Some(layers) => format!("{}, {}", of_rows(version.rows), of_layers(layers)),
        None => of_rows(version.rows),
    };
    let fewer = |of: &dyn Fn(&TableVersion) -> Option<u64>, from: &TableVersion, to: &TableVersion| {
        Some(of(from)?.checked_sub(of(to)?)?).filter(|count| *count > 0)
    };
    let rows_of = |version: &TableVersion| Some(version.rows);
    let layers_of = |version: &TableVersion| version.layers;
    if let Some(before) = before {
        let changes = [
            fewer(&layers_of, version, before).map(|count| format!("{} added", of_layers(count))),
            fewer(&layers_of, before, version).map(|count| format!("{} removed", of_layers(count))),
            fewer(&rows_of, version, before).map(|count| format!("{} added", of_rows(count))),
            fewer(&rows_of, before, version).map(|count| format!("{} removed", of_rows(count))),
        ];
        let changes: Vec<String> = changes.into_iter().flatten().collect();
        words += ": ";
        words += &match changes[..] {
            [] if version.fragments < before.fragments => "small files were merged".to_owned(),
            [] => "contents were changed".to_owned(),
            [..] => changes.join(", "),
        };
    }
    if let Some(after) = after {
        let lost = [fewer(&layers_of, version, after).map(of_layers), fewer(&rows_of, version, after).map(of_rows)];
        let lost: Vec<String> = lost.into_iter().flatten().collect();
        if !lost.is_empty() {
            words += &format!("; before {} were removed", lost.join(" and "));
        }
    }
    words
}
