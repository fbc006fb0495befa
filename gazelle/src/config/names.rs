//! Which of some names comes first?

use std::{collections::BTreeMap, sync::Arc};

/// Names in an order; an empty one is none. However many there are, one is found at once.
#[derive(Debug, Default)]
pub(crate) struct Names {
    first: Option<String>,
    places: BTreeMap<String, usize>,
}

impl Names {
    pub(super) fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Arc<Self> {
        let mut all = Self::default();
        for (place, name) in names.into_iter().enumerate() {
            if !name.is_empty() {
                all.first.get_or_insert_with(|| name.into());
            }
            all.places.entry(name.into()).or_insert(place);
        }
        Arc::new(all)
    }

    pub(crate) fn first(&self) -> Option<&str> {
        self.first.as_deref()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.places.contains_key(name)
    }

    /// Of some names the one that stands first here.
    pub(crate) fn best<'n>(&self, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
        let known = names.filter_map(|name| Some((*self.places.get(name)?, name)));
        known.min().map(|(_, name)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_the_list_is_best() {
        let names = Names::new(["b", "a", "b", ""]);
        assert_eq!((names.first(), names.best(["a", "b", "c"].into_iter())), (Some("b"), Some("b")));
        assert_eq!((names.best(["c"].into_iter()), names.has("a"), names.is_empty()), (None, true, false));
        assert_eq!((Names::new([]).first(), Names::new(["", "a"]).first()), (None, Some("a")));
    }
}
