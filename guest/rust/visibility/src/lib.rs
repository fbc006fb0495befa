//! Default visibility and features: a `package()` for each BUILD file below a directive.
//!
//! ```text
//! # gazelle:default_visibility //foo:__subpackages__,//src:__subpackages__
//! # gazelle:default_features layering_check
//! ```
//!
//! It does what Gazelle's `language/bazel/visibility` does, and the same for directories that have no BUILD file yet, so that
//! a second run changes nothing. A language of another kind than most: it looks at no
//! source file, and generates a call without a name from what the BUILD files say.
#![forbid(unsafe_code)]

use dorcas_guest::{
    Bytes, Language, Result, error,
    message::{
        Attr, ConfigureRequest, ConfigureResponse, DirectiveInfo, GenerateRequest, GenerateResponse, GeneratedRule,
        Kind, Manifest, Rule, Value,
    },
};
use serde::{Deserialize, Serialize};

/// The language `visibility_extension`, by the name that Gazelle has for it.
#[derive(Debug)]
pub struct Visibility;

const PACKAGE: &str = "package";
const DEFAULT_VISIBILITY: &str = "default_visibility";
const FEATURES: &str = "features";

const VISIBILITY_DIRECTIVE: &str = "default_visibility";
const FEATURES_DIRECTIVE: &str = "default_features";

/// A state that no `configure` of this language has returned.
const STRANGE_STATE: u32 = 1000;

/// What the directives of a directory, and of those above it, say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Config {
    visibility: Vec<String>,
    features: Vec<String>,
}

impl Config {
    fn from_state(state: &[u8]) -> Result<Self> {
        if state.is_empty() {
            return Ok(Self::default());
        }
        match postcard::take_from_bytes(state) {
            Ok((config, [])) => Ok(config),
            _ => Err(error(STRANGE_STATE, format!("a state of {} bytes is not one of this language", state.len()))),
        }
    }

    fn to_state(&self) -> Result<Bytes> {
        if *self == Self::default() {
            return Ok(Bytes::default());
        }
        let bytes = postcard::to_allocvec(self);
        bytes
            .map(Bytes::from)
            .map_err(|fault| error(STRANGE_STATE, format!("the configuration can't be kept: {fault}")))
    }
}

impl Language for Visibility {
    const NAME: &'static str = "visibility_extension";

    fn manifest() -> Result<Manifest> {
        let directive = |name: &str, help: &str| DirectiveInfo { name: name.into(), help: help.into() };
        Ok(Manifest {
            version: env!("CARGO_PKG_VERSION").into(),
            kinds: vec![Kind {
                name: PACKAGE.into(),
                match_any: true,
                mergeable_attrs: vec![DEFAULT_VISIBILITY.into(), FEATURES.into()],
                ..Kind::default()
            }],
            directives: vec![
                directive(FEATURES_DIRECTIVE, "the features of each package, with commas between"),
                directive(VISIBILITY_DIRECTIVE, "the default_visibility of each package, labels with commas between"),
            ],
            ..Manifest::default()
        })
    }

    fn configure(request: ConfigureRequest) -> Result<ConfigureResponse> {
        let mut config = Config::from_state(&request.parent)?;
        let said = |name: &str| -> Vec<String> {
            let directives = request.directives.iter().filter(|directive| directive.key == name);
            directives.flat_map(|directive| directive.value.split(',')).map(Into::into).collect()
        };
        // What is said here takes the place of what was said above.
        for (value, name) in
            [(&mut config.visibility, VISIBILITY_DIRECTIVE), (&mut config.features, FEATURES_DIRECTIVE)]
        {
            let said = said(name);
            if !said.is_empty() {
                *value = said;
            }
        }
        Ok(ConfigureResponse { state: config.to_state()?, ..ConfigureResponse::default() })
    }

