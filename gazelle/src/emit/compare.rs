//! Which lines do two files have in common?
//!
//! The comparison that finds most of them takes the square of the lines that differ. So it is for parts of a bounded size:
//! a larger one is first cut at the lines that stand in both exactly once, and what is still large between two of these
//! counts as replaced.

use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices};
use std::{collections::HashMap, ops::Range};

/// Most lines of a part of both files that is compared line by line.
const MOST: usize = 4_000;

/// How the lines of one file become those of another.
pub(super) fn compare(old: &[&[u8]], new: &[&[u8]]) -> Vec<DiffOp> {
    let mut found = Found { old, new, ops: Vec::new() };
    let (head, tail) = common(old, new);
    let (old_middle, new_middle) = (head..old.len() - tail, head..new.len() - tail);
    if old_middle.len() + new_middle.len() <= MOST {
        return capture_diff_slices(Algorithm::Myers, old, new);
    }
    found.equal(0, 0, head);
    let (mut old_at, mut new_at) = (head, head);
    for (old_line, new_line) in anchors(old, new, old_middle.clone(), new_middle.clone()) {
        // What stands around a line that is in both may be in both as well.
        if old_line < old_at || new_line < new_at {
            continue;
        }
        let (old_part, new_part) = (old_at..old_line, new_at..new_line);
        found.part(old_part, new_part);
        found.equal(old_line, new_line, 1);
        (old_at, new_at) = (old_line + 1, new_line + 1);
    }
    found.part(old_at..old_middle.end, new_at..new_middle.end);
    found.equal(old_middle.end, new_middle.end, tail);
    found.ops
}

/// How many lines are the same at the beginning, and at the end.
fn common(old: &[&[u8]], new: &[&[u8]]) -> (usize, usize) {
    let head = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(old, new)| old == new).count();
    (head, tail)
}

/// Lines that stand once in each of two parts, as many as stand in one order in both.
fn anchors(old: &[&[u8]], new: &[&[u8]], old_part: Range<usize>, new_part: Range<usize>) -> Vec<(usize, usize)> {
    let mut places: HashMap<&[u8], (Option<usize>, Option<usize>)> = HashMap::new();
    let mut twice = Vec::new();
    for line in old_part.clone() {
        if places.entry(old[line]).or_default().0.replace(line).is_some() {
            twice.push(old[line]);
        }
    }
    for line in new_part {
        if places.entry(new[line]).or_default().1.replace(line).is_some() {
            twice.push(new[line]);
        }
    }
    for line in twice {
        places.remove(line);
    }
    let both = old_part.filter_map(|line| Some((line, places.get(old[line])?.1?)));
    longest_rising(&both.collect::<Vec<_>>())
}

/// The longest series of pairs of which the second numbers rise.
fn longest_rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // For each length the pair at the end of a series with the smallest number, and the pair before each.
    let (mut ends, mut before): (Vec<usize>, Vec<Option<usize>>) = (Vec::new(), Vec::with_capacity(pairs.len()));
    for (index, (_, number)) in pairs.iter().enumerate() {
        let place = ends.partition_point(|end| pairs[*end].1 < *number);
        before.push(place.checked_sub(1).map(|last| ends[last]));
        ends.truncate(ends.len().max(place));
        match ends.get_mut(place) {
            Some(end) => *end = index,
            None => ends.push(index),
        }
    }
    let mut series: Vec<_> =
        std::iter::successors(ends.last().copied(), |index| before[*index]).map(|index| pairs[index]).collect();
    series.reverse();
    series
}

struct Found<'a> {
    old: &'a [&'a [u8]],
    new: &'a [&'a [u8]],
    ops: Vec<DiffOp>,
}

