//! Offers a key-value store to a guest: `cargo run -p dorcas-host --example kv`.
//!
//! The guest counts how often it was called, in the store; each instance has a store of its own.

use dorcas_host::{
    Engine, HostModule,
    abi::{message::GenerateRequest, method::GenerateRules},
    module::ErrorCode,
};
use std::{collections::BTreeMap, num::NonZeroI32};

#[derive(Default)]
struct KeyValue(BTreeMap<String, Vec<u8>>);

impl KeyValue {
    fn set(&mut self, key: &str, value: &[u8]) {
        println!("set {key} to {value:?}");
        self.0.insert(key.into(), value.into());
    }

    /// Copies the value into the buffer. To a guest it returns a code, 0 for success, and writes the length to an address that
    /// comes last: `int get(const char *key, unsigned key_len, char *buffer, unsigned buffer_len, unsigned *len)`.
    fn get(&mut self, key: &str, buffer: &mut [u8]) -> Result<u32, NoValue> {
        let value = self.0.get(key).ok_or(NoValue::Missing)?;
        buffer.get_mut(..value.len()).ok_or(NoValue::TooLong)?.copy_from_slice(value);
        u32::try_from(value.len()).map_err(|_| NoValue::TooLong)
    }
}

#[derive(Clone, Copy)]
enum NoValue {
    Missing = 1,
    TooLong = 2,
}

impl ErrorCode for NoValue {
    fn code(&self) -> NonZeroI32 {
        NonZeroI32::new(*self as i32).expect("no variant is 0")
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let module = HostModule::new("kv", KeyValue::default).function("set", KeyValue::set).function("get", KeyValue::get);
    print!("{module}");

    let engine = Engine::default().with_module(module).with_log(|level, text| println!("{level:?}: {text}"));
    let guest = engine.load(&wat::parse_str(include_str!("kv.wat"))?)?;
    let mut instance = guest.instantiate()?;
    for _ in 0..3 {
        instance.call::<GenerateRules>(&GenerateRequest::default())?;
    }
    Ok(())
}
