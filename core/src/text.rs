//! The edit distance between two texts.

use alloc::vec;
use alloc::vec::Vec;

/// Returns Levenshtein's distance, computed row by row. The cost is the product of the lengths.
pub(crate) fn edit_distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.iter().enumerate() {
        let mut left = i + 1;
        let mut next = vec![left];
        for ((other, diagonal), above) in b.iter().zip(&row).zip(row.iter().skip(1)) {
            left = (diagonal + usize::from(letter != other))
                .min(above + 1)
                .min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
