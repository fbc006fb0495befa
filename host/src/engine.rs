use crate::{
    config::Config,
    module::{self, Grants, HostModule, Level},
    run::Run,
};
use std::sync::Arc;

/// Where guests are loaded: a profile and limits that hold for each of them.
///
/// Cheap to clone, and usable from any number of threads.
#[derive(Clone, Debug, Default)]
pub struct Engine {
    pub(crate) config: Arc<Config>,
    pub(crate) run: Option<Run>,
    pub(crate) grants: Grants,
}

impl Engine {
    /// An engine with a configuration of your own.
    pub fn new(config: Config) -> Self {
        Self { config: Arc::new(config), run: None, grants: Grants::default() }
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The same engine, for guests whose calls all belong to a run, from their loading on.
    #[must_use]
    pub fn in_run(&self, run: &Run) -> Self {
        Self { run: Some(run.clone()), ..self.clone() }
    }

    /// The same engine, with functions that its guests may import. A module takes the place of one of the same name.
    #[must_use]
    pub fn with_module<S: Send + 'static>(mut self, module: HostModule<S>) -> Self {
        self.grants.add(module);
        self
    }

    /// The same engine, with a log that its guests may write to: they may import `dorcas.log`, `(i32, i32, i32) -> ()`,
    /// which takes a level and the address and length of a text.
    ///
    /// `deliver` gets each message as it may be shown: cut after 1,000 bytes, and without anything that steers a terminal.
    /// After 64 KiB an instance is not listened to any more. Messages are never part of a result, and neither is `deliver`:
    /// what it does changes nothing for the guest, not even its fuel. It is called from every thread that calls guests.
    ///
    /// ```
    /// # use dorcas_host::Engine;
    /// let engine = Engine::default().with_log(|level, text| eprintln!("{level:?}: {text}"));
    /// ```
    #[must_use]
    pub fn with_log(self, deliver: impl Fn(Level, &str) + Send + Sync + 'static) -> Self {
        self.with_module(module::log_module(deliver))
    }

    /// This engine with another configuration.
    pub(crate) fn configured(&self, config: &Config) -> Self {
        Self { config: Arc::new(config.clone()), ..self.clone() }
    }
}
