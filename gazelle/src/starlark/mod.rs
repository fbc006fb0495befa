//! Starlark as text: reading it, and writing BUILD files the way buildifier formats them.
//!
//! | question | file |
//! |---|---|
//! | Which tokens is a text made of? | `token.rs` |
//! | How are statements and expressions read, and where is a text no Starlark? | `parse.rs`, `expression.rs`, `error.rs` |
//! | What does a file say? | `syntax.rs`: all that was read, with byte positions and comments |
//! | What is text of a file that isn't UTF-8? | `bytes.rs` |
//! | May a guest's text stand in a file? | `raw.rs` |
//! | What can stand in a BUILD file? | `tree.rs` |
//! | How does text become a tree? | `read.rs`, and where its comments belong `comments.rs` |
//! | How does buildifier rewrite it? | `rewrite.rs`, with its tables in `tables.rs` |
//! | How is it laid out? | `print.rs`, strings in `quote.rs` |

mod bytes;
mod comments;
mod error;
mod expression;
mod parse;
mod print;
mod quote;
mod raw;
mod read;
mod rewrite;
mod syntax;
mod tables;
mod token;
mod tree;

pub(crate) use bytes::{decode, encode};
pub(crate) use print::Printer;
pub(crate) use raw::{expression_names, is_hidden};
pub(crate) use read::{Line, LineBody, read};
pub(crate) use rewrite::{is_leave_alone, load_order, rewrite_argument, sort_arguments, sort_strings};
pub(crate) use syntax::Syntax;
pub(crate) use tables::is_sorted;
pub(crate) use token::is_identifier;
pub(crate) use tree::{Call, Expr, Kind, Layout, Seq, is_keep};

#[cfg(test)]
mod tests;

/// Whether a text can be the name of a kind: identifiers with dots between.
pub(crate) fn is_kind(text: &str) -> bool {
    text.split('.').all(is_identifier)
}
