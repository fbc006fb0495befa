//! The state may live longer than the memory that a text lies in.
//~ is not general enough

use dorcas_host::HostModule;

struct State(Vec<&'static str>);

impl State {
    fn keep(&mut self, text: &'static str) {
        self.0.push(text);
    }
}

fn main() {
    let _ = HostModule::new("m", || State(Vec::new())).function("keep", State::keep);
}
