//! A module of anybody's calls a function of the host: `cargo run -p dorcas-host --example answer`.
//!
//! It is loaded once, and has an instance for each of three states.

use dorcas_host::{Engine, HostModule};

/// What the host's functions work on: each instance has one of its own.
struct Answers {
    answer: u32,
    asked: u32,
}

impl Answers {
    fn answer(&mut self) -> u32 {
        self.asked += 1;
        self.answer
    }

    fn double(&mut self, number: u32) -> u32 {
        self.asked += 1;
        number.wrapping_mul(2)
    }
}

/// A compiler would have made it.
const MODULE: &str = r#"(module
    (import "my_host_module" "answer" (func $answer (result i32)))
    (import "my_host_module" "double" (func $double (param i32) (result i32)))
    (func (export "run") (result i32) (call $double (call $answer))))"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let host = HostModule::new("my_host_module", || Answers { answer: 42, asked: 0 })
        .function("answer", Answers::answer)
        .function("double", Answers::double)
        .around(|call| {
            call.run();
            println!("{call}");
        });
    let module = Engine::default().with_module(host).module(&wat::parse_str(MODULE)?)?;
    let run = module.export::<(), u32>("run")?;

    for answer in [0, 21, 42] {
        let mut instance = module.start_with(Answers { answer, asked: 0 })?;
        println!("run() = {}", instance.call(&run, ())?);
        println!("asked {} times", instance.state::<Answers>().map_or(0, |state| state.asked));
    }
    Ok(())
}
