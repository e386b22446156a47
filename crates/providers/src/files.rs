//! Files in S3, or in a folder.