    fn generate_rules(request: GenerateRequest) -> Result<GenerateResponse> {
        let config = Config::from_state(&request.state)?;
        if config == Config::default() {
            return Ok(GenerateResponse::default());
        }
        // Where there is no BUILD file, one of other languages may come to be; for this rule alone the host
        // makes none.
        let rules = request.build_file.map(|file| file.rules).unwrap_or_default();
        let existing = rules.iter().find(|rule| rule.kind == PACKAGE);
        let attr = |name: &str, wanted: Vec<String>| {
            let kept = || existing?.attrs.iter().find(|attr| attr.name == name).map(|attr| attr.value.clone());
            let value = if wanted.is_empty() { kept()? } else { Value::Strings(wanted) };
            Some(Attr { name: name.into(), value, ..Attr::default() })
        };
        let attrs = [attr(DEFAULT_VISIBILITY, config.visibility), attr(FEATURES, config.features)];
        let rule = Rule { kind: PACKAGE.into(), attrs: attrs.into_iter().flatten().collect(), ..Rule::default() };
        let rules = vec![GeneratedRule { rule, ..GeneratedRule::default() }];
        Ok(GenerateResponse { rules, ..GenerateResponse::default() })
    }
}

dorcas_guest::export!(Visibility, manifest, configure);

#[cfg(test)]
mod tests {
    use super::*;
    use dorcas_guest::message::{BuildFile, Directive};

    fn configured(parent: &[u8], directives: &[(&str, &str)]) -> Bytes {
        let directive = |&(key, value): &(&str, &str)| Directive { key: key.into(), value: value.into() };
        let directives = directives.iter().map(directive).collect();
        let request = ConfigureRequest { parent: parent.into(), directives, ..ConfigureRequest::default() };
        Visibility::configure(request).unwrap().state
    }

    fn attrs(state: Bytes, package: Option<Vec<Attr>>) -> Vec<(String, Value)> {
        let rules = package.map(|attrs| Rule { kind: PACKAGE.into(), attrs, ..Rule::default() }).into_iter().collect();
        let build_file = Some(BuildFile { rules, ..BuildFile::default() });
        let response =
            Visibility::generate_rules(GenerateRequest { state, build_file, ..GenerateRequest::default() }).unwrap();
        let attrs = response.rules.into_iter().flat_map(|generated| generated.rule.attrs);
        attrs.map(|attr| (attr.name, attr.value)).collect()
    }

    fn strings(values: &[&str]) -> Value {
        Value::Strings(values.iter().map(|&value| value.into()).collect())
    }

    #[test]
    fn several_directives_add_up_and_take_the_place_of_those_above() {
        let above = configured(&[], &[(VISIBILITY_DIRECTIVE, "//a,//b"), (VISIBILITY_DIRECTIVE, "//c")]);
        assert_eq!(attrs(above.clone(), None), [(DEFAULT_VISIBILITY.into(), strings(&["//a", "//b", "//c"]))]);
        let below = configured(&above, &[(FEATURES_DIRECTIVE, "x")]);
        assert_eq!(attrs(below.clone(), None).len(), 2);
        let further = configured(&below, &[(VISIBILITY_DIRECTIVE, "//d")]);
        assert_eq!(attrs(further, None)[0].1, strings(&["//d"]));
    }

    #[test]
    fn what_no_directive_speaks_of_stays() {
        let state = configured(&[], &[(VISIBILITY_DIRECTIVE, "//a")]);
        let features = Attr { name: FEATURES.into(), value: strings(&["old"]), ..Attr::default() };
        let all = attrs(state, Some(vec![features]));
        assert_eq!(all, [(DEFAULT_VISIBILITY.into(), strings(&["//a"])), (FEATURES.into(), strings(&["old"]))]);
    }

    #[test]
    fn without_a_directive_there_is_nothing() {
        assert!(attrs(configured(&[], &[]), None).is_empty());
        let response = Visibility::generate_rules(GenerateRequest::default()).unwrap();
        assert!(response.rules.is_empty());
    }

    #[test]
    fn a_directory_without_a_build_file_may_get_one() {
        let state = configured(&[], &[(VISIBILITY_DIRECTIVE, "//a")]);
        let response = Visibility::generate_rules(GenerateRequest { state, ..GenerateRequest::default() }).unwrap();
        assert_eq!(response.rules.len(), 1);
    }
}
