//! Which stand-ins are there, and which of them answers an import?

use crate::{SealError, Unknown, keep::Keep, parts::Parts};
use dorcas_host::{ExternType, Import, Limits, Outline};

/// What `seal/standins` is compiled to.
const WASM: &[u8] = include_bytes!("standins.wasm");

/// The functions that a module can get, by the names of the imports that they stand for.
pub(crate) struct StandIns {
    pub(crate) parts: Parts<'static>,
    /// Name, type and number of each.
    functions: Vec<(String, ExternType, u32)>,
    /// What takes the place of the two instructions, and what runs at the end of a call.
    pub(crate) memory_size: u32,
    pub(crate) memory_grow: u32,
    pub(crate) leave: u32,
}

impl StandIns {
    /// The number of the function that each build gets anew: the address of the panic's text. It is the one import.
    pub(crate) const PANIC_ADDRESS: u32 = 0;

    pub(crate) fn new() -> Result<Self, SealError> {
        let defect = |what: &dyn ToString| SealError::Defect { what: what.to_string() };
        let outline = Outline::read(WASM, &Limits::default()).map_err(|error| defect(&error))?;
        let parts = Parts::of(WASM).map_err(|error| defect(&error))?;
        let mut functions = Vec::new();
        for (export, described) in parts.exports.iter().cloned().flatten().zip(outline.exports) {
            let export = export.map_err(|error| defect(&error))?;
            if matches!(described.ty, ExternType::Function { .. }) {
                functions.push((described.name, described.ty, export.index));
            }
        }
        let number = |name: &str| {
            let function = functions.iter().find(|function| function.0 == name);
            function.map(|function| function.2).ok_or_else(|| defect(&format!("there is no stand-in `{name}`")))
        };
        let (memory_size, memory_grow, leave) = (number("memory.size")?, number("memory.grow")?, number("leave")?);
        Ok(Self { parts, functions, memory_size, memory_grow, leave })
    }

    /// The stand-ins for all imports, in their order, or all that there is none for. `None` for a function that is kept.
    pub(crate) fn answers(&self, imports: &[Import], keep: &[Keep]) -> Result<Vec<Option<u32>>, SealError> {
        let (mut answers, mut unknown) = (Vec::new(), Vec::new());
        for import in imports {
            let is_function = matches!(import.ty, ExternType::Function { .. });
            if is_function && keep.iter().any(|keep| keep.is_for(import)) {
                answers.push(None);
                continue;
            }
            let name = format!("{}.{}", import.module, import.name);
            // A name that stands for functions of two types has a number behind it.
            let named: Vec<_> = self
                .functions
                .iter()
                .filter(|(own, ..)| own.strip_prefix(&name).is_some_and(|rest| rest.is_empty() || rest == "#2"))
                .collect();
            match named.iter().find(|(_, ty, _)| *ty == import.ty) {
                Some((.., number)) => answers.push(Some(*number)),
                None => unknown
                    .push(Unknown { import: import.clone(), offered: named.first().map(|(_, ty, _)| ty.to_string()) }),
            }
        }
        if unknown.is_empty() { Ok(answers) } else { Err(SealError::Imports(unknown)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmparser::Operator;

    /// The functions of `wasi_snapshot_preview1`, all of them.
    const WASI: &[&str] = &[
        "args_get",
        "args_sizes_get",
        "clock_res_get",
        "clock_time_get",
        "environ_get",
        "environ_sizes_get",
        "fd_advise",
        "fd_allocate",
        "fd_close",
        "fd_datasync",
        "fd_fdstat_get",
        "fd_fdstat_set_flags",
        "fd_fdstat_set_rights",
        "fd_filestat_get",
        "fd_filestat_set_size",
        "fd_filestat_set_times",
        "fd_pread",
        "fd_prestat_dir_name",
        "fd_prestat_get",
        "fd_pwrite",
        "fd_read",
        "fd_readdir",
        "fd_renumber",
        "fd_seek",
        "fd_sync",
        "fd_tell",
        "fd_write",
        "path_create_directory",
        "path_filestat_get",
        "path_filestat_set_times",
        "path_link",
        "path_open",
        "path_readlink",
        "path_remove_directory",
        "path_rename",
        "path_symlink",
        "path_unlink_file",
        "poll_oneoff",
        "proc_exit",
        "proc_raise",
        "random_get",
        "sched_yield",
        "sock_accept",
        "sock_recv",
        "sock_send",
        "sock_shutdown",
    ];

    #[test]
    fn all_of_wasi_is_there() {
        let stand_ins = StandIns::new().unwrap();
        let mut found: Vec<_> =
            stand_ins.functions.iter().filter_map(|(name, ..)| name.strip_prefix("wasi_snapshot_preview1.")).collect();
        found.sort_unstable();
        assert_eq!(found, WASI);
        let readme = include_str!("../README.md");
        let undescribed: Vec<_> = stand_ins
            .functions
            .iter()
            .map(|(name, ..)| name.split('#').next().unwrap_or(name))
            .map(|name| name.strip_prefix("wasi_snapshot_preview1.").unwrap_or(name))
            .filter(|name| {
                !["memory.size", "memory.grow", "leave"].contains(name) && !readme.contains(&format!("`{name}`"))
            })
            .collect();
        assert!(undescribed.is_empty(), "not in README.md: {undescribed:?}");
    }

    #[test]
    fn nothing_in_them_has_an_address() {
        let parts = StandIns::new().unwrap().parts;
        assert!(parts.data.is_none() && parts.elements.is_none());
        assert_eq!(parts.imported, 1);
        for body in &parts.bodies {
            for operator in body.get_operators_reader().unwrap() {
                let operator = operator.unwrap();
                let uses = matches!(
                    operator,
                    Operator::GlobalGet { .. } | Operator::GlobalSet { .. } | Operator::CallIndirect { .. }
                );
                assert!(!uses, "{operator:?}");
            }
        }
    }
}
