//! Which format a file or folder has, by what is in it.

use std::path::Path;

use super::{ImportError, files};
use crate::domain::AnnotationFormat;

/// So many bytes of a file are looked at.
const HEAD_BYTES: u64 = 64 << 10;
/// Where a tar archive says what it is.
const TAR_MARK: std::ops::Range<usize> = 257..262;

/// The format of the files at `path`.
///
/// # Errors
/// When it cannot be read, or is of no format that we know.
pub(super) fn format_of(path: &Path) -> Result<AnnotationFormat, ImportError> {
    let about = std::fs::metadata(path).map_err(|error| ImportError::unread(&error, path))?;
    if about.is_dir() { of_folder(path) } else { of_file(path) }
}

fn of_folder(folder: &Path) -> Result<AnnotationFormat, ImportError> {
    let has = |endings: &[&str]| files::inside(folder, &|path| files::ends(path, endings)).map(|found| found.len());
    let is_metadata = |path: &Path| {
        path.file_stem().is_some_and(|stem| stem == "metadata") && files::ends(path, &["csv", "jsonl", "parquet"])
    };
    let found = match () {
        () if has(&["yaml", "yml"])? > 0 => AnnotationFormat::Yolo,
        () if folder.join("Annotations").is_dir() || has(&["xml"])? > 0 => AnnotationFormat::Voc,
        () if !files::below(folder, 1, &is_metadata)?.is_empty() => AnnotationFormat::HuggingFace,
        () if has(&["tar"])? > 0 => AnnotationFormat::WebDataset,
        () if folder.join("classes.txt").is_file() => AnnotationFormat::Yolo,
        () if has(&["json"])? == 1 && has(&["csv", "tsv"])? == 0 => AnnotationFormat::Coco,
        () if has(&["csv", "tsv"])? == 1 => AnnotationFormat::Csv,
        () => {
            let reason = "in this folder lies no data.yaml or classes.txt (YOLO), no Annotations (Pascal VOC), no metadata.csv, \
                          .jsonl or .parquet (Hugging Face), no .tar (WebDataset), and not just one .json (COCO) or .csv";
            return Err(ImportError::UnknownFormat { reason: reason.to_owned(), path: folder.to_owned() });
        }
    };
    Ok(found)
}

fn of_file(file: &Path) -> Result<AnnotationFormat, ImportError> {
    let head = files::head(file, HEAD_BYTES)?;
    let is_metadata = file.file_stem().is_some_and(|stem| stem == "metadata");
    let text = String::from_utf8_lossy(&head);
    let first = text.trim_start_matches('\u{feff}').trim_start().chars().next();
    let has_names = || text.lines().any(|line| line.starts_with("names:"));
    Ok(match () {
        () if head.starts_with(&[0x1f, 0x8b]) => {
            let why = "it is compressed; unpack it first (gunzip, or tar -xzf)";
            return Err(ImportError::not_understood(why, file));
        }
        () if head.get(TAR_MARK) == Some(b"ustar") => AnnotationFormat::WebDataset,
        () if head.starts_with(b"PAR1") || files::ends(file, &["jsonl"]) => AnnotationFormat::HuggingFace,
        () if head.contains(&0) => {
            let reason = "it holds neither text nor Parquet nor a tar archive".to_owned();
            return Err(ImportError::UnknownFormat { reason, path: file.to_owned() });
        }
        () if first == Some('<') => AnnotationFormat::Voc,
        () if first == Some('{') => AnnotationFormat::Coco,
        () if files::ends(file, &["yaml", "yml"]) || has_names() => AnnotationFormat::Yolo,
        () if is_metadata && files::ends(file, &["csv"]) => AnnotationFormat::HuggingFace,
        () if files::ends(file, &["csv", "tsv"]) || looks_like_a_table(&text) => AnnotationFormat::Csv,
        () => {
            let reason = "it is neither JSON, XML, YAML, Parquet, a tar archive nor a table with a header".to_owned();
            return Err(ImportError::UnknownFormat { reason, path: file.to_owned() });
        }
    })
}

fn looks_like_a_table(text: &str) -> bool {
    text.lines().next().is_some_and(|line| [',', '\t', ';'].iter().any(|mark| line.contains(*mark)))
}
