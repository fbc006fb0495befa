//! How does what happens come into a record?

pub(crate) mod entry;
pub(crate) mod recorder;

pub(crate) use recorder::Recorder;
