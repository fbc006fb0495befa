//! Which files does a script consist of, and what does it export?

use crate::{
    BuildError, Place,
    interface::{Interface, Position},
    shims::HostFunction,
};
use dorcas_host::{Config, Engine, Instance, Module, abi::Span};
use dorcas_seal::Keep;
use std::{
    collections::{BTreeSet, VecDeque},
    io,
};

/// The engine, ready to look at sources.
pub(crate) struct Reader {
    module: Module,
}

/// All files of a script by their names, the first one first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sources {
    pub(crate) files: Vec<(String, String)>,
}

/// An export of the script's first file.
pub(crate) struct Exported {
    pub(crate) name: String,
    /// How many parameters it declares; `None` for what is no function.
    pub(crate) params: Option<u32>,
    pub(crate) is_text: bool,
}

/// Most files of a script.
const MAX_FILES: usize = 10_000;

impl Reader {
    /// `wasm` is the engine with its shims, sealed, with all of its own exports.
    pub(crate) fn new(wasm: &[u8], config: &Config, keep: &[Keep]) -> Result<Self, BuildError> {
        let engine = Keep::unanswered(keep, Engine::new(config.clone()));
        Ok(Self { module: engine.module(wasm)? })
    }

    /// Reads a file, and all that it imports.
    pub(crate) fn sources(
        &self,
        first: &str,
        interface: Option<&Interface>,
        mut read: impl FnMut(&str) -> io::Result<String>,
    ) -> Result<Sources, BuildError> {
        let imports = interface.iter().flat_map(|interface| &interface.imports);
        let known: BTreeSet<String> = imports.map(crate::HostInterface::name).collect();
        let mut sources = Sources::default();
        let (mut seen, mut open) = (BTreeSet::from([first.to_owned()]), VecDeque::from([(first.to_owned(), None)]));
        while let Some((file, importer)) = open.pop_front() {
            if sources.files.len() == MAX_FILES {
                return Err(BuildError::Files { limit: MAX_FILES });
            }
            let text = read(&file).map_err(|cause| BuildError::Read { file: file.clone(), importer, cause })?;
            for (written, name) in self.imports(&file, &text)? {
                if known.contains(&written) {
                    continue;
                }
                let at = Place { file: file.clone(), at: quoted(&text, &written) };
                if !written.starts_with('.') {
                    return Err(BuildError::NoModule { at, name: written, known: known.into_iter().collect() });
                }
                if seen.insert(name.clone()) {
                    open.push_back((name, Some(at)));
                }
            }
            sources.files.push((file, text));
        }
        Ok(sources)
    }

    /// The modules that a file imports: the names as they are written, and seen from the folder of the first file.
    fn imports(&self, file: &str, text: &str) -> Result<Vec<(String, String)>, BuildError> {
        let mut engine = Running::start(&self.module)?;
        let sources = Sources { files: vec![(file.to_owned(), text.to_owned())] };
        let said = engine.given("js_scan", &sources.bundle(&[]))?;
        if let Some(wrong) = said.strip_prefix('!') {
            return Err(script_error(wrong, &sources));
        }
        let names = said.lines().filter_map(|line| line.split_once('\t'));
        Ok(names.map(|(written, name)| (written.to_owned(), name.to_owned())).collect())
    }

    /// Runs the top level: what the first file exports then, in the order of the names.
    pub(crate) fn exports(&self, sources: &Sources, host: &[HostFunction]) -> Result<Vec<Exported>, BuildError> {
        let mut engine = Running::start(&self.module)?;
        let wrong = engine.given("js_boot", &sources.bundle(host))?;
        if !wrong.is_empty() {
            return Err(script_error(&wrong, sources));
        }
        let span = engine.instance.call(&self.module.export::<(), i64>("js_describe")?, ())?;
        let text = engine.text(span)?;
        let line = |line: &str| {
            let (params, name) = line.split_once(' ')?;
            Some(Exported { name: name.to_owned(), params: params.parse().ok(), is_text: params == "s" })
        };
        Ok(text.lines().filter_map(line).collect())
    }
}

impl Sources {
    /// As the engine reads them: for each part a letter, and three texts with their lengths in front and a NUL behind.
    pub(crate) fn bundle(&self, host: &[HostFunction]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut entry = |tag: u8, parts: [&str; 3]| {
            bytes.push(tag);
            for part in parts {
                bytes.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_le_bytes());
                bytes.extend(part.as_bytes());
                bytes.push(0);
            }
        };
        for function in host {
            entry(b'H', [&function.module, &function.name, &format!("{} {}", function.place, function.types)]);
        }
        for (name, text) in &self.files {
            entry(b'F', [name, text, ""]);
        }
        bytes
    }
}

struct Running {
    module: Module,
    instance: Instance,
}

impl Running {
    fn start(module: &Module) -> Result<Self, BuildError> {
        Ok(Self { module: module.clone(), instance: module.start()? })
    }

    /// Calls a function of the engine with bytes; it returns a text.
    fn given(&mut self, name: &str, bytes: &[u8]) -> Result<String, BuildError> {
        let len = u32::try_from(bytes.len()).map_err(|_| BuildError::defect("sources of more than 4 GB"))?;
        let ptr = self.instance.call(&self.module.export::<(u32,), u32>("js_alloc")?, (len,))?;
        let room = self.instance.bytes_mut(Span { ptr, len });
        room.ok_or_else(|| BuildError::defect("`js_alloc` returned no room"))?.copy_from_slice(bytes);
        let span = self.instance.call(&self.module.export::<(u32, u32), i64>(name)?, (ptr, len))?;
        self.text(span)
    }

    fn text(&self, span: i64) -> Result<String, BuildError> {
        let bytes = self.instance.bytes(Span::unpack(span)).ok_or_else(|| BuildError::defect("no text at a span"))?;
        Ok(String::from_utf8_lossy(bytes).into_owned())
    }
}

/// What the engine says: the text of what was thrown, then a line for each call, `    at f (file:1:2)`.
fn script_error(text: &str, sources: &Sources) -> BuildError {
    let is_call = |line: &str| line.trim_start().starts_with("at ") && line.starts_with("    ");
    let calls: Vec<_> = text.lines().filter(|line| is_call(line)).map(|line| line.trim().to_owned()).collect();
    let message: Vec<_> = text.lines().take_while(|line| !is_call(line)).collect();
    let at = calls.iter().find_map(|call| place(call, sources));
    BuildError::Script { at, message: message.join("\n"), calls }
}

/// `at f (file:1:2)`, `at file:1:2`.
fn place(call: &str, sources: &Sources) -> Option<Place> {
    let text = call.trim_end_matches(')');
    let (text, column) = text.rsplit_once(':')?;
    let (text, line) = text.rsplit_once(':')?;
    let at = Position { line: line.parse().ok()?, column: column.parse().ok()? };
    let named = |file: &&str| text.strip_suffix(*file).is_some_and(|rest| rest.ends_with(['(', ' ']));
    let file = sources.files.iter().map(|(name, _)| name.as_str()).filter(named).max_by_key(|name| name.len())?;
    Some(Place { file: file.to_owned(), at })
}

/// Where a text stands in quotes, or the beginning.
fn quoted(text: &str, name: &str) -> Position {
    let place = ['\'', '"'].into_iter().find_map(|quote| text.find(&format!("{quote}{name}{quote}")));
    let before = &text[..place.unwrap_or(0)];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Position { line: number(line), column: number(column) }
}
