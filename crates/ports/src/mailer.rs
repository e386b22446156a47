//! Mail on its way out.
