use alloc::vec::Vec;
use postcard::{Result, ser_flavors::Flavor};

/// Where postcard writes a message.
///
/// Its own such thing is inlined wherever a field is written, together with what makes room: in a guest that was a
/// tenth of the code.
#[derive(Default)]
pub(super) struct Output(Vec<u8>);

impl Flavor for Output {
    type Output = Vec<u8>;

    #[cfg_attr(target_family = "wasm", inline(never))]
    fn try_extend(&mut self, data: &[u8]) -> Result<()> {
        // Most of what is written is a length of one byte.
        match data {
            [byte] => self.0.push(*byte),
            _ => self.0.extend_from_slice(data),
        }
        Ok(())
    }

    #[cfg_attr(target_family = "wasm", inline(never))]
    fn try_push(&mut self, byte: u8) -> Result<()> {
        self.0.push(byte);
        Ok(())
    }

    fn finalize(self) -> Result<Vec<u8>> {
        Ok(self.0)
    }
}
