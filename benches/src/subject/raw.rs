use super::{FUEL, Outcome, Subject, Task, timed};
use crate::{measurement::Measurement, protocol::Greeting, transport};
use dorcas_abi::Span;
use std::{collections::BTreeMap, error::Error};
use wasmi::{CompilationMode, Config, Engine, Memory, Module, Store, TypedFunc};

/// wasmi without our host: the same calls, with as little around them as the interface allows. No limits, no checks but
/// those against leaving the memory, functions looked up once.
#[derive(Debug)]
pub struct Raw {
    settings: Settings,
    loaded: BTreeMap<String, (Engine, Module, Loaded)>,
}

/// How the engine is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settings {
    /// As Dorcas sets it up: all code compiled at load, fuel.
    OfDorcas,
    /// The same without fuel.
    Unmetered,
}

impl Settings {
    /// An engine with them.
    pub fn engine(self) -> Engine {
        let mut config = Config::default();
        let is_metered = self == Self::OfDorcas;
        config.compilation_mode(CompilationMode::Eager).ignore_custom_sections(true).consume_fuel(is_metered);
        Engine::new(&config)
    }
}

#[derive(Debug)]
struct Loaded {
    store: Store<()>,
    memory: Memory,
    alloc: TypedFunc<u32, u32>,
    free: TypedFunc<(u32, u32), ()>,
    lang_name: TypedFunc<(), i64>,
    methods: BTreeMap<&'static str, TypedFunc<(u32, u32), i64>>,
}

impl Raw {
    /// Nothing loaded.
    pub fn new(settings: Settings) -> Self {
        Self { settings, loaded: BTreeMap::new() }
    }

    fn engine(&self) -> Engine {
        self.settings.engine()
    }

    fn metered(&self) -> bool {
        self.settings == Settings::OfDorcas
    }

    fn start(&self, engine: &Engine, module: &Module) -> Result<Loaded, Box<dyn Error>> {
        let mut store = Store::new(engine, ());
        if self.metered() {
            store.set_fuel(FUEL)?;
        }
        let instance = wasmi::Instance::new(&mut store, module, &[])?;
        if let Ok(initialize) = instance.get_typed_func::<(), ()>(&store, "_initialize") {
            initialize.call(&mut store, ())?;
        }
        let methods = dorcas_abi::method::NAMES
            .iter()
            .filter_map(|name| Some((*name, instance.get_typed_func(&store, name).ok()?)))
            .collect();
        Ok(Loaded {
            memory: instance.get_memory(&store, "memory").ok_or("no memory")?,
            alloc: instance.get_typed_func(&store, "alloc")?,
            free: instance.get_typed_func(&store, "free")?,
            lang_name: instance.get_typed_func(&store, "lang_name")?,
            methods,
            store,
        })
    }

    fn loaded(&mut self, task: &Task) -> Result<&mut (Engine, Module, Loaded), Box<dyn Error>> {
        if !self.loaded.contains_key(&task.workload) {
            let engine = self.engine();
            let module = Module::new(&engine, &task.module)?;
            let loaded = self.start(&engine, &module)?;
            self.loaded.insert(task.workload.clone(), (engine, module, loaded));
        }
        Ok(self.loaded.get_mut(&task.workload).expect("it was inserted just now"))
    }
}

impl Subject for Raw {
    fn greeting(&self) -> Greeting {
        let subject = if self.metered() { "wasmi" } else { "wasmi unmetered" };
        Greeting { subject: subject.into(), version: "2.0.0".into() }
    }

