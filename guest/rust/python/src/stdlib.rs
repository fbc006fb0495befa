//! Which modules come with Python?

/// Full names, one a line, in the order of their bytes: those of Python 3.11, as the package `stdlib-list` 0.12.0 on PyPI has
/// them, which rules_python takes its list from, and those that came later. `guest/rust/python/stdlib` writes it.
const MODULES: &str = include_str!("stdlib.txt");

/// Whether a module is one of Python's own.
pub(crate) fn is_std(module: &str) -> bool {
    // By halves: the line that the middle falls into decides.
    let (mut low, mut high) = (0, MODULES.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = MODULES[..middle].rfind('\n').map_or(0, |at| at + 1).max(low);
        let end = MODULES[middle..].find('\n').map_or(MODULES.len(), |at| middle + at);
        match MODULES[start..end].cmp(module) {
            core::cmp::Ordering::Equal => return true,
            core::cmp::Ordering::Less => low = end + 1,
            core::cmp::Ordering::Greater => high = start,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_them_and_nothing_else() {
        let all: Vec<&str> = MODULES.lines().collect();
        assert!(all.windows(2).all(|two| two[0] < two[1]));
        for module in &all {
            assert!(is_std(module), "{module}");
            assert!(!is_std(&format!("{module}!")), "{module}");
            assert!(!is_std(&module[..module.len() - 1]) || all.contains(&&module[..module.len() - 1]), "{module}");
        }
        for module in ["", "numpy", "zzz", "os.nothing", "!"] {
            assert!(!is_std(module), "{module}");
        }
        for module in ["os", "os.path", "__future__", "xml.etree.ElementTree", "tomllib", "distutils"] {
            assert!(is_std(module), "{module}");
        }
    }
}
