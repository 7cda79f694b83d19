//! Arrays of floating-point numbers.

use half::f16;

use super::bytes::Bytes;
use super::file::require;
use super::object::Message;

const DATASPACE: u16 = 0x01;
const DATATYPE: u16 = 0x03;
const LAYOUT: u16 = 0x08;
const FLOATING_POINT: u8 = 1;

/// An array in its place.
pub(in crate::import) struct Dataset<'a> {
    /// Names of the groups it is in, and its own.
    pub(in crate::import) path: Vec<String>,
    /// The attribute `name` of the group it is in.
    pub(in crate::import) group_name: Option<String>,
    /// Its shape.
    pub(in crate::import) shape: Vec<usize>,
    kind: Kind,
    raw: &'a [u8],
}

#[derive(Clone, Copy)]
enum Kind {
    Half,
    Single,
    Double,
    /// Anything else; its numbers cannot be asked for.
    Other,
}

impl<'a> Dataset<'a> {
    pub(super) fn read(
        file: Bytes<'a>,
        messages: &[Message<'a>],
        path: &[String],
        group_name: Option<&str>,
    ) -> Result<Dataset<'a>, String> {
        let place = || path.join("/");
        let located = |problem: String| format!("'{}': {problem}", place());
        let shape = shape(require(messages, DATASPACE, "shape")?.data).map_err(located)?;
        let (kind, width) = kind(require(messages, DATATYPE, "type")?.data).map_err(located)?;
        let count = shape.iter().try_fold(1u64, |all, side| all.checked_mul(*side as u64));
        let length = count.and_then(|count| count.checked_mul(u64::from(width)));
        let length = length.ok_or_else(|| located(format!("its shape {shape:?} is too large")))?;
        let raw = contents(file, require(messages, LAYOUT, "layout")?.data, length).map_err(located)?;
        Ok(Dataset { path: path.to_vec(), group_name: group_name.map(str::to_owned), shape, kind, raw })
    }

    /// Its numbers.
    pub(in crate::import) fn values(&self) -> Result<Vec<f32>, String> {
        Ok(match self.kind {
            Kind::Half => self.raw.chunks_exact(2).map(|b| f16::from_le_bytes([b[0], b[1]]).to_f32()).collect(),
            Kind::Single => self.raw.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect(),
            Kind::Double => {
                let wide = self.raw.as_chunks::<8>().0;
                wide.iter().map(|bytes| f64::from_le_bytes(*bytes) as f32).collect()
            }
            Kind::Other => return Err(format!("'{}' holds no floating-point numbers", self.path.join("/"))),
        })
    }
}

fn shape(space: Bytes<'_>) -> Result<Vec<usize>, String> {
    let (version, rank) = (space.u8(0)?, u64::from(space.u8(1)?));
    let start = match version {
        1 => 8,
        2 => 4,
        other => return Err(format!("its shape is written in an unknown way ({other})")),
    };
    let side = |axis: u64| usize::try_from(space.u64(start + 8 * axis)?).map_err(|e| e.to_string());
    (0..rank).map(side).collect()
}

/// The kind of number, and how many bytes one has.
fn kind(datatype: Bytes<'_>) -> Result<(Kind, u32), String> {
    let width = datatype.u32(4)?;
    if datatype.u8(0)? & 0x0f != FLOATING_POINT {
        return Ok((Kind::Other, width));
    }
    // big-endian or VAX
    let swapped = datatype.u8(1)? & 0x41 != 0;
    // widths of exponent and mantissa
    let kind = match (width, datatype.u8(13)?, datatype.u8(15)?) {
        _ if swapped => Kind::Other,
        (2, 5, 10) => Kind::Half,
        (4, 8, 23) => Kind::Single,
        (8, 11, 52) => Kind::Double,
        _ => Kind::Other,
    };
    Ok((kind, width))
}

fn contents<'a>(file: Bytes<'a>, layout: Bytes<'a>, length: u64) -> Result<&'a [u8], String> {
    let version = layout.u8(0)?;
    if version != 3 && version != 4 {
        return Err(format!("its numbers are laid out in an unknown way ({version})"));
    }
    let stored = match layout.u8(1)? {
        0 => layout.part(4, u64::from(layout.u16(2)?))?,
        // nothing was ever written
        1 if layout.u64(2)? == u64::MAX && length == 0 => Bytes(&[]),
        1 => file.part(layout.u64(2)?, layout.u64(10)?)?,
        _ => return Err("it is stored in chunks, perhaps compressed; Keras does not do so".into()),
    };
    match stored.0.get(..usize::try_from(length).map_err(|e| e.to_string())?) {
        Some(exact) if exact.len() == stored.0.len() => Ok(exact),
        _ => Err(format!("its shape needs {length} bytes, but there are {}", stored.0.len())),
    }
}
