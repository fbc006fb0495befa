//! How does a request get to the guest, and the reply back?

use super::GuestInstance;
use crate::{
    error::{CallError, Exceeded, RequestProblem},
    language::door::{Broken, Door},
    sandbox::memory,
    stats::CallStats,
    wasm::{BYTES_COPIED, Site},
};
use dorcas_abi::{Span, clause, export};

/// The argument of a call that has none.
pub(super) const NOTHING: Span = Span { ptr: 0, len: 0 };

impl GuestInstance {
    /// One call as the ABI has it: allocate, write, call, read, free the argument, free the result.
    ///
    /// The reply is decoded where it lies. All of it runs on one budget of fuel.
    pub(super) fn exchange<T>(
        &mut self,
        door: &Door,
        checked: bool,
        request: &[u8],
        stats: &mut CallStats,
        decode: impl FnOnce(&[u8]) -> Result<T, Broken>,
    ) -> Result<T, CallError> {
        self.wasm.sound(Site::of(door.export))?;
        let method = self.exports.methods[door.index].ok_or_else(|| door.missing(self.wasm.name()))?;
        self.recorded(door, checked, request, stats, |this, stats| {
            let argument = this.alloc(door, request)?;
            this.write(door, argument, request)?;
            stats.request_bytes = request.len() as u64;

            let word = this.wasm.enter(Site::of(door.export), method, (argument.ptr, argument.len))?;
            let result = Span::unpack(word);
            let reply = this.receive(door, argument, result, decode);
            stats.reply_bytes = if this.is_poisoned() { 0 } else { result.len.into() };

            // A guest that broke a rule isn't asked to go on, not even to free: it could only trap and hide the cause.
            if !this.is_poisoned() {
                this.free(door, argument)?;
                this.free(door, result)?;
            }
            reply
        })
    }

    /// Asks the guest for a buffer. 0 is a proper answer and means that it has none.
    fn alloc(&mut self, door: &Door, request: &[u8]) -> Result<Span, CallError> {
        let limits = &self.config().limits;
        let len = match u32::try_from(request.len()) {
            Ok(len) if len <= limits.request_bytes => len,
            _ => {
                let problem = RequestProblem::TooLarge { got: request.len() as u64, limit: limits.request_bytes };
                return Err(CallError::Request { at: self.at(door), problem });
            }
        };
        if len == 0 {
            return Ok(NOTHING);
        }
        let site = Site::of(door.export);
        self.wasm.charge(site, u64::from(len).div_ceil(BYTES_COPIED))?;
        let ptr = self.wasm.enter(site.running(export::ALLOC), self.exports.alloc, len)?;
        if ptr == 0 {
            let (memory, limit) = (self.memory_bytes(), self.config().limits.memory_bytes);
            let exceeded = Exceeded::Memory { wanted: len.into(), memory, limit };
            return Err(CallError::Limit { at: self.wasm.at(site.running(export::ALLOC)), exceeded });
        }
        Ok(Span { ptr, len })
    }

    fn write(&mut self, door: &Door, argument: Span, request: &[u8]) -> Result<(), CallError> {
        let memory_len = self.memory_bytes();
        if let Some(buffer) = self.wasm.bytes_mut(argument) {
            buffer.copy_from_slice(request);
            return Ok(());
        }
        let what = format!("`alloc` returned {argument}, outside its memory of {memory_len} bytes");
        Err(self.violation(door, (clause::MEM_ALLOC_BOUNDS, what)))
    }

    /// Turns the claim that a method returned into a value. What breaks a rule poisons the instance; a reply that is
    /// merely too large does not.
    pub(super) fn receive<T>(
        &mut self,
        door: &Door,
        argument: Span,
        result: Span,
        decode: impl FnOnce(&[u8]) -> Result<T, Broken>,
    ) -> Result<T, CallError> {
        let limit = self.config().limits.reply_bytes;
        // What it takes to read the reply. A byte is checked and decoded in about the time of an instruction.
        if result.len <= limit && result.fits(self.wasm.memory().len()) {
            self.wasm.charge(Site::of(door.export), result.len.into())?;
        }
        let memory = self.wasm.memory();
        let broken = if result.pack() == 0 {
            (clause::RESULT_NOT_ZERO, "it returned 0, which is no reply".into())
        } else if let Some(advice) = door.advice(memory, result) {
            advice
        } else if let Some(bytes) = memory::bytes(memory, result) {
            if memory::overlap(argument, result) {
                let what =
                    format!("it returned {result}, which is not a buffer of its own: the argument is {argument}");
                (clause::RESULT_OWN_BUFFER, what)
            } else if result.len > limit {
                let exceeded = Exceeded::Reply { got: result.len, limit };
                return Err(CallError::Limit { at: self.at(door), exceeded });
            } else {
                if let Some(record) = &mut self.record {
                    record.reply = bytes.to_vec();
                }
                match decode(bytes) {
                    Ok(value) => return Ok(value),
                    Err(broken) => broken,
                }
            }
        } else {
            let what = format!("it returned {result}, outside its memory of {} bytes", memory.len());
            (clause::RESULT_BOUNDS, what)
        };
        Err(self.violation(door, broken))
    }

    pub(super) fn free(&mut self, door: &Door, span: Span) -> Result<(), CallError> {
        if span == NOTHING {
            return Ok(());
        }
        self.wasm.enter(Site::of(door.export).running(export::FREE), self.exports.free, (span.ptr, span.len))
    }

    /// Does a call on its budget of fuel, and records it.
    pub(super) fn recorded<T>(
        &mut self,
        door: &Door,
        checked: bool,
        request: &[u8],
        stats: &mut CallStats,
        work: impl FnOnce(&mut Self, &mut CallStats) -> Result<T, CallError>,
    ) -> Result<T, CallError> {
        let before = stats.fuel;
        let outcome = self.fuelled(door, request.len(), stats, work);
        // Nothing of the guest ran for some errors, so that there is nothing to repeat.
        let idle = |error: &CallError| matches!(error, CallError::Poisoned { .. } | CallError::Request { .. });
        if let Some(record) = &mut self.record
            && !outcome.as_ref().is_err_and(idle)
        {
            let replied = outcome.as_ref().map(|_| std::mem::take(&mut record.reply));
            let fuel = stats.fuel - before;
            record.recorder.call(record.instance, checked, door.export, fuel, request, replied);
        }
        outcome
    }

    /// Does the work of one call on one budget of fuel.
    fn fuelled<T>(
        &mut self,
        door: &Door,
        request_bytes: usize,
        stats: &mut CallStats,
        work: impl FnOnce(&mut Self, &mut CallStats) -> Result<T, CallError>,
    ) -> Result<T, CallError> {
        let site = Site::of(door.export);
        self.wasm.sound(site)?;
        self.wasm.begin(site, request_bytes)?;
        let outcome = work(self, stats);
        self.wasm.end(site, stats, outcome)
    }
}
