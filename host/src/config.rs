use crate::limits::Limits;
use std::fmt;

/// How an [`Engine`](crate::Engine) treats its guests.
///
/// ```
/// # use dorcas_host::{Config, Engine, Limits, Profile};
/// let engine = Engine::new(Config { profile: Profile::Fast, ..Config::default() });
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// What matters most.
    pub profile: Profile,
    /// How much a guest may have.
    pub limits: Limits,
    /// Which parts of WebAssembly a module may use.
    pub features: Features,
}

/// What matters most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Profile {
    /// The same input gives the same bytes and uses the same fuel, on every machine and in every instance: all code
    /// is compiled at load.
    #[default]
    Deterministic,
    /// Functions are compiled when they are first called, which makes loading a large guest faster. That work is charged
    /// to the call in which it happens: fuel differs from call to call. Limits hold all the same. Without the feature
    /// `portable-dispatch` it is no different from the other profile.
    Fast,
}

/// Parts of WebAssembly that a module may use, beside its first version.
///
/// ```
/// use dorcas_host::{Config, Engine, Feature, Features};
///
/// // A module whose function returns two values, for a host that takes the first version of WebAssembly alone.
/// let wasm = wat::parse_str(r#"(module (func (export "two") (result i32 i32) (i32.const 1) (i32.const 2)))"#)?;
/// let old = Engine::new(Config { features: Features::MVP, ..Config::default() });
/// let refused = old.module(&wasm).unwrap_err().to_string();
/// assert!(refused.contains("multi-value"), "{refused}");
///
/// let features = Features::MVP.with(Feature::MultiValue);
/// Engine::new(Config { features, ..Config::default() }).module(&wasm)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Features(u8);

/// A part of WebAssembly that came after its first version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Feature {
    /// Globals that change may be imported and exported.
    MutableGlobal,
    /// `i32.extend8_s` and its like.
    SignExtension,
    /// `i32.trunc_sat_f32_s` and its like.
    SaturatingFloatToInt,
    /// `memory.copy`, `memory.fill`, and segments that are copied by instructions.
    BulkMemory,
    /// Values that refer to functions or to things of the host; several tables.
    ReferenceTypes,
    /// Several results of a function, and parameters of blocks.
    MultiValue,
}

impl Feature {
    const ALL: [Self; 6] = [
        Self::MutableGlobal,
        Self::SignExtension,
        Self::SaturatingFloatToInt,
        Self::BulkMemory,
        Self::ReferenceTypes,
        Self::MultiValue,
    ];

    /// Its name as the proposals have it: `bulk-memory`.
    pub fn name(self) -> &'static str {
        match self {
            Self::MutableGlobal => "mutable-global",
            Self::SignExtension => "sign-extension",
            Self::SaturatingFloatToInt => "saturating-float-to-int",
            Self::BulkMemory => "bulk-memory",
            Self::ReferenceTypes => "reference-types",
            Self::MultiValue => "multi-value",
        }
    }
}

impl Features {
    /// The first version of WebAssembly, and nothing else.
    pub const MVP: Self = Self(0);

    /// The features that a guest may use by the ABI, which are those that stock compilers emit. It is the default, and there
    /// are no others.
    pub const ABI: Self = Self((1 << Feature::ALL.len()) - 1);

    /// These, and one more.
    #[must_use]
    pub const fn with(self, feature: Feature) -> Self {
        Self(self.0 | 1 << feature as u8)
    }

    /// These without one.
    #[must_use]
    pub const fn without(self, feature: Feature) -> Self {
        Self(self.0 & !(1 << feature as u8))
    }

    /// Whether it is one of them.
    pub const fn has(self, feature: Feature) -> bool {
        self.0 & 1 << feature as u8 != 0
    }

    /// Each of them.
    pub fn list(self) -> impl Iterator<Item = Feature> {
        Feature::ALL.into_iter().filter(move |feature| self.has(*feature))
    }

    /// Reads what [`Display`](fmt::Display) writes: `abi`, `mvp`, or `mvp` with features behind it,
    /// `mvp+bulk-memory+multi-value`. `None` if a name is not known.
    pub fn named(text: &str) -> Option<Self> {
        let mut names = text.split('+');
        let base = match names.next()? {
            "abi" => Self::ABI,
            "mvp" => Self::MVP,
            _ => return None,
        };
        names.try_fold(base, |features, name| {
            Feature::ALL.into_iter().find(|feature| feature.name() == name).map(|feature| features.with(feature))
        })
    }
}

impl Default for Features {
    fn default() -> Self {
        Self::ABI
    }
}

impl fmt::Display for Features {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::ABI {
            return f.write_str("abi");
        }
        f.write_str("mvp")?;
        self.list().try_for_each(|feature| write!(f, "+{}", feature.name()))
    }
}

impl fmt::Debug for Features {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Features({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_read_as_they_are_written() {
        for bits in 0..=Features::ABI.0 {
            let features = Features(bits);
            assert_eq!(Features::named(&features.to_string()), Some(features));
        }
        assert_eq!(Features::named("mvp+simd"), None);
        assert_eq!(Features::named(""), None);
        assert_eq!(Features::MVP.with(Feature::BulkMemory).to_string(), "mvp+bulk-memory");
        assert_eq!(Features::ABI.without(Feature::MultiValue).list().count(), 5);
    }
}
