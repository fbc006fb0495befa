//! `dorcas-benches`: measures Dorcas beside its peers and writes the report.

use clap::{Parser, Subcommand};
use dorcas_benches::{
    job::{self, Job, JobRow},
    measurement::Measurement,
    protocol,
    record::{MissingSubject, Record},
    report, session,
    session::{Candidate, Effort},
    stage, subject, transport, workload,
};
use indicatif::{ProgressBar, ProgressStyle};
use std::{
    error::Error,
    fs,
    io::{self, IsTerminal as _},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

/// Measures Dorcas beside its peers.
#[derive(Parser)]
#[command(
    version,
    after_help = "Examples:
  cargo run -p dorcas-benches --release -- report
  cargo run -p dorcas-benches --release -- report --only lang_name --rounds 51

The peers that are not in this workspace are built by benches/peers/build; those that are not there
are named as missing in the report.

Exit status: 0 the report is written; 1 something went wrong; 2 wrong usage."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measures, and writes DATE.md and DATE.csv; DATE.json with all samples, and DATE.html
    Report {
        /// Where the report and the table go
        #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/record"), hide_default_value = true)]
        out: PathBuf,
        /// Where the samples and the page go
        #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/benches"), hide_default_value = true)]
        samples: PathBuf,
        /// Where the peers are that benches/peers/build has built
        #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/built"), hide_default_value = true)]
        peers: PathBuf,
        /// How many times each subject is asked for each row
        #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u16).range(1..=1_000))]
        rounds: u16,
        /// How many milliseconds the clock runs at least each time
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(0..=1_000))]
        batch: u64,
        /// Measure only these
        #[arg(long, value_delimiter = ',', value_parser = measurement)]
        only: Vec<Measurement>,
    },
    /// Writes the reports of a record again
    Render {
        /// The samples, a DATE.json
        record: PathBuf,
        /// Where the report, the table and the page go
        #[arg(long, default_value = ".")]
        out: PathBuf,
    },
    /// Is measured: answers orders on standard input
    Subject {
        /// Which one
        #[arg(value_parser = subject::NAMES)]
        name: String,
    },
}

fn measurement(name: &str) -> Result<Measurement, String> {
    Measurement::ALL.into_iter().find(|measurement| measurement.name() == name).ok_or_else(|| {
        let known: Vec<_> = Measurement::ALL.iter().map(|measurement| measurement.name()).collect();
        format!("there are: {}", known.join(", "))
    })
}

fn main() -> ExitCode {
    if let Some(served) = transport::serve_if_told() {
        return if served.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("dorcas-benches: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), Box<dyn Error>> {
    match command {
        Command::Report { out, samples, peers, rounds, batch, only } => {
            let measurements = if only.is_empty() { Measurement::ALL.to_vec() } else { only.clone() };
            let effort = Effort { rounds: rounds.into(), batch: Duration::from_millis(batch) };
            let bar = progress_bar();
            // First: until a process that was started is another program, its memory is that of this one, and counts.
            let jobs = if only.is_empty() { whole_job(&peers, rounds, &bar) } else { Ok(Vec::new()) };
            let mut workloads = workload::all();
            let go = workload::go(&peers.join("go.wasm"), Path::new(CORPUS));
            let no_go = go.map(|go| workloads.push(go)).err();
            let mut record =
                session::hold(&candidates(&peers)?, &measurements, &workloads, effort, &mut |done, all, what| {
                    bar.set_length(all as u64);
                    bar.set_position(done as u64);
                    bar.set_message(what.to_owned());
                })?;
            record.missing.extend(no_go.map(|error| MissingSubject {
                subject: "the workload `go`".into(),
                why: format!("{error}; benches/peers/build go corpus gets it"),
            }));
            if only.is_empty() {
                record.stages =
                    stage::hold(stage::all(&workloads), effort, &mut |what| bar.set_message(what.to_owned()));
            }
            match jobs {
                Ok(jobs) => record.jobs = jobs,
                Err(missing) => record.missing.push(missing),
            }
            bar.finish_and_clear();
            record
                .missing
                .extend(ABSENT.map(|(subject, why)| MissingSubject { subject: subject.into(), why: why.into() }));
            write(&samples, &record.date, "json", &(serde_json::to_string_pretty(&record)? + "\n"))?;
            render(&out, &samples, &record)
        }
        Command::Render { record: path, out } => {
            let text = fs::read_to_string(&path).map_err(|cause| format!("{}: {cause}", path.display()))?;
            let record = serde_json::from_str(&text).map_err(|cause| format!("{}: {cause}", path.display()))?;
            render(&out, &out, &record)
        }
        Command::Subject { name } => {
            let mut subject = subject::named(&name).expect("the command line knows the names");
            let greeting = subject.greeting();
            let orders = io::stdin().lock();
            Ok(protocol::serve(&greeting, orders, io::stdout(), |order| subject::answer(&mut *subject, order))?)
        }
    }
}

fn render(out: &Path, samples: &Path, record: &Record) -> Result<(), Box<dyn Error>> {
    write(out, &record.date, "md", &report::markdown(record))?;
    write(out, &record.date, "csv", &report::table(record))?;
    write(samples, &record.date, "html", &report::html(record))
}

fn write(folder: &Path, name: &str, extension: &str, text: &str) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder).map_err(|cause| format!("{}: {cause}", folder.display()))?;
    let path = folder.join(format!("{name}.{extension}"));
    fs::write(&path, text).map_err(|cause| format!("{}: {cause}", path.display()))?;
    println!("{}", path.display());
    Ok(())
}

