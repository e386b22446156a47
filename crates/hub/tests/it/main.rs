//! A coach's figures through its routes, on both engines.
