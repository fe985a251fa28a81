//! What the machine is, and how much memory this process took; on Linux, elsewhere nothing.

use std::fs;

/// One line with the processor, its cores and the memory.
pub(super) fn description() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let find = |path: &str, name: &str| {
        let text = fs::read_to_string(path).ok()?;
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let model = find("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".to_owned());
    let memory = find("/proc/meminfo", "MemTotal").unwrap_or_else(|| "unknown".to_owned());
    format!(
        "Processor: {model}, {cores} cores. Memory: {memory}. klantbeeld and PostgreSQL share it.\n"
    )
}

/// The most memory that this process had since [`forget_peak`].
pub(super) fn peak_kib() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

/// Begins to look for the most memory anew.
pub(super) fn forget_peak() {
    // Where it is refused, the peak is that of the whole run: too high, never too low.
    let _ = fs::write("/proc/self/clear_refs", "5");
}
