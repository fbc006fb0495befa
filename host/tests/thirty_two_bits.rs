//! The host on a machine of 32 bits without an operating system: itself compiled to WebAssembly.

use wasmi::{Engine, Linker, Module, Store};

/// `.ci/run wasm32` builds the example and says where it is.
#[test]
#[ignore = "needs examples/determinism.rs as a module: .ci/run wasm32"]
fn results_and_fuel_are_the_same() {
    let file = std::env::var("DORCAS_WASM32").expect("DORCAS_WASM32 is the example's file");
    let engine = Engine::default();
    let module = Module::new(&engine, std::fs::read(file).unwrap()).unwrap();
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module).unwrap();
    let main = instance.get_typed_func::<(i32, i32), i32>(&store, "main").unwrap();
    // It panics, which is a trap, where the digest is another one.
    assert_eq!(main.call(&mut store, (0, 0)).unwrap(), 0);
}
