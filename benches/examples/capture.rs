//! Writes the request that a guest gets for a directory of a real repository, as JSON.
//!
//! ```text
//! cargo run -p dorcas-benches --example capture -- GUEST.wasm REPOSITORY DIRECTORY > benches/requests/NAME.json
//! ```

use dorcas_benches::{capture::capture, subject};
use dorcas_host::Engine;
use std::{error::Error, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [guest, repository, rel] = &arguments[..] else {
        return Err("usage: capture GUEST.wasm REPOSITORY DIRECTORY".into());
    };
    let guest = Engine::new(subject::config()).load(&std::fs::read(guest)?)?;
    println!("{}", serde_json::to_string(&capture(guest, Path::new(repository), rel)?)?);
    Ok(())
}
