//! What keeps a guest within its bounds: the rooms that know the engine.

pub(crate) mod compile;
pub(crate) mod defect;
pub(crate) mod dispatch;
pub(crate) mod memory;
pub(crate) mod slices;
pub(crate) mod start;
pub(crate) mod store;
pub(crate) mod trap;
