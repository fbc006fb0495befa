//! What may a module import, if whoever runs the suite says so?

use dorcas_host::Import;
use std::{fmt, str::FromStr};

/// Something that a guest may import where it is granted. A guest that needs it is not a guest for everybody, which is why
/// each report names the grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Grant {
    /// The function `dorcas.log`, for messages to people.
    Log,
}

/// A name of something that can't be granted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` can't be granted; there is: log")]
pub struct NoSuchGrant(pub String);

impl Grant {
    /// Whether this is what a module imports, its type included.
    pub(crate) fn is(self, import: &Import) -> bool {
        let Self::Log = self;
        import.module == "dorcas" && import.name == "log" && import.ty.to_string() == "function (i32, i32, i32) -> ()"
    }
}

impl FromStr for Grant {
    type Err = NoSuchGrant;

    fn from_str(name: &str) -> Result<Self, NoSuchGrant> {
        match name {
            "log" => Ok(Self::Log),
            other => Err(NoSuchGrant(other.into())),
        }
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Log = self;
        f.write_str("log")
    }
}
