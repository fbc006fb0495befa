//! Sorting, once for all lists of a guest.
//!
//! Many lists of a response have to be in order (`wire.sorted`), and what Rust comes with is made anew for each type
//! that is sorted, six to nine kilobytes each time: in the proto guest it was a seventh of the module.

use core::cmp::Ordering;

/// Sorts a list; items that are equal stay in their order.
///
/// It does what [`slice::sort`] does, and a guest is smaller for it from the first list on.
///
/// ```
/// let mut names = vec!["b", "c", "a"];
/// dorcas_guest::sort(&mut names);
/// assert_eq!(names, ["a", "b", "c"]);
/// ```
pub fn sort<T: Ord>(items: &mut [T]) {
    sort_by(items, T::cmp);
}

/// Sorts a list by a comparison of its items, as [`slice::sort_by`] does. See [`sort`].
///
/// ```
/// # use dorcas_guest::message::Attr;
/// # let attr = |name: &str| Attr { name: name.into(), ..Attr::default() };
/// let mut attrs = vec![attr("srcs"), attr("deps")];
/// dorcas_guest::sort_by(&mut attrs, |a, b| a.name.cmp(&b.name));
/// assert_eq!(attrs[0].name, "deps");
/// ```
pub fn sort_by<T>(items: &mut [T], mut compare: impl FnMut(&T, &T) -> Ordering) {
    let mut order = order(items.len(), &mut |a, b| compare(&items[a], &items[b]).is_gt());
    // Each item goes to its place: round each circle of items that change places with each other.
    for start in 0..order.len() {
        let mut at = start;
        loop {
            let from = core::mem::replace(&mut order[at], at);
            if from == start {
                break;
            }
            items.swap(at, from);
            at = from;
        }
    }
}

/// Which item belongs in each place, where `after` says whether one has to stand behind another. Empty where all are
/// in order.
fn order(len: usize, after: &mut dyn FnMut(usize, usize) -> bool) -> Vec<usize> {
    // Runs that are in order already: most lists are one, or made of some.
    let mut starts = vec![0];
    starts.extend((1..len).filter(|&at| after(at - 1, at)));
    if starts.len() == 1 {
        return Vec::new();
    }
    let mut order: Vec<usize> = (0..len).collect();
    let mut merged = Vec::with_capacity(len);
    while starts.len() > 1 {
        merged.clear();
        for pair in (0..starts.len()).step_by(2) {
            let bound = |run: usize| starts.get(run).copied().unwrap_or(len);
            let (mut left, mut right) =
                (&order[bound(pair)..bound(pair + 1)], &order[bound(pair + 1)..bound(pair + 2)]);
            while let ([first, left_rest @ ..], [second, right_rest @ ..]) = (left, right) {
                if after(*first, *second) {
                    merged.push(*second);
                    right = right_rest;
                } else {
                    merged.push(*first);
                    left = left_rest;
                }
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        core::mem::swap(&mut order, &mut merged);
        let mut run = 0;
        starts.retain(|_| {
            run += 1;
            run % 2 == 1
        });
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn as_rust_sorts(items in prop::collection::vec((0_u8..9, any::<u8>()), 0..70)) {
            let (mut ours, mut theirs) = (items.clone(), items);
            sort_by(&mut ours, |a, b| a.0.cmp(&b.0));
            theirs.sort_by_key(|item| item.0);
            prop_assert_eq!(&ours, &theirs);
            sort(&mut ours);
            theirs.sort_unstable();
            prop_assert_eq!(ours, theirs);
        }

        #[test]
        fn a_comparison_that_makes_no_sense_loses_nothing(items in prop::collection::vec(any::<u8>(), 0..70), seed: u64) {
            let mut sorted = items.clone();
            let mut bits = seed;
            sort_by(&mut sorted, |_, _| {
                bits = bits.rotate_left(1);
                if bits & 1 == 0 { Ordering::Less } else { Ordering::Greater }
            });
            sorted.sort_unstable();
            let mut all = items;
            all.sort_unstable();
            prop_assert_eq!(sorted, all);
        }
    }

    #[test]
    fn what_is_in_order_is_compared_once_and_stays() {
        let mut compared = 0;
        sort_by(&mut [1, 2, 2, 3], |a: &i32, b| {
            compared += 1;
            a.cmp(b)
        });
        assert_eq!(compared, 3);
    }
}
