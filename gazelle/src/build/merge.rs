//! What becomes of a BUILD file that is there already?

use crate::error::Cause;

/// A BUILD file as it stands in its directory.
#[derive(Clone, Debug)]
pub(crate) struct Existing {
    pub(crate) name: String,
    pub(crate) content: Vec<u8>,
}

/// The content that a directory's BUILD file is to have; none where there is to be no file.
///
/// Not yet: what is there is kept, and where it is not what was generated, the directory fails.
pub(crate) fn merge(existing: Option<&Existing>, generated: Option<String>) -> Result<Option<Vec<u8>>, Cause> {
    let Some(existing) = existing else { return Ok(generated.map(String::into_bytes)) };
    if let Some(directive) = directive(&existing.content) {
        return Err(Cause::Directive { file: existing.name.clone(), directive });
    }
    match generated {
        Some(generated) if existing.content.trim_ascii().is_empty() => Ok(Some(generated.into_bytes())),
        Some(generated) if generated.as_bytes() != existing.content => {
            Err(Cause::Exists { file: existing.name.clone() })
        }
        _ => Ok(Some(existing.content.clone())),
    }
}

/// The first directive in the file.
fn directive(content: &[u8]) -> Option<String> {
    let content = String::from_utf8_lossy(content);
    let is_directive =
        |line: &&str| line.strip_prefix('#').is_some_and(|text| text.trim_start().starts_with("gazelle:"));
    content.lines().find(is_directive).map(|line| line.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merge_into(content: &str, generated: Option<&str>) -> Result<String, String> {
        let existing = Existing { name: "BUILD".into(), content: content.into() };
        match merge(Some(&existing), generated.map(String::from)) {
            Ok(content) => Ok(String::from_utf8(content.unwrap()).unwrap()),
            Err(cause) => Err(cause.to_string()),
        }
    }

    #[test]
    fn the_same_content_is_fine() {
        assert_eq!(merge_into("a()\n", Some("a()\n")).unwrap(), "a()\n");
        assert_eq!(merge_into("a()\n", None).unwrap(), "a()\n");
    }

    #[test]
    fn an_empty_file_is_filled() {
        assert_eq!(merge_into("\n", Some("a()\n")).unwrap(), "a()\n");
        assert_eq!(merge_into("", None).unwrap(), "");
    }

    #[test]
    fn other_content_is_kept() {
        assert_eq!(
            merge_into("a()\n", Some("b()\n")).unwrap_err(),
            "BUILD is there already, and merging with an existing BUILD file is not supported yet"
        );
    }

    #[test]
    fn a_directive_is_not_passed_over() {
        assert_eq!(
            merge_into("# c\n#gazelle:exclude a \n", None).unwrap_err(),
            "BUILD has the directive `#gazelle:exclude a`, and directives are not supported yet"
        );
    }
}
