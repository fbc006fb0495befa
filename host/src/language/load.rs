//! How does a file become a guest?

use super::{Guest, contract};
use crate::{
    config::Features,
    digest::Digest,
    engine::Engine,
    error::LoadError,
    limits::Limits,
    module::Grants,
    outline::{self, Outline},
    run::Run,
    sandbox::defect::caught,
    stats::CallStats,
    wasm::Code,
};

impl Engine {
    /// Turns the bytes of a module into a guest.
    ///
    /// First the bytes are measured ([`Outline`](crate::Outline)) and the exports compared with the ABI; then the module is compiled;
    /// then a fresh instance is asked for the language's name and for the manifest, under the limits of any call.
    pub fn load(&self, wasm: &[u8]) -> Result<Guest, LoadError> {
        self.load_measured(wasm, &mut CallStats::default())
    }

    pub(crate) fn load_measured(&self, wasm: &[u8], stats: &mut CallStats) -> Result<Guest, LoadError> {
        let digest = Digest::of(wasm);
        let loaded =
            Code::load(self, wasm, digest, contract::check).and_then(|code| Guest::load(code, self.run.clone(), stats));
        if let Some(recorder) = self.run.as_ref().and_then(Run::recorder) {
            recorder.guest(digest, &self.config, stats.fuel, loaded.as_ref().map(Guest::introduction));
        }
        loaded
    }
}

/// Whether a module is a guest by its bytes alone: its sizes and counts, its imports and exports, and whether it is valid. That is
/// all that [`Engine::load`] looks at before it compiles anything, for a host with another engine. There is no grant.
///
/// ```
/// # use dorcas_host::{Limits, admit};
/// let wasm = wat::parse_str(r#"(module (memory (export "memory") 1))"#)?;
/// let refused = admit(&wasm, &Limits::default()).unwrap_err();
/// assert_eq!(refused.to_string(), "module has no export `dorcas_abi_v1`: it is not a Dorcas guest (exports.version)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn admit(wasm: &[u8], limits: &Limits) -> Result<Outline, LoadError> {
    caught(|| {
        let outline = Outline::read(wasm, limits)?;
        contract::check(&outline, &Grants::default())?;
        outline::validate(wasm, Features::ABI)?;
        Ok(outline)
    })
    .unwrap_or_else(|what| Err(LoadError::Defect { what }))
}
