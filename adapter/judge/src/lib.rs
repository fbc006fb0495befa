//! What the adapter for Gazelle has in common with `dorcas`, compiled to WebAssembly: the same code, so that the same verdicts.
//!
//! | question | answered by |
//! |---|---|
//! | may a module be compiled? | `admit` of `dorcas-host`, and `tables` for what wazero doesn't look at |
//! | does a manifest, or a reply, keep the clauses that bind it? | `check` of `dorcas-gazelle` |
//! | which input decides about a file, and where do its expressions match? | `glob` and `input` of `dorcas-gazelle` |
//!
//! `dorcas-gazelle` opens files, which no module without imports can. So the files of it that have to do with texts alone are
//! taken as they are, by their paths.
//!
//! The module is asked by `ask`: the question's number, and its bytes in the buffer that `room` has made. The answer is a
//! span, as a method's of a guest: a byte, 0 for an answer and 1 for the text of what is wrong, and what it is. It stays
//! until the next question. `adapter/internal/judge` is the other side.
#![cfg_attr(not(target_family = "wasm"), allow(clippy::cast_possible_truncation))]

mod answer;
pub mod door;
mod tables;

/// Modules of `dorcas-gazelle`, some of whose functions are of no use here.
macro_rules! of_gazelle {
    ($($name:ident = $path:literal;)*) => {
        $(
            #[path = $path]
            #[allow(dead_code, unused_imports, unused_qualifications, unreachable_pub, clippy::pedantic)]
            mod $name;
        )*
    };
}

of_gazelle! {
    build = "../../../gazelle/src/build/mod.rs";
    build_file = "../../../gazelle/src/build_file/mod.rs";
    check = "../../../gazelle/src/check/mod.rs";
    error = "../../../gazelle/src/error.rs";
    glob = "../../../gazelle/src/glob/mod.rs";
    label = "../../../gazelle/src/label.rs";
    starlark = "../../../gazelle/src/starlark/mod.rs";
    stop = "../../../gazelle/src/stop.rs";
    work = "../../../gazelle/src/work.rs";
}

mod input;
