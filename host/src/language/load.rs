//! How does a file become a guest?

use super::{Guest, contract, instance::Code};
use crate::{
    digest::Digest,
    engine::Engine,
    error::LoadError,
    outline::Outline,
    run::Run,
    sandbox::{
        compile::{compile, engine_config},
        defect::caught,
        dispatch,
    },
    stats::CallStats,
};
use std::sync::Arc;

impl Engine {
    /// Turns the bytes of a module into a guest.
    ///
    /// First the bytes are measured ([`Outline`]) and the exports compared with the ABI; then the module is compiled;
    /// then a fresh instance is asked for the language's name and for the manifest, under the limits of any call.
    pub fn load(&self, wasm: &[u8]) -> Result<Guest, LoadError> {
        self.load_measured(wasm, &mut CallStats::default())
    }

    pub(crate) fn load_measured(&self, wasm: &[u8], stats: &mut CallStats) -> Result<Guest, LoadError> {
        let digest = Digest::of(wasm);
        let loaded = self
            .checked(wasm)
            .and_then(|(code, outline)| Guest::load(Arc::new(code), outline, digest, self.run.clone(), stats));
        if let Some(recorder) = self.run.as_ref().and_then(Run::recorder) {
            recorder.guest(digest, &self.config, stats.fuel, loaded.as_ref().map(Guest::introduction));
        }
        loaded
    }

    /// All that is done before anything of the guest runs.
    fn checked(&self, wasm: &[u8]) -> Result<(Code, Outline), LoadError> {
        caught(|| {
            let mut outline = Outline::read(wasm, &self.config.limits)?;
            let links = contract::check(&outline, &self.grants)?;
            dispatch::check(&outline)?;
            let (engine, module) = compile(&engine_config(&self.config), wasm, &mut outline)?;
            Ok((Code::new(engine, module, Arc::clone(&self.config), &outline, links), outline))
        })
        .unwrap_or_else(|what| Err(LoadError::Defect { what }))
    }
}
