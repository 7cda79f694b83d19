//! Reading flatbuffers: tables, vectors and texts at offsets that are never trusted.
//!
//! Layout: FlatBuffers' "Internals" document. A table starts with the signed distance back to its vtable, which holds its
//! own length, the table's length and then, for each field, the field's distance from the table's start (0: absent).

use crate::ConvertError;

/// The whole file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Buffer<'a>(&'a [u8]);

/// A table in the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table<'a> {
    buffer: Buffer<'a>,
    start: usize,
    vtable: usize,
    vtable_len: usize,
}

/// A vector in the file whose elements are `width` bytes each.
#[derive(Debug, Clone, Copy)]
struct Vector<'a> {
    start: usize,
    bytes: &'a [u8],
}

/// A vector of 32-bit integers, left where it lies: many tables of a hostile file may share one long vector.
#[derive(Debug, Clone, Copy)]
pub(super) struct Integers<'a>(&'a [[u8; 4]]);

impl<'a> Integers<'a> {
    /// Number of integers.
    pub(super) fn len(self) -> usize {
        self.0.len()
    }

    /// The integer at a place, if there is one.
    pub(super) fn get(self, place: usize) -> Option<i32> {
        self.0.get(place).map(|&bytes| i32::from_le_bytes(bytes))
    }

    /// All of them.
    pub(super) fn iter(self) -> impl Iterator<Item = i32> + 'a {
        self.0.iter().map(|&bytes| i32::from_le_bytes(bytes))
    }
}

fn damaged(detail: &str, at: usize) -> ConvertError {
    ConvertError::Damaged { format: "TFLite", detail: format!("{detail} at byte {at}") }
}

impl<'a> Buffer<'a> {
    /// The file's root table; the file must carry the TFLite mark.
    pub(super) fn root(bytes: &'a [u8]) -> Result<Table<'a>, ConvertError> {
        if bytes.get(4..8) != Some(b"TFL3") {
            return Err(damaged("no TFL3 mark", 4));
        }
        let buffer = Buffer(bytes);
        buffer.table(buffer.follow(0)?)
    }

    fn take<const N: usize>(self, at: usize) -> Result<[u8; N], ConvertError> {
        at.checked_add(N)
            .and_then(|end| self.0.get(at..end))
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| damaged("the file ends early", at))
    }

    fn u16(self, at: usize) -> Result<usize, ConvertError> {
        Ok(usize::from(u16::from_le_bytes(self.take(at)?)))
    }

    fn u32(self, at: usize) -> Result<usize, ConvertError> {
        Ok(u32::from_le_bytes(self.take(at)?) as usize)
    }

    /// The place that the offset at `at` leads to.
    fn follow(self, at: usize) -> Result<usize, ConvertError> {
        let to = at.checked_add(self.u32(at)?).filter(|&to| to < self.0.len() && to != at);
        to.ok_or_else(|| damaged("an offset leads out of the file", at))
    }

    fn table(self, start: usize) -> Result<Table<'a>, ConvertError> {
        let back = i64::from(i32::from_le_bytes(self.take(start)?));
        let vtable = usize::try_from(start as i64 - back).map_err(|_| damaged("a table without vtable", start))?;
        let vtable_len = self.u16(vtable)?;
        Ok(Table { buffer: self, start, vtable, vtable_len })
    }

    fn vector(self, at: usize, width: usize) -> Result<Vector<'a>, ConvertError> {
        let start = self.follow(at)?;
        let bytes = self
            .u32(start)?
            .checked_mul(width)
            .and_then(|len| (start + 4).checked_add(len))
            .and_then(|end| self.0.get(start + 4..end))
            .ok_or_else(|| damaged("a vector is longer than the file", start))?;
        Ok(Vector { start: start + 4, bytes })
    }
}

impl<'a> Table<'a> {
    /// Place of field number `id`, if it is there.
    fn field(&self, id: usize) -> Result<Option<usize>, ConvertError> {
        let slot = 4 + 2 * id;
        if slot + 2 > self.vtable_len {
            return Ok(None);
        }
        Ok(match self.buffer.u16(self.vtable + slot)? {
            0 => None,
            distance => Some(self.start + distance),
        })
    }

    /// A signed byte.
    pub(super) fn i8(&self, id: usize, default: i8) -> Result<i8, ConvertError> {
        self.field(id)?.map_or(Ok(default), |at| Ok(i8::from_le_bytes(self.buffer.take(at)?)))
    }

    /// A truth value, false if absent.
    pub(super) fn bool(&self, id: usize) -> Result<bool, ConvertError> {
        Ok(self.i8(id, 0)? != 0)
    }

    /// A 32-bit integer.
    pub(super) fn i32(&self, id: usize, default: i32) -> Result<i32, ConvertError> {
        self.field(id)?.map_or(Ok(default), |at| Ok(i32::from_le_bytes(self.buffer.take(at)?)))
    }

    /// An unsigned 32-bit integer, 0 if absent.
    pub(super) fn u32(&self, id: usize) -> Result<usize, ConvertError> {
        self.field(id)?.map_or(Ok(0), |at| self.buffer.u32(at))
    }

    /// A table.
    pub(super) fn table(&self, id: usize) -> Result<Option<Table<'a>>, ConvertError> {
        self.field(id)?.map(|at| self.buffer.table(self.buffer.follow(at)?)).transpose()
    }

    /// A vector of tables, empty if absent.
    pub(super) fn tables(&self, id: usize) -> Result<Vec<Table<'a>>, ConvertError> {
        let Some(at) = self.field(id)? else { return Ok(Vec::new()) };
        let vector = self.buffer.vector(at, 4)?;
        (0..vector.bytes.len() / 4).map(|i| self.buffer.table(self.buffer.follow(vector.start + 4 * i)?)).collect()
    }

    /// A vector of bytes, empty if absent.
    pub(super) fn bytes(&self, id: usize) -> Result<&'a [u8], ConvertError> {
        self.field(id)?.map_or(Ok(&[][..]), |at| Ok(self.buffer.vector(at, 1)?.bytes))
    }

    /// A vector of unsigned 16-bit integers, empty if absent.
    pub(super) fn u16s(&self, id: usize) -> Result<Vec<u16>, ConvertError> {
        let Some(at) = self.field(id)? else { return Ok(Vec::new()) };
        let bytes = self.buffer.vector(at, 2)?.bytes;
        Ok(bytes.as_chunks().0.iter().map(|&chunk| u16::from_le_bytes(chunk)).collect())
    }

    /// A vector of 32-bit integers, empty if absent.
    pub(super) fn i32s(&self, id: usize) -> Result<Integers<'a>, ConvertError> {
        let Some(at) = self.field(id)? else { return Ok(Integers(&[])) };
        Ok(Integers(self.buffer.vector(at, 4)?.bytes.as_chunks().0))
    }

    /// A text, empty if absent.
    pub(super) fn text(&self, id: usize) -> Result<&'a str, ConvertError> {
        std::str::from_utf8(self.bytes(id)?).map_err(|_| damaged("a name that is not UTF-8", self.start))
    }
}
