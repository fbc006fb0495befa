//! How does a file become a guest?

use super::{Guest, contract};
use crate::{digest::Digest, engine::Engine, error::LoadError, run::Run, stats::CallStats, wasm::Code};

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
