//! stub
use kihap_vision::Pose;
/// m
#[derive(Debug, Clone)]
pub struct ErrorModel;
impl ErrorModel {
    /// none
    pub fn none() -> Self {
        Self
    }
}
/// d
pub struct Degrader;
impl Degrader {
    /// n
    pub fn new(_: &ErrorModel, _: u64) -> Self {
        Self
    }
    /// n
    pub fn next(&mut self, truth: &Pose, _: f64) -> Option<Pose> {
        Some(truth.clone())
    }
}
