//! Which label has the user set for an import?

use super::expression::Expression;
use crate::{
    error::{Cause, shortened},
    label::Label,
    work::Work,
};
use dorcas_abi::message::ImportSpec;
use std::{collections::HashMap, sync::Arc};

/// What `resolve` and `resolve_regexp` say in a directory, and in those it is in.
#[derive(Debug, Default)]
pub(crate) struct Overrides {
    /// By language and text of the import, and language of the rule.
    exact: HashMap<(String, String, String), Label>,
    patterns: Vec<Pattern>,
    /// Of all its patterns together.
    positions: u64,
    parent: Option<Arc<Overrides>>,
}

#[derive(Debug)]
struct Pattern {
    import_language: String,
    expression: Expression,
    /// Empty for all.
    language: String,
    label: Label,
}

/// Most positions of the regular expressions of one BUILD file.
const MAX_POSITIONS: u64 = 64 << 10;
/// Most bytes of a label in which groups were put.
const MAX_LABEL_BYTES: usize = 64 << 10;
/// Most positions times bytes of one search, which isn't interrupted: some hundredths of a second.
const MAX_STEPS: u64 = 32 << 20;
/// What it takes to look an import up in a directory that says anything, and to try an expression.
const UNITS_PER_LEVEL: u64 = 8;
/// Positions times bytes that are a unit of work. Most expressions look at a byte in one step, whatever their size.
const STEPS_PER_UNIT: u64 = 16;

/// Why a `resolve_regexp` can't be obeyed.
pub(super) enum PatternFault {
    /// It means nothing.
    Malformed(String),
    /// It is too much.
    TooLarge(String),
}

/// What one BUILD file says.
#[derive(Default)]
pub(super) struct Builder {
    found: Overrides,
}

const WORDS: &str =
    "it takes three words or four: a language, the language of the rule if that is another, an import, and a label";

/// The import that a `resolve` directive is about, and the language of the rules.
pub(super) fn subject(value: &str) -> Option<Vec<&str>> {
    let words: Vec<_> = value.split_whitespace().collect();
    match words.as_slice() {
        [language, import, _] => Some(vec![language, language, import]),
        [import_language, language, import, _] => Some(vec![import_language, language, import]),
        _ => None,
    }
}

impl Builder {
    pub(super) fn add(&mut self, rel: &str, value: &str) -> Result<(), String> {
        let words: Vec<_> = value.split_whitespace().collect();
        let (import_language, language, import, label) = match words.as_slice() {
            [language, import, label] => (language, language, import, label),
            [import_language, language, import, label] => (import_language, language, import, label),
            _ => return Err(WORDS.into()),
        };
        let label = Label::parse(label).map_err(|error| error.to_string())?.abs("", rel);
        let key = ((*import_language).into(), (*import).into(), (*language).into());
        self.found.exact.insert(key, label);
        Ok(())
    }

    pub(super) fn add_pattern(&mut self, rel: &str, value: &str) -> Result<(), PatternFault> {
        let words: Vec<_> = value.split_whitespace().collect();
        let (import_language, language, pattern, label) = match words.as_slice() {
            [language, pattern, label] => (language, &"", pattern, label),
            [import_language, language, pattern, label] => (import_language, language, pattern, label),
            _ => return Err(PatternFault::Malformed(WORDS.into())),
        };
        let expression = Expression::new(pattern).map_err(|fault| {
            let said = format!("{:?} is not a regular expression: {fault}", shortened(pattern));
            if fault.is_limit() {
                PatternFault::TooLarge(format!("{:?} is too large: {fault}", shortened(pattern)))
            } else {
                PatternFault::Malformed(said)
            }
        })?;
        let positions = self.found.positions + expression.positions();
        if positions > MAX_POSITIONS {
            return Err(PatternFault::TooLarge(format!(
                "with those before it in its BUILD file it has {positions} positions, the limit is {MAX_POSITIONS}; \
                 split it, or use `resolve`"
            )));
        }
        let label = Label::parse(label).map_err(|error| PatternFault::Malformed(error.to_string()))?.abs("", rel);
        let (import_language, language) = ((*import_language).into(), (*language).into());
        self.found.positions = positions;
        self.found.patterns.push(Pattern { import_language, expression, language, label });
        Ok(())
    }

