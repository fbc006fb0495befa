//! Where is it measured?

use serde::{Deserialize, Serialize};
use std::{fs, process::Command};

/// A machine, and how busy it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// Name of the processor.
    pub processor: String,
    /// Number of threads that run at the same time.
    pub threads: usize,
    /// Memory in MiB; 0 where that isn't known.
    pub memory_mib: u64,
    /// Operating system and architecture.
    pub system: String,
    /// Version of the compiler.
    pub compiler: String,
    /// Runnable processes in the minute before, on average, as the system says it; empty where that isn't known.
    pub load_before: String,
    /// The same at the end.
    pub load_after: String,
}

impl Machine {
    /// This machine.
    pub fn this() -> Self {
        Self {
            processor: field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".into()),
            threads: std::thread::available_parallelism().map_or(1, Into::into),
            memory_mib: field("/proc/meminfo", "MemTotal")
                .and_then(|size| size.split(' ').next()?.parse::<u64>().ok())
                .map_or(0, |kib| kib / 1024),
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            compiler: said_by("rustc", &["--version"]).unwrap_or_else(|| "unknown".into()),
            load_before: load(),
            load_after: String::new(),
        }
    }
}

/// Runnable processes in the last minute, on average.
pub fn load() -> String {
    fs::read_to_string("/proc/loadavg")
        .ok()
        .and_then(|text| Some(text.split(' ').next()?.to_owned()))
        .unwrap_or_default()
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let (_, value) = text.lines().filter_map(|line| line.split_once(':')).find(|(key, _)| key.trim() == name)?;
    Some(value.trim().to_owned())
}

fn said_by(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}
