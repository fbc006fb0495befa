//! Starlark as text: reading it, and writing BUILD files the way buildifier formats them.
//!
//! | question | file |
//! |---|---|
//! | What does a file say? | `parse.rs`: the grammar, with byte positions and comments |
//! | What can stand in a BUILD file? | `tree.rs` |
//! | How does text become a tree? | `read.rs`, and where its comments belong `comments.rs` |
//! | How does buildifier rewrite it? | `rewrite.rs`, with its tables in `tables.rs` |
//! | How is it laid out? | `print.rs`, strings in `quote.rs` |

mod comments;
mod parse;
mod print;
mod quote;
mod read;
mod rewrite;
mod tables;
mod tree;

pub(crate) use parse::{Syntax, expression_names, is_identifier};
pub(crate) use print::Printer;
pub(crate) use read::{Line, LineBody, read};
pub(crate) use rewrite::{compare_loads, is_leave_alone, rewrite_argument, sort_arguments, sort_strings};
pub(crate) use tables::is_sorted;
pub(crate) use tree::{Call, Expr, Kind, Layout, Seq, is_keep};
