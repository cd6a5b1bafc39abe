//! The tree of groups: what of the joining of rows, one by one, is a split into groups and not rows falling off.

use hdbscan_rs::CondensedTreeEdge;

use super::edge::Edge;
use crate::analysis::union_find::UnionFind;

/// Two sets that become one.
struct Merge {
    /// Rows, and from the number of rows on merges.
    parts: [usize; 2],
    /// How dense it is where they come apart: one over the distance.
    density: f64,
    size: usize,
}

/// Condenses the tree of `rows` rows, whose edges are sorted: a set splits where both parts have `least` rows; else rows leave
/// it (Campello, Moulavi and Sander 2013, algorithm 1). Rows that leave together leave at the same density, whatever they
/// hold together by beyond it; the crate's own version differs in this.
pub fn condense(tree: &[Edge], rows: usize, least: usize) -> Vec<CondensedTreeEdge> {
    let merges = merges(tree, rows);
    let size = |node: usize| if node < rows { 1 } else { merges[node - rows].size };
    let mut edges = Vec::with_capacity(rows);
    let Some(root) = merges.len().checked_sub(1) else { return edges };
    let mut last = rows;
    let mut open = vec![(root, last)];
    let mut leaving = Vec::new();
    while let Some((at, parent)) = open.pop() {
        let Merge { parts, density, .. } = merges[at];
        let splits = parts.iter().all(|part| size(*part) >= least);
        for part in parts {
            if splits {
                last += 1;
                edges.push(CondensedTreeEdge { parent, child: last, lambda_val: density, child_size: size(part) });
                open.push((part - rows, last));
            } else if size(part) >= least {
                open.push((part - rows, parent));
            } else {
                leaving.push(part);
            }
            while let Some(node) = leaving.pop() {
                if node >= rows {
                    leaving.extend(merges[node - rows].parts);
                } else {
                    edges.push(CondensedTreeEdge { parent, child: node, lambda_val: density, child_size: 1 });
                }
            }
        }
    }
    edges
}

fn merges(tree: &[Edge], rows: usize) -> Vec<Merge> {
    let mut parts = UnionFind::new(rows);
    let mut node_of: Vec<usize> = (0..rows).collect();
    let mut merges: Vec<Merge> = Vec::with_capacity(tree.len());
    for edge in tree {
        let both = [edge.a, edge.b].map(|row| node_of[parts.find(row) as usize]);
        let size = both.iter().map(|node| if *node < rows { 1 } else { merges[*node - rows].size }).sum();
        let distance = f64::from(edge.reach);
        let density = if distance > 0.0 { distance.recip() } else { f64::INFINITY };
        node_of[parts.unite(edge.a, edge.b) as usize] = rows + merges.len();
        merges.push(Merge { parts: both, density, size });
    }
    merges
}
