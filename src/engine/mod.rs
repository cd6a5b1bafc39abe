//! Long work off the window's thread: jobs with progress and cancel, looks, events. Knows no UI.
