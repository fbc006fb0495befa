//! A prebuilt guest and a request: a proper one, or one that was damaged.

use crate::other::{Other, Running, Stopped};
use dorcas_host::{
    CallError, Config, Engine, Exceeded, Guest, Limits,
    abi::{
        Span, clause,
        message::{
            Attr, BuildFile, ConfigureRequest, Directive, File, FileData, FindRequest, FixRequest, Found,
            GenerateRequest, ImportSpec, ImportsRequest, ManifestRequest, Match, Query, ResolveRequest, ResolveRule,
            Root, Rule, Value,
        },
        method::{self, Visitor},
        wire::{self, Bytes},
    },
};
use std::sync::LazyLock;

/// A call and its outcome here and there: the same bytes, or neither has any.
///
/// The first byte names the guest, the second the method and the request. The others, three by three, damage it: a bit
/// that is turned, an end that is cut off, a byte that is put in. With 255 for the second all others are the request.
pub(crate) fn compare(data: &[u8]) {
    let [guest, which, damage @ ..] = data else { return };
    let pair = &GUESTS[usize::from(*guest) % GUESTS.len()];
    let (export, request) = if *which == 255 {
        (method::NAMES[usize::from(*guest) / GUESTS.len() % method::NAMES.len()], damage.to_vec())
    } else {
        let (export, request) = &REQUESTS[usize::from(*which) % REQUESTS.len()];
        (*export, damaged(request.clone(), damage))
    };
    if !pair.ours.has(export) {
        return;
    }
    let ours = match pair.ours.call_bytes(export, &request) {
        Ok(reply) => Some(reply),
        Err(CallError::Limit { exceeded: Exceeded::Fuel { .. } | Exceeded::Stack { .. }, .. }) => return,
        // What the host does for an author's sake: it looks whether another reading would have been a reply.
        Err(CallError::Violation { clause: clause::RESULT_PACKING, .. }) => return,
        Err(error @ (CallError::Defect { .. } | CallError::NoMethod { .. })) => panic!("{error}"),
        Err(_) => None,
    };
    match pair
        .theirs
        .instantiate(MEMORY_BYTES as usize, 65_536)
        .expect("the host has done it")
        .exchange(export, &request)
    {
        Err(Stopped::Exhausted) => {}
        Err(Stopped::Trap(_)) => assert_eq!(ours, None, "{export} {request:02x?}"),
        Ok(reply) => assert_eq!(ours, reply, "{export} {request:02x?}"),
    }
}

macro_rules! encoded {
    ($request:expr) => {
        wire::encode($request).expect("it is well-formed")
    };
}

struct Pair {
    ours: Guest,
    theirs: Other,
}

const MEMORY_BYTES: u32 = 16 << 20;

static GUESTS: LazyLock<Vec<Pair>> = LazyLock::new(|| {
    let limits = Limits { memory_bytes: MEMORY_BYTES.into(), ..Limits::default() };
    let engine = Engine::new(Config { limits, ..Config::default() });
    let guests: [&[u8]; 3] = [
        include_bytes!("../../../guest/prebuilt/proto.wasm"),
        include_bytes!("../../../guest/prebuilt/visibility.wasm"),
        include_bytes!("../../../guest/prebuilt/zig.wasm"),
    ];
    guests.map(|wasm| Pair { ours: engine.load(wasm).expect("a guest"), theirs: Other::compile(wasm) }).into()
});

impl Running {
    /// One call as the ABI has it. Nothing where a rule is broken on the way.
    fn exchange(&mut self, export: &str, request: &[u8]) -> Result<Option<Vec<u8>>, Stopped> {
        if self.has("_initialize") {
            self.call::<_, ()>("_initialize", ())?;
        }
        let len = u32::try_from(request.len()).expect("it is small");
        let argument = Span { ptr: if len == 0 { 0 } else { self.call("alloc", len)? }, len };
        if len > 0 {
            if argument.ptr == 0 || !argument.fits(self.memory().len()) {
                return Ok(None);
            }
            self.memory()[argument.ptr as usize..][..len as usize].copy_from_slice(request);
        }
        let result = Span::unpack(self.call(export, (argument.ptr, argument.len))?);
        let apart = result.end() <= argument.ptr.into() || u64::from(result.ptr) >= argument.end();
        if result.pack() == 0 || !result.fits(self.memory().len()) || (!apart && result.len > 0 && len > 0) {
            return Ok(None);
        }
        let reply = self.memory()[result.ptr as usize..][..result.len as usize].to_vec();
        for span in [argument, result] {
            if span.pack() != 0 {
                self.call::<_, ()>("free", (span.ptr, span.len))?;
            }
        }
        Ok(Some(reply))
    }
}

