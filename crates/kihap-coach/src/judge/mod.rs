//! One posture held against the bands of its technique.
