//! The dataset folder: samples, imports, splits, curation, cached features.
