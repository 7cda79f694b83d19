//! What a pickle may hold.

/// Element type of a storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StorageType {
    Float,
    Half,
    Double,
    Long,
    Int,
}

/// A name that a pickle may refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Global {
    OrderedDict,
    RebuildTensor,
    RebuildParameter,
    Storage(StorageType),
}

impl Global {
    /// The name, if it is one of those.
    pub(super) fn find(module: &str, name: &str) -> Option<Self> {
        Some(match (module, name) {
            ("collections", "OrderedDict") => Self::OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2") => Self::RebuildTensor,
            ("torch._utils", "_rebuild_parameter") => Self::RebuildParameter,
            ("torch", "FloatStorage") => Self::Storage(StorageType::Float),
            ("torch", "HalfStorage") => Self::Storage(StorageType::Half),
            ("torch", "DoubleStorage") => Self::Storage(StorageType::Double),
            ("torch", "LongStorage") => Self::Storage(StorageType::Long),
            ("torch", "IntStorage") => Self::Storage(StorageType::Int),
            _ => return None,
        })
    }
}

/// Number of an object.
pub(super) type Id = usize;

/// A Python object.
#[derive(Debug, Clone)]
pub(super) enum Object<'a> {
    None,
    Bool,
    Int(i64),
    /// An integer that does not fit: its bytes, little-endian.
    LongInt(&'a [u8]),
    Float,
    Text(&'a str),
    List(Vec<Id>),
    Tuple(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    Global(Global),
    /// A reference to something outside the pickle.
    Persistent(Id),
    /// What a call of [`Global::RebuildTensor`] with these arguments makes.
    Tensor(Vec<Id>),
}

/// The objects of one pickle.
pub(super) struct Pickle<'a> {
    pub(super) objects: Vec<Object<'a>>,
    pub(super) root: Id,
}

impl<'a> Pickle<'a> {
    /// The items of a list or tuple.
    pub(super) fn items(&self, id: Id) -> Option<&[Id]> {
        match &self.objects[id] {
            Object::List(items) | Object::Tuple(items) => Some(items),
            _ => None,
        }
    }

    /// A text.
    pub(super) fn text(&self, id: Id) -> Option<&'a str> {
        match &self.objects[id] {
            Object::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A size.
    pub(super) fn size(&self, id: Id) -> Option<usize> {
        match &self.objects[id] {
            Object::Int(value) => usize::try_from(*value).ok(),
            _ => None,
        }
    }
}