impl Found<'_> {
    fn part(&mut self, old: Range<usize>, new: Range<usize>) {
        let (head, tail) = common(&self.old[old.clone()], &self.new[new.clone()]);
        self.equal(old.start, new.start, head);
        let (old_part, new_part) = (old.start + head..old.end - tail, new.start + head..new.end - tail);
        if old_part.len() + new_part.len() <= MOST && !old_part.is_empty() && !new_part.is_empty() {
            let ops = capture_diff_slices(Algorithm::Myers, &self.old[old_part.clone()], &self.new[new_part.clone()]);
            let (mut old_at, mut new_at) = (old_part.start, new_part.start);
            for op in ops {
                let (old_len, new_len) = (op.old_range().len(), op.new_range().len());
                match op.tag() {
                    DiffTag::Equal => self.equal(old_at, new_at, old_len),
                    _ => self.replace(old_at, old_len, new_at, new_len),
                }
                (old_at, new_at) = (old_at + old_len, new_at + new_len);
            }
        } else {
            self.replace(old_part.start, old_part.len(), new_part.start, new_part.len());
        }
        self.equal(old.end - tail, new.end - tail, tail);
    }

    fn equal(&mut self, old_index: usize, new_index: usize, len: usize) {
        match self.ops.last_mut() {
            _ if len == 0 => {}
            Some(DiffOp::Equal { len: before, .. }) => *before += len,
            _ => self.ops.push(DiffOp::Equal { old_index, new_index, len }),
        }
    }

    fn replace(&mut self, old_index: usize, old_len: usize, new_index: usize, new_len: usize) {
        let op = match (old_len, new_len) {
            (0, 0) => return,
            (_, 0) => DiffOp::Delete { old_index, old_len, new_index },
            (0, _) => DiffOp::Insert { old_index, new_index, new_len },
            _ => DiffOp::Replace { old_index, old_len, new_index, new_len },
        };
        self.ops.push(op);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The new file, made of the old one and of what is said to be new.
    fn applied(old: &[&[u8]], new: &[&[u8]], ops: &[DiffOp]) -> Vec<u8> {
        let (mut out, mut old_at, mut new_at) = (Vec::new(), 0, 0);
        for op in ops {
            // Where nothing is taken from a file, the library may name a place close by.
            assert!(op.old_range().is_empty() || op.old_range().start == old_at, "{op:?}");
            assert!(op.new_range().is_empty() || op.new_range().start == new_at, "{op:?}");
            (old_at, new_at) = (old_at + op.old_range().len(), new_at + op.new_range().len());
            let lines = if op.tag() == DiffTag::Equal { &old[op.old_range()] } else { &new[op.new_range()] };
            out.extend(lines.iter().flat_map(|line| line.iter().copied()));
        }
        assert_eq!((old_at, new_at), (old.len(), new.len()));
        out
    }

    fn numbers(numbers: impl Iterator<Item = usize>) -> Vec<Vec<u8>> {
        numbers.map(|number| format!("{number}\n").into_bytes()).collect()
    }

    fn slices(lines: &[Vec<u8>]) -> Vec<&[u8]> {
        lines.iter().map(Vec::as_slice).collect()
    }

    #[test]
    fn large_files_are_cut_at_lines_that_both_have_once() {
        // Every hundredth line is another, and a rule of three lines is gone.
        let old = numbers(0..30_000);
        let new = numbers(
            (0..30_000).filter(|n| !(7_000..7_003).contains(n)).map(|n| if n % 100 == 5 { n + 50_000 } else { n }),
        );
        let (old, new) = (slices(&old), slices(&new));
        let ops = compare(&old, &new);
        assert_eq!(applied(&old, &new, &ops), new.concat());
        assert_eq!(ops.iter().filter(|op| op.tag() == DiffTag::Replace).count(), 300);
        assert_eq!(ops.iter().filter(|op| op.tag() == DiffTag::Delete).count(), 1);
    }

    #[test]
    fn what_would_take_the_square_of_its_lines_is_replaced() {
        // Two orders of the same lines, none of which stands once.
        let old = numbers((0..200_000).map(|n| n * 7_919 % 10_007));
        let new = numbers((0..200_000).map(|n| n * 6_053 % 10_007));
        let (old, new) = (slices(&old), slices(&new));
        let ops = compare(&old, &new);
        assert_eq!(applied(&old, &new, &ops), new.concat());
        // And two orders of lines that stand once.
        let old = numbers((0..100_000).map(|n| n * 7_919 % 100_003));
        let new = numbers((0..100_000).map(|n| n * 6_053 % 100_003));
        let (old, new) = (slices(&old), slices(&new));
        assert_eq!(applied(&old, &new, &compare(&old, &new)), new.concat());
    }

    proptest! {
        #[test]
        fn what_comes_out_is_the_new_file(
            old in prop::collection::vec(0_usize..12, 0..30),
            new in prop::collection::vec(0_usize..12, 0..30),
        ) {
            let (old, new) = (numbers(old.into_iter()), numbers(new.into_iter()));
            let (old, new) = (slices(&old), slices(&new));
            let (whole_old, whole_new) = (0..old.len(), 0..new.len());
            prop_assert_eq!(applied(&old, &new, &compare(&old, &new)), new.concat());
            let pairs = anchors(&old, &new, whole_old, whole_new);
            prop_assert!(pairs.is_sorted() && pairs.windows(2).all(|two| two[0].1 < two[1].1));
            prop_assert!(pairs.iter().all(|(a, b)| old[*a] == new[*b]));
        }
    }
}
