//! How do calls of functions of the host come into a trace?

use super::HostModule;
use tracing::field::{Empty, display};

impl<S: Send + 'static> HostModule<S> {
    /// Opens a span of the level `TRACE` around each call, with the fields `function`, `fuel`, and after the call `call`:
    /// the call with its parameters and results, as [`HostCall`](super::HostCall) is shown. What the function traces
    /// itself is in the span. Where nobody listens it costs little, and nothing is formatted.
    ///
    /// Needs the feature `tracing`.
    #[must_use]
    pub fn traced(self) -> Self {
        self.around(|call| {
            let span =
                tracing::trace_span!("host function", function = call.function(), fuel = call.fuel(), call = Empty);
            span.in_scope(|| call.run());
            if !span.is_disabled() {
                span.record("call", display(&*call));
            }
        })
    }
}
