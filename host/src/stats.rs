/// What a call took, whether it succeeded or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallStats {
    /// Fuel that was used: by the method, by `alloc` and `free` around it, and for request and reply. Where the call was
    /// made in a fresh instance, also by `_initialize`, and for the memory of the instance.
    pub fuel: u64,
    /// Bytes of the request, once the guest had them.
    pub request_bytes: u64,
    /// Bytes of the reply, as far as the guest returned one.
    pub reply_bytes: u64,
}
