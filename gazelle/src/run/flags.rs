//! Which values do a language's flags have?

use crate::{RunError, language::Language};
use dorcas_abi::message::{Flag, FlagType, FlagValue};

/// Says whether each flag that was given is one of a language's and has a value that it takes.
pub(super) fn check(languages: &[&dyn Language], given: &[(String, String)]) -> Result<(), RunError> {
    for (name, value) in given {
        let flags = languages.iter().flat_map(|language| &language.manifest().flags);
        let known: Vec<_> = flags.filter(|flag| flag.name == *name).collect();
        let fail = |fault: String| Err(RunError::Flag { name: name.clone(), fault });
        if known.is_empty() {
            return fail("no language of this run has it".into());
        }
        for flag in known {
            let takes = match flag.ty {
                FlagType::Bool if bool_value(value).is_none() => "true or false",
                FlagType::Int if value.parse::<i64>().is_err() => "a decimal integer of 64 bits",
                _ => continue,
            };
            return fail(format!("{value:?} is not {takes}"));
        }
    }
    Ok(())
}

/// The values of a language's flags, those that weren't given included.
pub(super) fn values(flags: &[Flag], given: &[(String, String)]) -> Vec<FlagValue> {
    let mut values = Vec::new();
    for flag in flags {
        let mut all = given.iter().filter(|(name, _)| *name == flag.name).map(|(_, value)| value.as_str());
        let value = |value: &str| FlagValue { name: flag.name.clone(), value: value.into() };
        match flag.ty {
            FlagType::Strings => values.extend(all.map(value)),
            FlagType::Bool => values.push(value(all.next_back().and_then(bool_value).unwrap_or(&flag.default))),
            FlagType::String | FlagType::Int => values.push(value(all.next_back().unwrap_or(&flag.default))),
        }
    }
    values
}

/// The values that Gazelle takes for a switch.
fn bool_value(text: &str) -> Option<&'static str> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some("true"),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some("false"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_has_its_default_or_its_last_value_or_all_of_them() {
        let flag =
            |name: &str, ty, default: &str| Flag { name: name.into(), ty, default: default.into(), ..Flag::default() };
        let flags = [
            flag("b", FlagType::Bool, "false"),
            flag("i", FlagType::Int, "3"),
            flag("l", FlagType::Strings, "ignored"),
            flag("s", FlagType::String, "d"),
        ];
        let given = [("b", "1"), ("l", "x"), ("s", "old"), ("l", "y"), ("s", "new")];
        let given = given.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let shown = |given: &[(String, String)]| {
            values(&flags, given).iter().map(|flag| format!("{}={}", flag.name, flag.value)).collect::<Vec<_>>()
        };
        assert_eq!(shown(&given), ["b=true", "i=3", "l=x", "l=y", "s=new"]);
        assert_eq!(shown(&[]), ["b=false", "i=3", "s=d"]);
    }
}
