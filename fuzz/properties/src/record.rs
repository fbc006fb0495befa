//! Any text as a recording.

use dorcas_host::Recording;

/// What is accepted is what would have been written; a refusal names a line of the text.
pub fn recording(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    match Recording::parse(text) {
        Ok(recording) => assert_eq!(recording.to_string(), text),
        Err(error) => {
            assert!(error.line <= text.split('\n').count() + 1, "{error}");
            assert!(!error.to_string().chars().any(char::is_control), "{error}");
        }
    }
}