    pub(super) fn finish(self, parent: &Arc<Overrides>) -> Arc<Overrides> {
        if self.found.exact.is_empty() && self.found.patterns.is_empty() {
            return Arc::clone(parent);
        }
        Arc::new(Overrides { parent: Some(Arc::clone(parent)), ..self.found })
    }
}

impl Overrides {
    /// The positions of the regular expressions that stand in the directory itself.
    pub(crate) fn positions(&self) -> u64 {
        self.positions
    }

    /// The label for an import of a rule of a language. An exact text goes before patterns, and what is closer to the
    /// directory, or further down in its file, before what is not.
    ///
    /// It is work for the language whose rules have the import.
    pub(crate) fn find(&self, import: &ImportSpec, language: &str, work: &mut Work) -> Result<Option<Label>, Cause> {
        if self.exact.is_empty() && self.patterns.is_empty() && self.parent.is_none() {
            return Ok(None);
        }
        let key = (import.lang.clone(), import.imp.clone(), language.to_owned());
        let levels = || std::iter::successors(Some(self), |level| level.parent.as_deref());
        for level in levels() {
            work.spend(UNITS_PER_LEVEL)?;
            if let Some(label) = level.exact.get(&key) {
                return Ok(Some(label.clone()));
            }
        }
        for pattern in levels().flat_map(|level| level.patterns.iter().rev()) {
            if let Some(label) = pattern.find(import, language, work)? {
                return Ok(Some(label));
            }
        }
        Ok(None)
    }
}

