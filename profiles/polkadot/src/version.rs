//! What does a runtime say about itself? `Core_version` answers in SCALE.

use std::fmt;

/// The answer of `Core_version`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Version {
    /// The name of the chain's rules.
    pub spec_name: String,
    /// Who has written this implementation of them.
    pub impl_name: String,
    /// The version of how blocks are made.
    pub authoring_version: u32,
    /// The version of the rules.
    pub spec_version: u32,
    /// The version of the implementation.
    pub impl_version: u32,
    /// The interfaces that the runtime has, by the hashes of their names, and their versions.
    pub apis: Vec<([u8; 8], u32)>,
    /// The version of transactions. `None` for runtimes that are older than it.
    pub transaction_version: Option<u32>,
    /// The version of how state is kept. `None` for runtimes that are older than it.
    pub state_version: Option<u8>,
}

/// Why bytes are no [`Version`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the version can't be read: {what} at byte {at} of {len}")]
#[non_exhaustive]
pub struct VersionError {
    /// What is wrong.
    pub what: &'static str,
    /// Where.
    pub at: usize,
    /// Number of bytes.
    pub len: usize,
}

impl Version {
    /// Reads what `Core_version` returns.
    pub fn decode(bytes: &[u8]) -> Result<Self, VersionError> {
        let mut reader = Reader { bytes, at: 0 };
        let mut version = Self {
            spec_name: reader.text()?,
            impl_name: reader.text()?,
            authoring_version: reader.u32()?,
            spec_version: reader.u32()?,
            impl_version: reader.u32()?,
            apis: reader.apis()?,
            transaction_version: None,
            state_version: None,
        };
        if reader.at < bytes.len() {
            version.transaction_version = Some(reader.u32()?);
        }
        if reader.at < bytes.len() {
            version.state_version = Some(reader.array::<1>()?[0]);
        }
        if reader.at < bytes.len() {
            return Err(reader.error("something stands behind its end"));
        }
        Ok(version)
    }
}

impl fmt::Display for Version {
    /// A line for each field, those of `apis` indented.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The texts are the runtime's.
        writeln!(f, "spec_name: {:?}", self.spec_name)?;
        writeln!(f, "impl_name: {:?}", self.impl_name)?;
        writeln!(f, "authoring_version: {}", self.authoring_version)?;
        writeln!(f, "spec_version: {}", self.spec_version)?;
        writeln!(f, "impl_version: {}", self.impl_version)?;
        writeln!(f, "apis:")?;
        for (id, version) in &self.apis {
            writeln!(f, "  0x{:016x}: {version}", u64::from_be_bytes(*id))?;
        }
        if let Some(version) = self.transaction_version {
            writeln!(f, "transaction_version: {version}")?;
        }
        if let Some(version) = self.state_version {
            writeln!(f, "state_version: {version}")?;
        }
        Ok(())
    }
}