fn damaged(mut request: Vec<u8>, damage: &[u8]) -> Vec<u8> {
    for step in damage.chunks_exact(3).take(8) {
        let place = usize::from(u16::from_le_bytes([step[0], step[1]]));
        match (step[2] % 10, request.len()) {
            (bit @ 0..8, len) if len > 0 => request[place % len] ^= 1 << bit,
            (8, len) => request.truncate(place % (len + 1)),
            (_, len) => request.insert(place % (len + 1), step[2]),
        }
    }
    request
}

/// Requests of all methods, the last of each with something in most of its fields.
static REQUESTS: LazyLock<Vec<(&'static str, Vec<u8>)>> = LazyLock::new(|| {
    let mut all: Vec<_> =
        method::NAMES.iter().map(|name| (*name, method::visit(name, Empty).expect("a method"))).collect();
    let bytes = |text: &str| Some(Bytes::from(text.as_bytes()));
    let found = |pattern, groups: &[&str]| Match { pattern, groups: groups.iter().map(|group| bytes(group)).collect() };
    let proto = File {
        name: "shop.proto".into(),
        data: FileData::Matches(vec![
            found(1, &["\"google/protobuf/any.proto\""]),
            found(2, &["shop.v1"]),
            found(3, &["go_package", "\"a/b;c\""]),
            found(4, &["Shop"]),
        ]),
    };
    let zig =
        File { name: "main.zig".into(), data: FileData::Content(Bytes::from(&b"const b = @import(\"b.zig\");"[..])) };
    let attr = |name: &str, value| Attr { name: name.into(), value, ..Attr::default() };
    let strings = |all: &[&str]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
    let rule = Rule {
        kind: "proto_library".into(),
        name: "shop_proto".into(),
        attrs: vec![attr("srcs", Value::Strings(strings(&["shop.proto"])))],
        ..Rule::default()
    };
    let build_file = BuildFile { rules: vec![rule.clone()], ..BuildFile::default() };
    let directive = Directive { key: "proto".into(), value: "file".into() };
    let directives = vec![directive, Directive { key: "default_visibility".into(), value: "//:__pkg__".into() }];
    let root = Some(Root { languages: strings(&["proto"]), ..Root::default() });
    let import = ImportSpec { lang: "proto".into(), imp: "google/protobuf/any.proto".into() };
    let query = Query { import: import.clone(), lang: "proto".into() };
    all.push(("manifest", encoded!(&ManifestRequest { host: "wasmtime".into() })));
    all.push(("configure", encoded!(&ConfigureRequest { root, directives, ..ConfigureRequest::default() })));
    let fix = FixRequest { build_file: build_file.clone(), should_fix: true, ..FixRequest::default() };
    all.push(("fix", encoded!(&fix)));
    for file in [proto, zig] {
        let generate = GenerateRequest {
            rel: "shop".into(),
            build_file: Some(build_file.clone()),
            files: vec![file],
            subdirs: strings(&["a", "b"]),
            ..GenerateRequest::default()
        };
        all.push(("generate_rules", encoded!(&generate)));
    }
    let imports = ImportsRequest { rel: "shop".into(), rules: vec![rule.clone()], ..ImportsRequest::default() };
    all.push(("imports", encoded!(&imports)));
    let resolve = ResolveRequest {
        rel: "shop".into(),
        rules: vec![ResolveRule { rule, imports: vec![import], ..ResolveRule::default() }],
        found: vec![Found { query: query.clone(), ..Found::default() }],
        ..ResolveRequest::default()
    };
    all.push(("resolve", encoded!(&resolve)));
    all.push(("find", encoded!(&FindRequest { queries: vec![query], ..FindRequest::default() })));
    all
});

struct Empty;

impl Visitor for Empty {
    type Output = Vec<u8>;

    /// As many zeros as the smallest request has bytes: what is empty is 0.
    fn visit<M: dorcas_host::abi::Method>(self) -> Vec<u8> {
        let zeros = [0; 64];
        (1..zeros.len())
            .map(|len| &zeros[..len])
            .find(|request| wire::check::<M::Request>(request).is_ok())
            .map(<[u8]>::to_vec)
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proper_requests_have_replies() {
        for (number, (export, request)) in REQUESTS.iter().enumerate() {
            let asked: Vec<_> = GUESTS.iter().filter(|pair| pair.ours.has(export)).collect();
            let replies = asked.iter().filter(|pair| {
                let running = pair.theirs.instantiate(MEMORY_BYTES as usize, 65_536);
                let reply = running.expect("it can be instantiated").exchange(export, request);
                // `Ok`, and what belongs to it.
                matches!(reply, Ok(Some(reply)) if reply.first() == Some(&0))
            });
            assert!(asked.is_empty() || replies.count() > 0, "request {number}, of {export}");
        }
    }
}
