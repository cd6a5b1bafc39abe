//! What leaves the workspace: copied files, CSV, JSON.
