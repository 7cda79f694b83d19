//! A restricted machine for Python pickles: it makes plain data and runs nothing.
//!
//! Opcodes: CPython's `pickletools`. Objects live in one list and refer to each other by number, so that deep or cyclic
//! data can neither overflow the stack nor leak. A name that is not on the list of [`Global`]s is an error.

use std::collections::HashMap;

use super::object::{Global, Id, Object, Pickle};
use crate::ConvertError;

/// Bytes being read.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

pub(super) fn damaged(detail: impl Into<String>) -> ConvertError {
    ConvertError::Damaged { format: "PyTorch", detail: detail.into() }
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], ConvertError> {
        let end = self.at.checked_add(count);
        let bytes = end.and_then(|end| self.bytes.get(self.at..end));
        let bytes = bytes.ok_or_else(|| damaged(format!("the file ends early at byte {}", self.at)))?;
        self.at += count;
        Ok(bytes)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], ConvertError> {
        self.take(N)?.try_into().map_err(|_| damaged("the file ends early"))
    }

    fn u8(&mut self) -> Result<usize, ConvertError> {
        Ok(usize::from(self.array::<1>()?[0]))
    }

    fn u32(&mut self) -> Result<usize, ConvertError> {
        Ok(u32::from_le_bytes(self.array()?) as usize)
    }

    fn text(&mut self, count: usize) -> Result<&'a str, ConvertError> {
        std::str::from_utf8(self.take(count)?).map_err(|_| damaged("a text is not UTF-8"))
    }

    fn line(&mut self) -> Result<&'a str, ConvertError> {
        let rest = &self.bytes[self.at..];
        let count = rest.iter().position(|&byte| byte == b'\n').ok_or_else(|| damaged("a line does not end"))?;
        let line = self.text(count)?;
        self.at += 1;
        Ok(line)
    }

    /// Reads one pickle, up to and including its STOP.
    pub(super) fn pickle(&mut self) -> Result<Pickle<'a>, ConvertError> {
        let mut machine = Machine::default();
        while machine.step(self)? {}
        let root = machine.pop()?;
        Ok(Pickle { objects: machine.objects, root })
    }
}

#[derive(Default)]
struct Machine<'a> {
    objects: Vec<Object<'a>>,
    stack: Vec<Id>,
    marks: Vec<usize>,
    memo: HashMap<usize, Id>,
}

impl<'a> Machine<'a> {
    /// Runs one opcode; false after STOP.
    fn step(&mut self, reader: &mut Reader<'a>) -> Result<bool, ConvertError> {
        let opcode = reader.u8()? as u8;
        match opcode {
            // PROTO
            0x80 => drop(reader.u8()?),
            b'.' => return Ok(false),
            b'(' => self.marks.push(self.stack.len()),
            b'}' => self.push(Object::Dict(Vec::new())),
            b']' => self.push(Object::List(Vec::new())),
            b')' => self.push(Object::Tuple(Vec::new())),
            b'N' => self.push(Object::None),
            // NEWTRUE, NEWFALSE
            0x88 | 0x89 => self.push(Object::Bool),
            b'K' => {
                let value = reader.u8()? as i64;
                self.push(Object::Int(value));
            }
            b'M' => {
                let value = i64::from(u16::from_le_bytes(reader.array()?));
                self.push(Object::Int(value));
            }
            b'J' => {
                let value = i64::from(i32::from_le_bytes(reader.array()?));
                self.push(Object::Int(value));
            }
            // LONG1
            0x8a => {
                let count = reader.u8()?;
                let bytes = reader.take(count)?;
                self.push(long(bytes));
            }
            b'G' => {
                reader.take(8)?;
                self.push(Object::Float);
            }
            b'X' => {
                let count = reader.u32()?;
                let text = reader.text(count)?;
                self.push(Object::Text(text));
            }
            // SHORT_BINUNICODE
            0x8c => {
                let count = reader.u8()?;
                let text = reader.text(count)?;
                self.push(Object::Text(text));
            }
            b'q' => {
                let place = reader.u8()?;
                self.remember(place)?;
            }
            b'r' => {
                let place = reader.u32()?;
                self.remember(place)?;
            }
            b'h' => {
                let place = reader.u8()?;
                self.recall(place)?;
            }
            b'j' => {
                let place = reader.u32()?;
                self.recall(place)?;
            }
            // TUPLE1, TUPLE2, TUPLE3
            0x85..=0x87 => {
                let from = self.stack.len().checked_sub(usize::from(opcode - 0x84)).ok_or_else(empty)?;
                let items = self.stack.split_off(from);
                self.push(Object::Tuple(items));
            }
            b't' => {
                let items = self.since_mark()?;
                self.push(Object::Tuple(items));
            }
            b'a' => {
                let item = self.pop()?;
                self.append(vec![item])?;
            }
            b'e' => {
                let items = self.since_mark()?;
                self.append(items)?;
            }
            b's' => {
                let from = self.stack.len().checked_sub(2).ok_or_else(empty)?;
                let items = self.stack.split_off(from);
                self.set(&items)?;
            }
            b'u' => {
                let items = self.since_mark()?;
                self.set(&items)?;
            }
            b'c' => {
                let (module, name) = (reader.line()?, reader.line()?);
                let global = Global::find(module, name).ok_or_else(|| ConvertError::Unsupported {
                    format: "PyTorch",
                    what: format!("the Python object {module}.{name}"),
                })?;
                self.push(Object::Global(global));
            }
            b'Q' => {
                let reference = self.pop()?;
                self.push(Object::Persistent(reference));
            }
            b'R' => self.call()?,
            // BUILD: attributes of an OrderedDict (`_metadata`), which are not needed.
            b'b' => drop(self.pop()?),
            _ => {
                let what = format!("pickle opcode {opcode:#04x} at byte {}", reader.at - 1);
                return Err(ConvertError::Unsupported { format: "PyTorch", what });
            }
        }
        Ok(true)
    }

