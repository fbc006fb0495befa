//! Which WebAssembly values make up a parameter or a result?

use crate::interface::ValueType;
use std::fmt;

/// The types of some WebAssembly values, 32 at most; more of them do not compile.
#[derive(Clone, Copy)]
pub struct Types {
    list: [ValueType; Self::MAX],
    len: usize,
}

impl Types {
    pub(crate) const MAX: usize = 32;

    /// These ones.
    #[must_use]
    pub const fn of(types: &[ValueType]) -> Self {
        let mut this = Self { list: [ValueType::I32; Self::MAX], len: 0 };
        while this.len < types.len() {
            this.list[this.len] = types[this.len];
            this.len += 1;
        }
        this
    }

    /// These and then those.
    #[must_use]
    pub const fn and(mut self, those: Self) -> Self {
        assert!(
            self.len + those.len <= Self::MAX,
            "a function has at most 32 WebAssembly values as parameters, and as results"
        );
        let mut index = 0;
        while index < those.len {
            self.list[self.len] = those.list[index];
            self.len += 1;
            index += 1;
        }
        self
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// As a slice.
    pub fn as_slice(&self) -> &[ValueType] {
        &self.list[..self.len]
    }
}

impl fmt::Debug for Types {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().fmt(f)
    }
}
