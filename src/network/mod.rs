//! What a convolutional network is, how it is read from files, and how it runs.
