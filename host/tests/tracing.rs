//! Spans around functions of the host.

use dorcas_host::{
    Engine, HostModule,
    abi::{message::GenerateRequest, method::GenerateRules},
};
use std::{
    fmt::{Debug, Write as _},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};

/// Writes down what happens.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>, Arc<AtomicU64>);

impl Lines {
    fn push(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }
}

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").expect("writing to a string");
    }
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("dorcas_host") || metadata.target() == module_path!()
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields(format!("new {}", span.metadata().name()));
        span.record(&mut fields);
        self.push(fields.0);
        Id::from_u64(1 + self.1.fetch_add(1, Ordering::Relaxed))
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut fields = Fields("then".into());
        values.record(&mut fields);
        self.push(fields.0);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields("event".into());
        event.record(&mut fields);
        self.push(fields.0);
    }

    fn enter(&self, _: &Id) {
        self.push("enter".into());
    }

    fn exit(&self, _: &Id) {
        self.push("exit".into());
    }
}

#[test]
fn a_span_has_the_call_and_its_fuel() {
    let length = |(): &mut (), text: &str| {
        tracing::info!(text, "counting");
        text.len() as u64
    };
    let module = HostModule::new("text", || ()).costing(1000).function("length", length).traced();
    let wat = include_str!("guests/good.wat")
        .replacen("(module", r#"(module (import "text" "length" (func $length (param i32 i32) (result i64)))"#, 1)
        .replace(
            r#"(func (export "generate_rules") (param i32 i32) (result i64)"#,
            r#"(func (export "generate_rules") (param i32 i32) (result i64)
               (drop (call $length (i32.const 16) (i32.const 4))) (drop (call $length (i32.const 0) (i32.const -1)))"#,
        );
    let guest = Engine::default().with_module(module).load(&wat::parse_str(wat).unwrap()).unwrap();
    let lines = Lines::default();
    let outcome =
        tracing::subscriber::with_default(lines.clone(), || guest.call::<GenerateRules>(&GenerateRequest::default()));
    assert!(
        outcome.is_err(),
        "the second call is out of bounds: the function does not run, and the call is traced all the same"
    );
    let expected = [
        "new host function function=\"text.length\" fuel=1251",
        "enter",
        "event message=counting text=\"good\"",
        "exit",
        "then call=text.length(\"good\") -> 4",
        "new host function function=\"text.length\" fuel=1250",
        "enter",
        "exit",
        "then call=text.length(<4294967295 bytes at 0x0>) stopped: parameter 1 is 4294967295 bytes at 0x0, outside its \
         memory of 65536 bytes",
    ];
    assert_eq!(*lines.0.lock().unwrap(), expected);
}