/// Everybody who may take part; Dorcas first, with whom all others are compared.
fn candidates(peers: &Path) -> Result<Vec<Candidate>, io::Error> {
    let this = std::env::current_exe()?;
    let own = subject::NAMES.iter().map(|name| Candidate {
        subject: (*name).into(),
        program: this.clone(),
        arguments: vec!["subject".into(), name.into()],
        remedy: String::new(),
    });
    let built = [
        ("wazero compiler", "wazero", "compiler"),
        ("wazero interpreter", "wazero", "interpreter"),
        ("wasmtime", "wasm-peers", "wasmtime"),
        ("wasmtime pulley", "wasm-peers", "pulley"),
        ("extism", "extism-peer", ""),
        ("process over shared memory", "shm", "futex"),
        ("process over shared memory, spinning", "shm", "spinning"),
        ("go-plugin, net/rpc", "plugin", "netrpc"),
        ("go-plugin, gRPC", "plugin", "grpc"),
    ]
    .map(|(subject, program, argument)| Candidate {
        subject: subject.into(),
        program: peers.join(program),
        arguments: Some(argument).filter(|argument| !argument.is_empty()).map(Into::into).into_iter().collect(),
        remedy: "benches/peers/build builds it".into(),
    });
    Ok(own.chain(built).collect())
}

/// Native Gazelle and Dorcas on the corpus, where all three are to be had. A few rounds do: a run takes seconds.
fn whole_job(peers: &Path, rounds: u16, bar: &ProgressBar) -> Result<Vec<JobRow>, MissingSubject> {
    let missing = |why: String| MissingSubject { subject: "the whole job".into(), why };
    let job = Job {
        gazelle: peers.join("gazelle"),
        dorcas: peers.join("dorcas"),
        corpus: CORPUS.into(),
        rounds: rounds.min(5).into(),
    };
    for path in [&job.gazelle, &job.dorcas, &job.corpus] {
        if !path.exists() {
            return Err(missing(format!("there is no {}; benches/peers/build gets it", path.display())));
        }
    }
    job::hold(&job, &mut |what| bar.set_message(what.to_owned())).map_err(|error| missing(error.to_string()))
}

/// Where benches/corpus/fetch puts it.
const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/google-proto-files");

/// Who would be of interest and is not measured.
const ABSENT: [(&str, &str); 1] = [(
    "wasm3",
    "its crate and its package for Python are of 2021 and not kept since; Debian has none; what a call costs through Python \
     would be Python's",
)];

fn progress_bar() -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}").expect("the template is a constant");
    ProgressBar::new(0).with_style(style)
}
