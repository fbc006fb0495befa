//! What each stand-in answers, asked in a module that was sealed.

use dorcas_host::{Config, Probe, Specimen, Stop, abi::Span};
use dorcas_seal::{Options, seal};
use std::fmt::Write as _;

/// Functions and their parameters, `i` for an `i32` and `l` for an `i64`. All return an errno.
const FUNCTIONS: &[(&str, &str, &str)] = &[
    ("wasi_snapshot_preview1", "args_sizes_get", "ii"),
    ("wasi_snapshot_preview1", "environ_sizes_get", "ii"),
    ("wasi_snapshot_preview1", "clock_res_get", "ii"),
    ("wasi_snapshot_preview1", "clock_time_get", "ili"),
    ("wasi_snapshot_preview1", "fd_advise", "illi"),
    ("wasi_snapshot_preview1", "fd_allocate", "ill"),
    ("wasi_snapshot_preview1", "fd_close", "i"),
    ("wasi_snapshot_preview1", "fd_fdstat_get", "ii"),
    ("wasi_snapshot_preview1", "fd_filestat_get", "ii"),
    ("wasi_snapshot_preview1", "fd_pread", "iiili"),
    ("wasi_snapshot_preview1", "fd_prestat_dir_name", "iii"),
    ("wasi_snapshot_preview1", "fd_prestat_get", "ii"),
    ("wasi_snapshot_preview1", "fd_pwrite", "iiili"),
    ("wasi_snapshot_preview1", "fd_read", "iiii"),
    ("wasi_snapshot_preview1", "fd_readdir", "iiili"),
    ("wasi_snapshot_preview1", "fd_renumber", "ii"),
    ("wasi_snapshot_preview1", "fd_seek", "ilii"),
    ("wasi_snapshot_preview1", "fd_tell", "ii"),
    ("wasi_snapshot_preview1", "fd_write", "iiii"),
    ("wasi_snapshot_preview1", "path_create_directory", "iii"),
    ("wasi_snapshot_preview1", "path_filestat_get", "iiiii"),
    ("wasi_snapshot_preview1", "path_open", "iiiiillii"),
    ("wasi_snapshot_preview1", "path_readlink", "iiiiii"),
    ("wasi_snapshot_preview1", "path_symlink", "iiiii"),
    ("wasi_snapshot_preview1", "path_unlink_file", "iii"),
    ("wasi_snapshot_preview1", "poll_oneoff", "iiii"),
    ("wasi_snapshot_preview1", "proc_raise", "i"),
    ("wasi_snapshot_preview1", "random_get", "ii"),
    ("wasi_snapshot_preview1", "sched_yield", ""),
    ("wasi_snapshot_preview1", "sock_shutdown", "ii"),
    ("dorcas_seal", "mount", "ii"),
];

const SUCCESS: u32 = 0;
const ACCES: u32 = 2;
const BADF: u32 = 8;
const EXIST: u32 = 20;
const INVAL: u32 = 28;
const ISDIR: u32 = 31;
const MFILE: u32 = 33;
const NAMETOOLONG: u32 = 37;
const NOENT: u32 = 44;
const NOSYS: u32 = 52;
const NOTDIR: u32 = 54;
const ROFS: u32 = 69;
const SPIPE: u32 = 70;
const NOTCAPABLE: u32 = 76;

/// Where the test writes: arguments, results, and what they point to.
const ARGS: u32 = 64;
const OUT: u32 = 256;
const SLICE: u32 = 512;
const PATH: u32 = 1024;
const BUFFER: u32 = 8192;
const TABLE: u32 = 16384;

/// A module that exports each import, with arguments in memory, and with a function of a guest's.
struct World {
    probe: Probe,
}

