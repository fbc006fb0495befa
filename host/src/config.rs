use crate::limits::Limits;

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
