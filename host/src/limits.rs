macro_rules! limits {
    ($($(#[$doc:meta])* $name:ident: $ty:ident = $default:expr;)*) => {
        /// How much a guest may have. Plain numbers, with the unit in the name.
        ///
        /// The defaults have room for what the ABI calls the floor, and are narrow enough that no module and no call
        /// costs more than about a second and 256 MiB, whatever it tries; a call with a large request costs about a second
        /// more for each [`fuel_bytes`](Limits::fuel_bytes) of it. Change single ones like this:
        ///
        /// ```
        /// # use dorcas_host::Limits;
        /// let limits = Limits { fuel_per_call: 10_000_000, ..Limits::default() };
        /// # assert_eq!(limits.memory_bytes, Limits::default().memory_bytes);
        /// ```
        ///
        /// End with `..Limits::default()`: there will be more of them.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Limits {
            $($(#[$doc])* pub $name: $ty,)*
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($name: $default,)* }
            }
        }

        impl Limits {
            /// All of them with their names, in the order of this page.
            pub fn list(&self) -> Vec<(&'static str, u64)> {
                vec![$((stringify!($name), self.$name.into()),)*]
            }

            /// Sets one by its name. False where there is none of that name, or the value is too large for it.
            #[must_use]
            pub fn set(&mut self, name: &str, value: u64) -> bool {
                match name {
                    $(stringify!($name) => match $ty::try_from(value) {
                        Ok(value) => self.$name = value,
                        Err(_) => return false,
                    },)*
                    _ => return false,
                }
                true
            }
        }
    };
}

limits! {
    /// Fuel of one call: a method together with the `alloc` and `free` around it. As much again for `_initialize`
    /// of a fresh instance. A unit is about one WebAssembly instruction, whichever language it was compiled from: half a
    /// nanosecond to two with the dispatch that `dorcas` has, and no instruction takes more than about five. A call in the guest
    /// is 24, 64 bytes that are copied are one. A fresh instance costs its memory, 64 bytes a unit, and 16 more beyond 4 MiB, and
    /// 6 to 80 units for each function, global, table, segment and export. A large request has more: see [`fuel_bytes`](Limits::fuel_bytes).
    fuel_per_call: u64 = 200_000_000;
    /// Bytes of a request for which `fuel_per_call` is meant. A request with more has `fuel_per_call` once more for each
    /// `fuel_bytes` that it has. 0: every call has `fuel_per_call`, whatever its size.
    fuel_bytes: u32 = 50_000;
    /// Work that the caller of a guest does for one call, beside the guest, since its manifest or replies ask for it:
    /// regular expressions over files, rules looked for. It is counted by sizes, in units of fuel. See [`Guest::charge`].
    ///
    /// [`Guest::charge`]: crate::Guest::charge
    work_per_call: u64 = 200_000_000;
    /// Bytes for which `work_per_call` is meant: those of the files that are read for the call, of its BUILD file, of its
    /// reply. A call with more has `work_per_call` once more for each `work_bytes` that it has. 0: every call has
    /// `work_per_call`.
    work_bytes: u32 = 1_000_000;
    /// Linear memory, initial size and growth. More is refused as the WebAssembly specification has it:
    /// `memory.grow` returns -1.
    memory_bytes: u64 = 64 << 20;
    /// Entries of all tables together at the start, of all element segments together, and of each table after growth.
    /// An entry of a segment is a byte in the file and many times that in the engine.
    table_elements: u32 = 65_536;
    /// An encoded request.
    request_bytes: u32 = 16 << 20;
    /// A reply, before it is decoded. Decoded it may take twenty times the memory: a rule is at least ten bytes.
    reply_bytes: u32 = 8 << 20;
    /// Diagnostics in a reply. Each is a line that is shown to somebody.
    diagnostics: u32 = 10_000;
    /// Calls within calls in the guest. Some Go guests need more than the default.
    recursion_depth: u32 = 1_000;
    /// The engine's stack for locals and operands of all these calls. It isn't the guest's own stack in its memory.
    stack_bytes: u32 = 1_000_000;

    /// The module as a file. Bounds everything that isn't counted.
    module_bytes: u32 = 16 << 20;
    /// Its code. Compiled it takes up to ten times the memory, and no fuel is charged for compiling.
    code_bytes: u32 = 8 << 20;
    /// One function of it. The engine's work on a function is kept until the end of it.
    function_bytes: u32 = 1 << 20;
    /// Blocks within blocks in a function. The engine remembers some hundred bytes for each that is open.
    nesting: u32 = 50_000;
    /// Parameters, and results, of one block: a branch carries as many values for one unit of fuel. Compilers make none or
    /// one.
    block_values: u32 = 4;
    /// Values that the blocks, branches, calls and returns of all functions carry together: for each its parameters and
    /// results, and for a block with parameters the operands below it, too. Each costs the engine about what an instruction
    /// does, and a byte of code can carry a hundred.
    carried_values: u32 = 2_000_000;
    /// Data segments together: they are copied for each instance.
    data_bytes: u32 = 16 << 20;
    /// Custom sections together: names and debug information, which nobody reads here.
    custom_bytes: u32 = 16 << 20;
    /// Function types.
    types: u32 = 10_000;
    /// Imports that are looked at in order to list them. A guest has none.
    imports: u32 = 1_000;
    /// Exports: each is looked up by its name.
    exports: u32 = 1_000;
    /// Functions. Each is compiled, however short it is.
    functions: u32 = 50_000;
    /// Parameters, and results, of one function type: the time for a function grows with them, and no byte of it does.
    params: u32 = 128;
    /// Locals of one function, parameters included. A few bytes declare any number of them, and each call sets all of
    /// them to zero for the same fuel.
    locals_per_function: u32 = 2_000;
    /// Locals of all functions together. The time of compilation grows with it, and no fuel is charged for that.
    locals: u32 = 1_000_000;
    /// Globals: each instance has its own.
    globals: u32 = 1_000;
    /// Tables: each may grow.
    tables: u32 = 16;
    /// Element segments.
    element_segments: u32 = 1_000;
    /// Data segments. Go makes up to 100,000.
    data_segments: u32 = 100_000;
}

impl Limits {
    /// Fuel of a call whose request has so many bytes: see [`fuel_per_call`](Limits::fuel_per_call) and
    /// [`fuel_bytes`](Limits::fuel_bytes).
    pub fn fuel_for(&self, request_bytes: u64) -> u64 {
        grown(self.fuel_per_call, self.fuel_bytes, request_bytes)
    }

    /// Work beside the guest for a call that comes to so many bytes: see [`work_per_call`](Limits::work_per_call) and
    /// [`work_bytes`](Limits::work_bytes).
    pub fn work_for(&self, bytes: u64) -> u64 {
        grown(self.work_per_call, self.work_bytes, bytes)
    }
}

impl Limits {
    /// The first limit that allows more than that of `ceiling`: its name, its value, and the other's.
    pub(crate) fn above(&self, ceiling: &Self) -> Option<(&'static str, u64, u64)> {
        let pairs = self.list().into_iter().zip(ceiling.list());
        pairs.map(|((name, own), (_, other))| (name, own, other)).find(|(name, own, other)| match *name {
            // Of fewer bytes a request has more steps, and none where there are no steps.
            "fuel_bytes" | "work_bytes" => *own != 0 && (*other == 0 || own < other),
            _ => own > other,
        })
    }
}

/// A limit, and as much again for each whole `step` in `bytes`.
fn grown(limit: u64, step: u32, bytes: u64) -> u64 {
    let steps = bytes.checked_div(step.into()).unwrap_or(0);
    limit.saturating_add(limit.saturating_mul(steps))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_set_by_its_name() {
        let mut limits = Limits::default();
        for (value, (name, _)) in (1_u64..).zip(Limits::default().list()) {
            assert!(limits.set(name, value), "{name}");
        }
        assert!(limits.list().iter().map(|(_, value)| *value).eq(1..=Limits::default().list().len() as u64));
        assert!(!limits.set("fuel", 1), "no such limit");
        assert!(!limits.set("types", 1 << 32), "no room");
    }

    #[test]
    fn limits_grow_with_the_input() {
        let limits =
            Limits { fuel_per_call: 10, fuel_bytes: 100, work_per_call: 7, work_bytes: 50, ..Limits::default() };
        for (bytes, fuel, work) in
            [(0, 10, 7), (49, 10, 7), (50, 10, 14), (99, 10, 14), (100, 20, 21), (1_000, 110, 147)]
        {
            assert_eq!((limits.fuel_for(bytes), limits.work_for(bytes)), (fuel, work), "{bytes} bytes");
        }
        let steps = |fuel_bytes| Limits { fuel_bytes, ..limits.clone() };
        for (own, ceiling, is_above) in
            [(100, 100, false), (99, 100, true), (101, 100, false), (0, 100, false), (1, 0, true)]
        {
            let above = steps(own).above(&steps(ceiling));
            assert_eq!(above, is_above.then_some(("fuel_bytes", own.into(), ceiling.into())));
        }
        let flat = Limits { fuel_bytes: 0, ..limits.clone() };
        assert_eq!(flat.fuel_for(u64::MAX), 10);
        let huge = Limits { fuel_per_call: u64::MAX / 2, fuel_bytes: 1, ..limits };
        assert_eq!(huge.fuel_for(3), u64::MAX, "never wraps");
    }
}
