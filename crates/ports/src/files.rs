//! Files: recordings, uploads, exports.
