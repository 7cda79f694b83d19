//! From the superblock through all groups to the arrays.

use std::collections::HashSet;

use super::bytes::Bytes;
use super::dataset::Dataset;
use super::object::{Message, attribute, messages};

/// How every HDF5 file begins.
pub(in crate::import) const SIGNATURE: &[u8; 8] = b"\x89HDF\r\n\x1a\n";

const SYMBOL_TABLE: u16 = 0x11;
const LINK_INFO: u16 = 0x02;
const LINK: u16 = 0x06;
const DATA_LAYOUT: u16 = 0x08;
/// Groups within groups, and levels of a B-tree; Keras' files have fewer than ten.
const DEEPEST: usize = 64;

/// Every array in the file.
///
/// # Errors
/// Damaged files and layouts that are not read.
pub(in crate::import) fn datasets(bytes: &[u8]) -> Result<Vec<Dataset<'_>>, String> {
    let file = Bytes(bytes);
    if !bytes.starts_with(SIGNATURE) {
        return Err("it is no HDF5 file".into());
    }
    let version = file.u8(8)?;
    let addresses = match version {
        0 => 24,
        1 => 28,
        _ => {
            return Err(format!(
                "it has HDF5's newer layout (superblock {version}); save it again with h5py's default"
            ));
        }
    };
    if file.u8(13)? != 8 || file.u8(14)? != 8 {
        return Err("its addresses are not 8 bytes wide".into());
    }
    if file.u64(addresses)? != 0 {
        return Err("it does not begin at the beginning of the file".into());
    }
    // base address, free space, end of file, driver, then the root's entry: name, header
    let root = file.u64(addresses + 4 * 8 + 8)?;
    let mut walk = Walk { file, seen: HashSet::new(), found: Vec::new() };
    walk.object(root, &[], None)?;
    Ok(walk.found)
}

struct Walk<'a> {
    file: Bytes<'a>,
    /// Addresses that were visited: a file in which they repeat has no end.
    seen: HashSet<u64>,
    found: Vec<Dataset<'a>>,
}

impl<'a> Walk<'a> {
    fn visit(&mut self, address: u64, depth: usize) -> Result<(), String> {
        if depth > DEEPEST || !self.seen.insert(address) {
            return Err(format!("its groups go in circles at byte {address}"));
        }
        Ok(())
    }

    /// A group or an array at `path`; `parent_name` is the attribute `name` of the group it is in.
    fn object(&mut self, address: u64, path: &[String], parent_name: Option<&str>) -> Result<(), String> {
        self.visit(address, path.len())?;
        let messages = messages(self.file, address)?;
        let find = |kind: u16| messages.iter().find(|message| message.kind == kind);
        if let Some(table) = find(SYMBOL_TABLE) {
            let name = messages.iter().find_map(|message| attribute(self.file, message, "name"));
            let (tree, heap) = (table.data.u64(0)?, table.data.u64(8)?);
            let names = self.heap(heap)?;
            self.tree(tree, names, path, name.as_deref(), 0)
        } else if find(DATA_LAYOUT).is_some() {
            self.found.push(Dataset::read(self.file, &messages, path, parent_name)?);
            Ok(())
        } else if find(LINK_INFO).is_some() || find(LINK).is_some() {
            Err("it has HDF5's newer kind of groups; save it again with h5py's default".into())
        } else {
            // a named type or an empty group
            Ok(())
        }
    }

    /// The names of a group's members.
    fn heap(&self, address: u64) -> Result<Bytes<'a>, String> {
        let heap = self.file.from(address)?;
        heap.expect(b"HEAP", 0)?;
        self.file.part(heap.u64(24)?, heap.u64(8)?)
    }

    fn tree(
        &mut self,
        address: u64,
        names: Bytes<'a>,
        path: &[String],
        name: Option<&str>,
        depth: usize,
    ) -> Result<(), String> {
        self.visit(address, depth)?;
        let node = self.file.from(address)?;
        node.expect(b"TREE", 0)?;
        let (level, entries) = (node.u8(5)?, node.u16(6)?);
        for entry in 0..u64::from(entries) {
            // keys and children by turns
            let child = node.u64(24 + entry * 16 + 8)?;
            if level == 0 {
                self.symbols(child, names, path, name)?;
            } else {
                self.tree(child, names, path, name, depth + 1)?;
            }
        }
        Ok(())
    }

    fn symbols(&mut self, address: u64, names: Bytes<'a>, path: &[String], name: Option<&str>) -> Result<(), String> {
        self.visit(address, 0)?;
        let node = self.file.from(address)?;
        node.expect(b"SNOD", 0)?;
        for entry in 0..u64::from(node.u16(6)?) {
            let entry = node.part(8 + entry * 40, 40)?;
            let symbolic_link = entry.u32(16)? == 2;
            if !symbolic_link {
                let path = [path, &[names.from(entry.u64(0)?)?.text()]].concat();
                self.object(entry.u64(8)?, &path, name)?;
            }
        }
        Ok(())
    }
}

/// The first message of a kind.
pub(super) fn require<'m, 'a>(messages: &'m [Message<'a>], kind: u16, what: &str) -> Result<&'m Message<'a>, String> {
    messages.iter().find(|message| message.kind == kind).ok_or_else(|| format!("an array has no {what}"))
}
