//! Readers of networks as others publish them (tfjs, TFLite, PyTorch) and a writer of ONNX.
