//! How does a question get in, and the answer out?
#![allow(unsafe_code)]

use crate::answer;
use std::sync::{Mutex, MutexGuard, PoisonError};

static QUESTION: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static ANSWER: Mutex<Vec<u8>> = Mutex::new(Vec::new());

fn locked(buffer: &'static Mutex<Vec<u8>>) -> MutexGuard<'static, Vec<u8>> {
    buffer.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes room for a question of so many bytes, and returns its address. It is used for one question.
#[unsafe(no_mangle)]
pub extern "C" fn room(len: u32) -> u32 {
    let mut question = locked(&QUESTION);
    question.clear();
    question.resize(len as usize, 0);
    question.as_ptr() as u32
}

/// Answers the question with this number, of which the bytes are in the room: the address of the answer in the upper half,
/// its length in the lower.
#[unsafe(no_mangle)]
pub extern "C" fn ask(number: u32) -> u64 {
    let question = std::mem::take(&mut *locked(&QUESTION));
    let mut answer = locked(&ANSWER);
    answer.clear();
    match answer::to(number, &question) {
        Ok(found) => {
            answer.push(0);
            answer.extend_from_slice(&found);
        }
        Err(fault) => {
            answer.push(1);
            answer.extend_from_slice(fault.as_bytes());
        }
    }
    (answer.as_ptr() as u64) << 32 | answer.len() as u64
}
