//! Languages: modules that speak the ABI.

mod contract;
mod door;
mod guest;
mod instance;
mod load;
mod pool;

pub use guest::Guest;
pub use instance::GuestInstance;
pub use load::admit;
pub use pool::Pool;
