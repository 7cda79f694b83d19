//! What may be known of a performance before it is seen.

use kihap_syllabus::Syllabus;

/// When a performance begins: the ready stance is held.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StartRule {
    /// Least probability of the form's ready stance.
    pub min_probability: f32,
    /// Held for so many seconds …
    pub seconds: f64,
    /// … or for so many frames in a row, whichever comes first.
    pub frames: usize,
}

impl StartRule {
    /// The rule of the original web app (`scoring.toml`), with half a second for low frame rates.
    pub fn of(syllabus: &Syllabus) -> Self {
        let rule = &syllabus.scoring().original_app.start_rule;
        Self { min_probability: rule.min_score as f32, seconds: 0.5, frames: rule.consecutive_frames as usize }
    }
}

/// What is known beforehand. The default knows nothing: the decoder finds out.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Options {
    /// When it begins; `None` for [`StartRule::of`] the syllabus.
    pub start: Option<StartRule>,
    /// Number of the first step asked for, where that is not the form's or the section's first.
    pub first_step: Option<u32>,
    /// Whether the pictures are mirrored, as a selfie's are; `None` to find out.
    pub mirrored: Option<bool>,
    /// Where the camera stands seen from the performer, degrees clockwise from the form's north (0: in front at the start);
    /// `None` to find out.
    pub camera_heading_deg: Option<f32>,
}

/// Why a form cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrackError {
    /// A section that no form has.
    #[error("{form} has no section {section}; choose one of 1 to {last}, or leave it out for the whole form")]
    NoSection {
        /// Id of the form.
        form: String,
        /// The section asked for.
        section: u32,
        /// Number of the last section.
        last: usize,
    },
    /// A first step outside of what is performed.
    #[error("{form} has no step {step} there; choose one of {first} to {last}")]
    NoStep {
        /// Id of the form.
        form: String,
        /// The step asked for.
        step: u32,
        /// First step of the form or section.
        first: u32,
        /// Its last step.
        last: u32,
    },
}
