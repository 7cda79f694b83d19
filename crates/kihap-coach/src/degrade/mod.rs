//! What a real estimator makes of a true skeleton.