/// Reads SCALE: numbers are little-endian, and a length in front says how long something is.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn error(&self, what: &'static str) -> VersionError {
        VersionError { what, at: self.at, len: self.bytes.len() }
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], VersionError> {
        let end = self.at.checked_add(len).filter(|end| *end <= self.bytes.len());
        let end = end.ok_or_else(|| self.error("it ends too early"))?;
        let bytes = &self.bytes[self.at..end];
        self.at = end;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], VersionError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    fn u32(&mut self) -> Result<u32, VersionError> {
        self.array().map(u32::from_le_bytes)
    }

    /// A length: its two lowest bits say in how many bytes it stands. It is written in as few as there can be.
    fn length(&mut self) -> Result<usize, VersionError> {
        let at = self.at;
        let [first] = self.array()?;
        let (length, least) = match first & 3 {
            0 => (u32::from(first >> 2), 0),
            1 => (u32::from(u16::from_le_bytes([first, self.array::<1>()?[0]]) >> 2), 1 << 6),
            2 => {
                let [b, c, d] = self.array()?;
                (u32::from_le_bytes([first, b, c, d]) >> 2, 1 << 14)
            }
            // Four bytes behind it, where more would be longer than any memory.
            _ if first == 3 => (self.u32()?, 1 << 30),
            _ => (u32::MAX, 0),
        };
        if length < least {
            self.at = at;
            return Err(self.error("a length takes more bytes than it has to"));
        }
        Ok(length as usize)
    }

    fn text(&mut self) -> Result<String, VersionError> {
        let length = self.length()?;
        let at = self.at;
        let text = str::from_utf8(self.take(length)?);
        text.map(str::to_owned).map_err(|_| VersionError { what: "a text isn't UTF-8", at, len: self.bytes.len() })
    }

    fn apis(&mut self) -> Result<Vec<([u8; 8], u32)>, VersionError> {
        const API: usize = 12;
        let count = self.length()?;
        if count > (self.bytes.len() - self.at) / API {
            return Err(self.error("it ends too early"));
        }
        (0..count).map(|_| Ok((self.array()?, self.u32()?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes() -> Vec<u8> {
        let mut bytes = vec![4 * 4];
        bytes.extend(b"test");
        bytes.extend([4 * 5]);
        bytes.extend(b"tests");
        for number in [1_u32, 9_400, 0] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend([4 * 2]);
        for (id, version) in [(0xdf6a_cb68_9907_609b_u64, 4_u32), (1, 2)] {
            bytes.extend(id.to_be_bytes());
            bytes.extend(version.to_le_bytes());
        }
        bytes
    }

    const TEXT: &str = "spec_name: \"test\"\nimpl_name: \"tests\"\nauthoring_version: 1\nspec_version: 9400\nimpl_version: 0\n\
                        apis:\n  0xdf6acb689907609b: 4\n  0x0000000000000001: 2\n";

    #[test]
    fn a_version_is_read_with_and_without_what_came_later() {
        let old = bytes();
        assert_eq!(Version::decode(&old).unwrap().to_string(), TEXT);
        let newer = [&old[..], &7_u32.to_le_bytes()].concat();
        assert_eq!(Version::decode(&newer).unwrap().to_string(), format!("{TEXT}transaction_version: 7\n"));
        let newest = [&newer[..], &[1]].concat();
        let text = format!("{TEXT}transaction_version: 7\nstate_version: 1\n");
        assert_eq!(Version::decode(&newest).unwrap().to_string(), text);
    }

    #[test]
    fn what_is_cut_off_or_longer_is_refused() {
        let newest = [&bytes()[..], &7_u32.to_le_bytes(), &[1]].concat();
        for len in 0..newest.len() {
            let whole = [newest.len() - 1, newest.len() - 5].contains(&len);
            assert_eq!(Version::decode(&newest[..len]).is_ok(), whole, "{len}");
        }
        let error = Version::decode(&[&newest[..], &[0]].concat()).unwrap_err();
        assert_eq!(error.to_string(), "the version can't be read: something stands behind its end at byte 53 of 54");
    }

    #[test]
    fn lengths_are_as_short_as_they_can_be_and_never_believed() {
        for (bytes, what) in [
            (&[0x11, 0][..], "a length takes more bytes than it has to at byte 0 of 2"),
            (&[0x12, 0, 0, 0], "a length takes more bytes than it has to at byte 0 of 4"),
            (&[3, 1, 0, 0, 0], "a length takes more bytes than it has to at byte 0 of 5"),
            (&[3, 0xff, 0xff, 0xff, 0xff], "it ends too early at byte 5 of 5"),
            (&[7, 0xff, 0xff, 0xff, 0xff, 0xff], "it ends too early at byte 1 of 6"),
            (&[4, 0xff], "a text isn't UTF-8 at byte 1 of 2"),
        ] {
            assert_eq!(Version::decode(bytes).unwrap_err().to_string(), format!("the version can't be read: {what}"));
        }
        let long = [&[0x01, 0x01][..], &[b'x'; 64]].concat();
        assert_eq!(Version::decode(&long).unwrap_err().at, long.len(), "the name is read, and nothing comes behind");
    }
}
