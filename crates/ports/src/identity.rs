//! Whose log-in it is, as others say.
