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
            let files = match module {
                "properties" => vec![format!("{root}/fuzz/properties/tests/properties.rs")],
                "adapter" => ["adapter", "methods"].map(|file| format!("{root}/adapter/{file}_test.go")).into(),
                "adapter::guest" => vec![format!("{root}/adapter/internal/guest/kit_test.go")],
                "differential" => vec![format!("{root}/fuzz/differential/tests/differential.rs")],
                module => {
                    // In a file of tests, or beside what is tested; or all tests of a module, by its name.
                    let (krates, module) = match module.split_once("::") {
                        Some((krate @ ("gazelle" | "cli"), module)) => (vec![krate], module),
                        _ => (vec!["host", "gazelle", "cli"], module),
                    };
                    let module = module.replace("::", "/");
                    let places = ["tests/{}.rs", "src/{}.rs", "src/{}/tests.rs", "src/{}/mod.rs"]
                        .map(|place| place.replace("{}", &module));
                    let in_krate = |krate| places.iter().map(move |place| format!("{root}/{krate}/{place}"));
                    krates.into_iter().flat_map(in_krate).collect()
                }
            };
            let is_word = |char: char| char.is_alphanumeric() || char == '_';
            let has_it = |file: &String| {
                let source = fs::read_to_string(file).unwrap_or_default();
                source.split(|char| !is_word(char)).any(|word| word == name)
            };
            assert!(files.iter().any(has_it), "{test} is in none of {files:?}");
        }
    }
}
