use super::{Guest, GuestInstance};
use crate::{error::CallError, stats::CallStats};
use dorcas_abi::Method;
use std::{
    fmt,
    sync::{Mutex, PoisonError},
};

/// Calls one guest from many threads, and uses instances again.
///
/// It saves the making of an instance for each call, and gives up two things for it. A guest that breaks the rule that
/// calls are pure can now carry something from one call to the next. And since the guest's allocator isn't fresh, neither
/// the fuel of a call nor the size of its memory is the same each time. What the guest computes is not affected, if it
/// keeps to the ABI; [`Guest::call`] doesn't ask it to.
///
/// There are never more instances than calls at one time. One that was poisoned is dropped.
///
/// A guest whose manifest says `stateful` has no place in a pool: it wants all its calls in one [`GuestInstance`], which
/// [`Guest::instantiate`] gives.
pub struct Pool {
    guest: Guest,
    idle: Mutex<Vec<GuestInstance>>,
}

impl Pool {
    /// A pool without instances; they are made when they are needed.
    pub fn new(guest: Guest) -> Self {
        Self { guest, idle: Mutex::default() }
    }

    /// The guest.
    pub fn guest(&self) -> &Guest {
        &self.guest
    }

    /// Calls a method in some sound instance.
    pub fn call<M: Method>(&self, request: &M::Request) -> Result<M::Response, CallError> {
        self.call_measured::<M>(request).0
    }

    /// Calls a method in some sound instance, and says what that took.
    pub fn call_measured<M: Method>(&self, request: &M::Request) -> (Result<M::Response, CallError>, CallStats) {
        let mut instance = match self.take() {
            Ok(instance) => instance,
            Err(error) => return (Err(error), CallStats::default()),
        };
        let outcome = instance.call_measured::<M>(request);
        if !instance.is_poisoned() {
            self.lock().push(instance);
        }
        outcome
    }

    /// Calls a method, named by its export, with the bytes of a request, and returns the bytes of the reply.
    pub fn call_bytes(&self, export: &str, request: &[u8]) -> Result<Vec<u8>, CallError> {
        let mut instance = self.take()?;
        let outcome = instance.call_bytes(export, request);
        if !instance.is_poisoned() {
            self.lock().push(instance);
        }
        outcome
    }

    fn take(&self) -> Result<GuestInstance, CallError> {
        // A statement of its own: the lock is released before the guest runs.
        let idle = self.lock().pop();
        idle.map_or_else(|| self.guest.instantiate(), Ok)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<GuestInstance>> {
        // Nothing can panic while the lock is held, and a list of instances has no state between two states.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("guest", &self.guest).field("idle", &self.lock().len()).finish()
    }
}
