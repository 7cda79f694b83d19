//! Networks compared: the same folds and seeds for all, one file a run so that a stopped comparison goes on, means with
//! intervals, and tests of every network against the best. Formulas are checked against SciPy's and statsmodels' recorded
//! results (`tools/reference_comparison.py`, `tests/golden/comparison.json`).
//!
//! Nothing here trains: whoever does asks [`Plan::keys`] what there is to do and hands over [`RunResult`]s.

mod against;
mod comparison;
mod curve;
mod doubts;
mod error;
mod holm;
mod mcnemar;
mod plan;
mod resampled;
mod row;
mod run;
mod runs;
mod table;

pub use against::{AgainstBest, NotComputable, PrimaryTest, Tested};
pub use comparison::Comparison;
pub use curve::{CurvePoint, mean_curve};
pub use doubts::ComparisonWarning;
pub use error::CompareError;
pub use holm::holm;
pub use mcnemar::{McNemar, mcnemar_exact};
pub use plan::{Contestant, Plan};
pub use resampled::{PairedT, corrected_interval, corrected_t_test};
pub use row::{IntervalMethod, Row, Scores};
pub use run::{JudgedSample, Measured, Outcome, RunKey, RunResult};
pub use runs::Runs;
pub(crate) use table::{grouped, milliseconds, p_text};
