use dorcas_abi::message::{FileData, GenerateRequest};

/// What somebody who has read all of a request can say about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    texts: u64,
    sum: u64,
}

impl Tally {
    /// Reads a value.
    pub fn of(value: &GenerateRequest) -> Self {
        let mut tally = Self::default();
        tally.text(value.rel.as_bytes());
        tally.text(&value.state);
        for file in &value.files {
            tally.text(file.name.as_bytes());
            match &file.data {
                FileData::Name | FileData::Failed => {}
                FileData::Content(content) | FileData::Facts(content) => tally.text(content),
                FileData::Matches(matches) => {
                    for each in matches {
                        tally.number(each.pattern);
                        each.groups.iter().flatten().for_each(|group| tally.text(group));
                    }
                }
            }
        }
        value.subdirs.iter().chain(&value.generated_files).for_each(|name| tally.text(name.as_bytes()));
        tally
    }

    /// Reads every byte of a text.
    pub fn text(&mut self, bytes: &[u8]) {
        self.texts += 1;
        self.sum += bytes.iter().copied().map(u64::from).sum::<u64>();
    }

    /// Reads a number.
    pub fn number(&mut self, number: u32) {
        self.sum += u64::from(number);
    }

    /// For a digest.
    pub fn to_bytes(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.texts.to_le_bytes());
        bytes[8..].copy_from_slice(&self.sum.to_le_bytes());
        bytes
    }
}
