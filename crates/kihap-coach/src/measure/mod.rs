//! What a skeleton measures: every quantity of the syllabus, with how sure it is.
