//! Which questions are there, and what do they come to?

use crate::{
    check,
    input::{Inputs, Room},
    tables,
};
use dorcas_abi::{
    Method, floor,
    message::{FileData, Manifest},
    method, wire,
};
use dorcas_host::{Limits, admit};
use std::sync::{Mutex, PoisonError};

/// What comes of a question: the bytes of an answer, or what is wrong.
type Answer = Result<Vec<u8>, String>;

/// A manifest that was asked about before, by its number.
struct Known {
    manifest: Manifest,
    inputs: Inputs,
}

static KNOWN: Mutex<Vec<Known>> = Mutex::new(Vec::new());

pub(crate) fn to(number: u32, question: &[u8]) -> Answer {
    let mut question = Question(question);
    match number {
        0 => module(&mut question),
        1 => manifest(question.0),
        2 => reply(&mut question),
        3 => choice(&mut question),
        4 => matches(&mut question),
        5 => places(&mut question),
        _ => Err(format!("there is no question {number}")),
    }
}

/// A question, read from the front. Numbers are four bytes, the lowest first.
struct Question<'q>(&'q [u8]);

impl<'q> Question<'q> {
    fn take(&mut self, len: usize) -> Result<&'q [u8], String> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or("the question is too short")?;
        self.0 = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u32, String> {
        let bytes = self.take(4)?.try_into().map_err(|_| "the question is too short")?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn sized(&mut self) -> Result<&'q [u8], String> {
        let len = self.number()? as usize;
        self.take(len)
    }
}

/// Memory that the guest may have, in pages, and the module: if it is one that may be compiled, the module to compile.
fn module(question: &mut Question<'_>) -> Answer {
    let memory_bytes = u64::from(question.number()?) << 16;
    // wazero works on a function as a whole: one of a megabyte takes it minutes and gigabytes, where an interpreter takes a second.
    // The largest function of Go's compiler at hand has 100 KB.
    let limits = Limits {
        memory_bytes,
        function_bytes: 256 << 10,
        carried_values: floor::CARRIED_VALUES,
        functions: floor::FUNCTIONS,
        ..Limits::default()
    };
    admit(question.0, &limits).map_err(|refused| refused.to_string())?;
    tables::bounded(question.0, limits.table_elements)
}

/// A manifest: the number by which it is known from then on.
fn manifest(bytes: &[u8]) -> Answer {
    let manifest: Manifest = wire::decode(bytes).map_err(|fault| fault.to_string())?;
    check::manifest(&manifest).map_err(|breach| breach.to_string())?;
    let inputs = Inputs::new(&manifest.inputs, &mut Room::default()).map_err(|fault| fault.to_string())?;
    with_known(|known| {
        known.push(Known { manifest, inputs });
        Ok((known.len() as u32 - 1).to_le_bytes().to_vec())
    })
}

fn with_known(with: impl FnOnce(&mut Vec<Known>) -> Answer) -> Answer {
    with(&mut KNOWN.lock().unwrap_or_else(PoisonError::into_inner))
}

fn of(number: u32, with: impl FnOnce(&Known) -> Answer) -> Answer {
    with_known(|known| with(known.get(number as usize).ok_or_else(|| format!("there is no manifest {number}"))?))
}

/// A manifest's number, a method's name, the request, and the response behind the first byte of the reply: nothing, where it keeps
/// the clauses.
fn reply(question: &mut Question<'_>) -> Answer {
    let (manifest, export) = (question.number()?, std::str::from_utf8(question.sized()?).unwrap_or_default());
    let (request, response) = (question.sized()?, question.0);
    of(manifest, |known| {
        match export {
            method::Configure::EXPORT => {
                kept::<method::Configure>(request, response, |_, reply| check::configure(reply))
            }
            method::Fix::EXPORT => kept::<method::Fix>(request, response, |_, reply| check::fix(reply)),
            method::GenerateRules::EXPORT => {
                kept::<method::GenerateRules>(request, response, |_, reply| check::generate(&known.manifest, reply))
            }
            method::Imports::EXPORT => kept::<method::Imports>(request, response, check::imports),
            method::Resolve::EXPORT => kept::<method::Resolve>(request, response, check::resolve),
            method::Find::EXPORT => kept::<method::Find>(request, response, |_, reply| check::find(reply)),
            method::Setup::EXPORT => kept::<method::Setup>(request, response, |_, reply| check::catalogue(reply)),
            method::Scan::EXPORT => kept::<method::Scan>(request, response, check::scan),
            method::Finish::EXPORT => kept::<method::Finish>(request, response, |_, reply| check::finish(reply)),
            _ => Err(format!("method {export} has no reply that is looked at here")),
        }?;
        Ok(Vec::new())
    })
}

fn kept<M: Method>(
    request: &[u8],
    response: &[u8],
    check: impl FnOnce(&M::Request, &M::Response) -> Result<(), check::Breach>,
) -> Result<(), String> {
    let request: M::Request = wire::decode(request).map_err(|fault| format!("the request: {fault}"))?;
    let response: M::Response = wire::decode(response).map_err(|fault| fault.to_string())?;
    M::check_answer(&request, &response).map_err(|mismatch| mismatch.to_string())?;
    let (got, limit) = (M::diagnostics(&response).len(), Limits::default().diagnostics);
    if got > limit as usize {
        return Err(format!("the reply has {got} diagnostics, the limit is {limit}"));
    }
    check(&request, &response).map_err(|breach| breach.to_string())
}

/// A manifest's number, that of a list, and names with a zero byte behind each: for each name the number of the first input of
/// the list that matches and what that wants; all bits for none.
fn choice(question: &mut Question<'_>) -> Answer {
    let (manifest, list) = (question.number()?, question.number()?);
    let names = std::str::from_utf8(question.0).map_err(|_| "a name is not UTF-8")?;
    of(manifest, |known| {
        let list = known.inputs.list(list).ok_or_else(|| format!("there is no list {list} of inputs"))?;
        let mut answer = Vec::new();
        for name in names.split_terminator('\0') {
            let (number, want) = known.inputs.first(list, name).unwrap_or((u32::MAX, u32::MAX));
            answer.extend_from_slice(&number.to_le_bytes());
            answer.extend_from_slice(&want.to_le_bytes());
        }
        Ok(answer)
    })
}

/// A manifest's number, that of an input, and a file: a `FileData` with its matches.
fn matches(question: &mut Question<'_>) -> Answer {
    let (manifest, number) = (question.number()?, question.number()?);
    of(manifest, |known| {
        let (found, _) = known.inputs.search(number, question.0)?;
        wire::encode(&FileData::Matches(found)).map_err(|fault| fault.to_string())
    })
}

/// The same question: where each match begins.
fn places(question: &mut Question<'_>) -> Answer {
    let (manifest, number) = (question.number()?, question.number()?);
    of(manifest, |known| {
        let (_, places) = known.inputs.search(number, question.0)?;
        Ok(places.into_iter().flat_map(|place| (place as u32).to_le_bytes()).collect())
    })
}
