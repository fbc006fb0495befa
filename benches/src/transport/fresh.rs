use crate::{
    protocol::Greeting,
    subject::{Outcome, Subject, Task},
    transport,
};
use dorcas_host::{Engine, Guest};
use std::error::Error;

/// Dorcas with an instance made for each call, and gone again: what a call can't leave anything behind for.
#[derive(Debug, Default)]
pub struct Fresh {
    guest: Option<Guest>,
}

impl Subject for Fresh {
    fn greeting(&self) -> Greeting {
        Greeting { subject: "dorcas, fresh instance".into(), version: env!("CARGO_PKG_VERSION").into() }
    }

    fn measure(&mut self, task: &Task) -> Result<Outcome, Box<dyn Error>> {
        if transport::Work::of(task.measure).is_none() {
            return Ok(Outcome::Missing("it carries messages, no more"));
        }
        let guest = match &mut self.guest {
            Some(guest) => guest,
            none => none.insert(Engine::default().load(&task.module)?),
        };
        transport::measure(task, |_, message| Ok(guest.call_bytes(&task.method, message)?))
    }
}