    fn measure(&mut self, task: &Task) -> Result<Outcome, Box<dyn Error>> {
        let (wasm, metered) = (&task.module[..], self.metered());
        let (took, reply) = match task.measure {
            Measurement::RuntimeCreation => {
                let (took, _) = timed(task.times, || Ok(self.engine()))?;
                (took, Vec::new())
            }
            Measurement::ModuleLoadingCold => {
                let (took, _) = timed(task.times, || {
                    let engine = self.engine();
                    self.start(&engine, &Module::new(&engine, wasm)?)
                })?;
                (took, Vec::new())
            }
            Measurement::ModuleLoadingWarm => {
                let engine = self.engine();
                Module::new(&engine, wasm)?;
                let (took, _) = timed(task.times, || self.start(&engine, &Module::new(&engine, wasm)?))?;
                (took, Vec::new())
            }
            Measurement::SimpleCallWasm | Measurement::ExpensiveCallWasm => {
                let (_, _, loaded) = self.loaded(task)?;
                timed(task.times, || loaded.exchange(metered, &task.method, &task.request))?
            }
            Measurement::FreshInstanceCall => {
                let (engine, module) = {
                    let (engine, module, _) = self.loaded(task)?;
                    (engine.clone(), module.clone())
                };
                timed(task.times, || self.start(&engine, &module)?.exchange(metered, &task.method, &task.request))?
            }
            Measurement::Instantiation => {
                let (engine, module) = {
                    let (engine, module, _) = self.loaded(task)?;
                    (engine.clone(), module.clone())
                };
                let (took, _) = timed(task.times, || self.start(&engine, &module))?;
                (took, Vec::new())
            }
            Measurement::LangName => {
                let (_, _, loaded) = self.loaded(task)?;
                let (took, name) = timed(task.times, || {
                    let span = loaded.name(metered)?;
                    let name = std::str::from_utf8(loaded.read(span)?)?.to_owned();
                    loaded.free.call(&mut loaded.store, (span.ptr, span.len))?;
                    Ok(name)
                })?;
                (took, name.into_bytes())
            }
            Measurement::LangNameCall => {
                let (_, _, loaded) = self.loaded(task)?;
                let (took, _) = timed(task.times, || {
                    let span = loaded.name(metered)?;
                    loaded.free.call(&mut loaded.store, (span.ptr, span.len))?;
                    Ok(span)
                })?;
                let span = loaded.name(metered)?;
                let name = loaded.read(span)?.to_vec();
                loaded.free.call(&mut loaded.store, (span.ptr, span.len))?;
                (took, name)
            }
            Measurement::LangNameRead => {
                let (_, _, loaded) = self.loaded(task)?;
                let span = loaded.name(metered)?;
                let done = timed(task.times, || Ok(loaded.read(std::hint::black_box(span))?.to_vec()))?;
                loaded.free.call(&mut loaded.store, (span.ptr, span.len))?;
                done
            }
            Measurement::SimpleCallNative | Measurement::ExpensiveCallNative => {
                return Ok(Outcome::Missing("only native code does this"));
            }
            Measurement::ServiceEcho | Measurement::ServiceWork => {
                let (_, _, loaded) = self.loaded(task)?;
                return transport::measure(task, |_, message| loaded.exchange(metered, &task.method, message));
            }
            Measurement::EncodeRequest | Measurement::DecodeRequest | Measurement::VisitRequest => {
                return Ok(Outcome::Missing("it calls, no more"));
            }
        };
        Ok(Outcome::done(took, reply))
    }
}

impl Loaded {
    fn exchange(&mut self, metered: bool, method: &str, request: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
        let function = *self.methods.get(method).ok_or("no such export")?;
        if metered {
            self.store.set_fuel(FUEL)?;
        }
        let len = u32::try_from(request.len())?;
        let ptr = self.alloc.call(&mut self.store, len)?;
        self.memory.write(&mut self.store, ptr as usize, request)?;
        let result = Span::unpack(function.call(&mut self.store, (ptr, len))?);
        let reply = self.read(result)?.to_vec();
        self.free.call(&mut self.store, (ptr, len))?;
        self.free.call(&mut self.store, (result.ptr, result.len))?;
        Ok(reply)
    }

    fn name(&mut self, metered: bool) -> Result<Span, Box<dyn Error>> {
        if metered {
            self.store.set_fuel(FUEL)?;
        }
        Ok(Span::unpack(self.lang_name.call(&mut self.store, ())?))
    }

    fn read(&self, span: Span) -> Result<&[u8], Box<dyn Error>> {
        let start = span.ptr as usize;
        let bytes = self.memory.data(&self.store).get(start..start + span.len as usize);
        bytes.ok_or_else(|| "outside the memory".into())
    }
}
