//! Can each line be read as it is meant?

use super::*;
use dorcas_abi::message::{Flag, FlagType};
use std::path::{Path, PathBuf};

fn words(line: &str) -> Vec<OsString> {
    line.split(' ').map(OsString::from).collect()
}

fn proto_flag() -> GuestFlag {
    let flag = Flag { name: "proto_group".into(), ty: FlagType::String, ..Flag::default() };
    GuestFlag { lang: "proto".into(), flag }
}

#[test]
fn the_command_is_sound() {
    known(&[proto_flag()]).debug_assert();
}

#[test]
fn one_dash_is_as_good_as_two_for_a_known_flag() {
    assert_eq!(
        from_go_style(
            words("dorcas update -mode print -repo_root=. -proto_group x -r=false -help -q dir"),
            &known(&[proto_flag()])
        ),
        words("dorcas update --mode print --repo_root=. --proto_group x --r=false --help -q dir"),
    );
}

#[test]
fn after_two_dashes_all_are_directories() {
    let line = words("dorcas update -- -mode");
    assert_eq!(from_go_style(line.clone(), &known(&[])), line);
}

#[test]
fn guests_are_found_with_one_dash() {
    let early = repository::early(&words("dorcas update -guest a.wasm -limit=x=1 -log -guest=b.wasm")).unwrap();
    assert_eq!(early.guests, ["a.wasm", "b.wasm"].map(PathBuf::from));
    assert!(early.limits == ["x=1"] && early.log);
    assert_eq!(repository::early(&words("dorcas call --guest a.wasm")), None);
}

#[test]
fn a_name_is_taken_once() {
    let mut names = repository::taken_names();
    for name in ["mode", "repo_root", "help", "r"] {
        assert!(!names.take(name), "{name}");
    }
    // `dirs` is what the operands are called in here, and no flag.
    assert!(names.take("dirs") && names.take("proto_group") && names.take("proto_mode"));
    assert!(!names.take("proto-group"));
}

#[test]
fn a_guests_flag_is_read_by_its_type() {
    let flag = |name: &str, ty| Flag { name: name.into(), ty, ..Flag::default() };
    let flags = [
        flag("b_b", FlagType::Bool),
        flag("dirs", FlagType::Strings),
        flag("i", FlagType::Int),
        flag("s", FlagType::String),
    ];
    let guest_flags = flags.map(|flag| GuestFlag { lang: "x".into(), flag });
    let mut known = known(&guest_flags);
    known.build();
    let line = words("dorcas update -b-b -dirs 1 a -i -3 -dirs=2 -s x -s y -b_b=F b");
    let matches = known.clone().try_get_matches_from(from_go_style(line, &known)).unwrap();
    let (_, matches) = matches.subcommand().unwrap();
    let values = guest_flag_values(matches, &guest_flags);
    let values: Vec<_> = values.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(values, ["b_b=false", "dirs=1", "dirs=2", "i=-3", "s=y"]);
    assert_eq!(matches.get_many::<PathBuf>("dirs").unwrap().collect::<Vec<_>>(), ["a", "b"].map(Path::new));
}
