//! Writes what follows from the schema, or says what is out of date.

use dorcas_generate::{Root, golden_files, outputs};
use std::{env, process::ExitCode};

fn main() -> ExitCode {
    let root = Root::of_this_repository();
    let check = match env::args().skip(1).collect::<Vec<_>>()[..] {
        [] => false,
        [ref flag] if flag == "--check" => true,
        _ => {
            eprintln!("usage: cargo run -p dorcas-generate [-- --check]");
            return ExitCode::from(2);
        }
    };
    let mut failed = false;
    if !check {
        // Their bytes are in the others.
        for output in golden_files(&root).iter().filter(|output| output.difference(&root).is_some()) {
            failed |= output.write(&root).is_err();
        }
    }
    for output in outputs(&root) {
        let Some(line) = output.difference(&root) else { continue };
        if check {
            eprintln!("{} is out of date from line {line} on: run `cargo run -p dorcas-generate`", output.path);
            failed = true;
        } else if let Err(error) = output.write(&root) {
            eprintln!("can't write {}: {error}", output.path);
            failed = true;
        } else {
            println!("{} written anew from line {line} on", output.path);
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
