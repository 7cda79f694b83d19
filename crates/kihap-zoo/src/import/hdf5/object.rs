//! Object headers: the messages that describe a group or an array.

use super::bytes::Bytes;

const ATTRIBUTE: u16 = 0x0c;
const CONTINUATION: u16 = 0x10;
/// Headers in more pieces than this are not believed.
const MOST_PIECES: usize = 256;
const STRING: u8 = 3;
const VARIABLE_LENGTH: u8 = 9;

/// One message.
pub(super) struct Message<'a> {
    pub(super) kind: u16,
    pub(super) data: Bytes<'a>,
}

/// The messages of the object at `address`.
pub(super) fn messages(file: Bytes<'_>, address: u64) -> Result<Vec<Message<'_>>, String> {
    let header = file.from(address)?;
    let version = header.u8(0)?;
    if version != 1 {
        return Err(format!("the object at byte {address} is damaged or in HDF5's newer layout"));
    }
    let mut pieces = vec![header.part(16, u64::from(header.u32(8)?))?];
    let mut all = Vec::new();
    let mut next = 0;
    while let Some(piece) = pieces.get(next).copied() {
        next += 1;
        let mut at = 0;
        while at + 8 <= piece.0.len() as u64 {
            let (kind, size) = (piece.u16(at)?, u64::from(piece.u16(at + 2)?));
            let data = piece.part(at + 8, size)?;
            if kind == CONTINUATION {
                if pieces.len() == MOST_PIECES {
                    return Err(format!("the object at byte {address} goes in circles"));
                }
                pieces.push(file.part(data.u64(0)?, data.u64(8)?)?);
            } else {
                all.push(Message { kind, data });
            }
            at += 8 + size;
        }
    }
    Ok(all)
}

/// The text of an attribute called `name`, if `message` is one and holds one text.
pub(super) fn attribute(file: Bytes<'_>, message: &Message<'_>, name: &str) -> Option<String> {
    if message.kind != ATTRIBUTE {
        return None;
    }
    let data = message.data;
    let version = data.u8(0).ok()?;
    let size = |at: u64| data.u16(at).ok().map(u64::from);
    let sizes = [size(2)?, size(4)?, size(6)?];
    // the first version pads its parts to 8 bytes; the third says how the name is encoded
    let padded = |length: u64| if version == 1 { length.next_multiple_of(8) } else { length };
    let name_at = if version == 3 { 9 } else { 8 };
    let type_at = name_at + padded(sizes[0]);
    let value_at = type_at + padded(sizes[1]) + padded(sizes[2]);
    if data.part(name_at, sizes[0]).ok()?.text() != name {
        return None;
    }
    let kind = data.part(type_at, sizes[1]).ok()?;
    let value = data.from(value_at).ok()?;
    match kind.u8(0).ok()? & 0x0f {
        STRING => value.part(0, u64::from(kind.u32(4).ok()?)).ok().map(Bytes::text),
        VARIABLE_LENGTH => {
            let length = u64::from(value.u32(0).ok()?);
            let heap = file.from(value.u64(4).ok()?).ok()?;
            let text = heap_object(heap, value.u32(12).ok()?)?;
            text.part(0, length).ok().map(Bytes::text)
        }
        _ => None,
    }
}

/// Object `wanted` of a global heap.
fn heap_object(heap: Bytes<'_>, wanted: u32) -> Option<Bytes<'_>> {
    heap.expect(b"GCOL", 0).ok()?;
    let heap = heap.part(0, heap.u64(8).ok()?).ok()?;
    let mut at = 16u64;
    loop {
        let (index, size) = (heap.u16(at).ok()?, heap.u64(at + 8).ok()?);
        if u32::from(index) == wanted {
            return heap.part(at + 16, size).ok();
        }
        // index 0 is free space up to the end
        if index == 0 {
            return None;
        }
        at = at.checked_add(16)?.checked_add(size.checked_next_multiple_of(8)?)?;
    }
}
