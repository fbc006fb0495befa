//! What stands in which file of a new folder?

use crate::embedded;

/// What the language of the templates is called.
const PLACEHOLDER: &str = "my_lang";
/// Where a new folder has the SDK. Nothing is replaced there.
const SDK: &str = "dorcas/";

/// A programming language to write one in.
pub(super) struct Template {
    /// What `--lang` says.
    pub(super) flag: &'static str,
    /// What has to be there.
    pub(super) needs: &'static str,
    /// What builds it.
    pub(super) build: &'static str,
    /// What was built.
    guest: &'static str,
    files: &'static [(&'static str, &'static str)],
}

/// A file of a new folder.
pub(super) struct NewFile {
    /// Its path in the folder, slash-separated.
    pub(super) path: String,
    pub(super) text: String,
}

impl Template {
    pub(super) const ALL: [Self; 6] = [
        Self {
            flag: "assemblyscript",
            needs: "Node 20 or newer with npm",
            build: "npm ci && npm run build",
            guest: "my_lang.wasm",
            files: embedded::ASSEMBLYSCRIPT,
        },
        Self {
            flag: "c",
            needs: "Zig 0.17.0, for its C compiler",
            build: "./build",
            guest: "my_lang.wasm",
            files: embedded::C,
        },
        Self { flag: "go", needs: "Go 1.24 or newer", build: "./build", guest: "my_lang.wasm", files: embedded::GO },
        Self {
            flag: "js",
            needs: "no toolchain",
            build: "dorcas build my_lang.js -o my_lang.wasm",
            guest: "my_lang.wasm",
            files: embedded::JS,
        },
        Self {
            flag: "rust",
            needs: "Rust 1.88 or newer, with the target wasm32-unknown-unknown",
            build: "./build",
            guest: "my_lang.wasm",
            files: embedded::RUST,
        },
        Self {
            flag: "zig",
            needs: "Zig 0.17.0",
            build: "zig build",
            guest: "zig-out/bin/my_lang.wasm",
            files: embedded::ZIG,
        },
    ];

    /// The one that a flag names; the command line has no other.
    pub(super) fn of(flag: &str) -> &'static Self {
        const ALL: &[Template] = &Template::ALL;
        ALL.iter().find(|template| template.flag == flag).expect("clap knows the languages")
    }

    /// The file that a build makes.
    pub(super) fn guest(&self, name: &str) -> String {
        self.guest.replace(PLACEHOLDER, name)
    }

    /// The files of a folder for a language of this name, by path.
    pub(super) fn files(&self, name: &str) -> Vec<NewFile> {
        let file = |&(path, text): &(&str, &str)| {
            if path.starts_with(SDK) {
                return NewFile { path: path.into(), text: text.into() };
            }
            let text = text.replace(PLACEHOLDER, name);
            let text = match path {
                "Cargo.lock" => sorted_lock(&text),
                "build.zig.zon" => text.replace("0x0", &format!("{:#x}", fingerprint(name))),
                _ => text,
            };
            NewFile { path: path.replace(PLACEHOLDER, name), text }
        };
        let mut files: Vec<_> = self.files.iter().map(file).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files
    }
}

/// Cargo sorts packages by name, and `--locked` takes a lock for stale that it would write otherwise.
fn sorted_lock(lock: &str) -> String {
    const BETWEEN: &str = "\n\n[[package]]\n";
    let mut parts: Vec<_> = lock.trim_end().split(BETWEEN).collect();
    // The first part is no package.
    parts[1..].sort_unstable();
    parts.join(BETWEEN) + "\n"
}

/// What Zig wants a package's fingerprint to be: a checksum of its name in the upper half. The lower half tells packages of
/// one name apart, and is neither nothing nor all ones; nobody depends on a guest, and the same folder is made each time.
fn fingerprint(name: &str) -> u64 {
    let (upper, lower) = (crc32(name.as_bytes()), crc32(format!("{name} of dorcas").as_bytes()));
    u64::from(upper) << 32 | u64::from(lower.clamp(1, u32::MAX - 1))
}

/// CRC-32 as of zip files.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes
        .iter()
        .fold(u32::MAX, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), |crc, _| crc >> 1 ^ (0xedb8_8320 * (crc & 1))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_fingerprint_begins_with_the_checksum_of_the_name() {
        // The check value of the algorithm, and what Zig's own package has for `dorcas`.
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b"dorcas"), 0x0788_6b7d);
        assert_eq!(fingerprint("my_lang") >> 32, u64::from(crc32(b"my_lang")));
    }

    #[test]
    fn packages_of_a_lock_are_sorted() {
        let lock = "# head\nversion = 4\n\n[[package]]\nname = \"z\"\n\n[[package]]\nname = \"a\"\nversion = \"1\"\n";
        let sorted = "# head\nversion = 4\n\n[[package]]\nname = \"a\"\nversion = \"1\"\n\n[[package]]\nname = \"z\"\n";
        assert_eq!(sorted_lock(lock), sorted);
    }

    #[test]
    fn the_sdk_is_there_as_it_is() {
        for template in Template::ALL {
            let embedded: Vec<_> = template.files.iter().filter(|(path, _)| path.starts_with(SDK)).copied().collect();
            let made = template.files("other");
            let made: Vec<_> = made.iter().map(|file| (file.path.as_str(), file.text.as_str())).collect();
            assert!(embedded.len() > 3 && embedded.iter().all(|file| made.contains(file)), "{}", template.flag);
        }
    }

    #[test]
    fn what_is_embedded_is_small() {
        // What several folders have is there once. Each message that the schema gets makes five codecs longer.
        let texts: BTreeSet<_> =
            Template::ALL.iter().flat_map(|template| template.files).map(|(_, text)| text).collect();
        let bytes: usize = texts.into_iter().map(|text| text.len()).sum();
        assert!(bytes < 680 << 10, "{bytes} bytes");
    }
}
