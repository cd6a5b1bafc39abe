//! Graphs: as lines of edges, which everything reads, or as GraphML, which keeps names.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::ExportError;
use super::place::{Draft, check, place_together, write_whole};

/// A vertex, whose number is its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vertex {
    /// `image` or `feature`.
    pub kind: &'static str,
    /// A path, or a layer and a channel.
    pub name: String,
    /// An image's label.
    pub label: Option<String>,
}

/// Takes edges in, one after the other: two vertices and a weight.
pub type EdgeSink<'a> = dyn FnMut(u32, u32, f32) -> io::Result<()> + 'a;

/// Where the list of vertices lies that belongs to lines of edges: `OUT.vertices`.
pub fn vertex_list(out: &Path) -> PathBuf {
    let mut list = out.as_os_str().to_owned();
    list.push(".vertices");
    PathBuf::from(list)
}

/// Writes `source target weight` lines, and beside them, at [`vertex_list`], the vertices: number, kind, name and label,
/// with tabs between: both files, or none. Returns where that list lies.
///
/// # Errors
/// When one of the two exists and `overwrite` is not given, or cannot be written.
pub fn write_edges(
    vertices: &[Vertex],
    edges: impl FnOnce(&mut EdgeSink) -> io::Result<()>,
    out: &Path,
    overwrite: bool,
) -> Result<PathBuf, ExportError> {
    let list = vertex_list(out);
    check(&[out, &list], overwrite)?;
    let table = Draft::written(&list, overwrite, |writer| {
        for (number, vertex) in vertices.iter().enumerate() {
            let plain = |text: &str| text.replace(['\t', '\n', '\r'], " ");
            let label = plain(vertex.label.as_deref().unwrap_or(""));
            writeln!(writer, "{number}\t{}\t{}\t{label}", vertex.kind, plain(&vertex.name))?;
        }
        Ok(())
    })?;
    let lines =
        Draft::written(out, overwrite, |writer| edges(&mut |a, b, weight| writeln!(writer, "{a} {b} {weight}")))?;
    place_together(vec![lines, table], overwrite)?;
    Ok(list)
}

/// Writes GraphML (Brandes et al. 2002): undirected, `kind`, `name` and `label` of vertices, `weight` of edges.
///
/// # Errors
/// When `out` exists and `overwrite` is not given, or cannot be written.
pub fn write_graphml(
    vertices: &[Vertex],
    edges: impl FnOnce(&mut EdgeSink) -> io::Result<()>,
    out: &Path,
    overwrite: bool,
) -> Result<(), ExportError> {
    write_whole(out, overwrite, |writer| {
        writeln!(writer, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        writeln!(writer, "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">")?;
        for name in ["kind", "name", "label"] {
            writeln!(writer, "  <key id=\"{name}\" for=\"node\" attr.name=\"{name}\" attr.type=\"string\"/>")?;
        }
        writeln!(writer, "  <key id=\"weight\" for=\"edge\" attr.name=\"weight\" attr.type=\"float\"/>")?;
        writeln!(writer, "  <graph edgedefault=\"undirected\">")?;
        for (number, vertex) in vertices.iter().enumerate() {
            write!(writer, "    <node id=\"n{number}\"><data key=\"kind\">{}</data>", vertex.kind)?;
            write!(writer, "<data key=\"name\">{}</data>", escape(&vertex.name))?;
            if let Some(label) = &vertex.label {
                write!(writer, "<data key=\"label\">{}</data>", escape(label))?;
            }
            writeln!(writer, "</node>")?;
        }
        edges(&mut |a, b, weight| {
            writeln!(writer, "    <edge source=\"n{a}\" target=\"n{b}\"><data key=\"weight\">{weight}</data></edge>")
        })?;
        writeln!(writer, "  </graph>\n</graphml>")
    })
}

/// Text as XML may hold it. Control characters, which it may not in any form, become the sign for what is not known.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\0'..'\u{20}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            letter => escaped.push(letter),
        }
    }
    escaped
}
