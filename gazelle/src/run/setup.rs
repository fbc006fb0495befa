//! What do languages say before the first directory, and after the last?

use super::{
    Context, fail,
    roster::{FINISH, SETUP},
    visit::{About, Visited},
};
use crate::{
    RunError,
    build::KnownLoads,
    check,
    diagnostic::Diagnostic,
    error::Cause,
    input::{self, For, Source},
    path::display,
    walk::{Directory, Site},
};
use dorcas_abi::{
    message::{FinishRequest, SetupRequest, Summary},
    method::{Finish, Setup},
};
use std::collections::BTreeMap;

impl Context<'_> {
    /// Asks the languages that have a `setup` what holds in this run, and makes ready what all of them have.
    pub(super) fn set_up(&mut self, dirs: &mut [Directory]) -> Result<Vec<Diagnostic>, RunError> {
        let (mut catalogues, mut said) = (Vec::new(), Vec::new());
        if self.roster.members.iter().any(|member| member.has.setup) {
            for dir in dirs.iter_mut() {
                input::leave_out(&self.repo, dir, |rel, name| self.roster.wish(rel, name));
            }
        }
        for (language, member) in self.roster.members.iter().enumerate().filter(|(_, member)| member.has.setup) {
            let name = member.language.name();
            let failed = |cause: Cause| match cause.refusal() {
                Some(message) => RunError::Refused { language: name.into(), dir: display(""), message: message.into() },
                None => RunError::Setup { language: name.into(), cause: cause.to_string() },
            };
            let scan = |files: Vec<Source>| self.scan(language, files);
            let files = member.gather((&self.repo, Site::new(dirs, 0), For::Setup), SETUP, &scan);
            self.stop.reason()?;
            let request = SetupRequest { run: self.run_info(language), files: files.map_err(failed)?.files };
            let response = member.call::<Setup>(&request, |language, request| language.setup(request));
            self.stop.reason()?;
            let mut response = response.map_err(Cause::Call).map_err(failed)?;
            check::catalogue(&response).map_err(|breach| failed(breach.into()))?;
            said.extend(std::mem::take(&mut response.diagnostics).into_iter().map(|one| Diagnostic {
                language: Some(name.into()),
                severity: one.severity,
                path: one.file.unwrap_or_else(|| display("")),
                line: if let dorcas_abi::message::Position::Line(line) = one.position {
                    Some(line as usize)
                } else {
                    None
                },
                message: one.message,
            }));
            catalogues.push((language, response));
        }
        if !catalogues.is_empty() {
            self.roster.set_up(catalogues)?;
        }
        let loads = self.roster.members.iter().flat_map(|member| &member.manifest.loads);
        self.loads = KnownLoads::new(loads, &self.facts.modules);
        Ok(said)
    }

    /// Tells the languages that have a `finish` what all directories have come to.
    pub(super) fn end(&self, dirs: &[Directory], visited: &mut [Visited]) -> Result<(), RunError> {
        for (language, member) in self.roster.members.iter().enumerate().filter(|(_, member)| member.has.finish) {
            let mut summaries: BTreeMap<&str, Summary> = BTreeMap::new();
            for (dir, visited) in dirs.iter().zip(visited.iter()) {
                let own = visited.summaries.iter().find(|(of, _)| *of == language);
                let failed = visited.failure.is_some();
                if failed || own.is_some() {
                    let summary = own.filter(|_| !failed).map(|(_, summary)| summary.clone()).unwrap_or_default();
                    summaries.insert(&dir.rel, Summary { rel: dir.rel.clone(), failed, summary });
                }
            }
            let state = super::generate::state(&visited[0], language);
            let request = FinishRequest { state, summaries: summaries.into_values().collect() };
            let response = self
                .call::<Finish>(&dirs[0], language, &request, |language, request| language.finish(request))
                .map_err(Cause::Call)
                .and_then(|response| Ok(check::finish(&response).map(|()| response)?));
            self.stop.reason()?;
            let root = &mut visited[0];
            let about = About { method: FINISH, file: None };
            let done = response.and_then(|response| self.note(&dirs[0], root, language, about, response.diagnostics));
            if let Err(cause) = done {
                if let Some(message) = cause.refusal() {
                    let language = member.language.name().into();
                    return Err(RunError::Refused { language, dir: display(""), message: message.into() });
                }
                let failure = self.failure(&dirs[0], language, FINISH, cause);
                fail(&mut visited[0], *failure);
            }
        }
        Ok(())
    }
}
