//! What does a process that is measured hear and say?
//!
//! A subject is a process that says a [`Greeting`] on a line of JSON when it is ready, then answers each [`Order`] that
//! comes in on a line with an [`Answer`] on a line, until its input ends. Any language can do that; `peers/` has some.

use crate::measurement::Measurement;
use serde::{Deserialize, Serialize};
use std::{
    io::{self, BufRead, Write},
    path::PathBuf,
};

/// Who a subject is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Greeting {
    /// Its name in the report: `wazero compiler`.
    pub subject: String,
    /// Version of what is measured.
    pub version: String,
}

/// Something to be measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// What.
    pub measure: Measurement,
    /// Id of the workload.
    pub workload: String,
    /// The module, for what needs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<PathBuf>,
    /// The export that is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// A file with the bytes of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<PathBuf>,
    /// How many times it is done before the clock is read again.
    pub times: u64,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It was done.
    Done {
        /// What all the times together took.
        nanoseconds: u64,
        /// SHA-256 of the last reply or name in hexadecimal digits; empty where there is none.
        reply: String,
        /// Length of what was made, where that is a part of the question.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bytes: Option<u64>,
    },
    /// The subject has nothing like it.
    Missing {
        /// Why.
        why: String,
    },
    /// It went wrong.
    Failed {
        /// How.
        why: String,
    },
}

/// Answers orders until there are no more.
pub fn serve(
    greeting: &Greeting,
    input: impl BufRead,
    mut output: impl Write,
    mut answer: impl FnMut(&Order) -> Answer,
) -> io::Result<()> {
    say(&mut output, greeting)?;
    for line in input.lines() {
        let answer = match serde_json::from_str(&line?) {
            Ok(order) => answer(&order),
            Err(error) => Answer::Failed { why: format!("not an order: {error}") },
        };
        say(&mut output, &answer)?;
    }
    Ok(())
}

fn say(output: &mut impl Write, what: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *output, what)?;
    output.write_all(b"\n")?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversation() {
        let greeting = Greeting { subject: "one".into(), version: "1".into() };
        let orders = "{\"measure\":\"runtime_creation\",\"workload\":\"\",\"times\":3}\nnonsense\n";
        let mut said = Vec::new();
        serve(&greeting, orders.as_bytes(), &mut said, |order| Answer::Done {
            nanoseconds: order.times,
            reply: String::new(),
            bytes: None,
        })
        .unwrap();
        assert_eq!(
            String::from_utf8(said).unwrap(),
            "{\"subject\":\"one\",\"version\":\"1\"}\n\
             {\"done\":{\"nanoseconds\":3,\"reply\":\"\"}}\n\
             {\"failed\":{\"why\":\"not an order: expected ident at line 1 column 2\"}}\n"
        );
    }
}
