//! Walking a TFLite graph.

use std::collections::HashSet;

use super::flatbuffer::{Buffer, Integers, Table};
use super::operators;
use super::weights::{Description, FLOAT32};
use crate::ConvertError;
use crate::lower::{Lowering, Value};
use crate::onnx::ElementType;
use crate::tensor::MAX_WEIGHTS;

/// Options of [`to_onnx`].
#[derive(Debug, Clone, Default)]
pub struct TfliteOptions {
    /// Names of the outputs to keep, in the wanted order; `None` keeps all. What only the others need is left out.
    pub outputs: Option<Vec<String>>,
}

/// One operator of the graph.
pub(super) struct Operator<'a> {
    /// `BuiltinOperator` of the schema.
    pub(super) code: i32,
    /// Tensors read; -1 is an optional one left out.
    pub(super) inputs: Integers<'a>,
    /// Tensors made.
    pub(super) outputs: Integers<'a>,
    /// The operator's own options.
    pub(super) options: Option<Table<'a>>,
}

/// State while walking the graph.
pub(super) struct Walk<'a> {
    pub(super) lowering: Lowering,
    descriptions: Vec<Description<'a>>,
    values: Vec<Option<Value>>,
    budget: usize,
}

/// Converts a TFLite network to ONNX.
///
/// The input, published as `[n, h, w, c]`, becomes the ONNX input `input` of shape `[n, c, h, w]`; several inputs get the
/// names `input`, `input_1`, …. Outputs keep their names, shapes and order of elements (channels last). Half-float weights
/// are widened, sparse ones filled out. Only float networks are converted.
///
/// # Errors
/// For files that are damaged or hostile, operators outside the subset, and outputs that do not exist.
pub fn to_onnx(bytes: &[u8], options: &TfliteOptions) -> Result<Vec<u8>, ConvertError> {
    let model = Buffer::root(bytes)?;
    let buffers = model.tables(4)?;
    let subgraphs = model.tables(2)?;
    let [subgraph] = subgraphs.as_slice() else {
        return Err(ConvertError::Unsupported { format: "TFLite", what: format!("{} subgraphs", subgraphs.len()) });
    };
    let descriptions =
        subgraph.tables(0)?.iter().map(|tensor| Description::read(tensor, &buffers)).collect::<Result<Vec<_>, _>>()?;
    let operators = read_operators(&model, subgraph)?;
    let mut walk = Walk {
        lowering: Lowering::new("tflite"),
        values: vec![None; descriptions.len()],
        descriptions,
        budget: MAX_WEIGHTS,
    };
    let outputs = walk.choose_outputs(subgraph.i32s(2)?, options.outputs.as_deref())?;
    for (number, index) in subgraph.i32s(1)?.iter().enumerate() {
        walk.declare_input(number, index)?;
    }
    for operator in needed(&operators, &outputs) {
        walk.operator(operator)?;
    }
    let mut published = Vec::with_capacity(outputs.len());
    for index in outputs {
        published.push((walk.description(index)?.name.to_string(), walk.value(index)?));
    }
    walk.lowering.finish(&published)
}

fn read_operators<'a>(model: &Table<'a>, subgraph: &Table<'a>) -> Result<Vec<Operator<'a>>, ConvertError> {
    let codes = (model.tables(1)?.iter())
        .map(|code| Ok(code.i32(3, 0)?.max(i32::from(code.i8(0, 0)?))))
        .collect::<Result<Vec<_>, ConvertError>>()?;
    (subgraph.tables(3)?.iter())
        .map(|table| {
            let code = codes.get(table.u32(0)?).copied().ok_or_else(|| damaged("an operator has no code".into()))?;
            Ok(Operator { code, inputs: table.i32s(1)?, outputs: table.i32s(2)?, options: table.table(4)? })
        })
        .collect()
}

/// The operators that the outputs depend on, in their order.
fn needed<'o, 'a>(operators: &'o [Operator<'a>], outputs: &[i32]) -> Vec<&'o Operator<'a>> {
    let mut tensors: HashSet<i32> = outputs.iter().copied().collect();
    let mut kept = Vec::new();
    for operator in operators.iter().rev() {
        if operator.outputs.iter().any(|tensor| tensors.contains(&tensor)) {
            tensors.extend(operator.inputs.iter());
            kept.push(operator);
        }
    }
    kept.reverse();
    kept
}

fn damaged(detail: String) -> ConvertError {
    ConvertError::Damaged { format: "TFLite", detail }
}

impl Walk<'_> {
    fn choose_outputs(&self, all: Integers, names: Option<&[String]>) -> Result<Vec<i32>, ConvertError> {
        let named = (all.iter())
            .map(|index| Ok((index, self.description(index)?.name)))
            .collect::<Result<Vec<_>, ConvertError>>()?;
        let Some(names) = names else { return Ok(all.iter().collect()) };
        (names.iter())
            .map(|wanted| {
                named.iter().find(|(_, name)| name == wanted).map(|(index, _)| *index).ok_or_else(|| {
                    ConvertError::NoSuchName {
                        what: "output",
                        name: wanted.clone(),
                        available: named.iter().map(|(_, name)| *name).collect::<Vec<_>>().join(", "),
                    }
                })
            })
            .collect()
    }

    fn declare_input(&mut self, number: usize, index: i32) -> Result<(), ConvertError> {
        let description = self.description(index)?;
        if description.element != FLOAT32 {
            let what = format!("an input of element type {}", description.element);
            return Err(ConvertError::Unsupported { format: "TFLite", what });
        }
        let name = if number == 0 { "input".to_string() } else { format!("input_{number}") };
        let shape: Vec<_> = description.shape.iter().map(|&size| Some(size)).collect();
        let value = self.lowering.input(&name, &shape, ElementType::F32)?;
        self.set(index, value)
    }

    fn operator(&mut self, operator: &Operator) -> Result<(), ConvertError> {
        let value = operators::lower(self, operator)?;
        let (1, Some(output)) = (operator.outputs.len(), operator.outputs.get(0)) else {
            return Err(damaged("an operator has not exactly one output".into()));
        };
        let description = self.description(output)?;
        let declared: Vec<_> = description.shape.iter().map(|&size| Some(size)).collect();
        if value.shape() != declared {
            let detail = format!("its shape is {:?}, the file says {declared:?}", value.shape());
            return Err(ConvertError::inconsistent(description.name, detail));
        }
        self.set(output, value)
    }

    pub(super) fn description(&self, index: i32) -> Result<&Description<'_>, ConvertError> {
        let found = usize::try_from(index).ok().and_then(|index| self.descriptions.get(index));
        found.ok_or_else(|| damaged(format!("there is no tensor {index}")))
    }

    /// The value of a tensor: made by an operator before, or a constant of the file.
    pub(super) fn value(&mut self, index: i32) -> Result<Value, ConvertError> {
        let description = self.description(index)?;
        if let Some(value) = &self.values[index as usize] {
            return Ok(value.clone());
        }
        if !description.is_constant() {
            let detail = format!("tensor {:?} is read before anything makes it", description.name);
            return Err(damaged(detail));
        }
        let mut budget = self.budget;
        let value = Value::constant(description.unpack(&mut budget)?);
        self.budget = budget;
        self.set(index, value.clone())?;
        Ok(value)
    }

    fn set(&mut self, index: i32, value: Value) -> Result<(), ConvertError> {
        self.description(index)?;
        self.values[index as usize] = Some(value);
        Ok(())
    }
}
