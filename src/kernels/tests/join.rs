use tiramisu_kernels::join;

use super::{CASES, is_refused, numbers};

#[test]
fn rows_lie_one_behind_the_other() {
    let mut random = fastrand::Rng::with_seed(10);
    for _ in 0..CASES / 10 {
        let rows = random.usize(0..5);
        let widths: Vec<usize> = (0..random.usize(0..4)).map(|_| random.usize(0..20)).collect();
        let parts: Vec<Vec<f32>> = widths.iter().map(|width| numbers(&mut random, rows * width)).collect();
        let lent: Vec<&[f32]> = parts.iter().map(Vec::as_slice).collect();
        let found = join::rows(rows, &lent, |pieces| {
            std::thread::scope(|threads| {
                for (index, piece) in pieces.into_iter().enumerate() {
                    if index == 0 {
                        threads.spawn(|| piece.copy());
                    } else {
                        piece.copy();
                    }
                }
            });
        });
        let expected: Vec<f32> = (0..rows)
            .flat_map(|row| parts.iter().zip(&widths).flat_map(move |(part, width)| &part[row * width..][..*width]))
            .copied()
            .collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn rows_that_are_not_whole_or_left_out_are_refused_in_release() {
    let join = |rows: usize, part: &[f32]| {
        join::rows(rows, &[part], |pieces| pieces.into_iter().for_each(join::Piece::copy));
    };
    for (rows, count) in [(2, 3), (0, 3)] {
        assert!(is_refused(&format!("{rows} rows of each"), || join(rows, &[1.0; 8][..count])), "{count} numbers");
    }
    assert!(is_refused("all pieces were copied", || join::rows(2, &[&[1.0; 4]], |pieces| drop(pieces))));
}
