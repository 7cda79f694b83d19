//! Training, metrics, calibration, comparison, the model folder and its report.
