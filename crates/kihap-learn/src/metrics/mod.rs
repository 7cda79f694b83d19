//! Numbers that tell how good predictions are. Formulas are checked against scikit-learn's recorded results
//! (`tools/reference_metrics.py`, `tests/golden/metrics.json`).

mod confusion;
mod evaluation;
mod interval;
mod probability;

pub(crate) use confusion::top;
pub use confusion::{Confusion, Scores};
pub use evaluation::{Abstentions, ClassScores, ConfusionTable, Evaluation, Macro};
pub use interval::{Interval, wilson};
pub use probability::{Thresholded, calibration_error, log_loss, thresholded, top_k_error};
