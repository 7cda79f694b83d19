//! A body that performs a form or a technique in time.
