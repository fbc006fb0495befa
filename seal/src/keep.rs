use dorcas_host::{Engine, HostModule, Import};
use std::{fmt, str::FromStr};

/// Imports that stay: those of a module, or one of them. A host provides them by a
/// [`HostModule`](dorcas_host::HostModule).
///
/// ```
/// use dorcas_seal::{Keep, Options, seal};
///
/// let wasm = wat::parse_str(r#"(module
///   (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
///   (import "env" "notify" (func $notify (param i32)))
///   (memory (export "memory") 1)
///   (func (export "run") (call $notify (call $yield))))"#)?;
/// let keep = vec!["env.notify".parse::<Keep>()?];
/// let sealed = seal(&wasm, &Options { keep, ..Options::default() })?;
/// assert_eq!(sealed.note.stand_ins, ["wasi_snapshot_preview1.sched_yield"]);
///
/// let outline = dorcas_host::Outline::read(&sealed.wasm, &dorcas_host::Limits::default())?;
/// assert_eq!(outline.imports[0].to_string(), "`env.notify`, a function (i32) -> ()");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keep {
    module: String,
    /// `None` for all of them.
    name: Option<String>,
}

/// A text that names no imports.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no imports: write MODULE for all functions of a module, or MODULE.NAME for one")]
pub struct KeepError(String);

impl Keep {
    /// Every function that is imported from a module.
    pub fn module(module: impl Into<String>) -> Self {
        Self { module: module.into(), name: None }
    }

    /// One function of a module.
    pub fn function(module: impl Into<String>, name: impl Into<String>) -> Self {
        Self { module: module.into(), name: Some(name.into()) }
    }

    pub(crate) fn is_for(&self, import: &Import) -> bool {
        self.module == import.module && self.name.as_ref().is_none_or(|name| *name == import.name)
    }

    /// An engine for modules whose kept imports nobody answers: to call one ends the call.
    pub fn unanswered(keep: &[Self], engine: Engine) -> Engine {
        let mut modules: Vec<_> = keep.iter().map(|keep| keep.module.as_str()).collect();
        modules.sort_unstable();
        modules.dedup();
        modules.into_iter().fold(engine, |engine, module| engine.with_module(HostModule::new(module, || ()).stubs()))
    }
}

/// `MODULE` or `MODULE.NAME`; a dot belongs to the name.
impl FromStr for Keep {
    type Err = KeepError;

    fn from_str(text: &str) -> Result<Self, KeepError> {
        let (module, name) = text.split_once('.').map_or((text, None), |(module, name)| (module, Some(name)));
        // `env.*` is how other tools say all of them.
        let name = name.filter(|name| *name != "*");
        if module.is_empty() || name.is_some_and(str::is_empty) {
            return Err(KeepError(text.to_owned()));
        }
        Ok(Self { module: module.to_owned(), name: name.map(str::to_owned) })
    }
}

impl fmt::Display for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            None => f.write_str(&self.module),
            Some(name) => write!(f, "{}.{name}", self.module),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_named_by_their_module_or_one_by_one() {
        assert_eq!("env".parse(), Ok(Keep::module("env")));
        assert_eq!("env.*".parse(), Ok(Keep::module("env")));
        assert_eq!("env.Date.now".parse(), Ok(Keep::function("env", "Date.now")));
        for wrong in ["", ".", ".f", "env."] {
            assert_eq!(wrong.parse::<Keep>(), Err(KeepError(wrong.into())));
        }
    }
}
