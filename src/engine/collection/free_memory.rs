//! How much memory is free, where the system says so: what would not fit is refused before it is begun.
//!
//! Linux says how much the machine has left, and of which groups of processes a program is a part. Each of them may have a limit, as
//! that of a container has, which the machine's own numbers tell nothing of: who takes more is killed.

use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use crate::domain::in_words;
use crate::engine::message::Problem;

/// The system writes a page or two; whatever lies there, no more is read.
const MOST_BYTES: u64 = 1 << 16;
/// Groups within groups that are looked at; systems have fewer than ten.
const DEEPEST: usize = 64;

/// Expects room for so many bytes, as the files below `root` say. `what` takes them, as `why` says, and `remedy` is what to do where there is none.
///
/// # Errors
/// When less is free, as far as the system says.
pub fn expect_room(root: &Path, needed: u64, what: &str, why: &str, remedy: &str) -> Result<(), Problem> {
    match free_memory(root) {
        Some(free) if needed > free => {
            let why = format!("{why} take {}, and {} are free", in_words::bytes(needed), in_words::bytes(free));
            Err(Problem::new(format!("There is not enough memory for {what}"), why).with_remedy(remedy))
        }
        Some(_) | None => Ok(()),
    }
}

/// How many bytes this process may still take without others being pushed out to the disk, and without its being killed, as the
/// files below `root` say, which is `/` but for tests; `None` where nobody says.
pub fn free_memory(root: &Path) -> Option<u64> {
    let of_machine = read(&root.join("proc/meminfo")).and_then(|said| {
        let line = said.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
        line.split_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
    });
    let of_groups = read(&root.join("proc/self/cgroup"));
    let of_groups = of_groups.iter().flat_map(|said| said.lines()).filter_map(|line| left_in(root, line));
    of_groups.chain(of_machine).min()
}

/// What one kind of group says in which files of its folder.
struct Files {
    /// Where the groups are folders.
    mounted: &'static str,
    /// Bytes that all processes of a group may have.
    limit: &'static str,
    /// Bytes that they have, what was read of files included.
    taken: &'static str,
    /// What of that the system takes back before anybody is killed: what was read of files, lately or a while ago, and what it
    /// remembers of folders. Names of lines.
    given_back: &'static [&'static str],
}

const VERSION_2: Files = Files {
    mounted: "sys/fs/cgroup",
    limit: "memory.max",
    taken: "memory.current",
    given_back: &["inactive_file", "active_file", "slab_reclaimable"],
};
const VERSION_1: Files = Files {
    mounted: "sys/fs/cgroup/memory",
    limit: "memory.limit_in_bytes",
    taken: "memory.usage_in_bytes",
    given_back: &["total_inactive_file", "total_active_file"],
};

/// What is left in the group that a line names, and in those around it; `None` of lines about something else, and where there is no
/// limit.
fn left_in(root: &Path, line: &str) -> Option<u64> {
    let (_, rest) = line.split_once(':')?;
    let (what, group) = rest.split_once(':')?;
    let files = match what {
        "" => VERSION_2,
        what if what.split(',').any(|what| what == "memory") => VERSION_1,
        _ => return None,
    };
    let mounted = root.join(files.mounted);
    // A container sees its own group as the outermost one, and may be told a name that only those outside know: then what it sees is
    // all there is.
    let names: Vec<_> = Path::new(group).components().filter(|part| *part != Component::RootDir).collect();
    let is_plain = names.len() <= DEEPEST && names.iter().all(|part| matches!(part, Component::Normal(_)));
    let names = if is_plain { names } else { Vec::new() };
    let folders = (0..=names.len()).map(|count| mounted.join(names[..count].iter().collect::<PathBuf>()));
    folders.filter_map(|folder| files.left(&folder)).min()
}

impl Files {
    fn left(&self, group: &Path) -> Option<u64> {
        // A word where there is no limit.
        let limit: u64 = number(&group.join(self.limit))?;
        let taken: u64 = number(&group.join(self.taken))?;
        let said = read(&group.join("memory.stat")).unwrap_or_default();
        let lines = said.lines().filter_map(|line| line.split_once(' '));
        let given_back = lines.filter(|(name, _)| self.given_back.contains(name));
        let given_back =
            given_back.filter_map(|(_, bytes)| bytes.trim().parse::<u64>().ok()).fold(0, u64::saturating_add);
        Some(limit.saturating_sub(taken.saturating_sub(given_back)))
    }
}

fn number(path: &Path) -> Option<u64> {
    read(path)?.trim().parse().ok()
}

fn read(path: &Path) -> Option<String> {
    let mut said = String::new();
    File::open(path).ok()?.take(MOST_BYTES).read_to_string(&mut said).ok()?;
    Some(said)
}
