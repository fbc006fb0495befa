//! Starlark as text: reading it, and writing BUILD files the way buildifier formats them.
//!
//! | question | file |
//! |---|---|
//! | What does a file say? | `parse.rs`: the grammar, with byte positions and comments |
//! | What can be written? | `expr.rs`: statements and expressions |
//! | How does buildifier rewrite them? | `rewrite.rs`, with its tables in `tables.rs` |
//! | How are they laid out? | `print.rs`, strings in `quote.rs` |

mod expr;
mod parse;
mod print;
mod quote;
mod rewrite;
mod tables;

pub(crate) use expr::{Argument, Call, Expr, Load, Statement};
pub(crate) use parse::{Syntax, expression_names};
pub(crate) use print::print;
pub(crate) use rewrite::{rewrite, sort_strings};
