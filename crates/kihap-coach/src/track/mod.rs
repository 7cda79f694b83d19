//! A performance followed step by step through its form, and its score sheet.
