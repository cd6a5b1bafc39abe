//! Numbers from numbers, one file a method.
