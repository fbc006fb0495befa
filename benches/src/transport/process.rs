use super::{
    Work, measure,
    service::{ask, serve},
};
use crate::{
    protocol::Greeting,
    subject::{Outcome, Subject, Task},
};
use std::{
    env,
    error::Error,
    fs::File,
    io::{self, BufReader},
    os::{
        fd::{AsFd as _, OwnedFd},
        unix::net::UnixStream,
    },
    process::{self, Command, Stdio},
};

/// A process of this program that does the work.
#[derive(Debug)]
pub struct Child {
    line: Line,
    connection: Option<Connection>,
}

/// How the process is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// One that stays, over its standard input and output.
    Pipes,
    /// One that stays, over a Unix socket.
    UnixSocket,
    /// One for each call, over its standard input and output.
    Spawned,
}

/// A process that is there, with both ends of the line.
#[derive(Debug)]
enum Connection {
    Pipes { process: process::Child, input: BufReader<process::ChildStdout>, output: Option<process::ChildStdin> },
    Socket { process: process::Child, input: BufReader<UnixStream>, output: UnixStream },
}

/// What a message, its length and its kind fit in, so that one is read at once.
const BUFFER: usize = (1 << 16) + 16;

/// The first argument of a process that does the work; the second is how it is reached.
const SERVE: &str = "serve";

/// Does the work, where this process was started for it.
///
/// To be asked before the command line is read in earnest, for which a process that lives for one call has no time.
pub fn serve_if_told() -> Option<io::Result<()>> {
    let mut arguments = env::args_os().skip(1);
    if arguments.next()? != SERVE {
        return None;
    }
    Some(match arguments.next()?.to_str()? {
        "socket" => over_socket(),
        _ => over_pipes(),
    })
}

fn over_pipes() -> io::Result<()> {
    // Not through `Stdin` and `Stdout`, which have locks and buffers of their own.
    let input = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    let output = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    serve(BufReader::with_capacity(BUFFER, input), output)
}

fn over_socket() -> io::Result<()> {
    let socket = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    serve(BufReader::with_capacity(BUFFER, socket.try_clone()?), socket)
}

impl Child {
    /// Not started before there is something to do.
    pub fn new(line: Line) -> Self {
        Self { line, connection: None }
    }
}

impl Subject for Child {
    fn greeting(&self) -> Greeting {
        let subject = match self.line {
            Line::Pipes => "process over pipes",
            Line::UnixSocket => "process over a Unix socket",
            Line::Spawned => "process for each call",
        };
        Greeting { subject: subject.into(), version: env!("CARGO_PKG_VERSION").into() }
    }

    fn measure(&mut self, task: &Task) -> Result<Outcome, Box<dyn Error>> {
        if Work::of(task.measure).is_some() && self.line != Line::Spawned && self.connection.is_none() {
            self.connection = Some(Connection::open(self.line)?);
        }
        measure(task, |work, message| match &mut self.connection {
            Some(connection) => Ok(connection.ask(work, message)?),
            None => Ok(Connection::open(self.line)?.ask_last(work, message)?),
        })
    }
}

impl Connection {
    fn open(line: Line) -> io::Result<Self> {
        let mut command = Command::new(env::current_exe()?);
        command.arg(SERVE);
        if line == Line::UnixSocket {
            let (socket, theirs) = UnixStream::pair()?;
            let process = command.arg("socket").stdin(OwnedFd::from(theirs)).stdout(Stdio::null()).spawn()?;
            let input = BufReader::with_capacity(BUFFER, socket.try_clone()?);
            return Ok(Self::Socket { process, input, output: socket });
        }
        let mut process = command.arg("pipes").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let output = process.stdin.take();
        let input = process.stdout.take().ok_or_else(|| io::Error::other("it has no output"))?;
        Ok(Self::Pipes { process, input: BufReader::with_capacity(BUFFER, input), output })
    }

    fn ask(&mut self, work: Work, message: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Self::Pipes { input, output: Some(output), .. } => ask(output, input, work, message),
            Self::Pipes { output: None, .. } => Err(io::Error::other("its input is closed")),
            Self::Socket { input, output, .. } => ask(output, input, work, message),
        }
    }

    /// Asks once and sees the process end well.
    fn ask_last(mut self, work: Work, message: &[u8]) -> io::Result<Vec<u8>> {
        let reply = self.ask(work, message)?;
        let status = self.end()?;
        if status.success() { Ok(reply) } else { Err(io::Error::other(format!("the process ended with {status}"))) }
    }

    /// The end of its input is what tells a process to go.
    fn end(&mut self) -> io::Result<process::ExitStatus> {
        match self {
            Self::Pipes { process, output, .. } => {
                *output = None;
                process.wait()
            }
            Self::Socket { process, output, .. } => {
                // It may be gone already.
                let _ = output.shutdown(std::net::Shutdown::Both);
                process.wait()
            }
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let _ = self.end();
    }
}
