//! Where files may be downloaded from.

/// Whether an address is of a kind that files are downloaded from: one that nobody on the way can change, or one of this machine.
pub(super) fn is_safe(address: &str) -> bool {
    address.starts_with("https://") || is_own(address)
}

/// Whether an address is one of this machine, exactly: a name that only begins like one may be anybody's.
pub fn is_own(address: &str) -> bool {
    let Some(rest) = address.strip_prefix("http://") else { return false };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((host, port)) => (host, port),
            None => return false,
        },
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
    is_port && ["127.0.0.1", "::1", "localhost"].contains(&host)
}
