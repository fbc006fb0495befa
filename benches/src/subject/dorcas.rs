use super::{FUEL, Outcome, Subject, Task, config, timed};
use crate::{
    encoding::{self, Wire},
    measurement::Measurement,
    protocol::Greeting,
    transport,
};
use dorcas_abi::Span;
use dorcas_host::{Engine, Guest, GuestInstance, Specimen};
use std::{collections::BTreeMap, error::Error};

/// Dorcas as an embedder gets it: deterministic profile, fuel, and all limits but that of fuel at their defaults.
#[derive(Debug, Default)]
pub struct Dorcas {
    /// Guests that are loaded, by the workload.
    guests: BTreeMap<String, (Guest, GuestInstance)>,
}

impl Subject for Dorcas {
    fn greeting(&self) -> Greeting {
        Greeting { subject: "dorcas".into(), version: env!("CARGO_PKG_VERSION").into() }
    }

    fn measure(&mut self, task: &Task) -> Result<Outcome, Box<dyn Error>> {
        let wasm = &task.module[..];
        let (took, reply) = match task.measure {
            Measurement::RuntimeCreation => {
                let (took, _) = timed(task.times, || Ok(Engine::new(config())))?;
                (took, Vec::new())
            }
            Measurement::ModuleLoadingCold => {
                let (took, _) = timed(task.times, || Ok(Engine::new(config()).load(wasm)?.instantiate()?))?;
                (took, Vec::new())
            }
            Measurement::ModuleLoadingWarm => {
                let engine = Engine::new(config());
                engine.load(wasm)?;
                let (took, _) = timed(task.times, || Ok(engine.load(wasm)?.instantiate()?))?;
                (took, Vec::new())
            }
            Measurement::SimpleCallWasm | Measurement::ExpensiveCallWasm => {
                let (_, instance) = self.loaded(task)?;
                timed(task.times, || Ok(instance.call_bytes(&task.method, &task.request)?))?
            }
            Measurement::FreshInstanceCall => {
                let (guest, _) = self.loaded(task)?;
                timed(task.times, || Ok(guest.call_bytes(&task.method, &task.request)?))?
            }
            Measurement::Instantiation => {
                let (guest, _) = self.loaded(task)?;
                let (took, _) = timed(task.times, || Ok(guest.instantiate()?))?;
                (took, Vec::new())
            }
            Measurement::LangName => {
                let (_, instance) = self.loaded(task)?;
                let (took, name) = timed(task.times, || Ok(instance.lang_name()?))?;
                (took, name.into_bytes())
            }
            Measurement::LangNameCall | Measurement::LangNameRead => return of_the_name(task),
            Measurement::ServiceEcho | Measurement::ServiceWork => {
                let (_, instance) = self.loaded(task)?;
                return transport::measure(task, |_, message| Ok(instance.call_bytes(&task.method, message)?));
            }
            Measurement::EncodeRequest | Measurement::DecodeRequest | Measurement::VisitRequest => {
                return encoding::measure::<Wire>(task);
            }
            Measurement::SimpleCallNative | Measurement::ExpensiveCallNative => {
                return Ok(Outcome::Missing("only native code does this"));
            }
        };
        Ok(Outcome::done(took, reply))
    }
}

impl Dorcas {
    fn loaded(&mut self, task: &Task) -> Result<&mut (Guest, GuestInstance), Box<dyn Error>> {
        if !self.guests.contains_key(&task.workload) {
            let guest = Engine::new(config()).load(&task.module)?;
            let instance = guest.instantiate()?;
            self.guests.insert(task.workload.clone(), (guest, instance));
        }
        Ok(self.guests.get_mut(&task.workload).expect("it was inserted just now"))
    }
}

/// The parts of [`GuestInstance::lang_name`], which the host has for tools only.
fn of_the_name(task: &Task) -> Result<Outcome, Box<dyn Error>> {
    let config = config();
    let mut probe = Specimen::compile(&task.module, &config)?.instantiate(config.limits.memory_bytes)?;
    let call = |probe: &mut dorcas_host::Probe| -> Result<Span, Box<dyn Error>> {
        let word = probe.call("lang_name", &[], FUEL)?.i64().ok_or("`lang_name` returned no i64")?;
        Ok(Span::unpack(word))
    };
    if task.measure == Measurement::LangNameRead {
        let name = call(&mut probe)?;
        let (took, reply) =
            timed(task.times, || Ok(probe.read(std::hint::black_box(name)).ok_or("outside the memory")?.to_vec()))?;
        return Ok(Outcome::done(took, reply));
    }
    let (took, _) = timed(task.times, || {
        let name = call(&mut probe)?;
        probe.call("free", &[name.ptr, name.len], FUEL)?;
        Ok(name)
    })?;
    let name = call(&mut probe)?;
    let reply = probe.read(name).ok_or("outside the memory")?.to_vec();
    Ok(Outcome::done(took, reply))
}
