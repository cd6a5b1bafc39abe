//! Pictures on disk: walking a folder, decoding, orienting, thumbnails; the built-in sample collection.
