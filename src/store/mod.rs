//! The workspace on disk. Arrow and Lance names stop here.
