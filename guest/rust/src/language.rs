use dorcas_abi::message::{
    Catalogue, ConfigureRequest, ConfigureResponse, FindRequest, FindResponse, FinishRequest, FinishResponse,
    FixRequest, FixResponse, GenerateRequest, GenerateResponse, GuestError, ImportsRequest, ImportsResponse, Manifest,
    ResolveRequest, ResolveResponse, ScanRequest, ScanResponse, SetupRequest, error_code,
};

/// A method's response, or an error: then nothing of the call counts, and the user is shown its message.
///
/// What the user should know beside a response is a [`Diagnostic`](dorcas_abi::message::Diagnostic) in it.
pub type Result<T> = core::result::Result<T, GuestError>;

/// A Gazelle language.
///
/// Each method is a pure function: all that it may depend on is in its request (`behaviour.pure`). So there is no
/// `self`, and a directory's configuration travels as bytes, in `state`.
///
/// A guest has the methods that it names in [`export!`](crate::export!); those that it doesn't name are never called,
/// and the host does without them. A method that is named there and not written here answers each request with an
/// error of code 2.
pub trait Language {
    /// Its name, unique among the languages of a run: a lower-case letter, then lower-case letters, digits and
    /// underscores, 64 bytes at most (`lang_name.form`).
    const NAME: &'static str;

    /// What the guest is and asks for; always the same (`manifest.constant`).
    fn manifest() -> Result<Manifest> {
        Err(unsupported(Self::NAME, "manifest"))
    }

    /// Kinds, loads, directives and inputs of this run, in the place of the manifest's (Gazelle: `OnStarter.OnStart`).
    fn setup(_request: SetupRequest) -> Result<Catalogue> {
        Err(unsupported(Self::NAME, "setup"))
    }

    /// What there is to know of a file, for each one that an input wants `Scan` of. The other methods are told its facts.
    fn scan(_request: ScanRequest) -> Result<ScanResponse> {
        Err(unsupported(Self::NAME, "scan"))
    }

    /// State of a directory from its parent's and from its directives (Gazelle: `Configurer.Configure`).
    fn configure(_request: ConfigureRequest) -> Result<ConfigureResponse> {
        Err(unsupported(Self::NAME, "configure"))
    }

    /// Repair of a BUILD file, before rules are generated (Gazelle: `Fixer.Fix`).
    fn fix(_request: FixRequest) -> Result<FixResponse> {
        Err(unsupported(Self::NAME, "fix"))
    }

    /// Rules of a directory (Gazelle: `Generator.Generate`). Every guest has this method.
    fn generate_rules(request: GenerateRequest) -> Result<GenerateResponse>;

    /// How a directory's rules can be imported (Gazelle: `Indexer.Imports`, `Embeds`): an entry for each rule of
    /// the request (`imports.per-rule`).
    fn imports(_request: ImportsRequest) -> Result<ImportsResponse> {
        Err(unsupported(Self::NAME, "imports"))
    }

    /// Dependencies of a directory's rules (Gazelle: `Resolver.Resolve`): an entry for each rule of the request
    /// (`resolve.per-rule`), or further questions to the index (`resolve.rounds`).
    fn resolve(_request: ResolveRequest) -> Result<ResolveResponse> {
        Err(unsupported(Self::NAME, "resolve"))
    }

    /// Imports that the index doesn't have (Gazelle: `Finder.Find`): an entry for each query of the request
    /// (`find.per-query`).
    fn find(_request: FindRequest) -> Result<FindResponse> {
        Err(unsupported(Self::NAME, "find"))
    }

    /// The end of a run, with the summaries of all directories (Gazelle: `OnFinisher.OnFinish`).
    fn finish(_request: FinishRequest) -> Result<FinishResponse> {
        Err(unsupported(Self::NAME, "finish"))
    }
}

/// An error of the guest's own, with a code from 1000 on and a message for people, at most 4,096 bytes (`error.size`).
///
/// ```
/// let error = dorcas_guest::error(1000, "the state is not one of mine");
/// assert_eq!(error.code, 1000);
/// ```
pub fn error(code: u32, message: impl Into<String>) -> GuestError {
    GuestError { code, message: message.into() }
}

fn unsupported(lang: &str, method: &str) -> GuestError {
    let message = format!("`{method}` is exported, and the language {lang} doesn't implement it");
    GuestError { code: error_code::UNSUPPORTED, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Bare;
    impl Language for Bare {
        const NAME: &'static str = "bare";
        fn generate_rules(_: GenerateRequest) -> Result<GenerateResponse> {
            Ok(GenerateResponse::default())
        }
    }

    #[test]
    fn a_method_that_is_exported_and_not_written() {
        let error = Bare::find(FindRequest::default()).unwrap_err();
        assert_eq!(
            (error.code, &*error.message),
            (2, "`find` is exported, and the language bare doesn't implement it")
        );
    }
}
