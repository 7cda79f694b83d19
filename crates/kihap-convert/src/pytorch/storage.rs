//! The old file: five pickles (magic number, protocol, machine, data, storage keys), then the storages in key order, each
//! a 64-bit count of elements and the elements.

use std::collections::{BTreeMap, HashMap};

use half::f16;

use super::object::{Global, Id, Object, Pickle, StorageType};
use super::pickle::{Reader, damaged};
use crate::ConvertError;
use crate::tensor::{MAX_WEIGHTS, Tensor, Values, element_count};

/// `torch.serialization.MAGIC_NUMBER`, 0x1950a86a20f9469cfc6c.
const MAGIC: [u8; 10] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
const PROTOCOL: usize = 1001;

/// Reads the state dictionary of a `.pth` file in the format before PyTorch 1.6, as plain tensors by name. Floats of every
/// width become `f32`. Nothing in the file is run. Entries that are not tensors are left out.
///
/// # Errors
/// For damaged or hostile files, for pickles that refer to anything but tensors and dictionaries, and for the zip format of
/// later versions.
pub fn read_state_dict(bytes: &[u8]) -> Result<BTreeMap<String, Tensor>, ConvertError> {
    if bytes.starts_with(b"PK") {
        let what = "the zip format of PyTorch 1.6 and later".into();
        return Err(ConvertError::Unsupported { format: "PyTorch", what });
    }
    let mut reader = Reader::new(bytes);
    let magic = reader.pickle()?;
    if !matches!(magic.objects[magic.root], Object::LongInt(bytes) if bytes == MAGIC) {
        return Err(damaged("it does not begin with PyTorch's magic number"));
    }
    let protocol = reader.pickle()?;
    if protocol.size(protocol.root) != Some(PROTOCOL) {
        return Err(damaged("its protocol is not 1001"));
    }
    reader.pickle()?;
    let data = reader.pickle()?;
    let keys = reader.pickle()?;
    let kinds = storage_types(&data)?;
    let mut storages = HashMap::new();
    for &key in keys.items(keys.root).ok_or_else(|| damaged("the storage keys are not a list"))? {
        let key = keys.text(key).ok_or_else(|| damaged("a storage key is not a text"))?;
        let &kind = kinds.get(key).ok_or_else(|| damaged(format!("nothing uses storage {key}")))?;
        let count = usize::try_from(u64::from_le_bytes(reader.array()?)).unwrap_or(usize::MAX);
        let width = width(kind);
        let length = count.checked_mul(width).ok_or_else(|| damaged("a storage is longer than the file"))?;
        storages.insert(key, (kind, reader.take(length)?));
    }
    tensors(&data, &storages)
}

fn width(kind: StorageType) -> usize {
    match kind {
        StorageType::Half => 2,
        StorageType::Float | StorageType::Int => 4,
        StorageType::Double | StorageType::Long => 8,
    }
}

/// Key and element type of a persistent reference `("storage", type, key, device, count, view)`.
fn storage<'a>(data: &Pickle<'a>, id: Id) -> Option<(&'a str, StorageType)> {
    let Object::Persistent(reference) = data.objects[id] else { return None };
    let [mark, kind, key, ..] = data.items(reference)? else { return None };
    match data.objects[*kind] {
        Object::Global(Global::Storage(kind)) if data.text(*mark) == Some("storage") => Some((data.text(*key)?, kind)),
        _ => None,
    }
}

fn storage_types<'a>(data: &Pickle<'a>) -> Result<HashMap<&'a str, StorageType>, ConvertError> {
    let mut kinds = HashMap::new();
    for id in 0..data.objects.len() {
        if matches!(data.objects[id], Object::Persistent(_)) {
            let (key, kind) = storage(data, id).ok_or_else(|| damaged("a reference is not to a storage"))?;
            if kinds.insert(key, kind).is_some_and(|other| other != kind) {
                return Err(damaged(format!("storage {key} has two element types")));
            }
        }
    }
    Ok(kinds)
}

fn tensors(
    data: &Pickle,
    storages: &HashMap<&str, (StorageType, &[u8])>,
) -> Result<BTreeMap<String, Tensor>, ConvertError> {
    let Object::Dict(items) = &data.objects[data.root] else {
        return Err(damaged("it holds something else than a state dictionary"));
    };
    let mut budget = MAX_WEIGHTS;
    let mut tensors = BTreeMap::new();
    for &(key, value) in items {
        let (Some(name), Object::Tensor(arguments)) = (data.text(key), &data.objects[value]) else { continue };
        tensors.insert(name.to_string(), tensor(data, name, arguments, storages, &mut budget)?);
    }
    Ok(tensors)
}

