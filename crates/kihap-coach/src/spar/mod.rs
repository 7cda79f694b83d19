//! Sparring: actions, points and rounds, one person or two.
