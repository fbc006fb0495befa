//! SECURITY.md names a test for each of its promises. They are there.

use std::fs;

#[test]
fn each_promise_names_tests_that_exist() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let text = fs::read_to_string(format!("{root}/SECURITY.md")).unwrap();
    let rows: Vec<_> = text.lines().filter(|line| line.starts_with("| **")).collect();
    assert!(rows.len() > 10, "{}", rows.len());
    for row in rows {
        let tests: Vec<_> = row.split('`').filter(|name| name.contains("::") && !name.contains('(')).collect();
        assert!(!tests.is_empty(), "no test holds it: {row}");
        for test in tests {
            let (module, name) = test.rsplit_once("::").unwrap();
            let file = match module {
                "properties" => format!("{root}/fuzz/properties/tests/properties.rs"),
                "differential" => format!("{root}/fuzz/differential/tests/differential.rs"),
                module => {
                    let module = module.trim_start_matches("gazelle::").trim_start_matches("cli::").replace("::", "/");
                    let files = ["host", "gazelle", "cli"].map(|krate| format!("{root}/{krate}/tests/{module}.rs"));
                    files.into_iter().find(|file| fs::exists(file).unwrap()).unwrap_or_else(|| panic!("{test}"))
                }
            };
            let source = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{test}: {file}: {error}"));
            let is_word = |char: char| char.is_alphanumeric() || char == '_';
            assert!(source.split(|char| !is_word(char)).any(|word| word == name), "{test} is not in {file}");
        }
    }
}
