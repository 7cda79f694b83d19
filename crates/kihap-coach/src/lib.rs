//! Bodies that perform the syllabus, and judgement of those who do.
