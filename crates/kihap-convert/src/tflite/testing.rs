//! Writing small TFLite files for tests.

/// A field of a table.
pub(super) enum Field {
    I8(i8),
    I32(i32),
    Table(Fields),
    Tables(Vec<Fields>),
    Bytes(Vec<u8>),
    Ints(Vec<i32>),
}

/// Fields by number.
pub(super) type Fields = Vec<(usize, Field)>;

/// A tensor: shape, element type, data, sparsity.
pub(super) fn tensor(name: &str, shape: &[i32], element: i8, buffer: i32, sparsity: Option<Fields>) -> Fields {
    let mut fields = vec![
        (0, Field::Ints(shape.to_vec())),
        (1, Field::I8(element)),
        (2, Field::I32(buffer)),
        (3, Field::Bytes(name.as_bytes().to_vec())),
    ];
    fields.extend(sparsity.map(|sparsity| (6, Field::Table(sparsity))));
    fields
}

/// An operator, whose code is its place in the file's list of codes.
pub(super) fn operator(code: i32, inputs: &[i32], outputs: &[i32], options: Fields) -> Fields {
    vec![
        (0, Field::I32(code)),
        (1, Field::Ints(inputs.to_vec())),
        (2, Field::Ints(outputs.to_vec())),
        (4, Field::Table(options)),
    ]
}

/// A whole file; buffer 0 is added, empty, as the schema wants it.
pub(super) fn file(
    codes: &[i32],
    tensors: Vec<Fields>,
    operators: Vec<Fields>,
    inputs: &[i32],
    outputs: &[i32],
    buffers: Vec<Vec<u8>>,
) -> Vec<u8> {
    let subgraph = vec![
        (0, Field::Tables(tensors)),
        (1, Field::Ints(inputs.to_vec())),
        (2, Field::Ints(outputs.to_vec())),
        (3, Field::Tables(operators)),
    ];
    let codes = codes.iter().map(|&code| vec![(3, Field::I32(code))]).collect();
    let buffers = buffers.into_iter().map(|data| vec![(0, Field::Bytes(data))]);
    let buffers = std::iter::once(Vec::new()).chain(buffers).collect();
    let model = vec![
        (0, Field::I32(3)),
        (1, Field::Tables(codes)),
        (2, Field::Tables(vec![subgraph])),
        (4, Field::Tables(buffers)),
    ];
    let mut bytes = b"\0\0\0\0TFL3".to_vec();
    let root = table(&mut bytes, model);
    bytes[..4].copy_from_slice(&(root as u32).to_le_bytes());
    bytes
}

fn patch(bytes: &mut [u8], slot: usize, target: usize) {
    bytes[slot..slot + 4].copy_from_slice(&((target - slot) as u32).to_le_bytes());
}

fn table(bytes: &mut Vec<u8>, fields: Fields) -> usize {
    let slots = fields.iter().map(|(id, _)| id + 1).max().unwrap_or(0);
    let vtable = bytes.len();
    bytes.resize(vtable + 4 + 2 * slots, 0);
    let start = bytes.len();
    bytes.extend(((start - vtable) as i32).to_le_bytes());
    bytes.resize(start + 4 + 4 * fields.len(), 0);
    bytes[vtable..vtable + 2].copy_from_slice(&((4 + 2 * slots) as u16).to_le_bytes());
    bytes[vtable + 2..vtable + 4].copy_from_slice(&((4 + 4 * fields.len()) as u16).to_le_bytes());
    for (number, (id, field)) in fields.into_iter().enumerate() {
        let distance = 4 + 4 * number;
        let slot = start + distance;
        bytes[vtable + 4 + 2 * id..][..2].copy_from_slice(&(distance as u16).to_le_bytes());
        match field {
            Field::I8(value) => bytes[slot] = value as u8,
            Field::I32(value) => bytes[slot..slot + 4].copy_from_slice(&value.to_le_bytes()),
            Field::Table(fields) => {
                let target = table(bytes, fields);
                patch(bytes, slot, target);
            }
            Field::Tables(tables) => {
                let vector = bytes.len();
                patch(bytes, slot, vector);
                bytes.extend((tables.len() as u32).to_le_bytes());
                bytes.resize(vector + 4 + 4 * tables.len(), 0);
                for (i, fields) in tables.into_iter().enumerate() {
                    let target = table(bytes, fields);
                    patch(bytes, vector + 4 + 4 * i, target);
                }
            }
            Field::Bytes(values) => {
                let vector = bytes.len();
                patch(bytes, slot, vector);
                bytes.extend((values.len() as u32).to_le_bytes());
                bytes.extend(values);
            }
            Field::Ints(values) => {
                let vector = bytes.len();
                patch(bytes, slot, vector);
                bytes.extend((values.len() as u32).to_le_bytes());
                bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
            }
        }
    }
    start
}
