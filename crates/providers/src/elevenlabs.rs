//! ElevenLabs: phone calls by its agents.
