//! Twilio: phone calls.
