//! Whole conversions of small files.

use half::f16;
use prost::Message;

use super::testing::{Field, Fields, file, operator, tensor};
use super::{TfliteOptions, to_onnx};
use crate::ConvertError;
use crate::onnx::proto::{GraphProto, ModelProto, NodeProto, TensorProto};

const F32: i8 = 0;
const F16: i8 = 1;
const I32: i8 = 2;

fn convert(bytes: &[u8]) -> Result<GraphProto, ConvertError> {
    let onnx = to_onnx(bytes, &TfliteOptions::default())?;
    Ok(ModelProto::decode(onnx.as_slice()).unwrap().graph.unwrap())
}

fn ops(graph: &GraphProto) -> Vec<&str> {
    graph.node.iter().map(|node| node.op_type.as_str()).collect()
}

fn ints<'g>(node: &'g NodeProto, name: &str) -> &'g [i64] {
    &node.attribute.iter().find(|attribute| attribute.name == name).unwrap().ints
}

fn constant<'g>(graph: &'g GraphProto, name: &str) -> &'g TensorProto {
    graph.initializer.iter().find(|tensor| tensor.name == name).unwrap()
}

fn floats(tensor: &TensorProto) -> Vec<f32> {
    tensor.raw_data.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect()
}

fn f32_bytes(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn f16_bytes(values: impl Iterator<Item = f32>) -> Vec<u8> {
    values.flat_map(|value| f16::from_f32(value).to_le_bytes()).collect()
}

/// `CONV_2D` options: padding, stride, activation.
fn conv_options(padding: i8, stride: i32, activation: i8) -> Fields {
    vec![(0, Field::I8(padding)), (1, Field::I32(stride)), (2, Field::I32(stride)), (3, Field::I8(activation))]
}

/// A 4 × 4 picture of 2 channels, half-float weights `[3, 2, 2, 2]` (0 … 23), a bias, stride 2, `SAME`, ReLU6.
fn convolution() -> Vec<u8> {
    file(
        &[6, 3],
        vec![
            tensor("picture", &[1, 5, 5, 2], F32, 0, None),
            tensor("half", &[3, 2, 2, 2], F16, 1, None),
            tensor("full", &[3, 2, 2, 2], F32, 0, None),
            tensor("bias", &[3], F32, 2, None),
            tensor("y", &[1, 3, 3, 3], F32, 0, None),
        ],
        vec![operator(0, &[1], &[2], vec![]), operator(1, &[0, 2, 3], &[4], conv_options(0, 2, 3))],
        &[0],
        &[4],
        vec![f16_bytes((0..24).map(|i| i as f32)), f32_bytes(&[1., 2., 3.])],
    )
}

#[test]
fn a_convolution_becomes_channels_first() {
    let graph = convert(&convolution()).unwrap();
    assert_eq!(ops(&graph), ["Conv", "Clip", "Transpose"]);
    assert_eq!((graph.input[0].name.as_str(), graph.output[0].name.as_str()), ("input", "y"));
    let conv = &graph.node[0];
    // 5 pixels, stride 2, kernel 2: 3 results need one pixel more, and it goes below and right.
    assert_eq!(ints(conv, "pads"), [0, 0, 1, 1]);
    let weights = constant(&graph, &conv.input[1]);
    assert_eq!(weights.dims, [3, 2, 2, 2]);
    // [out, h, w, in] → [out, in, h, w]
    assert_eq!(floats(weights)[..8], [0., 2., 4., 6., 1., 3., 5., 7.]);
    assert_eq!(floats(constant(&graph, &conv.input[2])), [1., 2., 3.]);
    assert_eq!(ints(&graph.node[2], "perm"), [0, 2, 3, 1]);
}

#[test]
fn a_border_becomes_the_convolutions_own_padding() {
    let pads: Vec<u8> = [0i32, 0, 1, 2, 3, 0, 0, 0].iter().flat_map(|pad| pad.to_le_bytes()).collect();
    let bytes = file(
        &[34, 3],
        vec![
            tensor("picture", &[1, 4, 4, 1], F32, 0, None),
            tensor("pads", &[4, 2], I32, 1, None),
            tensor("padded", &[1, 7, 7, 1], F32, 0, None),
            tensor("weights", &[1, 3, 3, 1], F32, 2, None),
            tensor("y", &[1, 3, 3, 1], F32, 0, None),
        ],
        vec![operator(0, &[0, 1], &[2], vec![]), operator(1, &[2, 3], &[4], conv_options(1, 2, 0))],
        &[0],
        &[4],
        vec![pads, f32_bytes(&[1.; 9])],
    );
    let graph = convert(&bytes).unwrap();
    // One channel lies in the same order either way: a reshape in place of a transpose.
    assert_eq!(ops(&graph), ["Conv", "Reshape"]);
    assert_eq!(ints(&graph.node[0], "pads"), [1, 3, 2, 0]);
}

/// Sparse weights `[2, 1, 1, 3]`: row 0 has a value in column 2, row 1 in columns 0 and 1.
fn sparse() -> Vec<u8> {
    let dense = |size| vec![(0, Field::I8(0)), (1, Field::I32(size))];
    let compressed = vec![
        (0, Field::I8(1)),
        (2, Field::I8(3)),
        (3, Field::Table(vec![(0, Field::Bytes(vec![0, 1, 3]))])),
        (4, Field::I8(3)),
        (5, Field::Table(vec![(0, Field::Bytes(vec![2, 0, 1]))])),
    ];
    let sparsity =
        vec![(0, Field::Ints(vec![0, 1, 2, 3])), (2, Field::Tables(vec![dense(2), dense(1), dense(1), compressed]))];
    file(
        &[124, 6, 3],
        vec![
            tensor("picture", &[1, 2, 2, 3], F32, 0, None),
            tensor("sparse", &[2, 1, 1, 3], F16, 1, Some(sparsity)),
            tensor("dense", &[2, 1, 1, 3], F16, 0, None),
            tensor("full", &[2, 1, 1, 3], F32, 0, None),
            tensor("y", &[1, 2, 2, 2], F32, 0, None),
        ],
        vec![
            operator(0, &[1], &[2], vec![]),
            operator(1, &[2], &[3], vec![]),
            operator(2, &[0, 3], &[4], conv_options(0, 1, 0)),
        ],
        &[0],
        &[4],
        vec![f16_bytes([7., 8., 9.].into_iter())],
    )
}

#[test]
fn sparse_half_floats_are_filled_out() {
    let graph = convert(&sparse()).unwrap();
    assert_eq!(floats(constant(&graph, &graph.node[0].input[1])), [0., 0., 7., 8., 9., 0.]);
}

/// y = relu(x), z = logistic(y), both published.
fn two_outputs(second: i32) -> Vec<u8> {
    let picture = |name| tensor(name, &[1, 2, 2, 2], F32, 0, None);
    let operators = vec![operator(0, &[0], &[1], vec![]), operator(1, &[1], &[2], vec![])];
    file(&[19, second], vec![picture("x"), picture("y"), picture("z")], operators, &[0], &[1, 2], vec![])
}

#[test]
fn what_only_other_outputs_need_is_left_out() {
    let options = |name: &str| TfliteOptions { outputs: Some(vec![name.into()]) };
    let onnx = to_onnx(&two_outputs(14), &options("y")).unwrap();
    let graph = ModelProto::decode(onnx.as_slice()).unwrap().graph.unwrap();
    assert_eq!(ops(&graph), ["Relu", "Transpose"]);
    // An operator that is not known does no harm where nothing needs it.
    assert!(to_onnx(&two_outputs(999), &options("y")).is_ok());
    assert!(matches!(to_onnx(&two_outputs(999), &options("z")), Err(ConvertError::Unsupported { .. })));
    let error = to_onnx(&two_outputs(14), &options("w")).unwrap_err();
    assert!(error.to_string().ends_with("it has: y, z"), "{error}");
}

#[test]
fn a_shape_that_the_file_denies_is_an_error() {
    let picture = |name, size| tensor(name, &[1, size, 2, 2], F32, 0, None);
    let operators = vec![operator(0, &[0], &[1], vec![])];
    let bytes = file(&[19], vec![picture("x", 2), picture("y", 3)], operators, &[0], &[1], vec![]);
    assert!(matches!(convert(&bytes), Err(ConvertError::Inconsistent { .. })));
}

#[test]
fn weights_that_would_fill_the_memory_are_refused() {
    let tensors = vec![
        tensor("x", &[1, 2, 2, 2], F32, 0, None),
        tensor("w", &[i32::MAX, i32::MAX, 1, 1], F32, 1, None),
        tensor("y", &[1, 2, 2, 2], F32, 0, None),
    ];
    let operators = vec![operator(0, &[0, 1], &[2], vec![])];
    let bytes = file(&[0], tensors, operators, &[0], &[2], vec![vec![0; 4]]);
    assert!(matches!(convert(&bytes), Err(ConvertError::TooLarge { .. })));
}

/// Damage of any kind may be an error or go unnoticed, but must neither panic nor hang.
#[test]
fn damaged_files_do_no_harm() {
    for bytes in [convolution(), sparse(), two_outputs(14)] {
        for length in 0..bytes.len() {
            let _ = convert(&bytes[..length]);
        }
        assert!(convert(&bytes[..bytes.len() / 2]).is_err());
        for place in 0..bytes.len() {
            for value in [0, 1, 0x7f, 0x80, 0xff] {
                let mut damaged = bytes.clone();
                damaged[place] = value;
                let _ = convert(&damaged);
            }
        }
    }
}