impl World {
    fn new() -> Self {
        let mut wat = String::from("(module ");
        for (module, name, params) in FUNCTIONS {
            let types = params.replace('i', " i32").replace('l', " i64");
            write!(wat, r#"(import "{module}" "{name}" (func ${name} (param{types}) (result i32)))"#).unwrap();
        }
        wat.push_str(
            r#"(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
            (import "env" "abort" (func $abort (param i32 i32 i32 i32)))
            (import "env" "abort" (func $silent))
            (import "env" "trace" (func $trace (param i32 i32 f64 f64 f64 f64 f64)))
            (import "env" "seed" (func $seed (result f64)))
            (import "env" "Date.now" (func $date (result f64)))
            (import "dorcas" "log" (func $log (param i32 i32 i32)))
            (memory (export "memory") 1)
            (func (export "exit") (param i32 i32) (call $exit (local.get 0)))
            (func (export "abort") (param i32 i32) (call $abort (local.get 0) (local.get 1) (i32.const 3) (i32.const 14)))
            (func (export "silent") (call $silent))
            (func (export "trace") (param i32 i32) (call $trace (local.get 0) (local.get 1)
                (f64.const 1) (f64.const -2.75) (f64.const 1e300) (f64.const nan) (f64.const 5)))
            (func (export "seed") (result i64) (i64.trunc_f64_u (call $seed)))
            (func (export "date") (result i64) (i64.trunc_f64_u (call $date)))
            (func (export "log") (param i32 i32) (call $log (i32.const 0) (local.get 0) (local.get 1)))
            (func (export "trap") (unreachable))
            (func (export "pages") (result i64) (i64.extend_i32_u (memory.size)))
            (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
            (func (export "lang_name") (result i64) (i64.const 0))"#,
        );
        for (_, name, params) in FUNCTIONS {
            let loads = params
                .chars()
                .enumerate()
                .map(|(place, ty)| {
                    let ty = if ty == 'i' { "i32" } else { "i64" };
                    format!("({ty}.load offset={} (local.get 0))", 8 * place)
                })
                .collect::<Vec<_>>()
                .concat();
            write!(
                wat,
                r#"(func (export "{name}") (param i32 i32) (result i64) (i64.extend_i32_u (call ${name} {loads})))"#
            )
            .unwrap();
        }
        wat.push(')');
        let sealed = seal(&wat::parse_str(&wat).unwrap(), &Options::default()).unwrap();
        let specimen = Specimen::compile(&sealed.wasm, &Config::default()).unwrap();
        Self { probe: specimen.instantiate(1 << 20).unwrap() }
    }

    fn call(&mut self, name: &'static str, args: &[u64]) -> u32 {
        for (place, arg) in (0..).zip(args) {
            self.write(ARGS + 8 * place, &arg.to_le_bytes());
        }
        let returned = self.probe.call(name, &[ARGS, 0], 10_000_000).unwrap_or_else(|stop| panic!("{name}: {stop}"));
        u32::try_from(returned.i64().unwrap()).unwrap()
    }

    fn stop(&mut self, name: &'static str, params: &[u32]) -> Stop {
        self.probe.call(name, params, 10_000_000).unwrap_err()
    }

    /// What the host would show, if it trapped now.
    fn said(&mut self) -> String {
        match self.stop("trap", &[]) {
            Stop::Trap { panic_text, .. } => panic_text.unwrap_or_default(),
            stop => panic!("{stop}"),
        }
    }

    fn write(&mut self, at: u32, bytes: &[u8]) {
        let len = u32::try_from(bytes.len()).unwrap();
        self.probe.bytes_mut(Span { ptr: at, len }).unwrap().copy_from_slice(bytes);
    }

    fn read(&self, at: u32, len: u32) -> &[u8] {
        self.probe.read(Span { ptr: at, len }).unwrap()
    }

    fn u32(&self, at: u32) -> u32 {
        u32::from_le_bytes(self.read(at, 4).try_into().unwrap())
    }

    fn u64(&self, at: u32) -> u64 {
        u64::from_le_bytes(self.read(at, 8).try_into().unwrap())
    }

    fn time(&mut self, clock: u64) -> u64 {
        assert_eq!(self.call("clock_time_get", &[clock, 0, OUT.into()]), SUCCESS);
        self.u64(OUT)
    }

    fn random(&mut self) -> u64 {
        assert_eq!(self.call("random_get", &[OUT.into(), 8]), SUCCESS);
        self.u64(OUT)
    }

    fn say(&mut self, fd: u64, text: &str) -> u32 {
        let len = u32::try_from(text.len()).unwrap();
        self.write(BUFFER, text.as_bytes());
        self.slice(BUFFER, len);
        self.call("fd_write", &[fd, SLICE.into(), 1, OUT.into()])
    }

    fn slice(&mut self, at: u32, len: u32) {
        self.write(SLICE, &at.to_le_bytes());
        self.write(SLICE + 4, &len.to_le_bytes());
    }

    /// Mounts files with these paths and contents; nothing is a content that isn't there.
    fn mount(&mut self, files: &[(&str, Option<&str>)]) -> u32 {
        let mut text = TABLE + 4096;
        for (record, (path, content)) in (0..).zip(files) {
            let at = TABLE + 16 * record;
            let mut numbers = [text, 0, u32::MAX, 0];
            numbers[1] = u32::try_from(path.len()).unwrap();
            self.write(text, path.as_bytes());
            text += numbers[1];
            if let Some(content) = content {
                (numbers[2], numbers[3]) = (text, u32::try_from(content.len()).unwrap());
                self.write(text, content.as_bytes());
                text += numbers[3];
            }
            for (place, number) in (0..).zip(numbers) {
                self.write(at + 4 * place, &number.to_le_bytes());
            }
        }
        self.call("mount", &[TABLE.into(), files.len() as u64])
    }

    fn tree() -> Self {
        let mut world = Self::new();
        let files = [
            ("a-b", Some("dash")),
            ("a/b/c", Some("see")),
            ("a/b/d", Some("")),
            ("a/e", None),
            ("empty/", Some("")),
            ("z", Some("last")),
        ];
        assert_eq!(world.mount(&files), SUCCESS);
        world
    }

    /// A path in memory, as address and length.
    fn path(&mut self, path: &str) -> [u64; 2] {
        self.write(PATH, path.as_bytes());
        [PATH.into(), path.len() as u64]
    }

    fn open_with(&mut self, fd: u64, path: &str, flags: u64, rights: u64) -> Result<u64, u32> {
        let [at, len] = self.path(path);
        match self.call("path_open", &[fd, 1, at, len, flags, rights, 0, 0, OUT.into()]) {
            SUCCESS => Ok(self.u32(OUT).into()),
            error => Err(error),
        }
    }

    fn open(&mut self, path: &str) -> Result<u64, u32> {
        self.open_with(3, path, 0, 0)
    }

    fn read_some(&mut self, fd: u64, len: u32) -> String {
        self.slice(BUFFER, len);
        assert_eq!(self.call("fd_read", &[fd, SLICE.into(), 1, OUT.into()]), SUCCESS);
        String::from_utf8(self.read(BUFFER, self.u32(OUT)).to_vec()).unwrap()
    }

    /// Names and types in a folder, read with a buffer of that size.
    fn list(&mut self, path: &str, buffer: u32) -> Vec<(String, u8)> {
        let fd = self.open(path).unwrap();
        let (mut found, mut cookie) = (Vec::new(), 0);
        loop {
            let args = [fd, BUFFER.into(), buffer.into(), cookie, OUT.into()];
            assert_eq!(self.call("fd_readdir", &args), SUCCESS);
            let used = self.u32(OUT);
            let mut at = 0;
            while at + 24 <= used {
                let entry = BUFFER + at;
                let len = self.u32(entry + 16);
                if at + 24 + len > used {
                    break;
                }
                assert_ne!(self.u64(entry + 8), 0, "no inode");
                found.push((
                    String::from_utf8(self.read(entry + 24, len).to_vec()).unwrap(),
                    self.read(entry + 20, 1)[0],
                ));
                cookie = self.u64(entry);
                at += 24 + len;
            }
            if used < buffer {
                return found;
            }
        }
    }

    /// Type and size.
    fn stat(&mut self, path: &str) -> Result<(u8, u64), u32> {
        let [at, len] = self.path(path);
        match self.call("path_filestat_get", &[3, 0, at, len, OUT.into()]) {
            SUCCESS => Ok((self.read(OUT + 16, 1)[0], self.u64(OUT + 32))),
            error => Err(error),
        }
    }
}

const DIR: u8 = 3;
const FILE: u8 = 4;

#[test]
fn there_are_no_arguments_and_no_environment() {
    for name in ["args_sizes_get", "environ_sizes_get"] {
        let mut world = World::new();
        world.write(OUT, &[255; 8]);
        assert_eq!(world.call(name, &[OUT.into(), u64::from(OUT) + 4]), SUCCESS);
        assert_eq!(world.u64(OUT), 0, "{name}");
    }
}

#[test]
fn clocks_start_at_a_fixed_instant_and_move_by_fixed_steps() {
    let mut world = World::new();
    assert_eq!(world.time(0), 946_684_800_000_000_000);
    assert_eq!(world.time(0), 946_684_800_000_001_000);
    assert_eq!(world.time(1), 1_000_000_000);
    assert_eq!(world.time(2), 1_000);
    assert_eq!(world.call("clock_res_get", &[1, OUT.into()]), SUCCESS);
    assert_eq!(world.u64(OUT), 1_000);
    assert_eq!(world.call("clock_time_get", &[4, 0, OUT.into()]), INVAL);
    assert_eq!(world.call("clock_res_get", &[4, OUT.into()]), INVAL);
}

#[test]
fn each_call_begins_at_the_same_wall_clock_and_random_number() {
    let mut world = World::new();
    let first = (world.time(0), world.random());
    world.probe.call("lang_name", &[], 1_000_000).unwrap();
    assert_eq!((world.time(0), world.random()), first);
}

#[test]
fn the_monotonic_clock_goes_on_from_call_to_call() {
    let mut world = World::new();
    let first = world.time(1);
    world.probe.call("lang_name", &[], 1_000_000).unwrap();
    assert_eq!(world.time(1), first + 1_000);
}

#[test]
fn random_numbers_are_those_of_splitmix64() {
    let mut world = World::new();
    assert_eq!(world.random(), 0xe220_a839_7b1d_cdaf);
    assert_eq!(world.random(), 0x6e78_9e6a_a1b9_65f4);
    // Part of a number is its lower bytes.
    world.write(OUT, &[0; 8]);
    assert_eq!(world.call("random_get", &[OUT.into(), 3]), SUCCESS);
    assert_eq!(world.u64(OUT), 0x06c4_5d18_8009_454f & 0xff_ffff);
    assert_eq!(world.call("random_get", &[OUT.into(), 0]), SUCCESS);
}

#[test]
fn the_earliest_deadline_comes_at_once() {
    let mut world = World::new();
    let subscription = |userdata: u64, clock: u32, timeout: u64, flags: u16| {
        let mut bytes = [0; 48];
        bytes[..8].copy_from_slice(&userdata.to_le_bytes());
        bytes[16..20].copy_from_slice(&clock.to_le_bytes());
        bytes[24..32].copy_from_slice(&timeout.to_le_bytes());
        bytes[40..42].copy_from_slice(&flags.to_le_bytes());
        bytes
    };
    // An hour from now, a second from now, and at the same second of the monotonic clock.
    world.write(BUFFER, &subscription(7, 1, 3_600_000_000_000, 0));
    world.write(BUFFER + 48, &subscription(8, 0, 1_000_000_000, 0));
    world.write(BUFFER + 96, &subscription(9, 1, 2_000_000_000, 1));
    assert_eq!(world.call("poll_oneoff", &[BUFFER.into(), TABLE.into(), 3, OUT.into()]), SUCCESS);
    assert_eq!(world.u32(OUT), 2);
    assert_eq!((world.u64(TABLE), world.u64(TABLE + 8)), (8, 0));
    assert_eq!((world.u64(TABLE + 32), world.u64(TABLE + 40)), (9, 0));
    assert_eq!(world.time(1), 2_000_000_000);
    assert_eq!(world.time(0), 946_684_801_000_000_000);
    assert_eq!(world.call("poll_oneoff", &[BUFFER.into(), TABLE.into(), 0, OUT.into()]), INVAL);
}

#[test]
fn a_file_is_ready_before_any_clock() {
    let mut world = World::new();
    let mut subscriptions = [0_u8; 96];
    subscriptions[24] = 1;
    (subscriptions[48], subscriptions[56], subscriptions[64]) = (5, 2, 1);
    world.write(BUFFER, &subscriptions);
    assert_eq!(world.call("poll_oneoff", &[BUFFER.into(), TABLE.into(), 2, OUT.into()]), SUCCESS);
    assert_eq!((world.u32(OUT), world.u64(TABLE)), (1, 5));
    assert_eq!(world.read(TABLE + 8, 3), [0, 0, 2]);
    assert_eq!(world.time(1), 1_000_000_000);
}

#[test]
fn text_is_there_when_the_call_traps() {
    let mut world = World::new();
    assert_eq!(world.say(1, "out, "), SUCCESS);
    assert_eq!(world.u32(OUT), 5);
    assert_eq!(world.say(2, "err"), SUCCESS);
    assert_eq!(world.said(), "out, err");
}

#[test]
fn text_is_gone_when_the_call_returns() {
    let mut world = World::new();
    world.say(2, "something");
    world.probe.call("lang_name", &[], 1_000_000).unwrap();
    assert_eq!(world.said(), "");
    world.say(2, "else");
    assert_eq!(world.said(), "else");
}

#[test]
fn of_a_long_text_both_ends_are_kept() {
    let mut world = World::new();
    let text: String = (1_000..2_000).flat_map(|number| [number.to_string(), ",".to_owned()]).collect();
    let (first, rest) = text.split_at(3_000);
    world.say(2, first);
    world.say(2, &rest[..1_990]);
    world.say(2, &rest[1_990..]);
    let said = world.said();
    assert!(said == format!("{}\\n[...]\\n{}", &text[..2_048], &text[5_000 - 2_041..]), "{said}");
}

#[test]
fn one_text_that_is_too_long() {
    let mut world = World::new();
    let text = "a".repeat(2_048) + &"b".repeat(4_000) + &"c".repeat(2_041);
    world.say(2, &text);
    let said = world.said();
    assert!(said.starts_with(&"a".repeat(2_048)) && said.ends_with(&"c".repeat(2_041)), "{said}");
    assert!(!said.contains('b'), "{said}");
}

#[test]
fn the_status_of_an_exit() {
    let mut world = World::new();
    world.say(2, "bye");
    let stop = world.stop("exit", &[305, 0]);
    assert_eq!(stop.to_string(), "it trapped: unreachable; it said: bye\\nexit status 305");
}

#[test]
fn a_signal() {
    let mut world = World::new();
    world.write(ARGS, &6_u32.to_le_bytes());
    let stop = world.stop("proc_raise", &[ARGS, 0]);
    assert_eq!(stop.to_string(), "it trapped: unreachable; it said: signal 6");
}

#[test]
fn an_assertion_of_assemblyscript() {
    let mut world = World::new();
    for (at, text) in [(BUFFER, "ä € 😀"), (BUFFER + 64, "x.ts")] {
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        world.write(at - 4, &u32::try_from(units.len()).unwrap().to_le_bytes());
        world.write(at, &units);
    }
    let stop = world.stop("abort", &[BUFFER, BUFFER + 64]);
    assert_eq!(stop.to_string(), "it trapped: unreachable; it said: ä € 😀 at x.ts:3:14");
    assert_eq!(World::new().stop("abort", &[0, 0]).to_string(), "it trapped: unreachable; it said: abort");
    assert_eq!(World::new().stop("silent", &[]).to_string(), "it trapped: unreachable; it said: abort");
}

#[test]
fn a_trace_of_assemblyscript() {
    let mut world = World::new();
    world.write(BUFFER - 4, &[2, 0, 0, 0, b't', 0]);
    world.probe.call("trace", &[BUFFER, 4], 1_000_000).unwrap();
    assert_eq!(world.said(), "t 1 -2 4294967295 0");
}

#[test]
fn what_assemblyscript_asks_of_javascript() {
    let mut world = World::new();
    let mut ask = |name| world.probe.call(name, &[], 1_000_000).unwrap().i64().unwrap();
    assert_eq!(ask("date"), 946_684_800_000);
    assert_eq!(ask("seed"), (0xe220_a839_7b1d_cdaf_u64 >> 11 & 0xffff_ffff).cast_signed());
}

#[test]
fn a_log_is_text() {
    let mut world = World::new();
    world.write(BUFFER, b"seen");
    world.probe.call("log", &[BUFFER, 4], 1_000_000).unwrap();
    assert_eq!(world.said(), "seen");
}

#[test]
fn memory_grows_as_if_there_were_nothing_behind_it() {
    let mut world = World::new();
    world.say(2, "before");
    assert_eq!(world.probe.call("pages", &[], 1_000).unwrap().i64(), Some(1));
    assert_eq!(world.probe.call("grow", &[2], 100_000).unwrap().i32(), Some(1));
    assert_eq!(world.probe.call("pages", &[], 1_000).unwrap().i64(), Some(3));
    assert_eq!(world.probe.memory_bytes(), 4 << 16);
    assert!(world.read(1 << 16, 2 << 16).iter().all(|byte| *byte == 0));
    assert_eq!(world.probe.call("grow", &[0], 100_000).unwrap().i32(), Some(3));
    // There is room for 16 pages.
    assert_eq!(world.probe.call("grow", &[13], 100_000).unwrap().i32(), Some(u32::MAX));
    assert_eq!(world.probe.call("grow", &[u32::MAX], 100_000).unwrap().i32(), Some(u32::MAX));
    world.say(2, ", after");
    assert_eq!(world.said(), "before, after");
}

#[test]
fn what_was_open_stays_open_when_memory_grows() {
    let mut world = World::tree();
    let fd = world.open("a/b/c").unwrap();
    assert_eq!(world.read_some(fd, 2), "se");
    world.probe.call("grow", &[1], 100_000).unwrap();
    assert_eq!(world.read_some(fd, 2), "e");
}

#[test]
fn files_are_read_from_wherever() {
    let mut world = World::tree();
    for path in ["a/b/c", "/a/b/c", "./a//b/../b/c", "a/b/../../a/./b/c"] {
        let fd = world.open(path).unwrap();
        assert_eq!(world.read_some(fd, 100), "see", "{path}");
        assert_eq!(world.read_some(fd, 100), "", "{path}");
    }
    let folder = world.open("a").unwrap();
    let file = world.open_with(folder, "b/c", 0, 0).unwrap();
    assert_eq!(world.read_some(file, 2), "se");
    let up = world.open_with(folder, "../z", 0, 0).unwrap();
    assert_eq!(world.read_some(up, 100), "last");
    assert_eq!(world.open_with(file, "c", 0, 0), Err(NOTDIR));
    assert_eq!(world.open_with(99, "c", 0, 0), Err(BADF));
    assert_eq!(world.open_with(1, "c", 0, 0), Err(NOTDIR));
}

#[test]
fn paths_that_lead_nowhere() {
    let mut world = World::tree();
    for path in ["", "b", "a/b/", "a/b/c/d", "a/bb", "emptyy", "a/b\0/c"] {
        let found = world.stat(path);
        assert_eq!(found, if path == "a/b/" { Ok((DIR, 0)) } else { Err(NOENT) }, "{path}");
    }
    assert_eq!(world.stat("a/b/c/"), Err(NOTDIR));
    assert_eq!(world.stat("a/b/c/."), Err(NOTDIR));
    assert_eq!(world.stat(".."), Err(NOTCAPABLE));
    assert_eq!(world.stat("a/../.."), Err(NOTCAPABLE));
    assert_eq!(world.stat(&"x".repeat(4_095)), Err(NAMETOOLONG));
    assert_eq!(world.stat(&"x".repeat(4_094)), Err(NOENT));
    assert_eq!(world.stat(&"x/".repeat(2_100)), Err(NAMETOOLONG));
}

#[test]
fn files_and_folders_are_told_apart() {
    let mut world = World::tree();
    assert_eq!(world.stat("z"), Ok((FILE, 4)));
    assert_eq!(world.stat("a/e"), Ok((FILE, 0)));
    for folder in ["a", "a/b", "empty", ".", "/", "a/.."] {
        assert_eq!(world.stat(folder), Ok((DIR, 0)), "{folder}");
    }
    let fd = world.open("a").unwrap();
    assert_eq!(world.call("fd_filestat_get", &[fd, OUT.into()]), SUCCESS);
    assert_eq!(world.read(OUT + 16, 1), [DIR]);
    assert_eq!(world.call("fd_fdstat_get", &[fd, OUT.into()]), SUCCESS);
    assert_eq!(world.read(OUT, 1), [DIR]);
    assert_eq!(world.call("fd_fdstat_get", &[2, OUT.into()]), SUCCESS);
    assert_eq!(world.read(OUT, 1), [2]);
    assert_eq!(world.call("fd_fdstat_get", &[50, OUT.into()]), BADF);
    let [at, len] = world.path("z");
    assert_eq!(world.call("path_readlink", &[3, at, len, BUFFER.into(), 10, OUT.into()]), INVAL);
}

#[test]
fn folders_are_listed() {
    for buffer in [4_096, 60, 30] {
        let mut world = World::tree();
        let file = |name: &str| (name.to_owned(), FILE);
        let folder = |name: &str| (name.to_owned(), DIR);
        assert_eq!(world.list(".", buffer), [file("a-b"), folder("a"), folder("empty"), file("z")], "{buffer}");
        assert_eq!(world.list("a", buffer), [folder("b"), file("e")], "{buffer}");
        assert_eq!(world.list("a/b", buffer), [file("c"), file("d")], "{buffer}");
        assert_eq!(world.list("empty", buffer), [], "{buffer}");
    }
    let mut world = World::tree();
    let fd = world.open("z").unwrap();
    assert_eq!(world.call("fd_readdir", &[fd, BUFFER.into(), 100, 0, OUT.into()]), NOTDIR);
    assert_eq!(world.call("fd_readdir", &[3, BUFFER.into(), 100, 1 << 32, OUT.into()]), INVAL);
}

#[test]
fn positions() {
    let mut world = World::tree();
    let fd = world.open("z").unwrap();
    let minus_two = (-2_i64).cast_unsigned();
    assert_eq!(world.call("fd_seek", &[fd, minus_two, 2, OUT.into()]), SUCCESS);
    assert_eq!(world.u64(OUT), 2);
    assert_eq!(world.read_some(fd, 9), "st");
    assert_eq!(world.call("fd_seek", &[fd, minus_two, 0, OUT.into()]), INVAL);
    assert_eq!(world.call("fd_seek", &[fd, 0, 3, OUT.into()]), INVAL);
    assert_eq!(world.call("fd_seek", &[fd, 100, 1, OUT.into()]), SUCCESS);
    assert_eq!(world.read_some(fd, 9), "");
    assert_eq!(world.call("fd_tell", &[fd, OUT.into()]), SUCCESS);
    assert_eq!(world.u64(OUT), 104);
    world.slice(BUFFER, 9);
    assert_eq!(world.call("fd_pread", &[fd, SLICE.into(), 1, 1, OUT.into()]), SUCCESS);
    assert_eq!((world.u32(OUT), world.read(BUFFER, 3)), (3, &b"ast"[..]));
    assert_eq!(world.call("fd_seek", &[1, 0, 0, OUT.into()]), SPIPE);
    assert_eq!(world.call("fd_tell", &[3, OUT.into()]), BADF);
}

#[test]
fn a_file_whose_content_did_not_come_along() {
    assert_eq!(World::tree().open("a/e"), Err(ACCES));
}

#[test]
fn nothing_is_written() {
    const CREATE: u64 = 1;
    const DIRECTORY: u64 = 2;
    const EXCLUSIVE: u64 = 4;
    const TRUNCATE: u64 = 8;
    let mut world = World::tree();
    assert_eq!(world.open_with(3, "new", CREATE, 0), Err(ROFS));
    assert_eq!(world.open_with(3, "z", CREATE | EXCLUSIVE, 0), Err(EXIST));
    assert_eq!(world.open_with(3, "z", TRUNCATE, 0), Err(ROFS));
    assert_eq!(world.open_with(3, "z", 0, 1 << 6), Err(ROFS));
    assert_eq!(world.open_with(3, "a", 0, 1 << 6), Err(ISDIR));
    assert_eq!(world.open_with(3, "z", DIRECTORY, 0), Err(NOTDIR));
    let fd = world.open("z").unwrap();
    assert_eq!(world.say(fd, "x"), ROFS);
    assert_eq!(world.call("fd_pwrite", &[fd, SLICE.into(), 1, 0, OUT.into()]), ROFS);
    assert_eq!(world.call("fd_allocate", &[fd, 0, 1]), ROFS);
    let [at, len] = world.path("new");
    assert_eq!(world.call("path_create_directory", &[3, at, len]), ROFS);
    assert_eq!(world.call("path_unlink_file", &[3, at, len]), ROFS);
    assert_eq!(world.call("path_symlink", &[at, len, 3, at, len]), ROFS);
    assert_eq!(world.call("path_unlink_file", &[30, at, len]), BADF);
}

#[test]
fn numbers_that_are_not_open() {
    let mut world = World::tree();
    let fd = world.open("z").unwrap();
    assert_eq!(world.call("fd_close", &[fd]), SUCCESS);
    assert_eq!(world.call("fd_close", &[fd]), BADF);
    assert_eq!(world.call("fd_advise", &[fd, 0, 0, 0]), BADF);
    assert_eq!(world.say(fd, "x"), BADF);
    assert_eq!(world.say(0, "x"), BADF);
    world.slice(BUFFER, 1);
    for args in [fd, 1, 1 << 20, u64::from(u32::MAX)] {
        assert_eq!(world.call("fd_read", &[args, SLICE.into(), 1, OUT.into()]), BADF);
    }
    assert_eq!(world.call("fd_read", &[3, SLICE.into(), 1, OUT.into()]), ISDIR);
    assert_eq!(world.read_some(0, 1), "");
}

#[test]
fn one_file_too_many() {
    let mut world = World::tree();
    let opened: Vec<_> = (0..256).map(|_| world.open("z").unwrap()).collect();
    assert_eq!((opened[0], opened[255]), (4, 259));
    assert_eq!(world.open("z"), Err(MFILE));
    world.call("fd_close", &[100]);
    assert_eq!(world.open("z"), Ok(100));
}

#[test]
fn the_root_is_open() {
    let mut world = World::new();
    assert_eq!(world.call("fd_prestat_get", &[3, OUT.into()]), SUCCESS);
    assert_eq!(world.u64(OUT), 1 << 32);
    assert_eq!(world.call("fd_prestat_dir_name", &[3, OUT.into(), 1]), SUCCESS);
    assert_eq!(world.read(OUT, 1), b"/");
    assert_eq!(world.call("fd_prestat_get", &[4, OUT.into()]), BADF);
    assert_eq!(world.list(".", 100), []);
}

#[test]
fn what_a_call_mounted_is_gone_with_it() {
    let mut world = World::tree();
    let fd = world.open("z").unwrap();
    world.probe.call("lang_name", &[], 1_000_000).unwrap();
    assert_eq!(world.stat("z"), Err(NOENT));
    world.slice(BUFFER, 1);
    assert_eq!(world.call("fd_read", &[fd, SLICE.into(), 1, OUT.into()]), BADF);
}

#[test]
fn tables_that_are_none() {
    let mut world = World::new();
    let file = Some("");
    let bad: &[&[(&str, Option<&str>)]] = &[
        &[("b", file), ("a", file)],
        &[("a", file), ("a", file)],
        &[("", file)],
        &[("/a", file)],
        &[("a//b", file)],
        &[("./a", file)],
        &[("a/..", file)],
        &[("a\0", file)],
    ];
    for files in bad {
        assert_eq!(world.mount(files), INVAL, "{files:?}");
    }
    let long = "x".repeat(4_096);
    assert_eq!(world.mount(&[(&long, file)]), INVAL);
    assert_eq!(world.call("mount", &[u64::from(u32::MAX - 15), 2]), INVAL);
    assert_eq!(world.mount(&[(".a", file), ("...", file)]), INVAL, "not sorted");
    assert_eq!(world.mount(&[("...", file), (".a", file)]), SUCCESS);
    assert_eq!(world.call("mount", &[0, 0]), SUCCESS);
}

#[test]
fn what_is_not_there_says_so() {
    let mut world = World::new();
    assert_eq!(world.call("sched_yield", &[]), SUCCESS);
    assert_eq!(world.call("sock_shutdown", &[3, 0]), NOSYS);
    assert_eq!(world.call("fd_renumber", &[3, 1]), NOSYS);
}
