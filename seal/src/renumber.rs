//! How is code written again, when functions have other numbers?

use crate::SealError;
use std::convert::Infallible;
use wasm_encoder::{
    Instruction,
    reencode::{self, Reencode},
};
use wasmparser::Operator;

/// The number of a function that is not there any more.
pub(crate) const REMOVED: u32 = u32::MAX;

/// New numbers for functions and types, and calls in the place of two instructions.
pub(crate) struct Renumber<'m> {
    pub(crate) functions: &'m [u32],
    /// Types keep their numbers where there are no others.
    pub(crate) types: Option<&'m [u32]>,
    /// The functions that stand for `memory.size` and `memory.grow`, if any do.
    pub(crate) sizes: Option<(u32, u32)>,
}

impl Reencode for Renumber<'_> {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, reencode::Error> {
        Ok(self.functions[function as usize])
    }

    fn type_index(&mut self, ty: u32) -> Result<u32, reencode::Error> {
        Ok(self.types.map_or(ty, |types| types[ty as usize]))
    }

    fn instruction<'a>(&mut self, operator: Operator<'a>) -> Result<Instruction<'a>, reencode::Error> {
        match (&operator, self.sizes) {
            (Operator::MemorySize { .. }, Some((size, _))) => Ok(Instruction::Call(size)),
            (Operator::MemoryGrow { .. }, Some((_, grow))) => Ok(Instruction::Call(grow)),
            _ => reencode::utils::instruction(self, operator),
        }
    }
}

// What has been validated can be read and written again; if it can't, that is a fault of this crate.

impl From<reencode::Error> for SealError {
    fn from(error: reencode::Error) -> Self {
        Self::Defect { what: error.to_string() }
    }
}

impl From<wasmparser::Error> for SealError {
    fn from(error: wasmparser::Error) -> Self {
        Self::Defect { what: error.to_string() }
    }
}