impl Pattern {
    fn find(&self, import: &ImportSpec, language: &str, work: &mut Work) -> Result<Option<Label>, Cause> {
        let applies = self.import_language == import.lang && (self.language.is_empty() || self.language == language);
        if !applies {
            return work.spend(1).map(|()| None);
        }
        let steps = (import.imp.len() as u64 + 1).saturating_mul(self.expression.positions());
        if steps > MAX_STEPS {
            return Err(Cause::ImportTooLong { bytes: import.imp.len(), positions: self.expression.positions() });
        }
        work.spend(UNITS_PER_LEVEL + steps / STEPS_PER_UNIT)?;
        if !self.expression.regex().is_match(&import.imp) {
            return Ok(None);
        }
        let text = self.label.to_string();
        if !text.contains('$') {
            return Ok(Some(self.label.clone()));
        }
        // Each match is looked for once more, and its groups; the next search begins where it ends.
        work.spend(steps / STEPS_PER_UNIT + text.len() as u64)?;
        // As in Gazelle, what is left and right of the match stays.
        let mut out = String::new();
        let mut end = 0;
        // A group is no longer than the import.
        let most = text.len() + text.matches('$').count() * import.imp.len();
        for captures in self.expression.regex().captures_iter(&import.imp) {
            if out.len() + most > MAX_LABEL_BYTES {
                return Ok(Some(self.label.clone()));
            }
            let Some(found) = captures.get_match() else { continue };
            out.push_str(import.imp.get(end..found.start()).unwrap_or_default());
            captures.interpolate_string_into(&import.imp, &text, &mut out);
            end = found.end();
        }
        out.push_str(import.imp.get(end..).unwrap_or_default());
        Ok(Some(Label::parse(&out).unwrap_or_else(|_| self.label.clone())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(levels: &[&[(&str, &str)]], lang: &str, imp: &str, language: &str) -> String {
        let mut overrides = Arc::default();
        for (depth, level) in levels.iter().enumerate() {
            let mut builder = Builder::default();
            for (key, value) in *level {
                let rel = ["", "a", "a/b"][depth];
                match *key {
                    "resolve" => builder.add(rel, value).unwrap(),
                    _ => assert!(builder.add_pattern(rel, value).is_ok()),
                }
            }
            overrides = builder.finish(&overrides);
        }
        let import = ImportSpec { lang: lang.into(), imp: imp.into() };
        let label = overrides.find(&import, language, &mut Work::default()).unwrap();
        label.map_or_else(|| "none".into(), |label| label.to_string())
    }

    #[test]
    fn an_exact_text_goes_before_patterns_and_what_is_close_before_what_is_far() {
        let levels: &[&[(&str, &str)]] = &[
            &[
                ("resolve", "proto x.proto //far"),
                ("resolve_regexp", "proto .* //pattern"),
                ("resolve", "proto go y :z"),
            ],
            &[("resolve", "proto x.proto :near"), ("resolve_regexp", "proto go ^z$ //of_go")],
        ];
        assert_eq!(found(levels, "proto", "x.proto", "proto"), "//a:near");
        assert_eq!(found(&levels[..1], "proto", "x.proto", "proto"), "//far");
        assert_eq!(found(levels, "proto", "x.proto", "go"), "//pattern");
        assert_eq!(found(levels, "proto", "y", "go"), "//:z");
        assert_eq!(found(levels, "proto", "z", "go"), "//of_go");
        assert_eq!(found(levels, "proto", "z", "proto"), "//pattern");
        assert_eq!(found(levels, "go", "z", "go"), "none");
    }

    #[test]
    fn groups_are_put_into_the_label() {
        let levels: &[&[(&str, &str)]] =
            &[&[("resolve_regexp", r"p ^(\w+)/(\w+)$ //$1/${2}x:$2"), ("resolve_regexp", r"p ^(?P<n>b)$ //n/$n")]];
        assert_eq!(found(levels, "p", "a/b", "p"), "//a/bx:b");
        assert_eq!(found(levels, "p", "b", "p"), "//n/b");
    }

    #[test]
    fn what_groups_come_to_is_bounded() {
        let value = format!("p . //{}", "$0".repeat(1_000));
        assert_eq!(found(&[&[("resolve_regexp", &value)]], "p", &"a".repeat(100), "p").len(), 2_002);
        assert_eq!(found(&[&[("resolve_regexp", "p ^a //$0$0")]], "p", "a", "p"), "//aa");
    }

    #[test]
    fn looking_an_import_up_is_work() {
        let mut builder = Builder::default();
        for number in 0..100 {
            assert!(builder.add_pattern("", &format!("p ^{number}[a-z]{{100}}$ //x")).is_ok());
        }
        let overrides = builder.finish(&Arc::default());
        let spent = |bytes: usize| {
            let import = ImportSpec { lang: "p".into(), imp: "x".repeat(bytes) };
            let mut work = Work::new("to look up", 10_000_000);
            overrides.find(&import, "p", &mut work).map(|_| work.spent())
        };
        let (short, long) = (spent(10).unwrap(), spent(1_000).unwrap());
        assert!((5_000..20_000).contains(&short), "{short}");
        assert!((50 * short..100 * short).contains(&long), "{long}");
        assert!(matches!(spent(100_000), Err(Cause::TooMuchWork { .. })));
        let error = spent(300_000).unwrap_err().to_string();
        assert_eq!(
            error,
            "an import has 300000 bytes, which is too long for a `resolve_regexp` of 120 positions: one times the other \
             may be 33554432"
        );
    }

    #[test]
    fn what_expressions_come_to_is_bounded() {
        let mut builder = Builder::default();
        let fault = |builder: &mut Builder, value: &str| match builder.add_pattern("", value) {
            Ok(()) => "none".to_owned(),
            Err(PatternFault::Malformed(fault)) => format!("malformed: {fault}"),
            Err(PatternFault::TooLarge(fault)) => format!("too large: {fault}"),
        };
        // Go refuses this one, too.
        assert_eq!(
            fault(&mut builder, "p (?:[a-z]{1000}){90} //x"),
            "malformed: \"(?:[a-z]{1000}){90}\" is not a regular expression: it repeats something more than 1000 times"
        );
        for _ in 0..64 {
            assert_eq!(fault(&mut builder, "p [a-z]{1000} //x"), "none");
        }
        assert_eq!(
            fault(&mut builder, "p [a-z]{1000} //x"),
            "too large: with those before it in its BUILD file it has 66040 positions, the limit is 65536; split it, or \
             use `resolve`"
        );
        assert_eq!(
            fault(&mut builder, &format!("p {} //x", "a{1000}".repeat(9))),
            format!("too large: {:?} is too large: it has 9000 positions, the limit is 8192", "a{1000}".repeat(9))
        );
    }
}