/// `_rebuild_tensor_v2(storage, offset, size, stride, …)`: a view of a storage.
fn tensor(
    data: &Pickle,
    name: &str,
    arguments: &[Id],
    storages: &HashMap<&str, (StorageType, &[u8])>,
    budget: &mut usize,
) -> Result<Tensor, ConvertError> {
    let fail = |what: &str| damaged(format!("tensor {name:?} {what}"));
    let &[source, offset, size, stride, ..] = arguments else { return Err(fail("lacks arguments")) };
    let (key, _) = storage(data, source).ok_or_else(|| fail("has no storage"))?;
    let &(kind, bytes) = storages.get(key).ok_or_else(|| fail("has a storage that is not in the file"))?;
    let sizes = |id: Id| data.items(id)?.iter().map(|&id| data.size(id)).collect::<Option<Vec<usize>>>();
    let (Some(offset), Some(shape), Some(strides)) = (data.size(offset), sizes(size), sizes(stride)) else {
        return Err(fail("has no proper shape"));
    };
    if shape.len() != strides.len() {
        return Err(fail("has no proper shape"));
    }
    let count = element_count(&shape).filter(|&count| count <= *budget);
    *budget -= count.ok_or(ConvertError::TooLarge { limit: MAX_WEIGHTS })?;
    let last = shape
        .iter()
        .zip(&strides)
        .try_fold(offset, |last, (&size, &stride)| last.checked_add(size.saturating_sub(1).checked_mul(stride)?));
    let available = bytes.len() / width(kind);
    if count != Some(0) && last.is_none_or(|last| last >= available) {
        return Err(fail("reaches outside its storage"));
    }
    let places = Places::new(offset, &shape, &strides);
    let values = match kind {
        StorageType::Float => Values::F32(places.pick(bytes, f32::from_le_bytes)),
        StorageType::Half => Values::F32(places.pick(bytes, |b| f16::from_le_bytes(b).to_f32())),
        StorageType::Double => Values::F32(places.pick(bytes, |b| f64::from_le_bytes(b) as f32)),
        StorageType::Long => Values::I64(places.pick(bytes, i64::from_le_bytes)),
        StorageType::Int => Values::I32(places.pick(bytes, i32::from_le_bytes)),
    };
    Tensor::new(shape, values)
}

/// Where in its storage the elements of a tensor lie, in row-major order.
struct Places<'s> {
    offset: usize,
    shape: &'s [usize],
    strides: &'s [usize],
}

impl<'s> Places<'s> {
    fn new(offset: usize, shape: &'s [usize], strides: &'s [usize]) -> Self {
        Self { offset, shape, strides }
    }

    fn pick<T, const N: usize>(&self, bytes: &[u8], decode: impl Fn([u8; N]) -> T) -> Vec<T> {
        let elements = bytes.as_chunks::<N>().0;
        let count = element_count(self.shape).unwrap_or(0);
        let mut index = vec![0usize; self.shape.len()];
        let mut at = self.offset;
        let mut out = Vec::with_capacity(count);
        for _ in 0..count {
            out.push(decode(elements[at]));
            for axis in (0..index.len()).rev() {
                index[axis] += 1;
                at += self.strides[axis];
                if index[axis] < self.shape[axis] {
                    break;
                }
                at -= self.strides[axis] * self.shape[axis];
                index[axis] = 0;
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with one storage of six floats, 0 to 5, and `data` as its fourth pickle.
    fn file(data: &[u8]) -> Vec<u8> {
        let mut bytes = b"\x80\x02\x8a\x0a".to_vec();
        bytes.extend(MAGIC);
        bytes.extend(b".\x80\x02M\xe9\x03.\x80\x02}.");
        bytes.extend(data);
        bytes.extend(b"]X\x01\0\0\x007a.");
        bytes.extend(6u64.to_le_bytes());
        bytes.extend((0..6).flat_map(|i| (i as f32).to_le_bytes()));
        bytes
    }

    /// `{"w": view}` with the given pickled offset, size and stride.
    fn view(offset: &[u8], size: &[u8], stride: &[u8]) -> Vec<u8> {
        let mut data = b"ccollections\nOrderedDict\n)R(X\x01\0\0\0w".to_vec();
        data.extend(b"ctorch._utils\n_rebuild_tensor_v2\n(");
        data.extend(b"(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x007X\x03\0\0\0cpuK\x06NtQ");
        data.extend([offset, size, stride].concat());
        data.extend(b"\x89ccollections\nOrderedDict\n)RtRu}X\x01\0\0\0mNsb.");
        data
    }

    #[test]
    fn a_view_of_a_storage_is_read() {
        let bytes = file(&view(b"K\x00", b"K\x02K\x03\x86", b"K\x03K\x01\x86"));
        let tensors = read_state_dict(&bytes).unwrap();
        assert_eq!(tensors["w"], Tensor::f32(&[2, 3], vec![0., 1., 2., 3., 4., 5.]).unwrap());
        let transposed = file(&view(b"K\x01", b"K\x02K\x02\x86", b"K\x01K\x03\x86"));
        assert_eq!(read_state_dict(&transposed).unwrap()["w"].as_f32().unwrap(), [1., 4., 2., 5.]);
    }

    #[test]
    fn views_outside_their_storage_are_errors() {
        let reaching: [(&[u8], &[u8], &[u8]); 4] = [
            (b"K\x01", b"K\x06\x85", b"K\x01\x85"),
            (b"K\x00", b"K\x02\x85", b"K\x06\x85"),
            (b"K\x00", b"J\xff\xff\xff\x7fJ\xff\xff\xff\x7f\x86", b"K\x00K\x00\x86"),
            (b"K\x00", b"K\x02\x85", b"K\x01K\x01\x86"),
        ];
        for (offset, size, stride) in reaching {
            assert!(read_state_dict(&file(&view(offset, size, stride))).is_err());
        }
    }

    #[test]
    fn every_truncation_is_an_error() {
        let bytes = file(&view(b"K\x00", b"K\x02K\x03\x86", b"K\x03K\x01\x86"));
        for length in 0..bytes.len() {
            assert!(read_state_dict(&bytes[..length]).is_err(), "{length}");
        }
    }

    #[test]
    fn the_zip_format_is_named() {
        assert!(read_state_dict(b"PK\x03\x04").unwrap_err().to_string().contains("zip format"));
    }
}
