//! How much memory the process holds.

/// Resident memory in bytes; 0 where the system does not say (it does on Linux, in
/// `/proc/self/status`).
pub(super) fn resident_bytes() -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| resident(&status))
        .unwrap_or(0)
}

fn resident(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1_024)
}

#[cfg(test)]
mod tests {
    use super::resident;

    #[test]
    fn reads_what_linux_writes() {
        let status = "Name:\ttradesuite\nVmPeak:\t  20 kB\nVmRSS:\t    1234 kB\nThreads:\t4\n";
        assert_eq!(resident(status), Some(1_234 * 1_024));
        assert_eq!(resident("Name:\ttradesuite\n"), None);
        assert_eq!(resident("VmRSS:\tmuch kB\n"), None);
    }
}
