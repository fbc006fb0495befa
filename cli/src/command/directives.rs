//! `dorcas help directives`: the comments in BUILD files that the pipeline obeys.

use dorcas_gazelle::{PipelineDirective, pipeline_directives};
use std::fmt::Write as _;

/// All directives of the pipeline with their help.
pub(super) fn list() -> String {
    let mut text = "\
A directive is a comment in a BUILD file, on a line of its own: `# gazelle:NAME VALUE`. It holds in the \
directory of the file and in those below it, until a directive there says otherwise.

Directives:
"
    .to_owned();
    for PipelineDirective { name, value, help, .. } in pipeline_directives() {
        let separator = if value.is_empty() { "" } else { " " };
        writeln!(text, "  {name}{separator}{value}\n          {help}").expect("it is a string");
    }
    text.push_str("\nLanguages have more of them: `dorcas inspect GUEST` lists those of a guest.");
    text
}
