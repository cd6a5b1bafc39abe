//! A disk that is soon full.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A small disk of its own, which needs a privilege.
pub struct SmallDisk {
    place: PathBuf,
}

impl SmallDisk {
    pub fn mount(place: &Path) -> Option<Self> {
        fs::create_dir_all(place).expect("a folder");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=24m", "tmpfs"]).arg(place).stderr(Stdio::null());
        mount.status().is_ok_and(|status| status.success()).then(|| Self { place: place.to_owned() })
    }

    /// Does it while there is room for so many bytes, no more.
    pub fn with_room<T>(&self, bytes: u64, act: impl FnOnce() -> T) -> T {
        let filler = self.place.join(".filler");
        let mut file = fs::File::create(&filler).expect("a file");
        let piece = vec![0; 1 << 16];
        let mut written = 0;
        while let Ok(count) = file.write(&piece) {
            written += count as u64;
        }
        file.set_len(written.saturating_sub(bytes)).expect("it can be shorter");
        let outcome = act();
        fs::remove_file(&filler).expect("it is there");
        outcome
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(&self.place).status().ok();
    }
}