    fn push(&mut self, object: Object<'a>) {
        self.stack.push(self.objects.len());
        self.objects.push(object);
    }

    fn pop(&mut self) -> Result<Id, ConvertError> {
        self.stack.pop().ok_or_else(empty)
    }

    fn since_mark(&mut self) -> Result<Vec<Id>, ConvertError> {
        let mark = self.marks.pop().filter(|&mark| mark <= self.stack.len());
        mark.map(|mark| self.stack.split_off(mark)).ok_or_else(|| damaged("the pickle lacks a mark"))
    }

    fn remember(&mut self, place: usize) -> Result<(), ConvertError> {
        let &id = self.stack.last().ok_or_else(empty)?;
        self.memo.insert(place, id);
        Ok(())
    }

    fn recall(&mut self, place: usize) -> Result<(), ConvertError> {
        let &id = self.memo.get(&place).ok_or_else(|| damaged("the pickle recalls what it never stored"))?;
        self.stack.push(id);
        Ok(())
    }

    fn append(&mut self, items: Vec<Id>) -> Result<(), ConvertError> {
        let &id = self.stack.last().ok_or_else(empty)?;
        match &mut self.objects[id] {
            Object::List(list) => list.extend(items),
            _ => return Err(damaged("the pickle appends to something that is not a list")),
        }
        Ok(())
    }

    fn set(&mut self, items: &[Id]) -> Result<(), ConvertError> {
        let &id = self.stack.last().ok_or_else(empty)?;
        let (pairs, []) = items.as_chunks::<2>() else { return Err(damaged("a key has no value")) };
        match &mut self.objects[id] {
            Object::Dict(dict) => dict.extend(pairs.iter().map(|&[key, value]| (key, value))),
            _ => return Err(damaged("the pickle sets items of something that is not a dictionary")),
        }
        Ok(())
    }

    /// "Calls" one of the known names.
    fn call(&mut self) -> Result<(), ConvertError> {
        let (arguments, function) = (self.pop()?, self.pop()?);
        let Object::Tuple(arguments) = &self.objects[arguments] else {
            return Err(damaged("a call has no arguments"));
        };
        let made = match (&self.objects[function], arguments.as_slice()) {
            (Object::Global(Global::OrderedDict), []) => Object::Dict(Vec::new()),
            (Object::Global(Global::RebuildTensor), _) => Object::Tensor(arguments.clone()),
            (Object::Global(Global::RebuildParameter), &[tensor, ..]) => {
                self.stack.push(tensor);
                return Ok(());
            }
            _ => return Err(damaged("the pickle calls something that cannot be called so")),
        };
        self.push(made);
        Ok(())
    }
}

fn empty() -> ConvertError {
    damaged("the pickle takes from an empty stack")
}

/// A two's-complement integer.
fn long(bytes: &[u8]) -> Object<'_> {
    if bytes.len() > 8 {
        return Object::LongInt(bytes);
    }
    let fill = if bytes.last().is_some_and(|byte| byte & 0x80 != 0) { 0xff } else { 0 };
    let mut wide = [fill; 8];
    wide[..bytes.len()].copy_from_slice(bytes);
    Object::Int(i64::from_le_bytes(wide))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Pickle<'_>, ConvertError> {
        Reader::new(bytes).pickle()
    }

    #[test]
    fn plain_data_is_made() {
        // {"a": (1, 300, -1)}
        let pickle = read(b"\x80\x02}q\x00X\x01\0\0\0aK\x01M\x2c\x01J\xff\xff\xff\xff\x87s.").unwrap();
        let Object::Dict(items) = &pickle.objects[pickle.root] else { panic!("not a dictionary") };
        assert_eq!(pickle.text(items[0].0), Some("a"));
        let tuple = pickle.items(items[0].1).unwrap();
        assert_eq!((pickle.size(tuple[0]), pickle.size(tuple[1]), pickle.size(tuple[2])), (Some(1), Some(300), None));
    }

    #[test]
    fn a_memo_sees_later_changes() {
        // d = {}; (d, d) with d filled after it was remembered
        let pickle = read(b"}q\x05K\x01K\x02sh\x05\x86.").unwrap();
        let tuple = pickle.items(pickle.root).unwrap();
        assert!(matches!(&pickle.objects[tuple[1]], Object::Dict(items) if items.len() == 1));
    }

    #[test]
    fn an_unknown_name_is_refused() {
        let error = read(b"cos\nsystem\nX\x02\0\0\0ls\x85R.").map(|_| ()).unwrap_err();
        assert!(error.to_string().contains("os.system"), "{error}");
    }

    #[test]
    fn broken_pickles_are_errors() {
        let broken: [&[u8]; 9] =
            [b"", b".", b"t.", b"h\x01.", b"X\xff\xff\xff\xffa.", b"cos", b"K\x01K\x02s.", b"\x87.", b"K\x01(e."];
        for bytes in broken {
            assert!(read(bytes).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn deep_nesting_does_no_harm() {
        let mut bytes = vec![b')'];
        bytes.extend(vec![0x85; 1_000_000]);
        bytes.push(b'.');
        assert!(read(&bytes).is_ok());
    }
}
