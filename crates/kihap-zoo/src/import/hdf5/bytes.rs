//! Little-endian numbers at places in a file.

/// The file, or a part of it.
#[derive(Clone, Copy)]
pub(super) struct Bytes<'a>(pub(super) &'a [u8]);

impl<'a> Bytes<'a> {
    /// `length` bytes from `start`.
    pub(super) fn part(self, start: u64, length: u64) -> Result<Bytes<'a>, String> {
        let range = usize::try_from(start).ok().zip(usize::try_from(length).ok());
        let part = range.and_then(|(start, length)| self.0.get(start..)?.get(..length));
        part.map(Bytes).ok_or_else(|| format!("it ends before the {length} bytes at {start}"))
    }

    /// Everything from `start`.
    pub(super) fn from(self, start: u64) -> Result<Bytes<'a>, String> {
        let rest = usize::try_from(start).ok().and_then(|start| self.0.get(start..));
        rest.map(Bytes).ok_or_else(|| format!("it ends before byte {start}"))
    }

    pub(super) fn u8(self, at: u64) -> Result<u8, String> {
        Ok(self.part(at, 1)?.0[0])
    }

    pub(super) fn u16(self, at: u64) -> Result<u16, String> {
        Ok(self.number(at, 2)? as u16)
    }

    pub(super) fn u32(self, at: u64) -> Result<u32, String> {
        Ok(self.number(at, 4)? as u32)
    }

    pub(super) fn u64(self, at: u64) -> Result<u64, String> {
        self.number(at, 8)
    }

    fn number(self, at: u64, width: u64) -> Result<u64, String> {
        Ok(self.part(at, width)?.0.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// Refuses to go on where `signature` does not stand.
    pub(super) fn expect(self, signature: &[u8; 4], at: u64) -> Result<(), String> {
        if self.part(at, 4)?.0 == signature {
            Ok(())
        } else {
            Err(format!("there is no {} at byte {at}", String::from_utf8_lossy(signature)))
        }
    }

    /// The text up to the next zero, or to the end.
    pub(super) fn text(self) -> String {
        String::from_utf8_lossy(self.0.split(|byte| *byte == 0).next().unwrap_or_default()).into_owned()
    }
}
