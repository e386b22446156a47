//! mind
pub mod brief;
pub mod dialogue;
pub mod embed;
pub mod geo;
pub mod index;
pub mod rank;
pub mod recall;
pub mod reply;
pub mod score;
pub mod talk;
pub mod text;
pub mod understand;
